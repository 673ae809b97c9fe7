"""The event store: one small interface, the DuckDB engine behind it, its SQL and its migrations."""
