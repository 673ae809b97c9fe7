"""Work that others hand to one task, done there in its turn."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from collector.store.migrate import StoreError

Job = Callable[[], Awaitable[Any]]


class Turns:
    """A queue of jobs; each caller waits for the outcome of its own."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._jobs: asyncio.Queue[tuple[Job, asyncio.Future[Any]]] = asyncio.Queue()

    @property
    def waiting(self) -> bool:
        """Whether there is a job."""
        return not self._jobs.empty()

    async def do(self, job: Job) -> Any:
        """Have a job done; returns what it returns, raises what it raises."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait((job, done))
        self._wake()
        return await done

    async def work(self) -> None:
        """Do all that waits. Call it in the one task."""
        while self.waiting:
            job, done = self._jobs.get_nowait()
            if done.cancelled():
                continue
            try:
                result = await job()
            except Exception as error:
                if not done.cancelled():
                    done.set_exception(error)
            else:
                if not done.cancelled():
                    done.set_result(result)

    def refuse(self) -> None:
        """End every wait: nothing will be done any more."""
        while self.waiting:
            _, done = self._jobs.get_nowait()
            if not done.cancelled():
                done.set_exception(StoreError("The owner of the store is stopping; try again."))
