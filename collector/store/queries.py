"""The statements of the store, one `.sql` file each, read when the program starts."""

from importlib.resources import files

STATEMENTS = {
    entry.name.removesuffix(".sql"): entry.read_text("utf-8").rstrip()
    for entry in (files("collector.store") / "sql").iterdir()
    if entry.name.endswith(".sql")
}


def sql(name: str) -> str:
    """The text of `sql/<name>.sql`. Raises KeyError where there is none."""
    return STATEMENTS[name]


EVENT_ORDER = sql("event_order")
"""The order of the events of a visit."""
_FRESH = sql("fresh_visits").replace("{event_order}", EVENT_ORDER)
SETTLE = sql("settle").replace("{fresh}", _FRESH).replace("{rows}", sql("fresh_rows"))
"""Writes the rows of the visits in `settling`; binds $stale_first and $stale_last, between which their events lie."""
WORK_OUT = sql("work_out").replace("{fresh}", _FRESH).replace("{rows}", sql("fresh_rows"))
"""Makes the temporary table `fresh` of the visits that are not settled, once for all statements of a snapshot.

Binds $site; and $stale_first and $stale_last, between which lie the events of these visits.
"""
STORED_VISITS = sql("stored_visits")
"""Common table expressions up to `stored`, every visit of a site as the table `visit` describes it; reads `fresh`."""
