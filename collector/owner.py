"""The one process that owns the event store: loads, erasures, rewrites and checkpoints, one after the other."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import duckdb
import msgspec
import structlog

from collector.backup import Backup
from collector.control import Control
from collector.loader import Loader
from collector.owner_lock import take_lock
from collector.proof import offer
from collector.retention import Retention
from collector.rewriting import Rewriting
from collector.settings import Settings
from collector.state.database import StateError
from collector.store.duckdb import DuckStore
from collector.store.erasures import Applied, Erasures
from collector.store.generation import Place
from collector.store.migrate import StoreError
from collector.store.writer import SETTLED_AT_ONCE
from collector.turns import Turns

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.15
"""How long a batch of another process, or an erasure, may go unnoticed; a batch of this process wakes the owner."""
PAUSE_SECONDS = 0.1
"""The least time between two rounds: few large loads cost far less than many small ones."""
RETRY_SECONDS = 1.0
"""How soon work that failed (a full disk, state out of reach) is tried again."""
CHECKPOINT_SECONDS = 60.0
CHECKPOINT_BYTES = 128 * 1024 * 1024
"""The store is checkpointed when something changed and either is reached."""
SETTLE_SECONDS = 30.0
"""How often the visits that changed are settled: until then each report works them out from their events."""
GENERATION_AGE = timedelta(hours=20)
"""A generation is rewritten at this age, so that what was erased is in no file within 24 hours."""
REWRITE_RETRY_SECONDS = 3600.0
"""How soon a rewrite that failed is tried again."""
NOT_REWRITTEN = "The event store was not rewritten. Look whether the disk has room for a second copy, then try again."
DISPERSE_SECONDS = 330.0
"""How long an immediate erasure waits for spool segments to go: a writer that cannot be asked takes five minutes."""


class Owner:
    """Holds the owner's lock, the open store, its one writer task and the control socket."""

    store: DuckStore
    loader: Loader
    control: Control
    _task: asyncio.Task[None]

    def __init__(self, settings: Settings, erasures: Erasures) -> None:
        self._data = settings.data_path
        self._place = Place.of(settings)
        self._erasures = erasures
        self._lock = -1
        self._wake = asyncio.Event()
        self._stopping = False
        self.turns = Turns(self._wake.set)
        self._applied = Applied()
        """The erasures applied to the open store."""
        self._rewriting: Rewriting | None = None
        self._rewrite: asyncio.Task[str] | None = None
        """What became of it in a sentence; empty when all went well."""
        self._alone = asyncio.Lock()
        """Held where no rewrite may begin but one's own: by an immediate erasure, by retention, by a backup."""
        self._copying: asyncio.Task[Any] | None = None
        """Makes a copy of the store to be taken away with the spool: nothing may leave the spool meanwhile."""
        self._retention: Retention | None = None
        self.backup = Backup(self, self._place)
        self._changed = True
        self._checkpointed = 0.0
        self._rewrite_after = 0.0
        self._settle_after = 0.0
        self._healthy = True
        self._broken = False
        """The engine declared itself unusable and has not been opened again yet."""

    @classmethod
    async def start(cls, settings: Settings, erasures: Erasures, retention: Retention | None = None) -> Self:
        """Take the lock, open the store, apply every erasure, begin to load. Without `retention` every row is kept.

        Raises OwnerRunning, StoreError or OSError with a sentence that says what to do, and whatever `refresh` raises.
        """
        owner = cls(settings, erasures)
        owner._retention = retention
        owner._lock = await asyncio.to_thread(take_lock, owner._data)
        try:
            await owner._open()
        except BaseException:
            await asyncio.to_thread(os.close, owner._lock)
            raise
        owner._task = asyncio.create_task(owner._run(), name="store owner")
        return owner

    async def stop(self) -> None:
        """Finish the work at hand, checkpoint, close the store and let the lock go."""
        await self.control.stop()
        self._stopping = True
        self._wake.set()
        await self._task
        await self._abandon_copies()
        if self._rewrite is not None:
            await asyncio.wait({self._rewrite})
        try:
            await self._checkpoint()
        except Exception as error:  # what is not in the file is in its log or in the spool
            log.warning("store_not_checkpointed", cause=type(error).__name__)
        if self._retention is not None:
            await self._retention.stop()
        await self.loader.close()
        await self.store.close()
        await asyncio.to_thread(os.close, self._lock)

    def wake(self) -> None:
        """Something was committed to the spool: load it now. Call it in the event loop."""
        self._wake.set()

    @property
    def healthy(self) -> bool:
        """Whether the last round of work succeeded."""
        return self._healthy

    async def erase_now(self) -> None:
        """Make every erasure physical: returns when no file of store or spool holds a byte of an erased subject.

        Raises StoreError when a spool segment did not go in time (its writer hangs), or the store was not rewritten.
        """
        async with self.between_rewrites():
            await self._rewrite_now()
            await self.disperse()

    async def retain_now(self) -> dict[str, int]:
        """Delete what is expired, down to the bytes; returns how many rows went, by site. Raises StoreError."""
        async with self.between_rewrites():
            await self.turns.do(self._settle)  # what has lain in the spool for months goes at once
            gone: dict[str, int] = await self.turns.do(self._retain)
            await self._rewrite_now()
        if self._retention is not None:
            await self._retention.tidied()
        return gone

    @contextlib.contextmanager
    def keeping_spool(self) -> Iterator[None]:
        """Nothing leaves the spool while a task copies the store; it is cancelled where that is opened again."""
        self._copying = asyncio.current_task()
        try:
            yield
        finally:
            self._copying = None

    @contextlib.asynccontextmanager
    async def between_rewrites(self) -> AsyncIterator[None]:
        """Until this is left no rewrite begins but one's own. One that runs has its snapshot already: it ends first."""
        async with self._alone:
            if self._rewrite is not None:
                await asyncio.wait({self._rewrite})
            yield

    async def _rewrite_now(self) -> None:
        rewrite = await self.turns.do(self._begin_rewrite)
        if told := await asyncio.shield(rewrite):
            raise StoreError(told)

    async def _retain(self) -> dict[str, int]:
        if self._retention is None:
            return {}
        gone = await self._retention.run(self.store)
        self._changed |= bool(gone)
        return gone

    async def disperse(self) -> None:
        """Apply every erasure, and wait until the spool segments of before are gone. Raises StoreError."""
        there = await self.turns.do(self.loader.ask_to_close)
        deadline = time.monotonic() + DISPERSE_SECONDS
        while left := there & frozenset(await self.turns.do(self._settle)):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"Spool segment {min(left)} is still being written. Restart its collector, then repeat."
                )
            await asyncio.sleep(POLL_SECONDS)

    async def _open(self) -> None:
        self.store = await DuckStore.open(self._place)
        self.loader = Loader(self._data / "spool", self.store)
        try:
            await self.loader.sweep()
            await self.loader.resume()
            await self._apply_erasures()
            self.control = await Control.start(self._data)
        except BaseException:
            await self.store.close()
            raise
        self.control.register("status", self._status)
        self.control.register("schema", self._schema)
        offer(
            self.control, self._data, self._erasures, lambda: self.turns.do(self._apply_erasures), self.store.snapshot
        )
        self.control.register("retention_run", self.retain_now)
        self.control.register("backup", self.backup.make)
        self.control.register("backup_stop", self.backup.stop)

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            wait = POLL_SECONDS
            try:
                await self._round()
                self._healthy = True
            except Exception as error:  # a full disk, state out of reach: all of it may pass
                log.error("owner_round_failed", cause=type(error).__name__, told=_told(error))
                self._healthy = False
                wait = RETRY_SECONDS
                await self._recover(error)
            await asyncio.sleep(PAUSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait - PAUSE_SECONDS):
                    await self._wake.wait()
        self.turns.refuse()

    async def _round(self) -> None:
        """Jobs, then everything that waits in the spool, then what keeps the files in order."""
        await self.turns.work()
        ended = False
        while not ended and not self._stopping and not self.turns.waiting:
            await self._apply_erasures()
            before = self.loader.counts.batches
            ended = await self.loader.step(self._erasures)
            self._changed |= self.loader.counts.batches != before
            await self._keep_order()
        if ended and self.loader.complete_to:
            self.store.complete_to = datetime.fromtimestamp(self.loader.complete_to, UTC)

    async def _apply_erasures(self) -> None:
        """All there are by now."""
        await self._erasures.refresh()
        rows = await self._applied.apply(self.store, self._erasures.tombstones(), self._erasures.narrowings())
        self._changed |= rows > 0

    async def _keep_order(self) -> None:
        now = time.monotonic()
        if now >= self._settle_after:
            settled = await self.store.settle()
            self._changed |= settled > 0
            self._settle_after = time.monotonic() + (SETTLE_SECONDS if settled < SETTLED_AT_ONCE else 0)
        if self._changed or self.loader.finished:
            waited = now - self._checkpointed >= CHECKPOINT_SECONDS
            if waited or await self.store.log_bytes() >= CHECKPOINT_BYTES:
                await self._checkpoint()
        if self._rewriting is None and now >= self._rewrite_after and not self._alone.locked():
            await self._renew()

    async def _renew(self) -> None:
        """Where a day is over: let go what is expired, then write the store anew without it."""
        aged = datetime.now(UTC) - self.store.begun >= GENERATION_AGE
        if aged or (self._retention is not None and await self._retention.due()):
            self._rewrite_after = time.monotonic() + REWRITE_RETRY_SECONDS
            gone = await self._retain()
            # Looked at again: who took the turn meanwhile rewrites by itself, or copies this very generation.
            if (gone or aged) and not self._alone.locked():
                await self._begin_rewrite()

    async def _checkpoint(self) -> None:
        """Checkpoint, then let the spool forget; in this order, and only what was loaded before."""
        if self._copying is not None or (self._rewriting is not None and not self._rewriting.moved):
            return  # a copy needs every row since its snapshot in the spool
        finished = self.loader.finished
        await self.loader.prune()
        try:
            await self.store.checkpoint()
        except duckdb.TransactionException:
            return  # a reader still sees rows that were narrowed since: the next round tries again
        self._changed, self._checkpointed = False, time.monotonic()
        await self.loader.remove(finished)
        if self.loader.complete_to:
            await self.store.forget_damage()

    async def _begin_rewrite(self) -> asyncio.Task[str]:
        self._rewrite_after = time.monotonic() + REWRITE_RETRY_SECONDS
        self._rewriting = Rewriting(self.store, self._data / "spool", self._erasures)
        self._rewrite = asyncio.create_task(self._run_rewrite(self._rewriting), name="store rewrite")
        return self._rewrite

    async def _run_rewrite(self, work: Rewriting) -> str:
        """The rewrite from beginning to end, beside the rounds; what cannot go beside them waits for its turn."""
        started = time.monotonic()
        try:
            await work.prepare()
            await self.turns.do(lambda: self._fix(work))
            await work.copy()
            moved = False
            while not moved:
                await work.catch_up(self._applied)
                moved = await self.turns.do(lambda: self._move(work))
            await work.leave()
        except asyncio.CancelledError:  # by _abandon_rewrite alone
            return "The event store was closed while it was rewritten. Try again."
        except Exception as error:  # whatever it was, the open file is whole and goes on
            log.error("store_not_rewritten", cause=type(error).__name__, told="the old file goes on; tried again")
            return str(error) if isinstance(error, StoreError) else f"{NOT_REWRITTEN} ({type(error).__name__})"
        finally:
            await work.abandon()
            self._rewriting = None
        log.info("store_rewritten", seconds=round(time.monotonic() - started, 1))
        return ""

    async def _fix(self, work: Rewriting) -> None:
        """What was erased before the rewrite began is not in what it copies."""
        await self._apply_erasures()
        await work.fix(self._applied)

    async def _move(self, work: Rewriting) -> bool:
        started = time.monotonic()
        try:
            moved = await work.move(self._applied)
        except OSError:
            self._applied = Applied()
            await self.loader.resume()
            raise
        if moved:
            self._applied, self._changed = work.applied, True
            await self.loader.resume()
            log.info("store_moved", paused=round(time.monotonic() - started, 2))
        return moved

    async def _abandon_copies(self) -> None:
        if self._copying is not None:
            self._copying.cancel()
            await asyncio.wait({self._copying})
        if self._rewrite is not None and self._rewriting is not None and not self._rewriting.moved:
            self._rewrite.cancel()
            await asyncio.wait({self._rewrite})

    async def _settle(self) -> list[str]:
        """Load, checkpoint, and name the spool segments that are still there."""
        await self._apply_erasures()
        while not await self.loader.step(self._erasures):
            pass
        await self._checkpoint()
        return await self.loader.present()

    async def _recover(self, error: Exception) -> None:
        """After an error of the engine, open again (it may have declared itself unusable) and read what it holds."""
        if not isinstance(error, duckdb.Error):
            return
        # A connection that is closed is one that could not be opened again, by a rewrite too, while the disk was full.
        self._broken |= isinstance(error, duckdb.FatalException | duckdb.InternalException | duckdb.ConnectionException)
        try:
            if self._broken:
                await self._abandon_copies()
                await self.store.reopen()
                self._broken, self._applied = False, Applied()
            await self.loader.resume()
        except Exception as again:  # tried once more in the next round
            log.error("store_not_reopened", cause=type(again).__name__, told=_told(again))

    async def _status(self) -> dict[str, Any]:
        return {
            "healthy": self._healthy,
            "complete_to": self.store.complete_to,
            "begun": self.store.begun,
            "rewriting": self._rewriting.status if self._rewriting else None,
            "backup": self.backup.status,
            "loaded": msgspec.to_builtins(self.loader.counts),
        }

    async def _schema(self) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(column) for column in await self.store.schema()]


def _told(error: Exception) -> str:
    """What the log may say of it. A text may quote a value of a row; those about files do not, and say what to do."""
    about_files = (duckdb.IOException, OSError, StateError, StoreError)
    return str(error).partition("\n")[0] if isinstance(error, about_files) else ""
