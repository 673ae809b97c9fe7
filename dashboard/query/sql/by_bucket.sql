ASOF JOIN bucket ON {time} >= bucket.edge
