"""The example website: a small bakery that embeds the tag in one line."""
