"""People invited, changed and removed; what is changed stands in the log."""

import re

import httpx2
import pytest

from tests.dashboard.believable import SITE
from tests.dashboard.conftest import EMAIL, OTHER, PASSWORD, House, csrf_of
from tests.dashboard.settings.conftest import Person, noted, send, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGE = "/settings/people"


async def invited(owner: httpx2.AsyncClient, **fields: str) -> str:
    """The path of the link."""
    text = (await send(owner, f"{PAGE}/invite", PAGE, **fields)).text
    found = re.search(r"https://stats\.example\.net(/welcome/[\w-]+)", text)
    assert found, text
    return found[1]


async def test_an_invitation_makes_what_it_says_of_whom_it_names(home: House, person: Person) -> None:
    owner = await person()
    earlier = await invited(owner, email="New@Example.com", role="admin", site=SITE)
    link = await invited(owner, email="new@example.com", role="viewer", site=SITE)
    async with home.browser() as guest:
        assert (await guest.get(earlier)).status_code == 410
        form = csrf_of((await guest.get(link)).text)
        sent = {"csrf": form, "email": "other@example.com", "password": PASSWORD}
        assert (await guest.post(link, data=sent)).status_code == 303
        assert (await guest.get(f"/sites/{SITE}")).status_code == 200
        assert (await guest.get(f"/sites/{SITE}/settings")).status_code == 403
        assert (await guest.get(f"/sites/{OTHER}")).status_code == 404
        assert (await guest.get(link)).status_code == 410
    entry = await noted(home)
    assert (entry.actor, entry.action, entry.detail["role"]) == ("new@example.com", "account added", "viewer")
    assert "new@example.com" in (await owner.get(PAGE)).text


REFUSED = [
    ({"email": "nobody", "role": "viewer", "site": SITE}, "e-mail"),
    ({"email": "a@example.com", "role": "king", "site": SITE}, "owner, admin or viewer"),
    ({"email": "a@example.com", "role": "viewer", "site": "nowhere.example"}, "Choose the site"),
    ({"email": EMAIL, "role": "viewer", "site": SITE}, "has an account"),
]


@pytest.mark.parametrize(("fields", "says"), REFUSED, ids=[says for _, says in REFUSED])
async def test_an_invitation_that_cannot_be_says_why(person: Person, fields: dict[str, str], says: str) -> None:
    answer = await send(await person(), f"{PAGE}/invite", PAGE, **fields)
    assert answer.status_code == 400
    assert says in answer.text


async def test_a_role_changes_at_once(home: House, person: Person) -> None:
    owner, other = await person(), await person("viewer", SITE)
    email = other.email
    for role, status in (("admin", 200), ("none", 404), ("owner", 200), ("viewer", 403)):
        changed = await send(owner, f"{PAGE}/change", PAGE, email=email, role=role, site=SITE)
        assert changed.headers["location"] == f"{PAGE}?done=changed", changed.text
        assert (await other.get(f"/sites/{SITE}/settings")).status_code == status, role
        row = (await owner.get(PAGE)).text.partition(f'value="{email}"')[2]
        assert re.search(r'value="(\w+)" selected', row)[1] == role  # type: ignore[index]
    assert (await noted(home)).detail == {"account": email, "role": "viewer", "at": SITE}
    await send(owner, f"{PAGE}/remove", PAGE, email=email)
    assert (await other.get("/account")).status_code == 303
    assert (await send(owner, f"{PAGE}/remove", PAGE, email=email)).status_code == 400


async def test_the_last_owner_stays(home: House, person: Person) -> None:
    owner = await signed_in(home, EMAIL)
    found = re.findall(r'name="email" value="([^"]+)"', (await owner.get(PAGE)).text)
    for email in {*found} - {EMAIL}:
        await send(owner, f"{PAGE}/remove", PAGE, email=email)
    for path, role in (("remove", ""), ("change", "viewer")):
        answer = await send(owner, f"{PAGE}/{path}", PAGE, email=EMAIL, role=role, site=SITE)
        assert answer.status_code == 400
        assert "only owner" in answer.text
    await owner.aclose()


async def test_the_log_goes_on_by_the_hundred(home: House, person: Person) -> None:
    owner = await person()
    for _ in range(101):
        await send(owner, "/account/sign-ins/end")
    text = (await owner.get("/settings/audit")).text
    older = re.search(r'href="(/settings/audit\?before=\d+)"', text)
    assert older
    assert text.count("<tr>") == 101
    assert "signed out everywhere" in (await owner.get(older[1])).text
    assert (await owner.get("/settings/audit?before=x")).status_code == 200
