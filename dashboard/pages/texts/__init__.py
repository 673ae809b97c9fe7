"""What the pages of a site's numbers say, a module a language."""
