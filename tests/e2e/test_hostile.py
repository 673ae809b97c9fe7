"""Whatever is stored, sent or asked for is text: in a real Chromium, on every page of the app, wherever it is shown.

Every page is opened once with all attacks on it, in a browser that ignores the policy: what is not escaped runs there.
Then once more under the policy, which has nothing to report. Each attack calls `fell(<number of its case>)`.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, expect

from collector.spreadsheet import FORMULA as BEGINS_FORMULA
from dashboard.pages.filters import Filter
from dashboard.pages.tabs import PANELS
from dashboard.query.patterns import escape_glob
from tests.dashboard.routing import filled, pages
from tests.e2e import hostile
from tests.e2e.hostile import (
    CASES,
    HOSTILE,
    OWNER,
    PASSWORD,
    POLYGLOT,
    SHORT,
    SITE,
    STORED,
    SURVIVES,
    WRITTEN,
    Stage,
    stage,
    text,
)
from tests.wire import CHROME

ATTACK = POLYGLOT.format(n=1)  # in addresses and forms
# Every name that some page reads from its address, and some that none does.
NAMES = (
    *(
        "f",
        "fd",
        "fo",
        "fv",
        "period",
        "from",
        "to",
        "compare",
        "q",
        "search",
        "offset",
        "order",
        "sort",
        "focus",
        "open",
    ),
    *(
        "step",
        "steps",
        "anchor",
        "include",
        "group",
        "top",
        "metric",
        "by",
        "next",
        "done",
        "before",
        "site",
        "lang",
        "file",
    ),
    *("pages", "sources", "places", "tech", "actions", "format", "theme", "goal", "link"),
)
REFUSED = (
    *("f", "fd", "period", "from", "to", "compare", "offset", "steps", "top", "group", "anchor", "open", "focus", "by"),
    *("next", "done", "before", "lang"),
)
"""Those that some page refuses, and that are tried one by one."""
MOST_TABS = max(len(panel.tabs) for panel in PANELS)
LEADS_OUT = ("https://db-ip.com/",)  # the credit at the foot of each page
# What a page that shows attacks as text holds none of.
SCAN = """(found, home, out) => {
  const wrong = [];
  const leads = ["href", "src", "action", "formaction", "data", "poster", "ping", "data-href", "xlink:href"];
  for (const one of found.querySelectorAll("*")) {
    const name = one.localName;
    const known = ["script", "link", "meta"].includes(name);
    if (/^(base|i?frame|object|embed|style|img|audio|video|math|animate|set|template)$/i.test(name))
      wrong.push(`element ${name}`);
    if (known && !(one.closest("head") && one.textContent === "")) wrong.push(`element ${name} in the body`);
    if (one.hasAttribute("http-equiv")) wrong.push("http-equiv");
    for (const { name: attribute, value } of one.attributes) {
      if (/^on/i.test(attribute) || ["style", "srcdoc"].includes(attribute)) wrong.push(`${name} has ${attribute}`);
      if (!leads.includes(attribute) || !URL.canParse(value, home)) continue;
      const to = new URL(value, home);
      if (!(to.protocol === "http:" && to.origin === new URL(home).origin) && !out.includes(to.href))
        wrong.push(`${attribute} leads to ${to.href.slice(0, 60)}`);
    }
  }
  return wrong;
}"""
# Fetches an address, or sends a form, and scans what a browser makes of the answer.
ASK = """async ([scan, out, asked]) => {
  const wrong = [];
  const one = async ([url, body]) => {
    const answer = await fetch(url, body ? { method: "POST", body: new URLSearchParams(body) } : {});
    if (answer.status >= 500) wrong.push(`${url}: ${answer.status}`);
    if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    wrong.push(...eval(scan)(found, location.href, out).map((what) => `${url}: ${what}`));
  };
  for (let at = 0; at < asked.length; at += 6) await Promise.all(asked.slice(at, at + 6).map(one));
  return wrong;
}"""
FORMS = """() => [...document.querySelectorAll("form[method=post]")].map((form) => [
  new URL(form.getAttribute("action") ?? "", location.href).pathname,
  [...form.elements].filter((one) => one.name && one.type !== "submit").map((one) => [one.name, one.value, one.type]),
])"""
FILES = """() => [...document.querySelectorAll("a[href*=csv], a[download]")].map((one) => one.getAttribute("href"))"""
# What an element says, and where it leads.
SAYS = """() => [...document.querySelectorAll("*")].map((one) =>
  [...one.attributes].map(({ value }) => value).join("\\n")).join("\\n") + document.documentElement.textContent"""


@dataclass
class Watch:
    """A browser that notes whatever an attack could do."""

    context: BrowserContext
    url: str
    fell: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(10_000)
        self.context.expose_binding("fell", lambda _, number="?": self.note(f"fell({number})"))
        self.context.expose_binding("reported", lambda _, what: self.note(f"the policy was broken: {what}"))
        self.context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => "
            "reported(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"
        )
        self.context.on("request", self._asked)
        self.context.on("page", self._opened)
        self.page = self.context.new_page()

    def note(self, what: str) -> None:
        """Keep what happened, and where."""
        self.fell.append(f"{what} on {self.page.url[:200]}")

    def _opened(self, page: Page) -> None:
        page.on("dialog", self._asks)
        page.on("pageerror", lambda error: self.note(f"error {error}"))
        if self.context.pages and page is not self.context.pages[0]:
            self.note(f"opened {page.url}")

    def _asks(self, dialog: Dialog) -> None:
        self.note(f"dialog {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"{self.url}/", "blob:")):
            self.note(f"asked {request.url[:80]}")

    def open(self, path: str) -> None:
        """A page, with everything on it unfolded; scanned, and kept as what it says. Nothing where it is a file."""
        with self.going_on():
            answer = self.page.goto(self.url + path)
            assert answer and answer.status < 500, path
            self.look(path, answer.url)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """An attack that leads away stops what is under way: that is noted, and the other pages are looked at."""
        try:
            yield
        except (Error, AssertionError) as error:
            if "Download is starting" not in str(error):
                self.note(f"stopped: {str(error)[:300]}")

    def look(self, path: str, url: str) -> None:
        """What the page is now; it must be the one at that address."""
        self.page.evaluate("for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true")
        for wrong in self.page.evaluate(
            f"([home, out]) => ({SCAN})(document, home, out)", [self.page.url, [*LEADS_OUT]]
        ):
            self.note(wrong)
        here = self.page.evaluate("location.origin + location.pathname")
        if here != url.partition("?")[0].partition("#")[0]:
            self.note(f"{url} led to {here}")
        self.says[path] = self.says.get(path, "") + self.page.evaluate(SAYS)
        self.files |= set(self.page.evaluate(FILES))

    def ask(self, asked: list[Any]) -> None:
        """Many addresses and forms, as the page would ask for them."""
        for wrong in self.page.evaluate(ASK, [SCAN, [*LEADS_OUT], asked]):
            self.note(wrong)


def places(site: str) -> list[str]:
    """Every page of the app, those of a site being this one's; what signs in or out is looked at apart."""
    found = [filled(path, site=quote(site, safe="")) for path in pages() if not path.startswith("/static")]
    return [path for path in found if site == SITE or quote(site, safe="") in path]


