"""What visitors said: how many of those asked, what they chose, under which notice, and the proof of it."""
