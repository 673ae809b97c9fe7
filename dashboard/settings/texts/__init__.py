"""What the pages of settings say, a module a language."""
