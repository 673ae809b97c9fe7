"""What the pages about goals and funnels say, a module a language."""
