"""A data directory with a site, its owner and a token for each scope, made without a process for each command."""

import asyncio
import time
from pathlib import Path

import msgspec

from collector.state.accounts import create_account
from collector.state.database import State
from collector.state.tokens import SCOPES, create_token
from tests.dashboard.conftest import EMAIL, PASSWORD
from tests.wire import DRAFT, SITE, add_site


async def prepare(data: Path, k: int = 5) -> dict[str, str]:
    """The tokens by their scope; no server may run yet."""
    state = await asyncio.to_thread(State.open, data)
    await add_site(state, draft=msgspec.structs.replace(DRAFT, k=k))
    async with state.write() as connection:
        await create_account(connection, EMAIL, PASSWORD, "owner", int(time.time()))
        tokens = {scope: await create_token(connection, SITE, "", int(time.time()), scope) for scope in SCOPES}
    await state.close()
    return tokens
