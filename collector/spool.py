"""The durable queue between collector and store: an accepted batch is on the disk before its sender hears so.

One task writes. Whatever batches wait when it comes round go into one transaction, and one future tells all their
senders (a group commit: the cost of one fsync is shared by as many requests as arrived during the one before).
"""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import structlog

from collector.batch import Batch
from collector.segment import SegmentWriter

log = structlog.get_logger(__name__)

QUEUE_BATCHES = 10_000
"""Batches that may wait for a commit: a fifth of a second's work, so that a full queue is news and not the rule."""
QUEUE_BYTES = 32 * 1024 * 1024
"""Bytes that may wait for a commit."""
BATCH_BYTES = 200
"""What a batch costs in memory besides its lines."""
SEGMENT_BYTES = 64 * 1024 * 1024
SEGMENT_SECONDS = 300
"""A segment is closed at this size, or this long after its first row: what is erased leaves the spool by then."""
WATCH_SECONDS = 1
"""How often a full disk is tried again, and how soon a request to close the segment is seen."""
STEP_SECONDS = 10
"""How long a segment that could not be followed by a new one goes on before the next try."""


class SpoolError(Exception):
    """A batch was not stored; the sender should try again after `retry_after` seconds."""

    retry_after = 1


class SpoolFull(SpoolError):
    """More batches wait than may: they come faster than the disk takes them."""


class SpoolUnavailable(SpoolError):
    """The disk is full, locked, read-only or broken, or the spool is closed."""

    retry_after = 5


class _Commit(asyncio.Future[str | None]):
    """One commit that many wait for: None when it succeeded, else why not.

    A waiter that is cancelled must not cancel it for the others, so it cannot be cancelled; such a waiter hears of its
    own cancellation when the commit is done, milliseconds later. A shield around it for each waiter would cost 4 µs.
    """

    def cancel(self, msg: Any | None = None) -> bool:
        return False


class _Group:
    """The batches that go into one commit, and the future that tells their senders."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.bytes = 0
        self.done = _Commit()


class Spool:
    """Segments in one directory, written by this process. Not thread-safe: it belongs to one event loop."""

    _writer: asyncio.Task[None]
    _watcher: asyncio.Task[None]

    def __init__(self, directory: Path) -> None:
        self.on_commit: Callable[[], None] | None = None
        """Called after every commit, in the event loop: wakes a loader in the same process."""
        self._directory = directory
        self._segment: SegmentWriter | None = None
        self._group = _Group()
        """Gathers while the one before it is committed."""
        self._bytes = 0
        self._batches = 0
        self._wake = asyncio.Event()
        self._due = False
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._reason = "it is closed"

    @classmethod
    async def open(cls, directory: Path) -> Self:
        """Start a segment and the task that writes it. Raises SpoolUnavailable with a sentence that says why."""
        spool = cls(directory)
        try:
            spool._segment = await SegmentWriter.create(directory)
        except (OSError, sqlite3.Error) as error:
            raise SpoolUnavailable(
                f"Cannot write the spool in {directory}: {error}. Free space or make the folder writable."
            ) from None
        spool._writer = asyncio.create_task(spool._run(), name="spool writer")
        spool._watcher = asyncio.create_task(spool._watch(), name="spool watcher")
        return spool

    @property
    def writable(self) -> bool:
        """Whether the last attempt to write succeeded."""
        return self._segment is not None and not self._closing

    @property
    def queued_batches(self) -> int:
        """Batches that wait for their commit."""
        return self._batches

    async def append(self, batch: Batch) -> None:
        """Store a batch; returns after the commit. Raises SpoolFull or SpoolUnavailable: then it may not be stored.

        Whoever stops waiting disturbs nobody, and the batch may still be stored: its nonce makes a retry safe.
        """
        if self._segment is None or self._closing:
            raise SpoolUnavailable(f"The spool cannot be written: {self._reason}.")
        size = len(batch.lines) + BATCH_BYTES
        if self._batches >= QUEUE_BATCHES or self._bytes + size > QUEUE_BYTES:
            raise SpoolFull(f"{self._batches} batches wait already.")
        group = self._group
        if not group.batches:
            self._wake.set()
        group.batches.append(batch)
        group.bytes += size
        self._batches += 1
        self._bytes += size
        failure = await group.done
        if failure is not None:
            raise SpoolUnavailable(f"The spool cannot be written: {failure}.")

    async def close(self) -> None:
        """Commit what waits, close the segment and let it go; every later append raises SpoolUnavailable."""
        self._closing = True
        self._wake.set()
        self._watcher.cancel()
        await asyncio.gather(self._watcher, self._writer, return_exceptions=True)
        await asyncio.gather(*self._tasks)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._group.batches:
                await self._commit()
            if self._due and self._segment is not None and not self._closing:
                await self._step()
            if self._closing and not self._group.batches:
                break
        if self._timer is not None:
            self._timer.cancel()
        if self._segment is not None:
            await self._segment.close()
            self._segment = None

    async def _commit(self) -> None:
        group, self._group = self._group, _Group()
        failure = "no segment is open" if self._segment is None else None
        if self._segment is not None:
            first = self._segment.rows == 0
            try:
                await self._segment.commit(group.batches)
            except Exception as error:  # whatever it was, the senders must hear that it failed
                failure = self._fail(error)
            else:
                self._reckon_due(self._segment, first)
        self._batches -= len(group.batches)
        self._bytes -= group.bytes
        group.done.set_result(failure)
        if failure is None and self.on_commit is not None:
            self.on_commit()

    def _fail(self, error: Exception) -> str:
        """Give the segment up: what it holds stays and is loaded; the watcher opens a new one when it can."""
        assert self._segment is not None
        log.error("spool_unavailable", segment=self._segment.segment, cause=str(error))
        self._retire(self._segment)
        self._segment = None
        self._reason = str(error)
        return self._reason

    def _reckon_due(self, segment: SegmentWriter, first: bool) -> None:
        if first:
            self._timer = asyncio.get_running_loop().call_later(SEGMENT_SECONDS, self._make_due)
        if segment.bytes >= SEGMENT_BYTES:
            self._due = True

    def _make_due(self) -> None:
        self._due = True
        self._wake.set()

    async def _step(self) -> None:
        """Go on in a new segment; the old one is closed, and with that checkpointed, aside."""
        assert self._segment is not None
        self._due = False
        try:
            following = await SegmentWriter.create(self._directory)
        except (OSError, sqlite3.Error) as error:
            log.warning("spool_segment_not_followed", segment=self._segment.segment, cause=str(error))
            self._timer = asyncio.get_running_loop().call_later(STEP_SECONDS, self._make_due)
            return
        self._retire(self._segment)
        self._segment = following

    def _retire(self, segment: SegmentWriter) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due = False
        task = asyncio.create_task(segment.close(), name="spool segment close")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            segment = self._segment
            if segment is None:
                await self._recover()
            elif await segment.asked_to_close() and self._segment is segment:
                self._make_due()

    async def _recover(self) -> None:
        try:
            segment = await SegmentWriter.create(self._directory)
        except (OSError, sqlite3.Error) as error:
            self._reason = str(error)
            return
        self._segment = segment
        log.info("spool_available", segment=segment.segment)
