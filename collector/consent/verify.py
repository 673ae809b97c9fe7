"""Proves that every stored row leads to a consent: the log is whole, and each row lies within what it records.

The log is brought beside the rows, into temporary tables of one reader, and the store's engine compares the two. A
store in use can be looked at, too: whoever calls applies every erasure first, and says in `Bounds` what was recorded by
then. A yes counts whenever it was recorded, an end only up to there.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import func, select

from collector.consent.chain import PORTION, Record, Terms, Walk
from collector.consent.expiry import expires_on, local_day
from collector.consent.keys import Keys
from collector.consent.record import CONSENTS, seconds
from collector.consent.unproved import why
from collector.demo import MADE_UP
from collector.state import sites
from collector.state.database import State
from collector.state.tables import consent_log, notice, tombstone
from collector.store.interface import Row, Snapshot
from collector.store.queries import sql

ROWS_AT_ONCE = 5_000_000
"""Rows compared in one statement, give or take a month's: bounds its memory, and lets the bar move."""
FOREVER = datetime(9999, 1, 1)  # noqa: DTZ001  # the store's times are UTC and naive
OVERDUE_DAYS = 2
"""How long after its day a row may still be found: the upkeep runs once a day."""


class Bounds(NamedTuple):
    """The last record and the last tombstone whose consequences the rows must show."""

    log: int
    tombstones: int


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; `problem` names the first that is wrong, empty when all is well."""

    what: str
    said: str
    problem: str = ""


class Proof(msgspec.Struct):
    """What was found, in the order in which it was looked at, and how much was looked at."""

    findings: list[Finding] = []
    records: dict[str, int] = {}
    """By kind."""
    bodies_removed: int = 0
    notices: int = 0
    rows: int = 0
    subjects: int = 0
    made_up: int = 0
    """Rows of the demo, which nobody consented to and nobody is behind: left out."""
    sequence: int = 0
    head: str = ""

    @property
    def problem(self) -> str:
        """The first thing that is wrong, in a sentence; empty when all is proved."""
        return next((finding.problem for finding in self.findings if finding.problem), "")


async def bounds(state: State) -> Bounds:
    """What is recorded by now."""
    async with state.read() as connection:
        log = (await connection.execute(select(func.max(consent_log.c.seq)))).scalar() or 0
        buried = (await connection.execute(select(func.max(tombstone.c.seq)))).scalar() or 0
    return Bounds(log, buried)


class Verifier:
    """One verification; `run` does all of it. `site` is a site's name, or nothing for all of them."""

    def __init__(self, state: State, keys: Keys, snapshot: Snapshot, until: Bounds, site: str, now: int) -> None:
        self._share = 0.0
        self._state = state
        self._keys = keys
        self._snapshot = snapshot
        self._until = until
        self._now = now
        self._proof = Proof()
        self._of_site = {"site": site}
        self._those = {"site": site, "made_up": MADE_UP}
        self._notices: dict[str, Terms] = {}
        self._numbers: dict[str, int] = {}

    async def done(self) -> float:
        """How much of it is done, from 0 to 1."""
        return self._share

    async def run(self) -> Proof:
        """Look at everything. Raises what the state database and the store raise."""
        await self._fetch("proof_begin")
        await self._look_at_notices()
        await self._look_at_log()
        await self._look_at_withdrawals()
        await self._look_at_rows()
        await self._look_at_erased()
        await self._look_at_age()
        await self._look_at_visits()
        self._share = 1.0
        return self._proof

    async def _look_at_notices(self) -> None:
        async with self._state.read() as connection:
            rows = (await connection.execute(select(notice).order_by(notice.c.seq))).all()
        problem = ""
        for row in rows:
            terms = _terms(row)
            if terms is None or terms.site != row.site or hashlib.sha256(row.body.encode()).hexdigest() != row.id:
                problem = problem or f"Notice {row.id[:8]} of {row.site} was altered: its text does not have this hash."
            if terms is not None:
                self._notices[row.id] = terms
        self._numbers = {id_: number for number, id_ in enumerate(self._notices)}
        columns = {
            "id": self._numbers.values(),
            "site": (terms.site for terms in self._notices.values()),
            "notice": self._numbers,
            "recognises": ("returning" in terms.purposes for terms in self._notices.values()),
            "adverts": ("ads" in terms.purposes for terms in self._notices.values()),
        }
        await self._insert("proof_terms", len(self._notices), columns)
        self._proof.notices = len(rows)
        self._tell("notices", f"{len(rows):,}, each known by the hash of its text", problem)

    async def _look_at_log(self) -> None:
        walk = Walk(self._notices, self._now)
        async for records in walk.records(self._state):
            given = [record for record in records if record.body.kind in CONSENTS]
            await self._insert("proof_consented", len(given), self._columns(given))
            gone = [record for record in records if record.body.kind == "withdrawn"]
            columns = {"seq": (one.seq for one in gone), "subject": (one.subject.hex() for one in gone)}
            await self._insert("proof_withdrawn", len(gone), columns)
            self._share = walk.share / 2
        proof = self._proof
        proof.records, proof.bodies_removed = dict(walk.kinds), walk.removed
        proof.sequence, proof.head = walk.seq, walk.link.hex()
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in walk.kinds.items()) or "none yet"
        kinds += f", {walk.removed:,} whose body's time is over" if walk.removed else ""
        self._tell("consent log", f"{walk.kinds.total() + walk.removed:,} records ({kinds}), one chain", walk.problem)

    def _columns(self, given: list[Record]) -> dict[str, Iterable[object]]:
        bodies = [record.body for record in given]
        return {
            "seq": (record.seq for record in given),
            "subject": (record.subject.hex() for record in given),
            "terms": (self._numbers.get(body.notice, -1) for body in bodies),
            "since": (seconds(body.at) for body in bodies),
            "until": (body.until for body in bodies),
            "recognises": ("returning" in body.purposes for body in bodies),
            "adverts": ("ads" in body.purposes for body in bodies),
            "visitor": (self._keys.visitor(record.subject) for record in given),
        }

    async def _look_at_withdrawals(self) -> None:
        seq, count = 0, 0
        query = select(tombstone.c.seq, tombstone.c.subject).order_by(tombstone.c.seq).limit(PORTION)
        while True:
            async with self._state.read() as connection:
                rows = (await connection.execute(query.where(tombstone.c.seq > seq))).all()
            if not rows:
                break
            seq, count = rows[-1].seq, count + len(rows)
            columns = {"seq": (row.seq for row in rows), "subject": (bytes(row.subject).hex() for row in rows)}
            await self._insert("proof_buried", len(rows), columns)
        ((missing, first),) = await self._fetch("proof_unburied")
        problem = f"Record {first} is a withdrawal without a tombstone: rows of it could come back." if missing else ""
        self._tell("withdrawals", f"{count:,} subjects withdrawn or erased", problem)

    async def _look_at_rows(self) -> None:
        await self._fetch("proof_lasting", log=self._until.log)
        total, first, done = 0, None, 0
        stretches = _stretches(await self._fetch("proof_months", **self._those))
        for start, end, rows in stretches:
            ((count, row),) = await self._fetch("proof_unproved", **self._those, **{"from": start, "to": end})
            total, first, done = total + count, first or row, done + rows
            self._share = 0.5 + 0.4 * done / sum(rows for *_, rows in stretches)
        ((self._proof.subjects,),) = await self._fetch("proof_subjects", **self._those)
        self._proof.rows = done
        problem = ""
        if first is not None:
            problem = f"{_named(first)} {await self._why(first)}." + _in_all(total)
        said = f"{done:,} of {self._proof.subjects:,} subjects, each within a consent then in force"
        self._tell("rows", said, problem)

    async def _why(self, row: dict[str, Any]) -> str:
        terms = self._notices.get(row["notice"])
        found = await self._snapshot.fetch(sql("proof_of"), {"subject": str(row["subject"])})
        return why(row, terms.site if terms else None, found)

    async def _look_at_erased(self) -> None:
        limits = {"log": self._until.log, "tombstones": self._until.tombstones}
        ((count, first),) = await self._fetch("proof_erased", **self._those, **limits)
        problem = ""
        if count:
            problem = f"{_named(first)} belongs to somebody who withdrew or was erased." + _in_all(count)
            problem += " Start the server: it drops them before anything else."
        self._tell("erasures", "no row of anybody who withdrew or was erased", problem)

    async def _look_at_age(self) -> None:
        """The first row under each notice tells whether any of them is older than that notice lets it become."""
        async with self._state.read() as connection:
            zones = {site.name: site.timezone for site in await sites.every(connection)}
        now = datetime.fromtimestamp(self._now, UTC)
        problem = ""
        for site, id_, count, first in await self._fetch("proof_rows", **self._of_site):
            terms, zone = self._notices.get(id_), zones.get(site, "UTC")
            latest = local_day(now, zone) - timedelta(days=OVERDUE_DAYS)
            if site == MADE_UP:
                self._proof.made_up += count
            elif terms and expires_on(first, zone, terms.retention_months) <= latest:
                kept = f"{terms.retention_months} months, which its notice promises. Run: byleave retention run"
                problem = problem or f"A row of {site} from {first:%Y-%m-%d %H:%M:%S} is kept longer than the {kept}"
        self._tell("age", "no row is older than its notice allows", problem)

    async def _look_at_visits(self) -> None:
        ((count, first),) = await self._fetch("proof_visits", **self._of_site)
        problem = ""
        if count:
            at = f"{first['first_at']:%Y-%m-%d %H:%M:%S}"
            problem = f"A visit of {first['site']} from {at} has no {first['lacks']}." + _in_all(count, "visits")
        self._tell("visits", "none without its events", problem)

    async def _insert(self, statement: str, count: int, columns: Mapping[str, Iterable[object]]) -> None:
        """Bring values into a table: one text a column, which the engine splits, is much faster than a list."""
        if count:
            await self._fetch(statement, **await asyncio.to_thread(_joined, columns))

    async def _fetch(self, statement: str, **params: object) -> list[Row]:
        return await self._snapshot.fetch(sql(statement), params)

    def _tell(self, what: str, said: str, problem: str) -> None:
        self._proof.findings.append(Finding(what, said, problem))


