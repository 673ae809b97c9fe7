"""What the page about consent says, a module a language."""
