"""The page that waits for a site's first event and says what is wrong if none comes."""
