"""The report engine: one query interface over the event store, from which every number of the dashboard comes."""
