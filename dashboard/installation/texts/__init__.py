"""What the page says that waits for a first visit, a module a language."""
