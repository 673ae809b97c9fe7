"""An admin makes, sees and revokes share links."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import httpx2
import pytest

from collector.state.audit import entries
from collector.state.shares import list_shares
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import BASE, House, csrf_of

PAGE = f"/sites/{SITE}/settings/shares"


async def send(owner: httpx2.AsyncClient, path: str = PAGE, **fields: str) -> httpx2.Response:
    return await owner.post(path, data={"csrf": csrf_of((await owner.get(PAGE)).text), **fields})


async def test_a_link_is_made_shown_once_and_revoked(visited: House, owner: httpx2.AsyncClient) -> None:
    assert "No link yet" in (await owner.get(PAGE)).text
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    origins = "https://www.example.org\nhttps://club.example"
    answer = await send(owner, label="The <b>board</b>", expires=day.isoformat(), origins=origins)
    link = re.search(rf"{BASE}(/share/[\w-]+)", answer.text)
    assert answer.status_code == 200 and link
    assert f'<iframe src="{BASE}{link[1]}/embed"' in unescape(answer.text)
    listed = (await owner.get(PAGE)).text
    assert "The &lt;b&gt;board&lt;/b&gt;" in listed and link[1] not in listed
    async with visited.browser() as anybody:
        assert (await anybody.get(link[1])).status_code == 200
    assert "last used" in (await owner.get(PAGE)).text
    async with visited.state.read() as connection:
        (share,) = await list_shares(connection, SITE)
    assert share.expires_at is not None
    assert (
        f"{datetime.fromtimestamp(share.expires_at, ZoneInfo('Europe/Berlin')):%F %T}"
        == f"{day + timedelta(1)} 00:00:00"
    )
    done = await send(owner, f"{PAGE}/revoke", id=share.id)
    assert done.headers["location"] == f"{PAGE}?done=share_revoked"
    async with visited.browser() as anybody:
        assert (await anybody.get(link[1])).status_code == 410
    async with visited.state.read() as connection:
        noted = [(one.action, one.detail.get("label")) for one in await entries(connection, 2)]
    assert noted == [("share link revoked", "The <b>board</b>"), ("share link made", "The <b>board</b>")]
    assert (await send(owner, f"{PAGE}/revoke", id="gone")).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"label": ""}, "who the link is for"),
        ({"label": "x", "expires": "tomorrow"}, "not a day"),
        ({"label": "x", "expires": "9999-12-31"}, "not a day"),
        ({"label": "x", "expires": "2020-01-01"}, "over already"),
        ({"label": "x", "password": "short"}, "too short"),
        ({"label": "x", "origins": "www.example.org"}, "not the address of a website"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    house: House, owner: httpx2.AsyncClient, fields: dict[str, str], said: str
) -> None:
    answer = await send(owner, **fields)
    assert (answer.status_code, said in unescape(answer.text)) == (400, True)
    for name in ("label", "origins"):
        assert fields.get(name, "") in answer.text
    async with house.state.read() as connection:
        assert await list_shares(connection, SITE) == []
