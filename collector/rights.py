"""The owner's part in a visitor's rights: it finds their rows, and knows when what was erased is in no file."""

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from collector.consent import rights
from collector.owner import Owner
from collector.state.follow import Follower
from collector.store.migrate import StoreError
from collector.store.queries import sql

log = structlog.get_logger(__name__)

UNDER_WAY_SECONDS = 3.0
"""How long after an erasure a batch may still come into the spool: it had passed the gate of a process that learned of
the erasure a second later, and waited for its commit."""
LOADED_SECONDS = 5.0
"""How long a visitor's question waits for what is still in the spool."""
POLL_SECONDS = 0.02
LOOK_SECONDS = 5.0
"""How often it is looked whether a new generation makes erasures physical."""
LATER_SECONDS = 300.0
"""How soon that is looked at again after it failed."""
BEGINNING = "1970-01-01T00:00:00"


class Rights:
    """Beside the owner, in its process. `start` answers the commands `rows` and `erase_now` on the owner's socket."""

    def __init__(self, owner: Owner, follower: Follower, data: Path) -> None:
        self._owner = owner
        self._follower = follower
        self._data = data
        self._erased_to = 0
        """As this process has marked it."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Answer, and mark what the daily rewrites erase, until `stop`."""
        self._owner.control.register("rows", self.rows)
        self._owner.control.register("erase_now", self.erase_now)
        self._task = asyncio.create_task(self._follow(), name="mark what is erased")

    async def stop(self) -> None:
        """End the marking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def rows(self, site: str, subject: str, since: str, skip: int, most: int) -> dict[str, Any]:
        """One page of a subject's rows, oldest first: `most` of them from the second `since` on, but for `skip` of it.

        `subject` in hex, `since` in ISO 8601 (UTC); "" for the first page, which waits for what is still in the spool.
        Answers the columns that are told, the rows, `since` and `skip` of the next page, if there is one, and up to
        when they are complete. A row that comes meanwhile may move others to where they are told twice, none away.
        """
        if not since:
            await self._loaded(time.time())
        columns = {
            column.name: column.about
            for column in await self._owner.store.schema()
            if column.table == "event" and column.name not in ("subject", "visitor")
        }
        bound = {"site": site, "subject": str(UUID(hex=subject)), "since": since or BEGINNING, "skip": skip}
        when = [*columns].index("occurred_at")
        async with self._owner.store.snapshot() as snapshot:
            found = await snapshot.fetch(sql("rows_of_subject"), bound | {"most": most})
        times = [row[when] for row in found]
        return {
            "columns": columns,
            "rows": found,
            "next": _next(times, since, skip) if len(found) == most else None,
            "complete_to": self._owner.store.complete_to,
        }

    async def erase_now(self) -> None:
        """Make every erasure physical, and mark it. Returns when no file of store or spool holds a byte of it.

        Raises StoreError when that cannot be: the message says what to do.
        """
        async with self._follower.state.read() as connection:
            asked = await rights.waiting(connection)
        if asked:
            # Never longer than that, wherever a clock that was set back says that they were asked.
            left = asked[-1] + UNDER_WAY_SECONDS - time.time()
            await asyncio.sleep(min(max(0.0, left), UNDER_WAY_SECONDS))
        await self._owner.erase_now()
        await self._mark(self._reached)

    async def _loaded(self, asked: float) -> None:
        """Wait until what was acknowledged before is in the store; a bounded while, as more may come than it takes."""
        self._owner.wake()
        for _ in range(round(LOADED_SECONDS / POLL_SECONDS)):
            if self._owner.store.complete_to.timestamp() >= asked:
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._clear()
            except Exception as error:  # a full disk, a writer that hangs: all of it may pass
                told = str(error) if isinstance(error, StoreError) else ""
                log.warning("erasures_not_marked", cause=type(error).__name__, told=told)
                await asyncio.sleep(LATER_SECONDS)

    async def _clear(self) -> None:
        """After a rewrite, by whichever process: let the spool follow, then mark what is erased with that."""
        upto = self._reached  # another rewrite may move meanwhile, whose erasures the spool has not followed
        if upto <= self._erased_to:
            return
        async with self._follower.state.read() as connection:
            asked = await rights.waiting(connection)
        if asked and asked[0] <= upto:
            await self._owner.disperse()
        await self._mark(upto)

    @property
    def _reached(self) -> int:
        """The Unix second up to which what was erased is in no byte of the present generation."""
        return int(self._owner.store.begun.timestamp() - UNDER_WAY_SECONDS)

    async def _mark(self, upto: int) -> None:
        """Call it when `_reached` was `upto`, and no spool segment of then is left."""
        await self._owner.store.leave_old()
        await asyncio.to_thread(_refuse_damaged, self._data / "spool" / "damaged")
        async with self._follower.state.write(followed=False) as connection:
            await rights.mark_erased(connection, upto)
        self._erased_to = max(upto, self._erased_to)


def _next(times: list[datetime], since: str, skip: int) -> tuple[str, int]:
    """Where the page after rows of these times begins: with the last second, but for what of it was told."""
    last = times[-1].isoformat()
    return last, times.count(times[-1]) + (skip if last == since else 0)


def _refuse_damaged(folder: Path) -> None:
    """What nobody can read may hold rows of anybody."""
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(
            f"Damaged spool segments lie in {folder}, and may hold rows that were erased. Look at them, then "
            "delete them."
        )
