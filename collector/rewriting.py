"""One rewrite of the store, in steps that the owner takes: snapshot, copy, delta, move; loading goes on until the last.

The delta is no comparison of tables. The copy holds the snapshot's own positions and nonces, so a second loader on the
same spool carries into it what was loaded since, exactly once, by the very code that loads. For that no segment may go
and nothing may be pruned from the moment of the snapshot until the move.
"""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog

from collector.loader import Loader
from collector.store.duckdb import DuckStore
from collector.store.erasures import Applied, Erasures
from collector.store.migrate import StoreError
from collector.store.threads import run

log = structlog.get_logger(__name__)

MOVE_SECONDS = 0.5
"""How long loading may stand still for the last rows of the delta; with more of them it catches up aside once more."""
MOVES_PUT_OFF = 10
"""How often the move waits for an erasure of the last moment to be applied aside: it reads every row's subject."""
UNREAD_SECONDS = 60.0
"""How long the copy waits for rows that were loaded but cannot be read from the spool again."""
CHECKPOINT_BYTES = 128 * 1024 * 1024
"""The copy is checkpointed when its log has this size."""


class Rewriting:
    """Builds the successor of a store. Its steps: prepare, fix, copy; catch_up and move until that succeeds; leave.

    `fix` and `move` belong to the owner's task, between two loads; the others go on beside it. Each raises OSError,
    StoreError or duckdb.Error; then, or where one was cancelled, only `abandon` may follow.
    """

    def __init__(self, store: DuckStore, spool: Path, erasures: Erasures) -> None:
        self.phase = "preparing"
        """`preparing`, `copying`, `catching up`, then `moved` while the last readers of the old file finish."""
        self.applied = Applied()
        """The erasures applied to the copy."""
        self._store = store
        self._spool = spool
        self._erasures = erasures
        self._copy = store.copy()
        self._thread = ThreadPoolExecutor(1, "store-rewrite")
        self._successor: DuckStore | None = None
        self._loader: Loader | None = None
        self._put_off = 0
        self._unread_since = 0.0

    @property
    def moved(self) -> bool:
        """Whether the copy counts."""
        return self.phase == "moved"

    @property
    def status(self) -> dict[str, Any]:
        """How far it is: the phase, and which share of the rows (0 to 1) is copied."""
        return {"phase": self.phase, "share": round(self._copy.share, 3)}

    async def prepare(self) -> None:
        """Make the new file."""
        await run(self._thread, self._copy.prepare)

    async def fix(self, applied: Applied) -> None:
        """Let the copy see what is stored now; `applied`: the erasures that took from it what they should."""
        await run(self._thread, self._copy.fix)
        self.applied, self.phase = applied.copy(), "copying"

    async def copy(self) -> None:
        """Copy all of it."""
        await run(self._thread, self._copy.run, self._copy.interrupt)

    async def catch_up(self, applied: Applied) -> None:
        """Bring into the copy what the spool holds just now, and what was erased since; `applied`: the store's own."""
        successor, loader = self._successor, self._loader
        if successor is None or loader is None:
            self.phase = "catching up"
            self._successor = successor = await self._store.beside(self._copy.name)
            self._loader = loader = Loader(self._spool, successor)
            await loader.resume()
        ended = False
        while not ended:
            await self.applied.apply(successor, applied.dropped, applied.narrowed)
            ended = await loader.step(self._erasures)
            if ended:
                while await successor.settle():
                    pass
            if ended or await successor.log_bytes() >= CHECKPOINT_BYTES:
                await successor.checkpoint()

    async def move(self, applied: Applied) -> bool:
        """Bring over the last rows and let the copy count; False where it has to catch up once more.

        That is: too many rows came since, or an erasure, or rows that were loaded cannot be read again just now.
        OSError means that it was unknown which file counts, and that the store was opened again. After that, and after
        True, the store's own loader has to resume.
        """
        assert self._successor is not None
        assert self._loader is not None
        until = time.monotonic() + MOVE_SECONDS
        while not await self._loader.step(self._erasures):
            if time.monotonic() > until:
                return False
        if not self._loader.covers(await self._store.positions()):
            self._bear_unread()
            return False
        if not self.applied.covers(applied) and self._put_off < MOVES_PUT_OFF:
            self._put_off += 1
            return False
        await self.applied.apply(self._successor, applied.dropped, applied.narrowed)
        await self._store.move_to(self._successor)
        self.phase = "moved"
        return True

    async def leave(self) -> None:
        """After the move: returns when nobody reads the old file any more and it is gone."""
        await self._end()
        await self._store.leave_old()

    async def abandon(self) -> None:
        """Remove the copy, unless it counts already; the store goes on as it was."""
        if self.moved:
            return
        if self._successor is not None:
            await self._successor.close()
        with contextlib.suppress(OSError):  # what cannot be removed now goes at the next start
            await run(self._thread, self._copy.discard)
        await self._end()

    async def _end(self) -> None:
        if self._loader is not None:
            await self._loader.close()
        self._thread.shutdown(wait=False)

    def _bear_unread(self) -> None:
        now = time.monotonic()
        self._unread_since = self._unread_since or now
        if now - self._unread_since > UNREAD_SECONDS:
            raise StoreError(
                "The event store was not rewritten: a spool segment that it has loaded cannot be read again. It stays "
                "as it was; look for segment_not_read and segment_damaged in the log."
            )
