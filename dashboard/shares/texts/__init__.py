"""What the page about volume says, a module a language."""
