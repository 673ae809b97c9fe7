"""Follow the state database: every process holds sites, notices, tombstones and narrowings in memory.

The hot path reads memory alone. A change counter, moved by every write, is asked for ten times a second; a process
that could not ask for a second no longer knows who withdrew, and says so (`fresh`), so that the gate refuses.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent.token import PURPOSES
from collector.state import tables
from collector.state.database import State, StateError
from collector.state.site import Notice, Site
from collector.state.sites import present, site_of_row
from collector.state.tokens import ApiToken, tokens_by_hash
from collector.store.erasures import Narrowing

POLL_S = 0.1  # well within the 250 ms that a withdrawal may take to reach another process
LONGEST_HOST = 253  # characters (RFC 1035, section 2.3.4, less the two that are not written)
STALE_S = 1.0  # after this long without an answer the process refuses events

RESTORED = "restored:"
"""In `upkeep`, before the Unix second at which a backup was begun that was restored."""

log = structlog.get_logger("state")


class Follower:
    """The state as this process knows it, at most `POLL_S` old while `fresh`."""

    def __init__(self, state: State) -> None:
        self.sites: dict[str, Site] = {}
        self.notices: dict[str, Notice] = {}
        self.current: dict[str, Notice] = {}
        self.api_tokens: dict[bytes, ApiToken] = {}
        """By the hash of their secret."""
        self.on_change: list[Callable[[], None]] = []
        self.state = state
        self.gaps: list[tuple[int, int]] = []
        """From and until which Unix second a restored state knows of no yes that was given."""
        self._tombstones: set[bytes] = set()
        self._narrowings: dict[bytes, Narrowing] = {}
        self._renewals: dict[bytes, tuple[bytes, int]] = {}
        self._hosts: dict[str, Site] = {}
        self._acceptable: set[str] = set()
        self._last_tombstone = self._last_narrowing = self._last_renewal = 0
        self._counter = -1
        self._followed = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Read everything once, then follow until `stop`."""
        await self.refresh()
        self._task = asyncio.create_task(self._follow(), name="follow state")

    async def stop(self) -> None:
        """End the following."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def fresh(self) -> bool:
        """Whether the state was read within the last second."""
        return time.monotonic() - self._followed <= STALE_S

    async def refresh(self) -> None:
        """Catch up now. Raises what the database raises, and StateError when its file is gone or another."""
        async with self._turn:
            asked = time.monotonic()
            await self.state.check()
            async with self.state.read() as connection:
                counter = (await connection.execute(select(tables.change.c.counter))).scalar_one()
                changed = counter != self._counter
                if changed:
                    await self._read(connection)
            self._counter, self._followed = counter, asked
        if changed:
            for notify in self.on_change:
                notify()

    def site_of(self, host: str) -> Site | None:
        """The site a hostname belongs to: by name or alias first, then by the longest `*.` alias."""
        found = self._hosts.get(host)
        if found is not None:
            return found if "*" not in host else None
        parent = host if len(host) <= LONGEST_HOST else ""  # to look up 30 000 labels would take a fifth of a second
        while "." in parent:
            parent = parent.partition(".")[2]
            found = self._hosts.get(f"*.{parent}")
            if found is not None:
                return found
        return None

    def acceptable(self, notice: Notice) -> bool:
        """Whether a consent under this notice still covers its site: no material notice came later."""
        return notice.id in self._acceptable

    def answered_since(self, site: str) -> int:
        """When the site's oldest notice was published that a consent may still be under, Unix seconds."""
        return min(
            notice.published_at for notice in self.notices.values() if notice.site == site and self.acceptable(notice)
        )

    def tombstones(self) -> Collection[bytes]:
        """Subjects that withdrew or were erased; permanent."""
        return self._tombstones

    def narrowings(self) -> Mapping[bytes, Narrowing]:
        """Subjects that took back a purpose but not all."""
        return self._narrowings

    def renewed(self, subject: bytes) -> bytes:
        """The subject that an erased one goes on as, the newest; itself where it was never erased to go on."""
        return self.renewal(subject)[0]

    def renewal(self, subject: bytes) -> tuple[bytes, int]:
        """`renewed`, and since when it goes on so (Unix seconds; 0 where it was never erased to go on)."""
        newest, since = subject, 0
        while (later := self._renewals.get(newest)) is not None:
            newest, since = later
        if newest != subject:
            self._renewals[subject] = newest, since  # so that a long way is gone once
        return newest, since

    async def _follow(self) -> None:
        failing = False
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.refresh()
                failing = False
            except Exception as error:  # whatever the cause, the gate refuses until it is gone
                if not failing:
                    told = str(error) if isinstance(error, StateError) else ""
                    log.error("cannot follow the state database", error=type(error).__name__, told=told)
                failing = True

    async def _read(self, connection: AsyncConnection) -> None:
        sites = {row.name: site_of_row(dict(row._mapping)) for row in await connection.execute(present())}
        new = select(tables.notice).order_by(tables.notice.c.seq)
        notices = {row.id: _notice(dict(row._mapping)) for row in await connection.execute(new)}
        # Before the tombstones, as requests look while this waits: who goes on must not be taken for who withdrew.
        renewals = select(tables.renewal).where(tables.renewal.c.seq > self._last_renewal)
        for row in await connection.execute(renewals.order_by(tables.renewal.c.seq)):
            self._renewals[bytes(row.subject)] = bytes(row.successor), row.renewed_at
            self._last_renewal = row.seq
        graves = select(tables.tombstone.c.seq, tables.tombstone.c.subject).where(
            tables.tombstone.c.seq > self._last_tombstone
        )
        for seq, subject in await connection.execute(graves):
            self._tombstones.add(bytes(subject))
            self._last_tombstone = max(self._last_tombstone, seq)
        narrowings = select(tables.narrowing).where(tables.narrowing.c.seq > self._last_narrowing)
        for row in await connection.execute(narrowings.order_by(tables.narrowing.c.seq)):
            kept = msgspec.json.decode(row.kept, type=list[str])
            before = self._narrowings.get(bytes(row.subject))
            withdrawn = dict(before.withdrawn) if before else {}
            withdrawn |= {purpose: row.narrowed_at for purpose in PURPOSES if purpose not in kept}
            self._narrowings[bytes(row.subject)] = Narrowing(withdrawn)
            self._last_narrowing = row.seq
        restored = select(tables.upkeep).where(tables.upkeep.c.name.startswith(RESTORED))
        self.gaps = [(int(row.name.removeprefix(RESTORED)), row.done_at) for row in await connection.execute(restored)]
        self.api_tokens = await tokens_by_hash(connection)
        self.sites, self.notices = sites, notices
        self.current = {notice.site: notice for notice in notices.values() if notice.site in sites}
        self._acceptable = _acceptable(notices.values())
        self._hosts = {name: site for site in sites.values() for name in (*site.aliases, site.name)}


def _acceptable(notices: Iterable[Notice]) -> set[str]:
    """Ids of the notices that no material one of the same site follows; `notices` in the order published."""
    by_site: dict[str, list[str]] = {}
    for notice in notices:
        if notice.material:
            by_site[notice.site] = []
        by_site.setdefault(notice.site, []).append(notice.id)
    return {id_ for ids in by_site.values() for id_ in ids}


def _notice(row: Mapping[str, object]) -> Notice:
    plain = {str(key): value for key, value in row.items()}
    return msgspec.convert({**plain, "body": msgspec.json.decode(str(row["body"]))}, Notice)