def _joined(columns: Mapping[str, Iterable[object]]) -> dict[str, str]:
    return {name: " ".join(map(str, values)) for name, values in columns.items()}


def _terms(row: Any) -> Terms | None:
    """What a notice allows; None where its text cannot be read."""
    try:
        body = msgspec.json.decode(row.body)
        months = int(body["retention_months"]), int(body["log_retention_months"])
        return Terms(str(body["site"]), frozenset(body["purposes"]), *months)
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return None


def _stretches(months: list[Row]) -> list[tuple[datetime, datetime, int]]:
    """Stretches of time, whole months each, with how many rows they have; none is left out between them."""
    starts: list[datetime] = []
    counts: list[int] = []
    for month, rows in months:
        if counts and counts[-1] + rows <= ROWS_AT_ONCE:
            counts[-1] += rows
        else:
            starts.append(month)
            counts.append(rows)
    return list(zip(starts, [*starts[1:], FOREVER], counts, strict=False))


def _named(row: dict[str, Any]) -> str:
    """A row as a sentence may name it: of the person no more than 8 digits of a hash."""
    person = str(row["subject"])[:8]
    return f"A {row['kind']} of {row['site']} at {row['occurred_at']:%Y-%m-%d %H:%M:%S} (subject {person}…)"


def _in_all(count: int, of: str = "rows") -> str:
    return f" There are {count:,} such {of}." if count > 1 else ""
