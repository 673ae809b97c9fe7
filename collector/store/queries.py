"""The statements of the store, one `.sql` file each, read when the program starts."""

from importlib.resources import files

STATEMENTS = {
    entry.name.removesuffix(".sql"): entry.read_text("utf-8")
    for entry in (files("collector.store") / "sql").iterdir()
    if entry.name.endswith(".sql")
}


def sql(name: str) -> str:
    """The text of `sql/<name>.sql`. Raises KeyError where there is none."""
    return STATEMENTS[name]
