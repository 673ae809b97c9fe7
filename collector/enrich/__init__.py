"""What the collector adds in memory: place, device, source; and whether a browser or a program asked."""
