"""When API tokens last sent events: noted in memory and written aside, once a day for each, so that no sender waits."""

import asyncio
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from collector.state.database import State
from collector.state.tokens import ApiToken, due, mark_used

FLUSH_S = 2.0  # how soon a list of tokens shows the first use


class TokenUses:
    """The uses that one process saw and has not written yet."""

    def __init__(self) -> None:
        self._noted: dict[str, int] = {}
        self._waiting: dict[str, tuple[ApiToken, int]] = {}

    def note(self, token: ApiToken, now: int) -> None:
        """A token was used; `now` in Unix seconds."""
        if due(token, now, self._noted.get(token.id)):
            self._noted[token.id] = now
            self._waiting[token.id] = token, now

    async def flush(self, state: State) -> None:
        """Write what waits. On failure it stays for the next time."""
        waiting = dict(self._waiting)
        if not waiting:
            return
        async with state.write(followed=False) as connection:
            for token, used_at in waiting.values():
                await mark_used(connection, token, used_at)
        for id_ in waiting:
            del self._waiting[id_]

    async def flush_for_ever(self, state: State) -> None:
        """Write every few seconds, and once more when cancelled."""
        try:
            while True:
                await asyncio.sleep(FLUSH_S)
                with suppress(SQLAlchemyError):
                    await self.flush(state)
        finally:
            with suppress(SQLAlchemyError):
                await self.flush(state)
