"""A site's settings: aliases, time zone, tokens, adding and removing."""

import asyncio
import re

import pytest

from collector.demo import MADE_UP
from collector.state.tokens import hash_of
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, House
from tests.dashboard.settings.conftest import Person, dashboard_in, noted, send

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGE = f"/sites/{SITE}/settings"


async def test_aliases_and_time_zone(home: House, person: Person) -> None:
    admin = await person("admin", SITE)
    fields = {"aliases": f"www.{SITE}\nshop.{SITE}", "timezone": "Asia/Tokyo"}
    assert (await send(admin, PAGE, PAGE, **fields)).headers["location"] == f"{PAGE}?done=site_changed"
    site = home.follower.sites[SITE]
    assert (site.aliases, site.timezone) == ((f"www.{SITE}", f"shop.{SITE}"), "Asia/Tokyo")
    entry = await noted(home)
    assert (entry.action, entry.site, entry.detail["timezone"]) == ("site changed", SITE, "Europe/Berlin → Asia/Tokyo")
    for wrong, says in (({"timezone": "Mars/Base"}, "IANA"), ({"aliases": OTHER}, "already belongs")):
        answer = await send(admin, PAGE, PAGE, **{**fields, **wrong})
        assert answer.status_code == 400
        assert says in answer.text
    assert home.follower.sites[SITE] == site


PAGES = ("", "/journeys", "/visits", "/goals", "/volume", "/consent", "/settings", "/settings/shares", "/setup")


async def test_a_site_is_renamed_for_those_who_read_it_alone(home: House, person: Person) -> None:
    admin, owner, tag = await person("admin", SITE), await person(), f"data-site=&#34;{SITE}&#34;"
    assert (await send(admin, f"{PAGE}/title", PAGE, title=" Mill & Sons ")).headers[
        "location"
    ] == f"{PAGE}?done=renamed"
    assert (home.follower.sites[SITE].title, home.follower.sites[SITE].name) == ("Mill & Sons", SITE)
    entry = await noted(home)
    assert (entry.action, entry.site, entry.detail) == ("site changed", SITE, {"title": "none → Mill & Sons"})
    for path in (
        "",
        "/journeys",
        "/visits",
        "/goals",
        "/volume",
        "/consent",
        "/settings",
        "/settings/shares",
        "/setup",
    ):
        text = (await admin.get(f"/sites/{SITE}{path}")).text
        assert "Mill &amp; Sons" in re.findall("<title>(.*?)</title>", text)[0], path
        assert "<bdi>Mill &amp; Sons</bdi>" in text, path
    assert tag in (await admin.get(f"/sites/{SITE}/setup")).text
    for path in ("/sites", "/settings/audit"):
        assert f'<bdi>Mill &amp; Sons</bdi> <span class="note">{SITE}</span>' in (await owner.get(path)).text
    people = (await owner.get("/settings/people")).text
    assert f'<option value="{SITE}">Mill &amp; Sons ({SITE})</option>' in people
    assert "admin of Mill &amp; Sons" in people
    saved = await admin.get(f"/sites/{SITE}/consent/export")
    assert saved.headers["content-disposition"] == f'attachment; filename="consent-{SITE}.ndjson"'
    for language, says in (("en", "at most 80 printable"), ("de", "höchstens 80 druckbare"), ("fr", "au plus 80")):
        admin.headers["accept-language"] = language
        answer = await send(admin, f"{PAGE}/title", PAGE, title="shop \u202emoc")
        assert (answer.status_code, says in answer.text) == (400, True), language
    assert home.follower.sites[SITE].title == "Mill & Sons"
    await send(admin, PAGE, PAGE, aliases="", timezone="Asia/Tokyo")
    assert home.follower.sites[SITE].title == "Mill & Sons", "other settings leave it alone"
    await send(admin, f"{PAGE}/title", PAGE, title="")
    assert home.follower.sites[SITE].called == SITE
    assert (await noted(home)).detail == {"title": "Mill & Sons → none"}


async def test_a_token_is_shown_once_and_revoked_where_it_belongs(home: House, person: Person) -> None:
    admin, other = await person("admin", SITE), await person("admin", OTHER)
    text = (await send(admin, f"{PAGE}/tokens", PAGE, scope="read", label="<b>report")).text
    found = re.search(r"bl_([0-9a-f]{8})_[\w-]{43}", text)
    assert found
    assert "&lt;b&gt;report" in text
    await home.follower.refresh()
    assert hash_of(found[0]) in home.follower.api_tokens
    shown = (await admin.get(PAGE)).text
    assert found[0] not in shown
    async with home.browser() as program:
        program.headers["authorization"] = f"Bearer {found[0]}"
        assert (await program.get("/api/v1/live", params={"site": SITE})).status_code == 200
        theirs = f"/sites/{OTHER}/settings"
        assert (await send(other, f"{theirs}/tokens/revoke", theirs, id=found[1])).status_code == 400
        assert (await program.get("/api/v1/live", params={"site": SITE})).status_code == 200
        assert (await send(admin, f"{PAGE}/tokens/revoke", PAGE, id=found[1])).status_code == 303
        assert (await program.get("/api/v1/live", params={"site": SITE})).status_code == 401
        await home.follower.refresh()
        assert hash_of(found[0]) not in home.follower.api_tokens, "no process takes events with it any more"
    assert (await noted(home)).action == "token revoked"
    assert (await send(admin, f"{PAGE}/tokens", PAGE, scope="everything", label="")).status_code == 400


