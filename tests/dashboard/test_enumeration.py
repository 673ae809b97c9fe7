"""Who has an account is told to nobody: by no word, by no header, and by no work that one could time.

Time is not measured here: what takes it, hashing a password, is counted.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from collector.state import accounts
from collector.state.accounts import PASSWORD_MAX, create_account
from collector.state.second_factor import new_secret
from collector.state.tables import account
from dashboard.auth_throttle import PAIR, Throttle
from tests.dashboard.conftest import EMAIL, OTHER, PASSWORD, House, csrf_of, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")
# Each has an account but the last two; what is asked of them must not tell.
PEOPLE = (
    EMAIL,
    EMAIL.upper(),
    f" {EMAIL} ",
    "member@example.com",
    "factor@example.com",
    "nobody@example.com",
    "no address",
)
PASSWORDS = {"wrong": "not the password", "empty": "", "too long": "x" * (PASSWORD_MAX + 1), "composed": "ﬀ" * 20}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house"), base_url="https://stats.example.net") as found:
        now = int(time.time())
        async with found.state.write() as connection:
            await create_account(connection, "member@example.com", PASSWORD, "viewer", now, [OTHER])
            made = await create_account(connection, "factor@example.com", PASSWORD, "owner", now)
            with_factor = account.update().where(account.c.id == made.id)
            await connection.execute(with_factor.values(totp_secret=new_secret(), totp_step=0))
        yield found


class Work:
    """How often passwords were hashed, and checked against which cost."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.done: Counter[str] = Counter()
        matches, hasher = accounts._matches, accounts._hasher

        def counted(hashed: str, password: str) -> bool:
            self.done[hashed.rpartition("$")[0].rpartition("$")[0]] += 1
            return matches(hashed, password)

        patch.setattr(accounts, "_matches", counted)
        assert hasher

    def taken(self) -> Counter[str]:
        """The work since the last question."""
        found, self.done = self.done, Counter()
        return found


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


@pytest.fixture(autouse=True)
def fresh(house: House) -> None:
    """Nobody tried anything yet."""
    app: Any = house.app
    app._app.state.dashboard.throttle.__init__()


async def sent(house: House, path: str, **fields: str) -> tuple[int, str, list[tuple[str, str]]]:
    """The answer to a form of a browser that was never here: status, text without what it was given, headers."""
    async with house.browser() as browser:
        form = csrf_of((await browser.get(path)).text)
        answer = await browser.post(path, data={"csrf": form, **fields})
        return answer.status_code, plain(answer, form, fields.get("email", "")), told(answer, form)


def plain(answer: httpx2.Response, proof: str, email: str) -> str:
    """The text, without the proof and the address that the form gives back."""
    return re.sub(r'name="email" value="[^"]*"', 'name="email"', answer.text.replace(proof, "").replace(email, ""))


def told(answer: httpx2.Response, proof: str) -> list[tuple[str, str]]:
    return sorted(
        (name, value.replace(proof, "")) for name, value in answer.headers.multi_items() if name != "content-length"
    )


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
async def test_a_refused_sign_in_is_the_same_for_everybody(house: House, work: Work, password: str) -> None:
    found = []
    for email in PEOPLE:
        found.append((*await sent(house, "/sign-in", email=email, password=password), work.taken()))
    assert found[0][0] == 403
    assert found[0][3].total() == (password != PASSWORDS["too long"]), "one hash, of the cost that all others have"
    for email, each in zip(PEOPLE, found, strict=True):
        assert each == found[0], email


async def test_a_lost_password_is_the_same_for_everybody(house: House, work: Work) -> None:
    with capture_logs() as lines:
        found = [(*await sent(house, "/lost-password", email=email), work.taken()) for email in PEOPLE[3:]]
        app: Any = house.app
        await asyncio.gather(*app._app.state.dashboard.work)
    assert found[0][0] == 200
    assert found[0][3].total() == 0
    assert all(each == found[0] for each in found)
    assert sorted(line["account"] for line in lines) == ["factor@example.com", "member@example.com"]


@pytest.mark.parametrize("path", ["/sign-in", "/lost-password"])
async def test_everybody_is_slowed_down_alike(house: House, path: str) -> None:
    app: Any = house.app
    found = []
    for email in ("member@example.com", "nobody@example.com"):
        app._app.state.dashboard.throttle.__init__()
        answers = [await sent(house, path, email=email, password="x" * 1025) for _ in range(PAIR[0] + 1)]
        found.append([(status, re.sub(r"\d+ seconds", "", text)) for status, text, _ in answers])
    assert found[0] == found[1]
    assert found[0][-1][0] == 429
    await asyncio.gather(*app._app.state.dashboard.work)


@pytest.mark.parametrize("path", ["/reset/invented", "/welcome/invented"])
async def test_a_link_that_is_none_costs_nothing_and_names_nobody(house: House, work: Work, path: str) -> None:
    async with house.browser() as browser:
        form = csrf_of((await browser.get("/sign-in")).text)
        answers = [await browser.get(path)]
        for email in PEOPLE:
            answers.append(await browser.post(path, data={"csrf": form, "email": email, "password": PASSWORD}))
    assert {(answer.status_code, answer.text) for answer in answers} == {(410, answers[0].text)}
    assert work.taken().total() == 0


async def test_a_second_factor_shows_after_the_right_password_alone(house: House) -> None:
    status, text, _ = await sent(house, "/sign-in", email="factor@example.com", password=PASSWORD)
    assert status == 200 and "ticket" in text
    status, text, _ = await sent(house, "/sign-in", email="factor@example.com", password="another password")
    assert status == 403 and "ticket" not in text


async def test_the_link_goes_to_the_stored_address_whoever_it_reads_like(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`K` (U+212A) in lower case is `k`: another's mailbox may read as this one (CVE-2019-19844 elsewhere)."""
    async with house.state.write() as connection:
        await create_account(connection, "kim@example.com", PASSWORD, "viewer", int(time.time()), [OTHER])
    with capture_logs() as lines:
        await sent(house, "/lost-password", email="\N{KELVIN SIGN}im@example.com")
        app: Any = house.app
        await asyncio.gather(*app._app.state.dashboard.work)
    assert [line["account"] for line in lines] == ["kim@example.com"]
    assert Throttle().reset_wait("kim@example.com", "192.0.2.1") == 0