KEEPS_OUT = re.compile("sign|remove|revoke|off$|end$|password|factor|recovery|verify|change$")
"""Forms that would end the session, or take away what is looked at later."""


def filled_in(form: Any) -> list[Any] | None:
    """A form of a page with an attack in every field that holds nothing yet; None for one that is better left alone."""
    action, fields = form
    if KEEPS_OUT.search(action):
        return None
    attacks = {"email": hostile.BARE.format(n=2) + "@evil.example"}
    written = {"text", "search", "textarea", "email", "url", "password"}
    return [
        action,
        [
            [name, value or attacks.get(kind, SHORT.format(n=2)) if kind in written else value]
            for name, value, kind in fields
        ],
    ]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("hostile")) as found:
        yield found


@pytest.fixture(scope="module")
def cookies(browser: Browser, server: Stage) -> Any:
    """What the browser of an owner with a hostile address keeps."""
    with browser.new_context(base_url=server.url) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.evaluate("document.querySelector('main form').noValidate = true")
        page.get_by_label("E-mail").fill(OWNER)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Sites")).to_be_visible()
        server.remember_device()
        return context.storage_state()


def chosen_tabs(number: int) -> dict[str, str]:
    """The list of that number in each panel of the overview."""
    return {panel.name: panel.tabs[number % len(panel.tabs)].name for panel in PANELS}


