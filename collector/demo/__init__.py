"""The demo site: a believable year of an invented outdoor shop, made up inside the store's engine."""