async def test_a_site_is_added_with_its_notice_and_removed_by_its_typed_name(home: House, person: Person) -> None:
    owner, form = await person(), "/settings/sites"
    fields = {"host": "New.Example", "controller": "New Ltd", "contact": "a@new.example", "timezone": "Europe/Paris"}
    added = await send(owner, form, form, **fields)
    assert added.headers["location"] == "/sites/new.example/setup"
    assert home.follower.current["new.example"].draft is False
    for wrong, says in (({}, "already belongs"), ({"host": "no host"}, "hostname"), ({"timezone": "x"}, "IANA")):
        answer = await send(owner, form, form, **{**fields, **wrong})
        assert answer.status_code == 400, answer.text
        assert says in answer.text
    page = "/sites/new.example/settings"
    assert (await send(owner, f"{page}/remove", page, name="new")).status_code == 400
    assert "new.example" in home.follower.sites
    removed = await send(owner, f"{page}/remove", page, name="new.example")
    assert removed.headers["location"] == "/sites?done=site_removed"
    assert "new.example" not in home.follower.sites
    assert (await owner.get(page)).status_code == 404
    assert (await noted(home)).action == "site removed"
    assert (await send(owner, form, form, **{**fields, "host": MADE_UP})).status_code == 303
    kept = await send(owner, f"/sites/{MADE_UP}/settings/remove", f"/sites/{MADE_UP}/settings", name=MADE_UP)
    assert (kept.status_code, "delete its folder" in kept.text) == (400, True)
    assert MADE_UP in home.follower.sites
    await asyncio.gather(*dashboard_in(home).work)


async def test_a_notice_is_published_once_what_it_changes_was_shown(home: House, person: Person) -> None:
    admin, address = await person("admin", OTHER), f"/sites/{OTHER}/settings"
    told = {"controller": "Example Ltd", "contact": "privacy@example.com"}
    first = home.follower.current[OTHER]
    minor = await send(admin, f"{address}/notice", address, **told, visits="hidden")
    assert (minor.status_code, "Nobody is asked again" in minor.text) == (200, True)
    assert "single visits in reports: shown → not shown" in minor.text
    assert home.follower.current[OTHER] == first
    minor = await send(admin, f"{address}/notice", address, **told, visits="hidden", before=first.id)
    assert minor.headers["location"] == f"{address}?done=notice"
    notice = home.follower.current[OTHER]
    assert (notice.visits_shown, notice.material) == (False, False)
    entry = await noted(home)
    assert (entry.action, entry.site, entry.detail["visits"]) == ("notice published", OTHER, "shown → hidden")
    assert 'value="hidden" selected' in (await admin.get(address)).text
    longer = {**told, "visits": "shown", "retention_months": "30"}
    asked = await send(admin, f"{address}/notice", address, **longer)
    assert (asked.status_code, "every visitor is asked again" in asked.text) == (200, True)
    assert "months a row is kept: 25 → 30" in asked.text
    assert home.follower.current[OTHER] == notice
    stale = await send(admin, f"{address}/notice", address, **longer, before=first.id)
    assert stale.status_code == 200
    assert home.follower.current[OTHER] == notice
    done = await send(admin, f"{address}/notice", address, **longer, before=notice.id)
    assert done.status_code == 303
    later = home.follower.current[OTHER]
    assert (later.visits_shown, later.material, later.body["retention_months"]) == (True, True, 30)
    assert (await noted(home)).detail["retention_months"] == "25 → 30"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "Nothing changed"),
        ({"visits": "perhaps"}, "Single visits"),
        ({"contact": ""}, "without"),
        ({"retention_months": "121"}, "1 to 120 months"),
        ({"retention_months": "9" * 5000}, "1 to 120 months"),
        ({"retention_months": "two years"}, "1 to 120 months"),
        ({"controller": "x" * 201}, "printable"),
    ],
)
async def test_a_notice_that_cannot_be_published_is_not_typed_again(
    home: House, person: Person, wrong: dict[str, str], says: str
) -> None:
    admin, address = await person("admin", SITE), f"/sites/{SITE}/settings"
    fields = {"controller": "Example Ltd", "contact": "privacy@example.com", "retention_months": "25", **wrong}
    answer = await send(admin, f"{address}/notice", address, **fields)
    assert (answer.status_code, says in answer.text) == (400, True)
    for name, value in fields.items():
        assert name == "visits" or f'value="{value}"' in answer.text, name
