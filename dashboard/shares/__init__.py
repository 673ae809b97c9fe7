"""A site's overview for who holds a link: read-only, held to k, whole days; in a frame where the owner allows it."""
