"""What is told while the data is out of reach: what to do, and nothing typed is lost."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx2
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from collector.state.database import StateError
from collector.store.migrate import StoreError
from dashboard import patience
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import House, csrf_of

SECRET = "jane@mail.example"
LOCKED = OperationalError(f"SELECT '{SECRET}'", {}, Exception(SECRET))
PAGES = ("/sites", *(f"/sites/{SITE}{page}" for page in ("", "/journeys?steps=3", "/visits", "/volume")))


def failing(error: Exception) -> Any:
    @asynccontextmanager
    async def fail(*_: object, **__: object) -> AsyncIterator[None]:
        raise error
        yield

    return fail


@pytest.mark.parametrize("page", PAGES)
async def test_a_store_that_cannot_be_read_is_told_with_the_way_back(
    house: House, owner: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(house.store, "snapshot", failing(StoreError(SECRET)))
    with capture_logs() as told:
        answer = await owner.get(page)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert f'href="{page}"' in answer.text
    assert "byleave doctor" in answer.text
    assert SECRET not in answer.text + str(told)


@pytest.mark.parametrize("error", [LOCKED, StateError(SECRET)], ids=["locked", "gone"])
async def test_a_form_is_kept_but_for_its_secrets(
    house: House, owner: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    proof = csrf_of((await owner.get("/account")).text)
    typed = {"csrf": proof, "aliases": '"><b>www\nblog', "password": "never shown again"}
    with monkeypatch.context() as patch:
        patch.setattr(house.state, "read", failing(error))
        answer = await owner.post(f"/sites/{SITE}/settings", data=typed)
    assert answer.status_code == 503
    assert f'action="/sites/{SITE}/settings"' in answer.text
    kept = dict(re.findall(r'type="hidden" name="(csrf|aliases)" value="([^"]*)"', answer.text))
    assert {name: unescape(value) for name, value in kept.items()} == {"csrf": proof, "aliases": typed["aliases"]}
    assert 'type="password" name="password"' in answer.text
    assert "never shown" not in answer.text
    assert SECRET not in answer.text


async def test_what_another_site_sent_is_not_repeated(
    house: House, owner: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.state, "read", failing(LOCKED))
    answer = await owner.post("/settings/sites", data={"host": "evil"}, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, "evil" in answer.text) == (503, False)


async def test_no_address_leads_elsewhere(owner: httpx2.AsyncClient, house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(house.state, "read", failing(LOCKED))
    assert 'href="//' not in (await owner.get("//evil.example/")).text


async def test_the_api_says_when_to_ask_again(
    house: House, owner: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.store, "snapshot", failing(StoreError(SECRET)))
    answer = await owner.get("/api/v1/live", params={"site": SITE})
    assert (answer.status_code, answer.json()["type"], answer.headers["retry-after"]) == (
        503,
        "service-unavailable",
        "10",
    )


async def test_nobody_waits_for_ever_for_a_busy_store(
    house: House, owner: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.01)
    house.store._open.clear()  # as while a rewrite changes over
    assert (await owner.get(f"/sites/{SITE}/volume")).status_code == 503
    house.store._open.set()
    monkeypatch.undo()
    assert (await owner.get(f"/sites/{SITE}/volume")).status_code == 200


async def test_a_report_that_takes_too_long_is_given_up(
    house: House, owner: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LONGEST_S", 0.0)
    page = await owner.get(f"/sites/{SITE}/volume")
    assert (page.status_code, "Choose a shorter range" in page.text) == (503, True)
    told = await owner.get("/api/v1/live", params={"site": SITE})
    assert (told.status_code, "Choose a shorter range" in told.json()["detail"]) == (503, True)
    monkeypatch.undo()
    assert (await owner.get(f"/sites/{SITE}/volume")).status_code == 200


async def test_the_engine_has_stopped_when_a_report_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST_S", 0.3)
    endless = "SELECT count(*) FROM range(100000000000) AS a WHERE range % 7 = 3"
    began = time.monotonic()
    async with patience.PatientStore(house.store).snapshot() as snapshot:
        with pytest.raises(patience.TooLong):
            await snapshot.fetch(endless)
    assert time.monotonic() - began < 20
