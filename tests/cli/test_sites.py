"""byleave site show and set."""

import json
import time

import pytest

from tests.cli.conftest import SITE, Here


def changed(here: Here, *options: str, **more: object) -> str:
    return here("site", "set", "example.com", *options, **more)


def shown(here: Here) -> dict[str, object]:
    found: dict[str, object] = json.loads(here("site", "show", "example.com", "--json"))
    return found


def test_everything_about_a_site_is_shown(here: Here) -> None:
    here(*SITE, "--alias", "www.example.com", "--timezone", "Europe/Berlin", "--pattern", "/blog/*")
    found = shown(here)
    assert (found["aliases"], found["timezone"]) == (["www.example.com"], "Europe/Berlin")
    assert (found["path_keep"], found["patterns"]) == ([], ["/blog/*"])
    assert found["notice"]["controller"] == "Example Ltd"  # type: ignore[index]
    assert found["counts"] == {
        "consents": {"given": 0, "re-confirmed": 0, "withdrawn": 0, "expired": 0},
        "asks": 0,
        "notices": 1,
        "tokens": 0,
    }
    said = here("site", "show", "www.example.com")
    for words in ("Europe/Berlin", "Example Ltd", "25 months", "/blog/*", "0 given", 'data-site="example.com"'):
        assert words in said


def test_settings_change_one_by_one(here: Here) -> None:
    here(*SITE, "--alias", "www.example.com")
    assert "aliases: www.example.com → *.example.com" in changed(here, "--alias", "*.example.com")
    said = changed(here, "--timezone", "America/New_York", "--path-keep", "/product/*", "--path-keep", "/a?/*")
    assert "timezone: UTC → America/New_York" in said
    assert "path-keep: none → /product/*  /a?/*" in said
    assert "aliases" not in said
    assert "Nothing changed" in changed(here, "--timezone", "America/New_York")
    changed(here, "--alias", "", "--path-keep", "")
    found = shown(here)
    assert (found["aliases"], found["path_keep"], found["timezone"]) == ([], [], "America/New_York")


def test_a_title_is_given_shown_changed_and_taken_away(here: Here) -> None:
    here(*SITE, "--title", "  The bakery ")
    assert (shown(here)["title"], shown(here)["name"]) == ("The bakery", "example.com")
    assert "The bakery" in here("site", "show", "example.com")
    assert "example.com “The bakery” · UTC" in here("site", "list")
    assert json.loads(here("site", "list", "--json"))[0]["title"] == "The bakery"
    assert "title: The bakery → Backstube" in changed(here, "--title", "Backstube")
    changed(here, "--timezone", "Asia/Tokyo")
    assert shown(here)["title"] == "Backstube", "what is not given stays"
    assert "title: Backstube → none" in changed(here, "--title", "")
    assert "title" in changed(here, "--title", "x" * 81, code=1)
    assert "“" not in here("site", "list")
    logged = [one["detail"].get("title") for one in json.loads(here("audit", "list", "--json"))]
    assert [told for told in logged if told] == ["Backstube → none", "The bakery → Backstube"]


def test_single_visits_are_hidden_and_shown_by_a_notice_that_says_so(here: Here) -> None:
    here(*SITE)
    assert "visits: hidden, as a new notice says: consents stay valid" in changed(here, "--visits", "hidden")
    assert "Nothing changed" in changed(here, "--visits", "hidden")
    assert "Single visits are not shown in reports." in here("notice", "show", "example.com")
    time.sleep(1.1)  # else it would be the first notice once more, to the second
    assert "every visitor is asked again" in changed(here, "--visits", "shown", "--timezone", "Asia/Tokyo")
    notices = json.loads(here("notice", "list", "example.com", "--json"))
    assert [one["material"] for one in notices] == [False, False, True]
    assert shown(here)["notice"]["visits"] == "shown"  # type: ignore[index]
    logged = [(one["action"], one["detail"].get("visits")) for one in json.loads(here("audit", "list", "--json"))]
    assert ("notice published", "shown → hidden") in logged
    assert ("notice published", "hidden → shown") in logged


WRONG = [
    ("nothing", (), "Give what to change", 2),
    ("another name", ("--name", "other.com"), "No such option", 2),
    ("no time zone", ("--timezone", "Mars/Base"), "IANA", 1),
    ("no hostname", ("--alias", "https://www.example.com/"), "without https://", 1),
    ("all of a top level domain", ("--alias", "*.com"), "every website below .com", 1),
    ("everything", ("--alias", "*"), "not a hostname", 1),
    ("a hostname of another site", ("--alias", "other.test"), "already belongs to the site other.test", 1),
    ("an alias of another site", ("--alias", "www.other.test"), "already belongs to the site other.test", 1),
    ("a page without its slash", ("--path-keep", "product/*"), "can match no page", 1),
    ("a whole address", ("--pattern", "https://example.com/*"), "can match no page", 1),
    ("a fragment", ("--pattern", "/page#top"), "can match no page", 1),
    ("every page kept", ("--path-keep", "/*"), "every page as it is", 1),
    ("a pattern without end", ("--pattern", "/" + "a" * 256), "too long", 1),
]


@pytest.mark.parametrize(("options", "says", "code"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_setting_changes_nothing_and_says_why(
    here: Here, options: tuple[str, ...], says: str, code: int
) -> None:
    here(*SITE, "--alias", "www.example.com")
    here("site", "add", "other.test", "--alias", "www.other.test")
    before = shown(here)
    assert says in changed(here, *options, code=code)
    assert shown(here) == before


def test_more_patterns_than_fifty_are_too_many(here: Here) -> None:
    here(*SITE)
    options = [part for n in range(51) for part in ("--pattern", f"/{n}/*")]
    assert "at most 50" in changed(here, *options, code=1)
