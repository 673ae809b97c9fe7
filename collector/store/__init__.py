"""The event store: one small interface, the DuckDB engine behind it, its SQL and its migrations."""

import sys

# DuckDB asks pandas about every value that is bound, each element of a list too; where pandas is not installed, Python
# searches the disk for it each time: 70 µs a value. Told once that there is none, it does not search.
sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
