"""How many answers were compared with the oracle, and by which ways of the engine they came."""

from collections import Counter
from collections.abc import Iterable

COMPARED: Counter[str] = Counter()
"""Answers by property."""
WAYS: Counter[str] = Counter()
"""Answers by property and way."""

# A way of the engine, and the words of its statement that show that an answer came by it.
_SHOWN_BY = {
    "visits not settled": "FROM fresh",
    "visits around the period": "around AS",
    "visits not settled, of all time": "met AS",
    "returning as stored": "recognised AS NOT MATERIALIZED",
    "pages and events by steps": "stepped AS",
    "pages and events by held values": "held AS",
    "buckets by quarters": "quarter AS",
    "buckets by edges": "ASOF JOIN bucket",
    "events without visits": "NULL::UINTEGER AS mark",
    "views by visits": "v.views AS n",
    "held to k": "_thin AS",
}


def count(kind: str, statements: Iterable[str], *ways: str) -> None:
    """Count one compared answer; `ways`: what can be told of it beside its statements."""
    text = "\n".join(statements)
    COMPARED[kind] += 1
    for way in [*ways, *(way for way, words in _SHOWN_BY.items() if words in text)]:
        WAYS[f"{kind}: {way}"] += 1


def lines() -> list[str]:
    """What was counted, to be read."""
    every = [f"{COMPARED[kind]} answers compared with the oracle: {kind}" for kind in COMPARED]
    return every + [f"  {number / COMPARED[way.split(':')[0]]:6.1%}  {way}" for way, number in sorted(WAYS.items())]
