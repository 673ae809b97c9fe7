"""Publishing a notice changes nothing that is stored, and reaches nobody who agreed to an earlier one."""

import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from collector.consent.notice import Planned, draft_of, publish
from collector.consent.record import iso
from collector.state import tables
from tests.wire import DRAFT, SITE, Running, beacon, running

# Every table of the store but how far loading is, which marks of deliveries are held, and what waits to be settled.
STORED = ("event", "visit", "step", "erased")
AD = {"k": "pageview", "p": "/item?p=7&lang=en&gclid=1&utm_source=news", "r": "https://www.google.com/", "a": 0}
EVENTS = (
    AD,
    {"k": "click", "p": "/item?p=7", "x": "https://elsewhere.example/page", "y": "outbound", "a": 0},
    {"k": "event", "p": "/item", "x": "signup", "m": {"plan": "pro"}, "b": 9.5, "u": "EUR", "a": 0},
    {"k": "leave", "p": "/item", "d": 12, "s": 80, "a": 0},
)

PUBLISHED: list[tuple[dict[str, Any], bool]] = [
    ({"contact": "new@example.com"}, False),
    ({"authority": "The authority"}, False),
    ({"retention_months": 3}, False),
    ({"retention_months": 60}, True),
    ({"k": 50}, False),
    ({"k": 1}, True),
    ({"purposes": ("measure",)}, True),
    ({"purposes": ("measure", "returning", "ads"), "contact": "newer@example.com"}, True),
    ({"query_keep": ("p", "lang")}, True),
    ({"query_keep": ("p",)}, False),
    ({"recipients": ("Somebody Ltd",)}, True),
    ({"controller": "Another Ltd"}, True),
    ({"languages": ("de",)}, False),
]


async def _publish(live: Running, **changes: Any) -> Planned:
    now, before = int(time.time()), draft_of(live.context.follower.current[SITE].body)
    async with live.context.state.write() as connection:
        planned = await publish(connection, SITE, msgspec.structs.replace(before, **changes), iso(now), now)
    await live.context.follower.refresh()
    return planned


async def _sent(live: Running, purposes: list[str], prior: str | None = None) -> dict[str, Any]:
    held = await live.consent(purposes=purposes, prior=prior)
    answer = await live.post("/c/events", beacon(held["token"], *EVENTS))
    assert answer.status_code == 202, answer.text
    return held


async def _hashes(live: Running) -> dict[str, str]:
    """One hash over all rows of each table of the store, and over every body in the state."""
    await live.rows()
    await live.owner.store.settle()
    found = {}
    async with live.owner.store.snapshot() as snapshot:
        for table in STORED:
            rows = sorted(map(repr, await snapshot.fetch(f"SELECT * FROM {table}")))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    async with live.context.state.read() as connection:
        bodies = (await connection.execute(select(tables.consent_log).order_by(tables.consent_log.c.seq))).all()
        found["consent log"] = hashlib.sha256(repr(bodies).encode()).hexdigest()
    return found


