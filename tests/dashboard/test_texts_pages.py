"""Every page in every other language: no word of the English catalogue is left on it. No page holds words itself."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import httpx2
import pytest
import pytest_asyncio

import dashboard
from dashboard.language import DEFAULT, LANGUAGES, locale
from dashboard.texts import CATALOGUES
from tests.dashboard.believable import SITE, lines
from tests.dashboard.conftest import OTHER, PASSWORD, House, csrf_of, opened, sign_in
from tests.dashboard.routing import filled, pages

FOLDER = Path(dashboard.__file__).parent
SPOKEN_TO = ("title", "aria-label", "placeholder", "alt", "label", "data-copied")
"""Attributes whose value is read by people."""
UNREAD = ("code", "pre", "kbd", "bdi", "script", "style", "datalist")
"""Elements that hold data, commands and names of keys."""
# Names and data that read like English: the languages' own names, and what the visits of the test site hold.
DATA = "by leave byleave example com owner english other trial start free in header ask first cookieless is not enough"
DATA += " docs install proxy signup pricing blog customers files brochure pdf github shop social newsletter search news"
DATA += " europe berlin utm source medium content term csv api id localhost global privacy control a i"
STATES = (
    f"/sites/{SITE}?f=is:country:DE&f=is_not:device:mobile&compare=year&sources=channels&places=map&tech=devices",
    f"/sites/{SITE}?period=today&sources=utm_term&places=cities&actions=missing",
    f"/sites/{SITE}?f=is:city:Atlantis",
    f"/sites/{SITE}?period=never",
    f"/sites/{SITE}?from=2026-10-32&to=2026-10-01",
    f"/sites/{SITE}?f=nothing",
    f"/sites/{SITE}/journeys?anchor=through&step=/pricing&include=click&include=event&open=0",
    f"/sites/{SITE}/journeys?step=/never",
    f"/sites/{SITE}/journeys?steps=99",
    f"/sites/{SITE}/rows/channels?q=x",
    f"/sites/{SITE}/rows/cities?offset=-1",
    f"/sites/{SITE}/visits?f=is:city:Berlin",
    "/nowhere",
)


class Reader(HTMLParser):
    """What somebody reads of a page, or has read to them."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Its words for people; what it holds counts unless it is data."""
        self._unread += tag in UNREAD
        self.read += [value for name, value in attrs if name in SPOKEN_TO and value]

    def handle_endtag(self, tag: str) -> None:
        """Back to what is read."""
        self._unread -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        """Words between the tags."""
        if not self._unread:
            self.read.append(data)


def words_of(*texts: str) -> set[str]:
    """The words in some texts, in lower case."""
    return {word.lower() for text in texts for word in re.findall(r"[^\W\d_]{2,}", text)}


def vocabulary(code: str) -> set[str]:
    """Every word that a language's pages may say: its catalogue, and its names of days, months and countries."""
    texts = [part for text in CATALOGUES[code].values() for lit, _, spec, _ in Formatter().parse(text)
             for part in (lit, spec or "")]  # fmt: skip
    names = locale(code)
    return words_of(
        *texts,
        *(name for width in names.months["format"].values() for name in width.values()),
        *(name for width in names.days["format"].values() for name in width.values()),
        *map(str, names.territories.values()),
        *map(str, names.languages.values()),
    )


def leftovers(html: str, code: str) -> set[str]:
    """The English words on a page of another language."""
    reader = Reader()
    reader.feed(html)
    # What is quoted somebody sent; a notice is named by its hash.
    read = [re.sub(r"[„«“][^“»”]*[“»”]|\b[0-9a-f]{8,64}\b", "", text) for text in reader.read]
    return (words_of(*read) & vocabulary(DEFAULT)) - vocabulary(code) - words_of(DATA)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("pages")) as house:
        await house.load(*lines(300, datetime.now(UTC).replace(tzinfo=None)))
        yield house


