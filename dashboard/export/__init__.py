"""The rows of a query as a file: CSV, JSON or Parquet."""
