"""What the pictures show: the demo's year, and an invented bakery whose visitors were asked. All of it is made up."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from collector import asks
from collector.consent.founding import found_site
from collector.consent.notice import Draft, publish
from collector.consent.record import append, iso
from collector.consent.token import LIFETIME_S
from collector.demo import fill
from collector.settings import Settings
from collector.sightings import Sighted, What
from collector.state import sites
from collector.state.accounts import create_account
from collector.state.database import State
from collector.state.resets import begin_reset
from collector.state.shares import create_share
from dashboard.auth_invitation import Invitation, invite

UNTIL = date(2026, 11, 1)
NOW = datetime(2026, 10, 31, 22, 40, tzinfo=UTC)
"""Shortly before the made-up year ends."""
EVENTS, SEED = 600_000, 1
DEMO, BAKERY, NEW = fill.SITE, "localhost", "new.example"
BLOG = "https://blog.example"
"""A website that shows the demo's visits in a frame."""
OWNER, PASSWORD = "owner@bakery.example", "a long enough password"
SEEN: tuple[Sighted, ...] = tuple(
    (site, what, detail, int(NOW.timestamp()) - ago)
    for site, what, detail, ago in (
        ("", What.TAG, "", 40),
        (NEW, What.ASKED, "", 40),
        (NEW, What.FOREIGN, f"shop.{NEW}", 40),
        (NEW, What.DIRECT, "", 40),
    )
)
"""What the collector saw of the site that waits: its tag is on a host that it was not told of."""
DAYS = 120  # of the bakery's asking
SECOND_NOTICE = 45  # days ago
DRAFT = Draft(controller="Example Bakery Ltd", contact="privacy@bakery.example", k=1)


class Said(NamedTuple):
    """One record of the bakery's log."""

    at: int
    kind: str
    subject: bytes
    purposes: list[str]


async def make(data: Path) -> dict[str, str]:
    """Fill a fresh data folder: the same in every run, but for what is drawn from the system's own randomness.

    Returns the secrets of what a link alone opens, by the name that an address has for them.
    """
    settings = Settings(data=str(data))
    state = await asyncio.to_thread(State.open, data)
    try:
        await fill.fill(settings, state, EVENTS, SEED, UNTIL, lambda _: None)
        await _ask(state, await _add_sites(state))
        return await _share(state) | await _links(state)
    finally:
        await state.close()


async def _add_sites(state: State) -> str:
    """The bakery, a site that waits for its first visit, and who owns them; returns the bakery's first notice."""
    began = int((NOW - timedelta(days=DAYS + 1)).timestamp())
    new = await asyncio.to_thread(sites.checked, NEW, (f"www.{NEW}",), "Europe/Berlin")
    bakery = await asyncio.to_thread(sites.checked, BAKERY, (), "Europe/Berlin")
    async with state.write() as connection:
        first = await found_site(connection, bakery, DRAFT, began, OWNER)
        await found_site(connection, new, Draft(controller="New Ltd", contact=f"privacy@{NEW}"), began, OWNER)
        await create_account(connection, OWNER, PASSWORD, "owner", began)
    return first.id


async def _share(state: State) -> dict[str, str]:
    now = int(NOW.timestamp()) - 3 * 86_400
    async with state.write() as connection:
        _, share = await create_share(connection, DEMO, "Monthly meeting", now)
        _, locked = await create_share(connection, DEMO, "Agency", now, password=PASSWORD, expires_at=now + 90 * 86_400)
        _, framed = await create_share(connection, DEMO, "Our blog", now, origins=(BLOG,))
    return {"share": share, "locked": locked, "framed": framed}


async def _links(state: State) -> dict[str, str]:
    """What comes by mail: an invitation, and a link for a lost password."""
    now = int(NOW.timestamp())
    async with state.write() as connection:
        welcome = await invite(connection, Invitation("admin", "baker@bakery.example", BAKERY), now)
        begun = await begin_reset(connection, OWNER, now)
    assert begun
    return {"welcome": welcome, "reset": begun.secret}


async def _ask(state: State, notice: str) -> None:
    """Some months of yeses, taken back now and then; a second notice in between."""
    changed, second = int((NOW - timedelta(days=SECOND_NOTICE)).timestamp()), ""
    counts: dict[tuple[str, int, str], int] = {}
    async with state.write() as connection:
        for said in _said(random.Random(SEED)):
            if said.at >= changed and not second:
                more = msgspec.structs.replace(DRAFT, recipients=("Example Hosting Ltd",))
                notice = second = (await publish(connection, BAKERY, more, iso(changed), changed)).id
            facts = {"site": BAKERY, "notice": notice, "purposes": said.purposes, "source": "banner"}
            told = {"shown": "byleave", "locale": "en", "ui": "1", "expires": iso(said.at + LIFETIME_S)}
            await append(connection, said.kind, said.subject, said.at, **facts, **told)
            if said.kind != "withdrawn":
                hour = said.at // 3600 * 3600
                counts[BAKERY, hour, "yes"] = counts.get((BAKERY, hour, "yes"), 0) + 1
                counts[BAKERY, hour, "asks"] = counts[BAKERY, hour, "yes"] * 5 // 2
    await asks.add(state, counts)


def _said(drawn: random.Random) -> Iterator[Said]:
    """Day by day, in the order of time: more on weekdays, a few who come back to say yes again or to take it back."""
    known: list[bytes] = []
    for day in range(DAYS, -1, -1):
        midnight = int((NOW - timedelta(days=day)).replace(hour=0, minute=0).timestamp())
        weekend = (NOW - timedelta(days=day)).isoweekday() > 5
        found: list[Said] = []
        for _ in range(drawn.randint(9, 16) if weekend else drawn.randint(18, 34)):
            purposes = ["measure", "returning"] if drawn.random() < 0.62 else ["measure"]
            found.append(Said(midnight + drawn.randrange(6 * 3600, 22 * 3600), "given", drawn.randbytes(16), purposes))
        for kind, most in (("re-confirmed", 6 if day < SECOND_NOTICE else 2), ("withdrawn", 4)):
            for _ in range(drawn.randint(0, most) if len(known) > 50 else 0):
                who = known.pop(drawn.randrange(len(known)))
                found.append(Said(midnight + drawn.randrange(6 * 3600, 22 * 3600), kind, who, ["measure"]))
        known += [said.subject for said in found if said.kind != "withdrawn"]
        yield from sorted(found)
