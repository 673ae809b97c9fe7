"""Goals and funnels: what a site's owners want visits to do, and how many of them do it."""
