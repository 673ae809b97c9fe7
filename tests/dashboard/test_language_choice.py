"""The language of an answer: the account's, else the browser's choice, else Accept-Language; the API's is English."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select

from collector.state.tables import account
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import EMAIL, OTHER, House, csrf_of, opened, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
FRENCH = {"accept-language": "fr-CH, fr;q=0.9, en;q=0.5"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("languages")) as house:
        yield house


def spoken(answer: httpx2.Response) -> str:
    """What a page says of its language; its control marks the same one."""
    said = re.search(r'<html lang="(\w+)">', answer.text)
    marked = re.search(r'<button [^>]*value="(\w+)" lang="\1" aria-current="true">', answer.text)
    assert said and marked and said[1] == marked[1]
    return said[1]


async def choose(browser: httpx2.AsyncClient, code: str, **fields: str) -> httpx2.Response:
    return await browser.post("/language", data={"language": code, **fields})


async def test_before_sign_in_the_browser_decides_then_its_choice(home: House) -> None:
    async with home.browser() as browser:
        assert spoken(await browser.get("/sign-in")) == "en"
        assert spoken(await browser.get("/sign-in", headers=FRENCH)) == "fr"
        assert spoken(await browser.get("/nowhere", headers=FRENCH)) == "fr"
        answer = await choose(browser, "de", back="/sign-in?next=%2Faccount")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Faccount")
        kept = answer.headers["set-cookie"]
        assert kept.startswith("__Host-byleave-language=de;") and "HttpOnly" in kept and "Secure" in kept
        assert spoken(await browser.get("/sign-in", headers=FRENCH)) == "de"
        assert "Max-Age=0" in (await choose(browser, "")).headers["set-cookie"]
        assert spoken(await browser.get("/sign-in", headers=FRENCH)) == "fr"
        assert spoken(await browser.get("/sign-in", headers={"cookie": "__Host-byleave-language=xx"})) == "en"


async def test_an_account_keeps_its_language_in_every_browser(home: House) -> None:
    async with home.browser() as browser, home.browser() as elsewhere:
        for one in (browser, elsewhere):
            await sign_in(one)
        form = csrf_of((await browser.get("/account")).text)
        await choose(browser, "de", csrf=form)
        assert spoken(await elsewhere.get("/account", headers=FRENCH)) == "de"
        assert spoken(await elsewhere.get("/sites/nowhere.example", headers=FRENCH)) == "de", "of an error too"
        assert spoken(await elsewhere.get(f"/sites/{OTHER}?period=never", headers=FRENCH)) == "de"
        page = (await elsewhere.get("/account")).text
        assert '<option value="de" lang="de" selected>' in page
        await choose(elsewhere, "", csrf=csrf_of(page))
        assert spoken(await elsewhere.get("/account", headers=FRENCH)) == "fr"


async def test_no_other_site_chooses_for_an_account(home: House) -> None:
    async with home.browser() as browser:
        await sign_in(browser)
        form = csrf_of((await browser.get("/account")).text)
        for sent, site in (({}, "same-origin"), ({"csrf": "A" * 43}, "same-origin"), ({"csrf": form}, "cross-site")):
            answer = await browser.post("/language", data={"language": "fr", **sent}, headers={"sec-fetch-site": site})
            assert answer.status_code == 403
        async with home.state.read() as connection:
            kept = (await connection.execute(select(account.c.language).where(account.c.email == EMAIL))).scalar_one()
        assert kept == ""
    async with home.browser() as stranger:
        answer = await stranger.post("/language", data={"language": "fr"}, headers={"sec-fetch-site": "cross-site"})
        assert (answer.status_code, "byleave-language" in answer.headers.get("set-cookie", "")) == (403, False)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "", "x" * 3000])
async def test_the_way_back_stays_here(home: House, back: str) -> None:
    async with home.browser() as browser:
        assert (await choose(browser, "fr", back=back)).headers["location"] == "/"


async def test_a_page_names_the_way_back_to_itself(home: House) -> None:
    async with home.browser() as browser:
        page = (await browser.get("/sign-in?next=%2Faccount%22%3E")).text
        assert 'name="back" value="/sign-in?next=%2Faccount%22%3E"' in page
        wrong = await browser.post("/sign-in", data={"csrf": csrf_of(page), "email": "x", "password": "y"})
        assert 'name="back" value="/sign-in"' in wrong.text
        half = await browser.post("/sign-in/code", data={"csrf": csrf_of(page)})
        assert 'name="back" value="/"' in half.text


async def test_the_api_and_its_files_speak_english_always(home: House) -> None:
    async with home.browser() as browser:
        await sign_in(browser)
        form = csrf_of((await browser.get("/account")).text)
        english = {
            path: (await browser.get(path)).content
            for path in ("/api/v1/nothing", "/api/v1/live", f"/sites/{SITE}/journeys?file=csv", "/api/v1/openapi.json")
        }
        await choose(browser, "de", csrf=form)
        for path, content in english.items():
            assert (await browser.get(path, headers=FRENCH)).content == content, path
        await choose(browser, "", csrf=form)