def states() -> list[str]:
    """Pages of the site in states that their path alone does not bring: every list, the map, under filters, a way."""
    at, contains = f"/sites/{SITE}", quote(Filter("contains", "page", ("fell",)).encoded())
    exact = quote(Filter("is", "page", tuple(text(STORED, "path"))).encoded())
    of_browser = quote(Filter("is", "browser", tuple(text(STORED, "browser"))).encoded())
    way = urlencode({"anchor": "through", "step": escape_glob(text(STORED, "path")[0]), "steps": "7", "top": "30"})
    return [
        *(
            f"{at}?{urlencode({one.name: one.tabs[n % len(one.tabs)].name for one in PANELS})}"
            for n in range(MOST_TABS)
        ),
        *(f"{at}/rows/{name}" for name in ("cities", "map", "events", "missing")),
        *(f"{at}?places=map&f={one}&q={quote(ATTACK)}" for one in (contains, exact, of_browser)),
        f"{at}/rows/pages?f={contains}&q=fell",
        f"{at}/visits?f={contains}",
        f"{at}/journeys?include=page,click,event&top=5&steps=7&open=2",
        f"{at}/journeys?include=page,click,event&group=pattern",
        f"{at}/journeys?include=page,click,event&{way}&f={exact}",
        f"{at}/consent?period=7d",
    ]


@pytest.fixture(scope="module")
def unguarded(browser: Browser, server: Stage, cookies: Any) -> Iterator[Watch]:
    """Every page was opened in a browser that ignores the policy, and every form was sent."""
    with browser.new_context(
        bypass_csp=True, storage_state=cookies, viewport={"width": 1440, "height": 900}
    ) as context:
        watch = Watch(context, server.url)
        sent = []
        for path in [*places(SITE), *places(HOSTILE)]:
            watch.open(path)
            with watch.going_on():
                sent += [(path, form) for form in map(filled_in, watch.page.evaluate(FORMS)) if form]
        with watch.going_on():
            watch.ask([form for _, form in sent])
        for path in dict.fromkeys([*(path for path, _ in sent), *states()]):
            watch.open(path)
        with watch.going_on():
            used(watch)
        with watch.going_on():
            read_by_its_visitor(watch, server)
        yield watch


def used(watch: Watch) -> None:
    """What a reader does: follows a row, takes it back, types a filter, opens a node; no page is loaded for it."""
    page, at = watch.page, f"/sites/{SITE}"
    watch.open(at)
    for panel in ("pages", "sources", "actions"):
        page.locator(f"#panel-{panel} tbody a:not(.without)").first.click()
        expect(page.locator(".chips li")).not_to_have_count(0)
        watch.look(at, watch.url + at)
        page.go_back()
        expect(page.locator(".chips li")).to_have_count(0)
    page.locator("#menu-segments summary").click()
    page.locator("#menu-segments .saved a").first.click()
    expect(page.locator(".chips li")).not_to_have_count(0)
    watch.look(at, watch.url + at)
    for name in ("page", "host", "utm_term", "event"):
        page.evaluate("document.querySelector('#menu-filter').open = true")
        page.locator("[name=fd]").select_option(name)
        page.locator("[name=fv]").fill("fell")
        expect(page.locator("#filter-values option[value*=fell]")).not_to_have_count(0)
        watch.look(at, watch.url + at)
    watch.open(f"{at}/journeys?include=page,click,event")
    for number in range(3):
        page.locator("g.node a.count").nth(number).dispatch_event("click")
        expect(page.locator("#focus")).to_be_visible()
        watch.look(f"{at}/journeys", f"{watch.url}{at}/journeys")


def read_by_its_visitor(watch: Watch, server: Stage) -> None:
    """`/c/you` with the key of the one whose rows these are, and the notices."""
    watch.open(f"/c/you?lang=en#{server.key}")
    rows = watch.page.get_by_role("region", name="Every row, in words")
    expect(rows).to_be_visible()
    while (more := watch.page.locator("button.more")).count():
        more.first.click()
    watch.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    expect(rows.locator("dl").last).to_be_attached()
    watch.look("/c/you", f"{watch.url}/c/you")
    for way in ("", "/embed"):
        watch.open(f"/share/{server.share}{way}")
    for notice in watch.page.evaluate("fetch('/c/site/localhost.json').then((told) => told.json())")["notice"].split():
        watch.open(f"/c/notice/{notice}?lang=en")


@pytest.mark.parametrize("name", CASES)
def test_an_attack_is_text_where_it_is_shown(unguarded: Watch, name: str) -> None:
    assert [one for one in unguarded.fell if f"fell({CASES[name]})" in one] == []
    if name in SURVIVES:
        assert any(f"fell({CASES[name]})" in said for said in unguarded.says.values()), "shown nowhere"


