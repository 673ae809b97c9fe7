"""The demo site's pages, and how people go from one to the next: a Markov chain over kinds of page."""

from typing import Any, NamedTuple

from collector.demo.slots import joined, slots

CHAIN_SLOTS = 64
CLICK_SLOTS = 64
LEAVE = ""


class Kind(NamedTuple):
    """One kind of page: its path, how many there are of it (Zipf), and what people do there."""

    path: str
    entry: int
    """Weight as the first page of a visit."""
    dwell: int
    """Mean seconds."""
    next: dict[str, int]
    """Weights of the kinds of page that follow; LEAVE ends the visit."""
    size: int = 1
    clicks: int = 20
    """Of 256 views, those with a click."""
    event: str | None = None
    told: int = 0
    """Of 256 views, those with the event."""


KINDS = {
    "home": Kind("/", 34, 22, {"tents": 14, "boots": 12, "packs": 8, "blog": 8, "search": 10, "sale": 9, LEAVE: 39}),
    "tents": Kind("/shop/tents", 5, 35, {"tent": 48, "packs": 8, "home": 6, "search": 5, LEAVE: 33}),
    "boots": Kind("/shop/boots", 6, 33, {"boot": 50, "sizes": 8, "tents": 5, "home": 5, LEAVE: 32}),
    "packs": Kind("/shop/backpacks", 3, 30, {"pack": 47, "tents": 8, "home": 6, LEAVE: 39}),
    "sale": Kind("/sale", 4, 40, {"tent": 16, "boot": 20, "pack": 14, "home": 6, LEAVE: 44}),
    "tent": Kind("/shop/tents/", 7, 70, {"cart": 12, "tents": 20, "tent": 14, "guide": 5, LEAVE: 49}, 900, 60),
    "boot": Kind("/shop/boots/", 9, 62, {"cart": 13, "boots": 17, "boot": 15, "sizes": 9, LEAVE: 46}, 2_400, 60),
    "pack": Kind("/shop/backpacks/", 5, 55, {"cart": 11, "packs": 18, "pack": 15, LEAVE: 56}, 1_300, 60),
    "cart": Kind("/cart", 1, 28, {"checkout": 52, "boots": 8, "tents": 7, "shipping": 7, LEAVE: 26}, 1, 40),
    "checkout": Kind("/checkout", 0, 95, {"thanks": 66, "cart": 10, "shipping": 4, LEAVE: 20}, 1, 30),
    "thanks": Kind("/checkout/thanks", 0, 18, {"home": 14, "account": 12, LEAVE: 74}, 1, 14, "purchase", 256),
    "search": Kind("/search", 2, 20, {"tent": 20, "boot": 24, "pack": 15, "search": 14, LEAVE: 27}, 1, 9, "search", 99),
    "blog": Kind("/blog", 4, 25, {"post": 56, "home": 8, LEAVE: 36}),
    "post": Kind("/blog/", 18, 110, {"post": 13, "blog": 6, "guide": 4, "boot": 4, "letter": 4, LEAVE: 69}, 650, 26),
    "guide": Kind("/guides/", 6, 140, {"guide": 12, "tent": 9, "boot": 8, LEAVE: 71}, 45, 30),
    "sizes": Kind("/help/sizes", 2, 48, {"boot": 46, "boots": 18, LEAVE: 36}),
    "shipping": Kind("/help/shipping", 2, 44, {"cart": 30, "home": 10, LEAVE: 60}),
    "help": Kind("/help/", 4, 58, {"help": 18, "account": 8, "home": 6, LEAVE: 68}, 140, 18),
    "stores": Kind("/stores/", 3, 46, {"stores": 12, "home": 12, LEAVE: 76}, 38, 44),
    "account": Kind("/account", 3, 30, {"help": 12, "home": 14, "boots": 10, LEAVE: 64}),
    "letter": Kind("/newsletter", 1, 26, {"home": 24, "sale": 12, LEAVE: 64}, 1, 20, "signup", 150),
    "jobs": Kind("/jobs", 1, 64, {"home": 10, LEAVE: 90}, 1, 40),
}  # fmt: skip
NAMES = tuple(KINDS)
# Slugs are a word and a rank.
WORDS = (
    "alpine", "birch", "cedar", "dune", "ember", "fjord", "granite", "heath", "island", "juniper", "kestrel", "lark",
    "meadow", "north", "otter", "pine", "quarry", "ridge", "summit", "tarn", "upland", "valley", "willow", "yarrow",
)  # fmt: skip
# Target, kind, weight: what is clicked beside the links that the pages themselves are.
CLICKS = (
    ("add-to-cart", "button", 30), ("size-finder", "button", 12), ("wish-list", "button", 12), ("reviews", "button", 9),
    ("social.example/@byleave-demo", "outbound", 6), ("maps.example/route", "outbound", 7),
    ("parcels.example/track", "outbound", 5), ("/files/size-chart.pdf", "download", 6),
    ("/files/catalogue.pdf", "download", 4), ("newsletter", "form", 5), ("contact", "form", 3),
)  # fmt: skip
# What the shop wants: name, step, whether the amounts of its events are summed.
GOALS: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("Order", {"event": "purchase"}, True),
    ("Newsletter", {"event": "signup"}, False),
    ("Size chart", {"click": "/files/size-chart.pdf"}, False),
)
FUNNELS = (
    (
        "From the product to the order",
        [{"page": "/shop/*/*"}, {"page": "/cart"}, {"page": "/checkout"}, {"event": "purchase"}],
    ),
)


def parameters() -> dict[str, Any]:
    """The tables above as lists that sql/events.sql binds; kinds of page are numbered from 0, -1 ends a visit."""
    kinds = list(KINDS.values())
    return {
        "entries": joined(slots([kind.entry for kind in kinds])),
        "chain": joined(NAMES.index(name) if name else -1 for kind in kinds for name in _chain(kind)),
        "bases": [kind.path for kind in kinds],
        "sizes": [kind.size for kind in kinds],
        "dwells": [kind.dwell for kind in kinds],
        "click_shares": [kind.clicks for kind in kinds],
        "event_names": [kind.event for kind in kinds],
        "event_shares": [kind.told for kind in kinds],
        "words": list(WORDS),
        "clicks": joined(slots([weight for _, _, weight in CLICKS], CLICK_SLOTS)),
        "targets": [target for target, _, _ in CLICKS],
        "target_kinds": [kind for _, kind, _ in CLICKS],
    }


def _chain(kind: Kind) -> list[str]:
    names = list(kind.next)
    return [names[index] for index in slots(list(kind.next.values()), CHAIN_SLOTS)]
