"""Takes expired rows out of an open generation and keeps the totals that stay; within the writer's transaction."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import duckdb

from collector.consent.expiry import begins, local_day
from collector.store.queries import sql


class Expiring(NamedTuple):
    """What is expired of the rows that name one notice."""

    site: str
    notice: str
    zone: str
    """The site's IANA time zone, whose days the totals are of."""
    before: datetime
    """Naive UTC: rows earlier than this go."""
    k: int
    """Totals of fewer people than this do not stay."""


def expire(db: duckdb.DuckDBPyConnection, expiring: Sequence[Expiring]) -> dict[str, int]:
    """Delete what is expired; returns how many rows went, by site. Every visit must be settled, a transaction open."""
    if not expiring:
        return {}
    latest = max(entry.before for entry in expiring)
    db.execute(sql("choose_expired"), _bound(expiring))
    db.execute(sql("choose_losing"), {"latest": latest})
    gone = {site: int(rows) for site, rows in db.execute(sql("count_losing")).fetchall()}
    if gone:
        _take_out(db, {entry.site: entry.zone for entry in expiring}, latest)
    db.execute("DROP TABLE losing; DROP TABLE expired")
    return gone


def _take_out(db: duckdb.DuckDBPyConnection, zones: dict[str, str], latest: datetime) -> None:
    """Totals first, then the rows, then all that is derived from them."""
    spans = db.execute(sql("span_losing")).fetchall()
    days = [each for site, first, _ in spans if first for each in _days(site, zones[site], first, latest)]
    if days:
        db.execute(sql("choose_days"), _bound_days(days))
        db.execute(sql("append_totals"))
        db.execute("DROP TABLE local_day")
    db.execute(sql("expire_rows"), {"latest": latest})
    db.execute(sql("choose_left"), {"last": max(last for _, _, last in spans)})
    for statement in (
        "append_tallied",
        "forget_tallied",
        "choose_bereft",
        "forget_losing",
        "mark_left",
        "correct_first",
    ):
        db.execute(sql(statement))
    db.execute("DROP TABLE bereft; DROP TABLE left_over")


_Day = tuple[str, date, datetime]
"""A site, a local day of it, and when that begins (naive UTC)."""


def _days(site: str, zone: str, first: datetime, latest: datetime) -> Iterator[_Day]:
    day = local_day(first, zone)
    while (begun := begins(day, zone)) < latest:
        yield site, day, begun
        day += timedelta(days=1)


def _bound(expiring: Sequence[Expiring]) -> dict[str, str]:
    return {
        "sites": ",".join(entry.site for entry in expiring),
        "notices": ",".join(entry.notice for entry in expiring),
        "before": ",".join(_seconds(entry.before) for entry in expiring),
        "ks": ",".join(str(entry.k) for entry in expiring),
    }


def _bound_days(days: Sequence[_Day]) -> dict[str, str]:
    return {
        "sites": ",".join(site for site, _, _ in days),
        "days": ",".join(day.isoformat() for _, day, _ in days),
        "begins": ",".join(_seconds(begun) for _, _, begun in days),
    }


def _seconds(moment: datetime) -> str:
    return str(int(moment.replace(tzinfo=UTC).timestamp()))