async def test_publishing_changes_no_stored_row(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        for purposes in (["measure"], ["measure", "returning"], ["measure", "returning", "ads"]):
            await _sent(live, purposes)
        gone = await _sent(live, ["measure"])
        await live.post("/c/withdraw", {"access_key": gone["access_key"]})
        before = await _hashes(live)
        assert (await live.rows("SELECT count(*), count(visitor), count(ad) FROM event")) == [(12, 8, 1)]
        for changes, material in PUBLISHED:
            notices = await _notices(live)
            published = await _publish(live, **changes)
            assert published.material == material, changes
            assert await _hashes(live) == before, changes
            assert (await _notices(live))[:-1] == notices, changes
        await live.owner.erase_now()  # a new generation of the store
        assert await _hashes(live) == before


async def _notices(live: Running) -> list[tuple[Any, ...]]:
    async with live.context.state.read() as connection:
        found = await connection.execute(select(tables.notice).order_by(tables.notice.c.seq))
        return [tuple(row) for row in found]


async def test_the_comparison_sees_a_single_changed_value(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        await _sent(live, ["measure"])
        before = await _hashes(live)
        await _sent(live, ["measure"])
        after = await _hashes(live)
        assert {name for name in before if before[name] != after[name]} == {"event", "visit", "consent log"}


async def test_after_a_minor_notice_old_tokens_go_on_under_their_own(tmp_path: Path) -> None:
    async with running(tmp_path, draft=msgspec.structs.replace(DRAFT, query_keep=("p",))) as live:
        old = live.context.follower.current[SITE].id
        held = await live.consent(purposes=["measure", "ads"])
        changes = {"retention_months": 3, "k": 50, "query_keep": (), "contact": "new@example.com"}
        minor = await _publish(live, **changes)
        assert not minor.material
        assert (await live.post("/c/events", beacon(held["token"], AD))).status_code == 202
        assert await live.rows("SELECT notice, path FROM event") == [(old, "/item?p=7")]
        await _sent(live, ["measure"])
        assert await live.rows("SELECT DISTINCT notice, path FROM event WHERE kind = 'pageview' ORDER BY path") == [
            (minor.id, "/item"),
            (old, "/item?p=7"),
        ]


async def test_after_a_material_notice_old_tokens_are_refused_with_the_new_one(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        old = live.context.follower.current[SITE].id
        held = await _sent(live, ["measure", "returning"])
        material = await _publish(live, retention_months=60)
        answer = await live.post("/c/events", beacon(held["token"], AD))
        assert (answer.status_code, answer.json()["type"]) == (409, "notice-changed")
        assert answer.json()["notice"] == material.id
        again = await _sent(live, ["measure", "returning"], prior=held["access_key"])
        assert live.context.tokens.token(again["token"]).notice == material.id
        assert await live.rows(
            "SELECT notice, count(*) FROM event GROUP BY notice ORDER BY count(*), notice"
        ) == sorted([(old, 4), (material.id, 4)])


async def test_new_purposes_reach_nobody_who_was_not_asked(tmp_path: Path) -> None:
    """Somebody who agreed to measuring alone stays so, whatever is offered later."""
    async with running(tmp_path, draft=msgspec.structs.replace(DRAFT, purposes=("measure",))) as live:
        held = await live.consent(purposes=["measure"])
        await live.post("/c/events", beacon(held["token"], AD))
        await _publish(live, purposes=("measure", "returning", "ads"))
        again = await live.consent(purposes=["measure"], prior=held["access_key"])
        await live.post("/c/events", beacon(again["token"], AD))
        assert await live.rows("SELECT count(*), count(visitor), count(ad) FROM event") == [(2, 0, 0)]


async def test_every_notice_stays_served_under_the_hash_of_its_bytes(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        first = live.context.follower.current[SITE].id
        ids = [first, *[(await _publish(live, **changes)).id for changes, _ in PUBLISHED]]
        for id_ in ids:
            answer = await live.client.get(f"/c/notice/{id_}", headers={"accept": "application/json"})
            assert (answer.status_code, hashlib.sha256(answer.content).hexdigest()) == (200, id_)
            page = await live.client.get(f"/c/notice/{id_}", headers={"accept": "text/html"})
            assert id_ in page.text
        assert len(set(ids)) == len(PUBLISHED) + 1
        shown = json.loads((await live.client.get(f"/c/site/{SITE}.json")).content)
        assert shown["notice"] == ids[-1]


DRAFTS: list[tuple[str, dict[str, str]]] = [
    ("nobody named", {"controller": "", "contact": ""}),
    ("no contact", {"contact": ""}),
    ("no controller", {"controller": ""}),
]


@pytest.mark.parametrize("missing", [case[1] for case in DRAFTS], ids=[case[0] for case in DRAFTS])
async def test_under_a_draft_only_local_pages_may_consent(tmp_path: Path, missing: dict[str, str]) -> None:
    async with running(tmp_path, draft=msgspec.structs.replace(DRAFT, **missing)) as live:
        ask: Callable[..., Awaitable[Any]] = live.post
        body = {"site": SITE, "purposes": ["measure"], "source": "banner", "shown": "byleave", "locale": "en"}
        yes = {**body, "ui": "ab" * 32, "prior": None, "notice": None}
        public = await ask("/c/consent", yes)
        assert (public.status_code, public.json()["type"]) == (403, "notice-is-draft")
        local = await ask("/c/consent", yes, origin="http://localhost:5173")
        assert local.status_code == 201
        token = local.json()["token"]
        assert (await ask("/c/events", beacon(token), origin="http://localhost:5173")).status_code == 202
        refused = await ask("/c/events", beacon(token))
        assert (refused.status_code, refused.json()["type"]) == (403, "notice-is-draft")
