"""What is told of what was seen: one case for each thing that can be wrong, and their order."""

import time

import msgspec
import pytest

from collector.refusal import Refusal
from collector.sightings import Sighted, What
from collector.state.site import Site
from dashboard.installation.diagnosis import Facts, State, diagnose
from dashboard.texts import CATALOGUES

NOW = int(time.time())
SITE = Site("example.com", aliases=("*.shop.example.com",))
FINE = Facts(SITE, State.WAITING, unpublished=False, draft=False, local=False, owners={}, seen=())


def seen(what: str, detail: str = "", ago: int = 5, site: str = SITE.name) -> Sighted:
    return (site, what, detail, NOW - ago)


TAG, ASKED, YES = seen("tag", ago=20, site=""), seen("asked", ago=10), seen("yes", ago=5)
CASES = [
    ("nothing at all", {}, ["nothing"]),
    ("the tag alone", {"seen": [TAG]}, ["tag_only"]),
    ("asked", {"seen": [TAG, ASKED]}, ["asked_no_yes"]),
    ("yes", {"seen": [TAG, ASKED, YES]}, ["yes_no_event"]),
    ("asked again after a yes", {"seen": [YES, seen("asked", ago=1)]}, ["asked_no_yes"]),
    ("no notice", {"unpublished": True}, ["unpublished"]),
    ("a draft", {"draft": True}, ["draft"]),
    ("a draft of a local site", {"draft": True, "local": True, "site": Site("localhost"), "seen": [TAG]}, ["tag_only"]),
    ("a foreign host", {"seen": [ASKED, seen("foreign", "www.example.com")]}, ["foreign"]),
    ("one that was added since", {"seen": [ASKED, seen("foreign", "a.shop.example.com")]}, ["asked_no_yes"]),
    (
        "one that is another site's",
        {"seen": [seen("foreign", "b.test")], "owners": {"b.test": "b.test"}},
        ["other_site"],
    ),
    ("one that is not held whole", {"seen": [seen("foreign", "*.b.test")]}, ["foreign_scrubbed"]),
    ("a local page", {"seen": [seen("foreign", "localhost")]}, ["local"]),
    ("a page without HTTPS", {"seen": [seen("insecure", "example.com")]}, ["insecure"]),
    ("a page without a name", {"seen": [seen("nameless")]}, ["nameless"]),
    ("another site's name", {"seen": [seen("misnamed", "exmaple.com")]}, ["misnamed"]),
    (
        "one that was added since, as a site",
        {"seen": [TAG, seen("misnamed", "new.test")], "owners": {"new.test": "new.test"}},
        ["tag_only"],
    ),
    ("a proxy", {"seen": [ASKED, seen("forwarded", "private")]}, ["proxy_private"]),
    ("a public one", {"seen": [ASKED, seen("forwarded", "public")]}, ["proxy_public"]),
    ("a visitor's own proxy", {"seen": [ASKED, seen("forwarded", "public"), seen("direct")]}, ["asked_no_yes"]),
    ("the yes refused", {"seen": [ASKED, seen("yes refused", "bot")]}, ["refused_bot"]),
    ("events refused", {"seen": [YES, seen("events refused", "clock-wrong", 1)]}, ["refused_clock"]),
    ("events refused before the yes", {"seen": [YES, seen("events refused", "bad-token", 9)]}, ["yes_no_event"]),
    ("a withdrawal", {"seen": [YES, seen("events refused", "consent-withdrawn", 1)]}, ["yes_no_event"]),
    (
        "two that mean one",
        {"seen": [seen("yes refused", "queue-full"), seen("yes refused", "storage-unavailable")]},
        ["refused_unstored"],
    ),
    ("it works", {"state": State.WORKS, "seen": [seen("events refused", "bad-token", 1)]}, []),
    ("it works, here", {"state": State.WORKS, "seen": [seen("foreign", "www.example.com")]}, ["foreign"]),
    ("quiet", {"state": State.QUIET}, ["nothing"]),
    (
        "the first thing to mend comes first",
        {"draft": True, "seen": [seen("forwarded", "private"), seen("foreign", "b.test"), seen("misnamed", "c.test")]},
        ["draft", "misnamed", "foreign", "proxy_private"],
    ),
]


@pytest.mark.parametrize(("known", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_told(known: dict[str, object], told: list[str]) -> None:
    assert [one.kind for one in diagnose(msgspec.structs.replace(FINE, **known))] == told


def test_only_a_host_that_is_nobodys_can_be_added() -> None:
    hosts = [seen("foreign", host) for host in ("www.example.com", "b.test", "*.c.test", "localhost")]
    found = diagnose(msgspec.structs.replace(FINE, seen=hosts, owners={"b.test": "b.test"}))
    assert sorted(one.alias for one in found) == ["", "", "", "www.example.com"]


@pytest.mark.parametrize("refusal", Refusal, ids=[refusal.slug for refusal in Refusal])
@pytest.mark.parametrize("what", [What.YES_REFUSED, What.EVENTS_REFUSED])
def test_every_refusal_has_its_words(refusal: Refusal, what: What) -> None:
    for one in diagnose(msgspec.structs.replace(FINE, seen=[seen(what, refusal.slug)])):
        assert {f"inst_{one.kind}", f"inst_{one.kind}_do"} <= CATALOGUES["en"].keys()


def test_every_finding_has_its_words_and_all_words_are_of_a_finding() -> None:
    kinds = {kind for _, _, told in CASES for kind in told} | {
        f"refused_{reason}" for reason in ("token", "expired", "notice", "rate", "other")
    }
    keys = [key for key in CATALOGUES["en"] if key.startswith("inst_") and key.endswith("_do")]
    worded = {key.removeprefix("inst_").removesuffix("_do") for key in keys}
    assert worded - {"gpc", "dnt"} == kinds
