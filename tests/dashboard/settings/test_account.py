"""One's own account: password, sign-ins, second factor."""

import re
import time

import httpx2
import pyotp
import pytest
from sqlalchemy import select, update

from collector.state import second_factor, tables
from tests.dashboard.conftest import PASSWORD, House, csrf_of
from tests.dashboard.settings.conftest import Person, dashboard_in, noted, send, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "another long password"


async def test_a_new_password_wants_the_old_one_and_signs_out_the_others(home: House, person: Person) -> None:
    here = await person()
    there = await signed_in(home, here.email)
    wrong = await send(here, "/account/password", old="not my password", new=NEW)
    assert (wrong.status_code, "not your password" in wrong.text) == (400, True)
    short = await send(here, "/account/password", old=PASSWORD, new="short")
    assert (short.status_code, "at least 12" in short.text) == (400, True)
    assert (await there.get("/account")).status_code == 200
    done = await send(here, "/account/password", old=PASSWORD, new=NEW)
    assert done.headers["location"] == "/account?done=password"
    assert "is changed" in (await here.get("/account?done=password")).text
    assert (await there.get("/account")).status_code == 303
    assert (await noted(home)).action == "password changed"


async def test_the_list_shows_families_alone_and_ends_one_or_all(home: House, person: Person) -> None:
    here = await person(agent=FIREFOX)
    one, two = [await signed_in(home, here.email, agent=FIREFOX) for _ in range(2)]
    text = (await here.get("/account")).text
    assert text.count("Firefox on Linux") == 3
    assert "140" not in text
    ids = re.findall(r'name="id" value="([0-9a-f]{16})"', text)
    assert len(ids) == 2
    assert (await send(here, "/account/sign-ins/end", id=ids[0])).headers["location"] == "/account?done=signed_out"
    assert sorted([(await browser.get("/account")).status_code for browser in (one, two)]) == [200, 303]
    await send(here, "/account/sign-ins/end")
    assert [(await browser.get("/account")).status_code for browser in (here, one, two)] == [200, 303, 303]


async def test_nobody_ends_another_s_sign_in(home: House, person: Person) -> None:
    here, other = await person(), await person()
    extra = await signed_in(home, other.email)
    (named,) = re.findall(r'name="id" value="([0-9a-f]{16})"', (await other.get("/account")).text)
    await send(here, "/account/sign-ins/end", id=named)
    assert (await extra.get("/account")).status_code == 200


async def enrol(browser: httpx2.AsyncClient) -> tuple[str, list[str]]:
    """Turn the second factor on: the secret, and the recovery codes."""
    text = (await browser.get("/account/second-factor")).text
    assert "<svg" in text
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', text)
    assert found
    secret, code = found[1], pyotp.TOTP(found[1]).now()
    sent = {"csrf": csrf_of(text), "secret": secret, "code": code, "password": PASSWORD}
    assert (await browser.post("/account/second-factor", data={**sent, "password": "wrong"})).status_code == 400
    assert (await browser.post("/account/second-factor", data={**sent, "code": "abcdef"})).status_code == 400
    codes = re.findall(r"<code>([a-z0-9-]{19})</code>", (await browser.post("/account/second-factor", data=sent)).text)
    assert len(codes) == 10
    return secret, codes


async def first_step(home: House, email: str) -> tuple[httpx2.AsyncClient, dict[str, str]]:
    """The password is right: a browser without a session, and what its next form holds."""
    browser = home.browser()
    form = csrf_of((await browser.get("/sign-in")).text)
    sent = {"csrf": form, "email": email, "password": PASSWORD, "next": "/account"}
    text = (await browser.post("/sign-in", data=sent)).text
    assert "__Host-byleave" not in browser.cookies
    ticket = re.search(r'name="ticket" value="([^"]+)"', text)
    assert ticket
    return browser, {"csrf": form, "ticket": ticket[1], "next": "/account"}


