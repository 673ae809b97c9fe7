"""A data folder in which everything is as it should be: consents of every kind and their rows, sent over the wire."""

import asyncio
import json
import secrets
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

from collector.consent.keys import FILE
from collector.consent.notice import Draft, publish
from collector.consent.record import iso
from collector.settings import Settings
from collector.standalone import own_store
from collector.state.database import State
from tests.wire import DRAFT, SITE, Running, add_site, beacon, random16, running

OTHER = "elsewhere.example"
ALL = ["measure", "returning", "ads"]
AD = {"k": "pageview", "p": "/landing?gclid=1&utm_source=letter", "r": "https://www.google.com/", "a": 0}
MINUTES = {"k": "leave", "p": "/", "d": 3, "s": 50, "a": 3_600_000}  # said to be an hour old, which no yes here is
VISIT = [
    {"k": "pageview", "p": "/", "r": "", "a": 40},
    {"k": "click", "p": "/", "x": "order", "y": "button", "a": 30},
    {"k": "event", "p": "/", "x": "signup", "m": {"plan": "pro"}, "b": 3, "u": "EUR", "a": 20},
    MINUTES,
]


async def make(data: Path) -> None:
    """Every kind of honest data, then everything is closed."""
    state = await asyncio.to_thread(State.open, data)
    await add_site(state, OTHER, aliases=())
    await state.close()
    async with running(data) as live:
        await _plain(live)
        await _narrowed(live)
        await _several(live)
        await _withdrawn(live)
        await _erased(live)
        await _rotate(live, data)
        await _after_a_minor_notice(live)
        await live.rows()
    async with own_store(Settings(data=str(data))) as store:
        while await store.settle():
            pass


async def send(live: Running, token: str, *events: dict[str, Any], **changes: Any) -> None:
    """One batch that is taken."""
    answer = await live.post("/c/events", beacon(token, *events, **changes))
    assert answer.status_code == 202, answer.text


async def publish_minor(live: Running, authority: str) -> None:
    """A notice that names another authority: consents stay valid."""
    now = int(time.time())
    draft = Draft(DRAFT.controller, DRAFT.contact, authority, purposes=DRAFT.purposes)
    async with live.context.state.write() as connection:
        assert not (await publish(connection, SITE, draft, iso(now), now)).material
    await live.context.follower.refresh()


async def _plain(live: Running) -> None:
    measured = await live.consent(purposes=["measure"])
    await send(live, measured["token"], *VISIT)
    known = await live.consent(purposes=["measure", "returning"], source="klaro", shown="cmp")
    await send(live, known["token"], *VISIT)
    everything = await live.consent(purposes=ALL)
    await send(live, everything["token"], AD, *VISIT)
    elsewhere = await live.post(
        "/c/consent", {**_yes(OTHER), "purposes": ["measure", "returning"]}, origin=f"https://{OTHER}"
    )
    batch = beacon(elsewhere.json()["token"], *VISIT)
    assert (await live.post("/c/events", batch, origin=f"https://{OTHER}")).status_code == 202


async def _narrowed(live: Running) -> None:
    wide = await live.consent(purposes=ALL)
    visit = random16()
    await send(live, wide["token"], AD, v=visit)
    await live.rows()
    narrow = await live.consent(prior=wide["access_key"], purposes=["measure"])
    await send(live, wide["token"], AD, v=visit, i=1)  # from a tab that is still open
    await send(live, narrow["token"], *VISIT)
    await asyncio.sleep(1.1)
    again = await live.consent(prior=wide["access_key"], purposes=["measure", "returning"])
    await send(live, again["token"], *VISIT)
    await send(live, wide["token"], AD, v=visit, i=2)


async def _several(live: Running) -> None:
    """Two tabs, of which one holds an older token that is still valid."""
    first = await live.consent()
    second = await live.consent(prior=first["access_key"], purposes=ALL)
    third = await live.consent(prior=second["token"], purposes=ALL)
    for held in (first, second, third, first):
        await send(live, held["token"], *VISIT)


async def _withdrawn(live: Running) -> None:
    held = await live.consent()
    await send(live, held["token"], *VISIT)
    await live.rows()
    assert (await live.post("/c/withdraw", {"access_key": held["access_key"]})).status_code == 204


async def _erased(live: Running) -> None:
    """Erased to go on: a wide and a narrow token, both still valid, and a batch from before that was sent after it."""
    wide = await live.consent(purposes=ALL)
    narrow = await live.consent(prior=wide["access_key"], purposes=["measure", "ads"])
    for held in (wide, narrow):
        await send(live, held["token"], AD, *VISIT)
    await asyncio.sleep(1.1)
    answer = await live.post("/c/me/erase", {"access_key": wide["access_key"], "go_on": True})
    assert answer.status_code == 202
    for held in (wide, narrow):
        await send(live, held["token"], {**AD, "a": 2_000}, AD, *VISIT)
    await send(live, (await live.consent(prior=narrow["token"], purposes=ALL))["token"], AD)
    gone = await live.consent()
    await send(live, gone["token"])
    answer = await live.post("/c/me/erase", {"access_key": gone["access_key"], "go_on": False})
    assert answer.status_code == 202


async def _rotate(live: Running, data: Path) -> None:
    old = await live.consent()
    await asyncio.to_thread(_add_key, data / FILE)
    live.context.tokens.use(await asyncio.to_thread(live.context.tokens.keys.reread))
    new = await live.consent(prior=old["token"])
    assert new["token"].split(".")[1] != old["token"].split(".")[1]
    for held in (old, new):
        await send(live, held["token"], *VISIT)


async def _after_a_minor_notice(live: Running) -> None:
    before = await live.consent()
    await publish_minor(live, "the Example Authority")
    after = await live.consent()
    for held in (before, after):
        await send(live, held["token"], *VISIT)


def _yes(site: str) -> dict[str, Any]:
    return {"site": site, "source": "banner", "shown": "byleave", "locale": "en", "ui": "ab" * 32, "prior": None}


def _add_key(path: Path) -> None:
    file = json.loads(path.read_bytes())
    secret = b64encode(secrets.token_bytes(32)).decode()
    file["token"].append({"kid": "next-key", "created": int(time.time()), "secret": secret, "killed": False})
    path.write_text(json.dumps(file))
