"""Signing in and out: cookies, throttling, forged forms, planted sessions, open redirects."""

import asyncio
import re
import time

import httpx2
import pytest
from sqlalchemy import select, update

from collector.state import tables
from dashboard.auth_guard import local_path
from dashboard.auth_throttle import PAIR, Throttle
from tests.dashboard.conftest import BASE, EMAIL, PASSWORD, House, csrf_of, sign_in


def cookies(answer: httpx2.Response) -> list[str]:
    return answer.headers.get_list("set-cookie")


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    async with house.browser() as browser:
        answer = await sign_in(browser)
        (cookie,) = [one for one in cookies(answer) if one.startswith("__Host-byleave=")]
        attributes = {part.strip().lower().split("=")[0]: part.strip() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path", "samesite"} <= set(attributes)
        assert attributes["path"] == "Path=/"
        assert attributes["samesite"].lower() == "samesite=lax"
        assert "domain" not in attributes
        assert (await browser.get("/sites")).status_code == 200


@pytest.mark.parametrize(
    ("base", "peer", "headers", "prefixed"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", {}, False),
        ("http://localhost:8000", "127.0.0.1", {}, False),
        ("http://localhost:8000", "127.0.0.1", {"x-forwarded-proto": "https"}, True),
        ("http://localhost:8000", "192.0.2.7", {}, True),
        ("http://stats.example.net", "127.0.0.1", {}, True),
        ("https://localhost:8443", "127.0.0.1", {}, True),
    ],
)
async def test_only_this_machine_without_tls_gets_a_plain_cookie(
    house: House, base: str, peer: str, headers: dict[str, str], prefixed: bool
) -> None:
    async with house.browser(base, peer) as browser:
        (cookie,) = cookies(await browser.get("/sign-in", headers=headers))
    assert cookie.startswith("__Host-byleave-form=") == prefixed
    assert ("; Secure" in cookie) == prefixed
    assert "HttpOnly" in cookie


async def test_sign_in_works_on_plain_loopback(house: House) -> None:
    async with house.browser("http://127.0.0.1:8000", "127.0.0.1") as browser:
        assert (await sign_in(browser)).status_code == 303
        assert (await browser.get("/sites")).status_code == 200


async def test_a_wrong_password_and_an_unknown_account_are_told_the_same(house: House) -> None:
    async with house.browser() as browser:
        wrong = await sign_in(browser, password="not the password")
        unknown = await sign_in(browser, email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 403
    assert "do not match" in wrong.text
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("nobody@example.com", "")


async def test_only_a_hash_of_the_session_is_stored(house: House, owner: httpx2.AsyncClient) -> None:
    secret = owner.cookies["__Host-byleave"]
    async with house.state.read() as connection:
        (row,) = (await connection.execute(select(tables.login))).all()
    assert secret.encode() not in row.secret_hash
    assert len(row.secret_hash) == 32


async def test_sign_out_closes_the_session_for_copies_too(house: House, owner: httpx2.AsyncClient) -> None:
    copied = owner.cookies["__Host-byleave"]
    page = (await owner.get("/sites")).text
    assert (await owner.post("/sign-out", data={"csrf": csrf_of(page)})).status_code == 303
    async with house.browser() as thief:
        thief.cookies.set("__Host-byleave", copied)
        assert (await thief.get("/sites")).status_code == 303


async def test_a_session_ends(house: House, owner: httpx2.AsyncClient) -> None:
    async with house.state.write() as connection:
        await connection.execute(update(tables.login).values(expires_at=int(time.time())))
    assert (await owner.get("/sites")).headers["location"] == "/sign-in?next=%2Fsites"


async def test_a_planted_session_is_closed_never_raised(house: House, owner: httpx2.AsyncClient) -> None:
    planted = owner.cookies["__Host-byleave"]
    async with house.browser() as victim:
        form = csrf_of((await victim.get("/sign-in")).text)
        sent = {"csrf": form, "email": EMAIL, "password": PASSWORD}
        both = f"__Host-byleave={planted}; __Host-byleave-form={victim.cookies['__Host-byleave-form']}"
        answer = await victim.post("/sign-in", data=sent, headers={"cookie": both})
        assert answer.status_code == 303
        assert victim.cookies["__Host-byleave"] != planted
    assert (await owner.get("/sites")).status_code == 303


FORGED = [
    ("no proof", {}, {"csrf": ""}),
    ("another's proof", {}, {"csrf": "A" * 43}),
    ("from another site", {"sec-fetch-site": "cross-site"}, {}),
    ("from a sibling", {"sec-fetch-site": "same-site"}, {}),
    ("typed in", {"sec-fetch-site": "none"}, {}),
]


@pytest.mark.parametrize(("name", "headers", "fields"), FORGED, ids=[one[0] for one in FORGED])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
async def test_a_forged_form_does_nothing(
    house: House, owner: httpx2.AsyncClient, path: str, name: str, headers: dict[str, str], fields: dict[str, str]
) -> None:
    form = (await owner.get("/sites")).text
    if path == "/sign-in":
        owner.cookies.delete("__Host-byleave")
        form = (await owner.get("/sign-in")).text
    sent = {"csrf": csrf_of(form), "email": EMAIL, "password": PASSWORD} | fields
    answer = await owner.post(path, data=sent, headers=headers)
    assert answer.status_code == 403
    async with house.state.read() as connection:
        assert len((await connection.execute(select(tables.login))).all()) == 1


ORIGINS = [(BASE, 303), ("https://evil.example", 403), ("null", 403), ("", 303), (f"{BASE}.evil.example", 403)]


@pytest.mark.parametrize(("origin", "status"), ORIGINS)
async def test_without_fetch_metadata_the_origin_decides(house: House, origin: str, status: int) -> None:
    async with house.browser() as browser:
        del browser.headers["sec-fetch-site"]
        form = (await browser.get("/sign-in")).text
        sent = {"csrf": csrf_of(form), "email": EMAIL, "password": PASSWORD}
        answer = await browser.post("/sign-in", data=sent, headers={"origin": origin} if origin else {})
    assert answer.status_code == status


@pytest.mark.parametrize("csrf", ["", "A" * 43])
async def test_where_nothing_says_who_sent_a_form_its_proof_decides(house: House, csrf: str) -> None:
    async with house.browser() as browser:
        del browser.headers["sec-fetch-site"]
        await browser.get("/sign-in")
        sent = {"csrf": csrf, "email": EMAIL, "password": PASSWORD}
        assert (await browser.post("/sign-in", data=sent)).status_code == 403
        browser.cookies.clear()
        form = (await browser.get("/sign-in")).text
        browser.cookies.clear()
        sent["csrf"] = csrf_of(form)
        assert (await browser.post("/sign-in", data=sent)).status_code == 403


async def test_guessing_is_slowed_down_and_says_for_how_long(house: House) -> None:
    async with house.browser() as browser:
        form = csrf_of((await browser.get("/sign-in")).text)
        sent = {"csrf": form, "email": "guess@example.com", "password": "x" * 1025}  # too long to be hashed: quick
        for _ in range(PAIR[0]):
            assert (await browser.post("/sign-in", data=sent)).status_code == 403
        slowed = await browser.post("/sign-in", data=sent)
        assert slowed.status_code == 429
        assert 0 < int(slowed.headers["retry-after"]) <= PAIR[1]
        assert "Too many attempts" in slowed.text
        assert (await sign_in(browser)).status_code == 303, "another account is not slowed down with it"


@pytest.mark.parametrize(
    ("addresses", "attempts", "passes"),
    [
        (["192.0.2.1"], 10, True),
        (["192.0.2.1"], 11, False),
        ([f"192.0.2.{n}" for n in range(1, 12)], 11, True),
        ([f"2001:db8::{n:x}" for n in range(1, 12)], 11, False),  # one /64 is one visitor
        ([f"10.{n // 250}.0.{n % 250}" for n in range(101)], 101, False),
    ],
)
def test_the_throttle_counts_by_account_and_by_address(addresses: list[str], attempts: int, passes: bool) -> None:
    throttle = Throttle()
    waits = [throttle.wait("you@example.com", addresses[n % len(addresses)]) for n in range(attempts)]
    assert (waits[-1] == 0) == passes


@pytest.mark.parametrize(
    ("onward", "leads"),
    [
        ("/sites/example.com?f=is:country:DE", "/sites/example.com?f=is:country:DE"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example", "/"),
        ("/sites\r\nset-cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("sites", "/"),
        ("/" + "x" * 3000, "/"),
    ],
)
async def test_sign_in_leads_to_this_server_only(house: House, onward: str, leads: str) -> None:
    assert local_path(onward) == leads
    async with house.browser() as browser:
        form = csrf_of((await browser.get("/sign-in")).text)
        sent = {"csrf": form, "email": EMAIL, "password": PASSWORD, "next": onward}
        assert (await browser.post("/sign-in", data=sent)).headers["location"] == leads


async def test_who_is_signed_in_is_led_straight_on(owner: httpx2.AsyncClient) -> None:
    answer = await owner.get("/sign-in", params={"next": "/sites/example.com"})
    assert answer.headers["location"] == "/sites/example.com"


BODIES = [
    ("a file", b"x", "multipart/form-data; boundary=x", 415),
    ("json", b"{}", "application/json", 415),
    ("too large", b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ("too many fields", b"a=1&" * 40, "application/x-www-form-urlencoded", 400),
    ("no text", b"a=\xff\xfe", "application/x-www-form-urlencoded", 400),
]


@pytest.mark.parametrize(("name", "body", "kind", "status"), BODIES, ids=[one[0] for one in BODIES])
async def test_a_body_that_is_no_form_is_refused(house: House, name: str, body: bytes, kind: str, status: int) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/sign-in", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert re.search(r"<h1>[^<]+</h1>", answer.text)


async def test_a_body_that_never_ends_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.bodies.MOST_SECONDS", 0.05)

    async def slowly() -> object:
        yield b"a="
        await asyncio.sleep(1)

    async with house.browser() as browser:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        answer = await browser.post("/sign-in", content=slowly(), headers=kind)  # type: ignore[arg-type]
    assert answer.status_code == 408