async def test_the_second_factor_is_asked_for_and_no_code_counts_twice(home: House, person: Person) -> None:
    here = await person()
    email: str = here.email
    secret, codes = await enrol(here)
    totp, now = pyotp.TOTP(secret), int(time.time())
    browser, form = await first_step(home, email)
    assert (await browser.get("/account")).status_code == 303, "half a sign-in opens nothing"
    for wrong in (totp.at(now), totp.at(now - 600), "000000 1", "", codes[0][:-1]):  # the first one was used to enrol
        assert (await browser.post("/sign-in/code", data={**form, "code": wrong})).status_code == 403, wrong
    async with home.state.write() as connection:
        await connection.execute(update(tables.account).where(tables.account.c.email == email).values(totp_step=0))
    dashboard_in(home).throttle.__init__()
    code = totp.at(int(time.time()))
    assert (await browser.post("/sign-in/code", data={**form, "code": code})).headers["location"] == "/account"
    assert (await browser.get("/account")).status_code == 200
    assert (await browser.post("/sign-in/code", data={**form, "code": codes[1]})).status_code == 403, "ticket used"
    again, form = await first_step(home, email)
    assert (await again.post("/sign-in/code", data={**form, "code": code})).status_code == 403, "replayed"
    recovered = await again.post("/sign-in/code", data={**form, "code": codes[0].upper().replace("-", " ")})
    assert recovered.status_code == 303
    third, form = await first_step(home, email)
    assert (await third.post("/sign-in/code", data={**form, "code": codes[0]})).status_code == 403, "used up"
    assert "left: 9" in (await here.get("/account")).text


async def test_a_ticket_is_good_in_one_browser_and_guesses_are_slowed(home: House, person: Person) -> None:
    here = await person()
    _, codes = await enrol(here)
    browser, form = await first_step(home, here.email)
    async with home.browser() as thief:
        stolen = {**form, "csrf": csrf_of((await thief.get("/sign-in")).text), "code": codes[0]}
        assert (await thief.post("/sign-in/code", data=stolen)).status_code == 403
        assert "__Host-byleave" not in thief.cookies
    answers = [(await browser.post("/sign-in/code", data={**form, "code": "1"})).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    assert (await browser.post("/sign-in/code", data={**form, "code": codes[0]})).status_code == 429


async def test_it_is_turned_off_by_the_password_and_codes_are_renewed(home: House, person: Person) -> None:
    here = await person()
    _, codes = await enrol(here)
    assert (await send(here, "/account/recovery-codes", password="wrong")).status_code == 400
    renewed = re.findall(
        r"<code>([a-z0-9-]{19})</code>", (await send(here, "/account/recovery-codes", password=PASSWORD)).text
    )
    assert len(set(renewed) | set(codes)) == 20
    browser, form = await first_step(home, here.email)
    assert (await browser.post("/sign-in/code", data={**form, "code": codes[0]})).status_code == 403
    assert (await send(here, "/account/second-factor/off", password="wrong")).status_code == 400
    await send(here, "/account/second-factor/off", password=PASSWORD)
    assert (await noted(home)).action == "second factor off"
    await signed_in(home, here.email)


async def test_recovery_codes_are_stored_as_hashes(home: House, person: Person) -> None:
    here = await person()
    _, codes = await enrol(here)
    async with home.state.read() as connection:
        stored = (await connection.execute(select(tables.recovery_code.c.code_hash))).scalars().all()
    assert all(len(one) == 32 for one in stored)
    assert not {code.replace("-", "").encode() for code in codes} & {bytes(one) for one in stored}


@pytest.mark.parametrize("offset", [-30, 0, 30])
async def test_a_clock_half_a_minute_off_is_taken(home: House, person: Person, offset: int) -> None:
    secret, now = second_factor.new_secret(), 1_700_000_000
    here = await person()
    async with home.state.write() as connection:
        found = select(tables.account.c.id).where(tables.account.c.email == here.email)
        who = (await connection.execute(found)).scalar_one()
        await second_factor.turn_on(connection, who, secret, pyotp.TOTP(secret).at(now - 300), now - 300)
        await second_factor.use(connection, who, pyotp.TOTP(secret).at(now + offset), now)
        with pytest.raises(second_factor.CodeRefused):
            await second_factor.use(connection, who, pyotp.TOTP(secret).at(now + 90), now)