def test_no_page_did_anything_but_show(unguarded: Watch) -> None:
    assert unguarded.fell == []


def test_a_title_is_the_name_it_holds(unguarded: Watch) -> None:
    unguarded.open(f"/sites/{quote(HOSTILE, safe='')}")
    assert unguarded.page.title().startswith(HOSTILE)


def test_the_policy_has_nothing_to_report(browser: Browser, server: Stage, cookies: Any, unguarded: Watch) -> None:
    """Under the policy no page breaks it, and what the reader's own script draws anew is no attack either."""
    with browser.new_context(storage_state=cookies) as context:
        guarded = Watch(context, server.url)
        for path in [*places(SITE), *states()[-4:], f"/c/you?lang=de#{server.key}"]:
            guarded.open(path)
        assert guarded.fell == []
        guarded.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=fell(0)>')")
        expect(guarded.page.locator("img")).to_have_count(1)
        guarded.page.wait_for_timeout(50)
        assert guarded.fell and "the policy was broken" in guarded.fell[0], "who watches sees it"


def test_what_arrives_while_one_looks_is_text(unguarded: Watch, server: Stage) -> None:
    """The page is drawn anew, part by part, once there is something new."""
    unguarded.open(f"/sites/{SITE}?period=today")
    before = len(unguarded.fell)
    seen = unguarded.page.locator("#live").get_attribute("data-seen")
    attack = {"k": "pageview", "p": f"/new{SHORT.format(n=3)}", "r": "", "a": 0}
    assert server.sends(attack) == 1
    expect(unguarded.page.locator("#live")).not_to_have_attribute("data-seen", seen or "")
    unguarded.look("live", f"{server.url}/sites/{SITE}")
    assert unguarded.fell[before:] == []


def test_an_address_is_text(unguarded: Watch) -> None:
    """Every page under every name that one of them reads, with an attack for its value."""
    before = len(unguarded.fell)
    unguarded.open("/sites")
    quick = {"from": "2001-01-01", "to": "2001-01-01"}  # no rows: what is looked at is what becomes of the names
    taken = {**quick, **{name: ATTACK for name in NAMES if name not in REFUSED}}
    for path in places(SITE):
        values = [taken, *({name: ATTACK} for name in REFUSED)]
        asked = [f"{path}?{urlencode(each)}" for each in values] + [f"{path.rstrip('/')}/{quote(ATTACK, safe='')}"]
        unguarded.ask([(url, None) for url in asked])
    for state in ("f", "period", "step", "from"):
        unguarded.open(f"/sites/{SITE}/journeys?{urlencode({state: ATTACK})}")
    assert unguarded.fell[before:] == []


def test_no_cell_of_a_file_is_a_formula(unguarded: Watch, server: Stage) -> None:
    """Every CSV that some page leads to, and the visitor's own."""
    ask = unguarded.context.request
    told = {href: ask.get(server.url + href) for href in unguarded.files if not href.startswith("blob:")}
    told["you"] = ask.post(
        f"{server.url}/c/me?format=csv",
        data=json.dumps({"access_key": server.key}),
        headers={"content-type": "text/plain", "origin": server.url, "user-agent": CHROME},
    )
    marked = 0
    for name, answer in told.items():
        assert answer.status == 200, name
        if "text/csv" not in answer.headers["content-type"]:
            continue
        assert "attachment" in answer.headers["content-disposition"]
        for row in csv.reader(io.StringIO(answer.text(), newline="")):
            assert not [cell for cell in row if cell.startswith(BEGINS_FORMULA)], name
            marked += sum(cell.startswith("'=HYPERLINK") for cell in row)
    assert marked >= 3


def test_the_banner_shows_a_hostile_controller_as_text(browser: Browser, server: Stage) -> None:
    with browser.new_context(bypass_csp=True) as context:
        watch = Watch(context, server.url)
        tag = f'<script defer src="{server.url}/c/tag.js" data-site="{SITE}"></script>'
        context.route("http://localhost:9/**", lambda route: route.fulfill(body=tag, content_type="text/html"))
        watch.page.goto("http://localhost:9/")
        dialog = watch.page.get_by_role("dialog")
        expect(dialog).to_contain_text(text(WRITTEN, "controller")[0])
        dialog.get_by_role("button", name="Choose").click()
        assert [one for one in watch.fell if "asked http://localhost:9/" not in one] == []
