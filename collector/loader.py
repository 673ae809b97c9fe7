"""Carries committed batches from the spool into the store: each exactly once, wherever either side is killed."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import structlog

from collector.batch import Batch
from collector.segment import SegmentDamaged, SegmentReader, adopt, ask_to_close, hold, names, remove, sweep
from collector.segment_log import DAMAGED, trouble
from collector.store.duckdb import DuckStore
from collector.store.erasures import Erasures, Narrowing
from collector.store.threads import run
from collector.store.writer import BadLines, Queued

log = structlog.get_logger(__name__)

LOAD_BATCHES = 20_000
"""Batches in one load."""
LOAD_BYTES = 16 * 1024 * 1024
"""Bytes of lines in one load: bounds the memory while a backlog is loaded; about 40 000 rows, a fifth of a second."""
SEEN_SECONDS = 2 * 3600
"""How long a nonce is remembered after the oldest batch that still waits was received; a retry ends after one hour."""


class Counts(msgspec.Struct):
    """What the loader did since it was started."""

    rows: int = 0
    batches: int = 0
    duplicates: int = 0
    """Batches that were stored already: retries."""
    erased: int = 0
    """Batches of withdrawn or erased subjects, dropped."""
    refused: int = 0
    """Batches that cannot be stored: damaged on the disk after they were accepted."""
    damaged_segments: int = 0


class Loader:
    """Follows every segment in the spool. Belongs to the store's owner, who calls it from one task."""

    def __init__(self, directory: Path, store: DuckStore) -> None:
        self.counts = Counts()
        self.complete_to = 0.0
        """Unix time at which the last pass that read every segment to its end began: what was acknowledged by then is
        in the store."""
        self._directory = directory
        self._store = store
        self._positions: dict[str, int] = {}
        self._readers: dict[str, SegmentReader] = {}
        """Open connections, of segments that may still grow or are being read."""
        self._closed: set[str] = set()
        """Segments that nobody writes any more; their locks are let go: a backlog has more than a process may open."""
        self._told: set[str] = set()
        """Segments that could not be read last time."""
        self._to_read: list[str] = []
        """What this pass has not read to its end yet."""
        self._pass_began = 0.0
        self._pass_whole = True
        self._finished: set[str] = set()
        """Closed segments of which every row is in the store."""

    async def resume(self) -> None:
        """Take the positions from the store: at the start, and whenever it was opened again."""
        self._positions = await self._store.positions()
        self.complete_to = 0.0
        self._finished.clear()
        self._to_read.clear()

    async def sweep(self) -> None:
        """Remove what a crash left of segments that are gone."""
        await asyncio.to_thread(_sweep, self._directory)

    async def step(self, erasures: Erasures) -> bool:
        """Load one bounded portion. Raises duckdb.Error, and what `erasures.refresh` raises.

        Returns whether that ended a pass over all segments; while it has not, there is more to load at once. Cancelled,
        it gives way once nothing of it runs any more.
        """
        if not self._to_read:
            await run(None, self._begin)
        read, read_out = await run(None, self._gather)
        if read:
            # After the reading: a withdrawal that is not seen here came after every batch that is loaded here.
            await erasures.refresh()
            await self._load(await run(None, partial(self._kept, read, erasures)))
        self._finished |= read_out & self._closed
        self._to_read = [segment for segment in self._to_read if segment not in read_out]
        if self._to_read:
            return False
        if self._pass_whole:
            self.complete_to = self._pass_began
        return True

    @property
    def finished(self) -> frozenset[str]:
        """Closed segments of which every row is in the store; they may go once the store has checkpointed."""
        return frozenset(self._finished)

    async def remove(self, finished: frozenset[str]) -> None:
        """Unlink segments; only what was `finished` before a checkpoint that succeeded may be handed in."""
        await asyncio.to_thread(self._remove, finished)

    async def prune(self) -> None:
        """Let the store forget what no waiting or coming batch can need any more."""
        horizon = await asyncio.to_thread(self._horizon)
        if horizon is not None:
            await self._store.prune(horizon, await asyncio.to_thread(names, self._directory))

    async def ask_to_close(self) -> frozenset[str]:
        """Ask the writers of all segments to go on in new ones; returns the segments there are now."""
        present = await asyncio.to_thread(self._ask_to_close)
        return frozenset(present)

    async def present(self) -> list[str]:
        """The segments that lie in the spool."""
        return await asyncio.to_thread(names, self._directory)

    def covers(self, positions: Mapping[str, int]) -> bool:
        """Whether everything up to these positions, another store's, is in this one too."""
        return all(self._positions.get(segment, 0) >= row for segment, row in positions.items())

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.to_thread(self._close)

    def _begin(self) -> None:
        self._pass_began = time.time()
        self._pass_whole = True
        present = set(names(self._directory)) if self._directory.exists() else set()
        # The lock comes before the reading: a segment whose lock was had gets no row any more.
        self._closed |= {segment for segment in present - self._closed if self._adopt(segment)}
        self._to_read = sorted(present - self._finished)

    def _adopt(self, segment: str) -> bool:
        try:
            adopted = adopt(self._directory, segment)
        except sqlite3.Error as error:
            self._tell_once(segment, error)
            return False
        if adopted and (told := trouble(self._directory / f"{segment}.sqlite3-wal")):
            self.counts.damaged_segments += told == DAMAGED
            log.error("segment_log_ends_early", segment=segment, told=told)
        return adopted

    def _tell_once(self, segment: str, error: sqlite3.Error) -> None:
        """It is tried again several times a second, which need not be said each time."""
        if segment not in self._told:
            self._told.add(segment)
            log.warning("segment_not_read", segment=segment, cause=str(error))

    def _gather(self) -> tuple[list[tuple[str, int, Batch | None]], set[str]]:
        """Rows not loaded yet with their places, within the bounds, and the segments that were read to their end."""
        found: list[tuple[str, int, Batch | None]] = []
        read_out: set[str] = set()
        size = LOAD_BYTES
        for segment in self._to_read:
            if len(found) >= LOAD_BATCHES or size <= 0:
                break
            rows, whole = self._read(segment, LOAD_BATCHES - len(found), size)
            size -= sum(len(batch.lines) for _row, batch in rows if batch)
            found += [(segment, row, batch) for row, batch in rows]
            if whole:
                read_out.add(segment)
        return found, read_out

    def _kept(self, read: list[tuple[str, int, Batch | None]], erasures: Erasures) -> list[Queued]:
        """What of it may be stored: nothing of the erased, and of the narrowed no more than they still allow."""
        tombstones, narrowings = erasures.tombstones(), erasures.narrowings()
        queued = []
        for segment, row, batch in read:
            if batch is None:
                self._refuse(segment, row, "its row in the spool is damaged")
                queued.append(Queued(segment, row, None))
                continue
            kept = None if batch.subject in tombstones else narrowed(batch, narrowings)
            self.counts.erased += kept is None
            queued.append(Queued(segment, row, kept))
        return queued

    def _refuse(self, segment: str, row: int, cause: str) -> None:
        log.error("batch_refused", segment=segment, row=row, cause=cause)
        self.counts.refused += 1

    def _read(self, segment: str, batches: int, size: int) -> tuple[list[tuple[int, Batch | None]], bool]:
        try:
            rows, whole = self._reader(segment).read(self._positions.get(segment, 0), batches, size)
        except SegmentDamaged as error:
            self._set_aside(segment, error)
        except sqlite3.OperationalError as error:
            self._tell_once(segment, error)
        else:
            self._told.discard(segment)
            if whole and segment in self._closed:
                self._readers.pop(segment).close()
            return rows, whole
        self._pass_whole = False
        # Not read to its end, so it must not count as finished; the next pass tries again.
        self._to_read = [other for other in self._to_read if other != segment]
        return [], False

    def _reader(self, segment: str) -> SegmentReader:
        if segment not in self._readers:
            self._readers[segment] = SegmentReader(self._directory, segment)
        return self._readers[segment]

    def _set_aside(self, segment: str, error: Exception) -> None:
        """A closed segment that SQLite cannot read blocks nobody: it is moved away, whole, for a person to look at."""
        lock = hold(self._directory, segment)
        if lock is None:
            if segment not in self._told:
                self._told.add(segment)
                told = "looked at again when its writer closes it"
                log.error("segment_damaged", segment=segment, cause=str(error), told=told)
            return
        self.counts.damaged_segments += 1
        aside = self._directory / "damaged"
        log.error("segment_damaged", segment=segment, cause=str(error), told=f"moved to {aside}")
        if segment in self._readers:
            self._readers.pop(segment).close()
        aside.mkdir(mode=0o700, exist_ok=True)
        for suffix in (".sqlite3-wal", ".sqlite3"):
            with contextlib.suppress(FileNotFoundError):
                (self._directory / f"{segment}{suffix}").rename(aside / f"{segment}{suffix}")
        remove(self._directory, segment, lock)

    async def _load(self, queued: list[Queued]) -> None:
        """Store a portion; where it holds lines that cannot be stored, halve it until they stand alone."""
        try:
            loaded = await self._store.load(queued)
        except BadLines as error:
            if len(queued) > 1:
                half = len(queued) // 2
                await self._load(queued[:half])
                await self._load(queued[half:])
                return
            only = queued[0]
            self._refuse(only.segment, only.row, str(error))
            await self._store.load([only._replace(batch=None)])
        else:
            self.counts.rows += loaded.rows
            self.counts.duplicates += loaded.duplicates
            self.counts.batches += sum(entry.batch is not None for entry in queued) - loaded.duplicates
        self._positions.update({entry.segment: entry.row for entry in queued})

    def _remove(self, finished: frozenset[str]) -> None:
        for segment in finished & self._finished:
            lock = hold(self._directory, segment)
            if lock is not None:
                remove(self._directory, segment, lock)
                self._finished.discard(segment)
                self._closed.discard(segment)
                self._positions.pop(segment, None)

    def _horizon(self) -> int | None:
        """The Unix second before which a nonce may be forgotten; None while a segment cannot be read.

        Reckoned by what still waits, not by the clock: a retry of a batch that waited all night must be recognised.
        """
        oldest = int(time.time())
        try:
            for segment in set(names(self._directory)) - self._finished:
                received = self._first_received(segment)
                oldest = min(oldest, received if received is not None else oldest)
        except (sqlite3.OperationalError, SegmentDamaged):
            return None
        return oldest - SEEN_SECONDS

    def _first_received(self, segment: str) -> int | None:
        kept = segment in self._readers
        received = self._reader(segment).first_received(self._positions.get(segment, 0))
        if not kept:
            self._readers.pop(segment).close()
        return received

    def _ask_to_close(self) -> list[str]:
        present = names(self._directory)
        for segment in present:
            if segment not in self._closed:
                ask_to_close(self._directory, segment)
        return present

    def _close(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()


def narrowed(batch: Batch, narrowings: Mapping[bytes, Narrowing]) -> Batch:
    """The batch without what its consent no longer covers: the visitor without `returning`, the ad without `ads`."""
    to = narrowings.get(batch.subject)
    gone = {purpose for purpose, at in to.withdrawn.items() if batch.issued < at} if to else set()
    if not gone:
        return batch
    try:
        rows = [msgspec.json.decode(line, type=dict[str, Any]) for line in batch.lines.splitlines()]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return batch  # damaged on the disk: the load refuses it
    for row in rows:
        if "returning" in gone:
            row.pop("visitor", None)
        if "ads" in gone and row.pop("ad", None) is not None:
            _forget_advert(row)
    return msgspec.structs.replace(batch, lines=b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def _forget_advert(row: dict[str, Any]) -> None:
    """Take the advert out of where the visit came from, as narrow_ad.sql does with stored rows."""
    if any(row.get(f"utm_{name}") for name in ("source", "medium", "campaign", "content", "term")):
        if row.get("channel") == "Paid":
            row["channel"] = "Campaign"
        return
    row.pop("source", None)
    row["channel"] = "Direct"


def _sweep(directory: Path) -> None:
    if directory.exists():
        sweep(directory)
