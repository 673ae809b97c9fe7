"""When a site is busy, whether it grows, and what that asks of the server."""
