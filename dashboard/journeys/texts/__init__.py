"""What the page about journeys says, a module a language."""
