"""A removed site: everybody is withdrawn, nobody is taken in any more, and it can be begun anew."""

import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from collector.consent import removal
from collector.consent.notice import publish
from collector.consent.record import iso
from collector.state import sites, tables
from collector.state.site import SiteError
from collector.state.sites import UnknownSite
from collector.state.tokens import TokenError, create_token
from tests.wire import DRAFT, SITE, Running, add_site, beacon, running, yes


async def _removed(live: Running) -> int:
    async with live.context.state.write() as connection:
        name = await removal.removable(connection, SITE)
        await removal.mark(connection, name, int(time.time()))
    told = [step async for step in removal.bury_everybody(live.context.state, name)]
    await live.context.follower.refresh()
    return told[-1][1]


async def _count(live: Running, table: Any) -> int:
    async with live.context.state.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def _anew(live: Running) -> None:
    now = int(time.time())
    async with live.context.state.write() as connection:
        anew = await sites.add(connection, sites.checked(SITE, ("*.example.com",), "Europe/Berlin"), now)
        assert anew
        await publish(connection, SITE, DRAFT, iso(now + 1), now + 1, anew=anew)
    await live.context.follower.refresh()


async def test_everybody_is_withdrawn_and_every_row_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "AT_ONCE", 2)
    async with running(tmp_path) as live:
        await add_site(live.context.state, "other.test", aliases=())
        held = [await live.consent() for _ in range(5)]
        for each in held:
            await live.post("/c/events", beacon(each["token"]))
        await live.consent(prior=held[0]["access_key"])
        await live.post("/c/withdraw", {"t": held[1]["token"]})
        kept = (await live.post("/c/consent", yes(site="other.test"), origin="https://other.test")).json()
        await live.post("/c/events", beacon(kept["token"]), origin="https://other.test")
        assert await _removed(live) == 4
        assert await _count(live, tables.tombstone) == 5
        assert await live.rows("SELECT DISTINCT site FROM event") == [("other.test",)]
        for each in held:
            assert (await live.post("/c/events", beacon(each["token"]))).status_code == 403
            assert (await live.post("/c/withdraw", {"access_key": each["access_key"]})).status_code == 204
        assert (await live.post("/c/consent", yes())).status_code == 403
        assert (await live.post("/c/events", beacon(kept["token"]), origin="https://other.test")).status_code == 202
        assert (await live.client.get(f"/c/site/{SITE}.json")).status_code == 404


async def test_the_chain_holds_the_withdrawals(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        for _ in range(3):
            await live.consent()
        await _removed(live)
        async with live.context.state.read() as connection:
            log = (await connection.execute(select(tables.consent_log).order_by(tables.consent_log.c.seq))).all()
        assert [row.previous for row in log[1:]] == [row.link for row in log[:-1]]
        assert ['"kind":"withdrawn"' in row.body for row in log] == [False] * 3 + [True] * 3
        assert {row.subject for row in log[:3]} == {row.subject for row in log[3:]}


async def test_its_notices_stay_served(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        notice = live.context.follower.current[SITE].id
        await _removed(live)
        assert SITE not in live.context.follower.current
        assert (await live.client.get(f"/c/notice/{notice}")).status_code == 200


async def test_a_yes_that_had_passed_the_gate_is_refused(tmp_path: Path) -> None:
    """Another process removed the site a moment ago; this one has not followed yet."""
    async with running(tmp_path) as live:
        await live.context.follower.stop()
        async with live.context.state.write() as connection:
            await removal.mark(connection, SITE, int(time.time()))
        answer = await live.post("/c/consent", yes())
        assert (answer.status_code, answer.json()["type"]) == (403, "origin-not-allowed")
        assert await _count(live, tables.consent_log) == 0


async def test_the_same_host_begins_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        await live.post("/c/events", beacon(held["token"]))
        before = live.context.follower.current[SITE].id
        await _removed(live)
        await _anew(live)
        answer = await live.post("/c/events", beacon(held["token"]))
        assert (answer.status_code, answer.json()["type"]) == (410, "consent-withdrawn")
        stale = await live.post("/c/consent", yes(notice=before))
        assert (stale.status_code, stale.json()["type"]) == (409, "notice-changed")
        again = await live.consent(prior=held["access_key"])
        assert again["access_key"] != held["access_key"]  # nothing is linked to what was before
        assert (await live.post("/c/events", beacon(again["token"]))).status_code == 202
        assert await live.rows("SELECT count(*) FROM event") == [(1,)]


async def test_who_was_erased_and_went_on_is_withdrawn_too(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        answer = await live.post("/c/me/erase", {"access_key": held["access_key"], "go_on": True})
        assert answer.status_code == 202, answer.text
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 202
        assert await _removed(live) == 1
        assert await live.rows() == []
        await _anew(live)
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 410
        again = await live.post("/c/me/erase", {"access_key": held["access_key"], "go_on": True})
        assert again.status_code in (202, 410), again.text
        assert (await live.post("/c/events", beacon(held["token"]))).status_code == 410


async def test_nobody_goes_on_at_a_site_that_is_being_removed(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        held = await live.consent()
        async with live.context.state.write() as connection:
            await removal.mark(connection, SITE, int(time.time()))
        answer = await live.post("/c/me/erase", {"access_key": held["access_key"], "go_on": True})
        assert (answer.status_code, answer.json()["type"]) == (410, "consent-withdrawn")
        answer = await live.post("/c/me/erase", {"access_key": held["access_key"], "go_on": False})
        assert answer.status_code == 202
        assert await _removed(live) == 0


async def test_a_removal_that_was_cut_short_is_finished_by_another(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        for _ in range(2):
            await live.consent()
        async with live.context.state.write() as connection:
            await removal.mark(connection, SITE, int(time.time()))
        async with live.context.state.read() as connection:
            assert await removal.left_of(connection, SITE) == 2
            assert await removal.removable(connection, SITE) == SITE
        assert await _removed(live) == 2
        assert await _removed(live) == 0
        async with live.context.state.read() as connection:
            assert await removal.left_of(connection, SITE) == 0


async def test_tokens_and_asks_of_a_removed_site_go(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        async with live.context.state.write() as connection:
            await create_token(connection, SITE, "", 1)
            await connection.execute(tables.ask.insert().values(site=SITE, hour=0, asks=3))
        await _removed(live)
        assert (await _count(live, tables.api_token), await _count(live, tables.ask)) == (0, 0)
        async with live.context.state.read() as connection:
            with pytest.raises(TokenError, match="byleave site list"):
                await create_token(connection, SITE, "", 1)


async def test_only_a_site_itself_can_be_removed(tmp_path: Path) -> None:
    async with running(tmp_path) as live:
        await add_site(live.context.state, "third.test", aliases=("www.third.test",))
        async with live.context.state.read() as connection:
            with pytest.raises(SiteError, match=r"alias of third\.test"):
                await removal.removable(connection, "www.third.test")
            with pytest.raises(UnknownSite):
                await removal.removable(connection, "nowhere.test")
