"""The demo site: a believable year of an invented outdoor shop, made up inside the store's engine."""

MADE_UP = "demo.byleave.example"
"""The demo's site. No website can have this name, and nobody consented to what is made up about it."""
