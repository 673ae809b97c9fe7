"""`GET /api/v1/consent`: what was asked and answered, by day, purpose and notice, and what ends when.

The yeses, withdrawals and ends are the consent log's; the rows are the store's. Nothing is extrapolated, and nothing
here is of one person: there are counts, days and notices.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from collector.consent.difference import Difference, difference
from collector.consent.expiry import expires_on
from collector.consent.history import History, history, jobs
from collector.consent.record import iso
from collector.state.database import State
from collector.state.tables import notice
from collector.store.interface import Store
from dashboard.coverage import Coverage, coverage
from dashboard.query.bad_query import BadQuery
from dashboard.query.period import LocalRange
from dashboard.query.plan import SQL
from dashboard.query.site import SiteFacts

MOST_DAYS = 3660


class Day(msgspec.Struct):
    """The records of one local day."""

    day: date
    given: int = 0
    reconfirmed: int = 0
    withdrawn: int = 0
    expired: int = 0


class Share(msgspec.Struct, frozen=True):
    """The yeses of the range that hold a purpose; `share` of all yeses of the range, null without any."""

    purpose: str
    yes: int
    share: float | None


class Covered(msgspec.Struct, frozen=True):
    """A notice: what it changed against the one before, the yeses of the range under it, and all rows it covers."""

    notice: str
    published: str
    draft: bool
    material: bool
    yes: int
    share: float | None
    rows: int
    rows_expire_from: date | None
    """The local day with which the oldest of its rows goes."""
    changes: Difference | None


class Ending(msgspec.Struct, frozen=True):
    """How many consents that are in force run out on a local day, unless they are given anew."""

    day: date
    consents: int


class Erasures(msgspec.Struct, frozen=True):
    """Erasures asked for in the last 31 days, on the whole server; times ISO 8601 in UTC."""

    waiting: int
    oldest_waiting: str | None
    done: int
    last_done: str | None


class Consents(msgspec.Struct, frozen=True):
    """The whole answer; `erased`: visits of the range that were erased since."""

    coverage: Coverage
    days: list[Day]
    purposes: list[Share]
    notices: list[Covered]
    in_force: int
    expiring: list[Ending]
    erasures: Erasures
    erased: int


async def consents(state: State, store: Store, site: SiteFacts, days: LocalRange, zone: ZoneInfo) -> Consents:
    """What the log, the asks and the store say of a range. Raises BadQuery."""
    now = int(time.time())
    period = days.period(zone)
    first, last = (_local(end, zone) for end in (period.start, period.end - timedelta(seconds=1)))
    if (last - first).days >= MOST_DAYS:
        raise BadQuery("from", f"Give at most {MOST_DAYS:,} days.", "range")
    start, end = (int(moment.replace(tzinfo=UTC).timestamp()) for moment in (period.start, period.end))
    found = await history(state, site.name, start, end, now)
    ends = Counter[date]()
    for at, count in found.expiring.items():
        ends[datetime.fromtimestamp(at, zone).date()] += count
    asked = await jobs(state, now)
    async with store.snapshot() as snapshot:
        rows = await snapshot.fetch(SQL["notices"], {"site": site.name})
        hours = {"site": site.name, "start": period.start, "end": period.end}
        erased = (await snapshot.fetch(SQL["erased"], hours))[0][0]
    return Consents(
        coverage=await coverage(state, site.name, days, zone),
        days=_days(found, first, last, zone),
        purposes=_purposes(found),
        notices=await _notices(state, site, found, rows),
        in_force=ends.total(),
        expiring=[Ending(day, ends[day]) for day in sorted(ends)],
        erasures=Erasures(asked.waiting, _iso(asked.oldest_waiting), asked.done, _iso(asked.last_done)),
        erased=erased,
    )


def _days(found: History, first: date, last: date, zone: ZoneInfo) -> list[Day]:
    each = {day: Day(day) for day in (first + timedelta(days=n) for n in range((last - first).days + 1))}
    for (at, kind), count in found.records.items():
        day = each[datetime.fromtimestamp(at, zone).date()]
        field = kind.replace("-", "")
        setattr(day, field, getattr(day, field) + count)
    return list(each.values())


def _purposes(found: History) -> list[Share]:
    every = found.notices.total()
    return [Share(purpose, count, count / every if every else None) for purpose, count in found.purposes.most_common()]


async def _notices(state: State, site: SiteFacts, found: History, rows: Sequence[Any]) -> list[Covered]:
    """The site's notices, the latest first."""
    async with state.read() as connection:
        query = select(notice).where(notice.c.site == site.name).order_by(notice.c.seq)
        published = (await connection.execute(query)).all()
    covers = {row[0]: (row[1], row[2]) for row in rows}
    return await asyncio.to_thread(_covered, published, covers, found.notices, site.timezone)


def _covered(
    published: Sequence[Any], covers: dict[str, tuple[int, datetime]], yeses: Counter[str], zone: str
) -> list[Covered]:
    listed: list[Covered] = []
    before: dict[str, Any] | None = None
    every = yeses.total()
    for row in published:
        body = msgspec.json.decode(row.body)
        count, oldest = covers.get(row.id, (0, None))
        listed.append(
            Covered(
                notice=row.id,
                published=iso(row.published_at),
                draft=bool(row.draft),
                material=bool(row.material),
                yes=yeses[row.id],
                share=yeses[row.id] / every if every else None,
                rows=count,
                rows_expire_from=expires_on(oldest, zone, body["retention_months"]) if oldest else None,
                changes=difference(before, body) if before else None,
            )
        )
        before = body
    return listed[::-1]


def _local(moment: datetime, zone: ZoneInfo) -> date:
    return moment.replace(tzinfo=UTC).astimezone(zone).date()


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