async def refusals(browser: httpx2.AsyncClient) -> list[httpx2.Response]:
    """Answers to forms that are filled in wrongly, and to one that changes something."""
    proof = {"csrf": csrf_of((await browser.get("/account")).text)}
    sent = {
        "/account/password": {"old": "wrong", "new": "x"},
        "/account/second-factor": {"secret": "x", "code": "x"},
        "/settings/people/invite": {"email": "no address", "role": "viewer", "site": SITE},
        "/settings/people/remove": {"email": "zzz@example.com"},
        "/settings/sites": {"host": "https://x", "timezone": "Mars"},
        f"/sites/{SITE}/settings": {"aliases": OTHER, "timezone": "Europe/Berlin"},
        f"/sites/{SITE}/settings/notice": {"retention_months": "x"},
        f"/sites/{SITE}/settings/tokens": {"label": "x" * 999, "scope": "read"},
        f"/sites/{SITE}/settings/remove": {"name": "x"},
        f"/sites/{SITE}/annotations": {"day": "x"},
        f"/sites/{SITE}/segments": {"name": ""},
        "/sign-in": {"email": "x", "password": "y"},
        "/lost-password": {"email": "x"},
        "/static/dashboard.css": {},
    }
    answers = [await browser.post(path, data={**proof, **fields}) for path, fields in sent.items()]
    assert {answer.status_code for answer in answers} <= {200, 400, 403, 405}
    await browser.post("/account/password", data={**proof, "old": PASSWORD, "new": PASSWORD})
    return [*answers, await browser.get("/account?done=password"), await browser.get("/settings/audit")]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != DEFAULT])
async def test_no_page_holds_a_word_of_english(home: House, code: str) -> None:
    async with home.browser() as owner:
        await sign_in(owner)
        form = csrf_of((await owner.get("/account")).text)
        await owner.post("/language", data={"language": code, "csrf": form})
        asked = [*(filled(path, site=site) for path in pages() for site in (SITE, OTHER)), *STATES]
        answers = [await owner.get(path, follow_redirects=True) for path in dict.fromkeys(asked)]
        answers += await refusals(owner)
        await owner.post("/sign-out", data={"csrf": form})
        answers += [await owner.get(path) for path in ("/sign-in", "/lost-password")]
        shown = [answer for answer in answers if answer.headers["content-type"].startswith("text/html")]
        assert len(shown) > 40
        for answer in shown:
            assert f'<html lang="{code}">' in answer.text, answer.url
            assert not leftovers(answer.text, code), (answer.request.method, answer.url)


def test_a_word_of_english_is_found() -> None:
    page = '<p title="Sign out">Abmelden <b>Visits</b> <code>Settings</code></p>'
    assert leftovers(page, "de") == {"out", "visits"}


@pytest.mark.parametrize("path", sorted((FOLDER / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_words(path: Path) -> None:
    bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", path.read_text("utf-8"), flags=re.DOTALL)
    reader = Reader()
    reader.feed(bare)
    assert words_of(*reader.read) <= words_of("by leave example com width device initial scale"), path.name
    said = re.findall(r"""["']([^"'{}<>]*)["']""", " ".join(re.findall(r"{{.*?}}|{%.*?%}", path.read_text("utf-8"))))
    sentences = [text for text in said if re.search(r"[a-z]{2,} [a-z]{2,}", text)]
    assert not [text for text in sentences if not text.startswith(("byleave ", " --"))], "but for commands"


SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
SAID = {
    "names.py": "elsewhere in ",
    "setup.py": '<script defer src="',
    "auth_access.py": "to have an account; to read the site; to change the site's settings; to own the server",
    "auth_reset.py": "A password was lost. Hand this link to whoever asked for it; it works once, for an hour.",
}
"""What stands in a module to name something, or for the log."""
UNSEEN = ("log", "note", "BadQuery", "BodyRefused", "word")
"""Calls whose words go to the operator, to programs, or are the key of a text."""
MODULES = [path for path in FOLDER.rglob("*.py") if path.parent.name not in ("texts", "query", "export", "journeys")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_no_page_module_holds_words(path: Path) -> None:
    if path.name.startswith("api") or path.name in ("schema.py", "openapi.py", "headers.py", "assets.py"):
        return
    found = set(_sentences(ast.parse(path.read_text("utf-8"))))
    assert not {text for text in found if text not in SAID.get(path.name, "")}


def _sentences(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.Call) and _unseen(child):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and SENTENCE.search(child.value):
            yield child.value
        yield from _sentences(child)


def _unseen(call: ast.Call) -> bool:
    """Whether what is called shows its words to no reader; an error with a reason is told by its text."""
    named = ast.unparse(call.func).partition(".")[0].removeprefix("await ")
    return named in UNSEEN or named.endswith("Error")
