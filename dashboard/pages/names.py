"""What a stored value is called on a page."""

from dashboard.pages.countries import country
from dashboard.texts import say

ELSEWHERE = "elsewhere in "  # how reports name what they folded; a country code follows
_EMPTY = {
    "source": "direct",
    "channel": "direct",
    "country": "unknown_place",
    "city": "unknown_place",
    "browser": "unknown",
    "browser_version": "unknown",
    "os": "unknown",
    "device": "unknown",
}
WORDS = {
    "channel": ("Direct", "Search", "Social", "AI", "Email", "Video", "News", "Paid", "Campaign", "Referral"),
    "returning": ("returning", "new", "unknown"),
    "device": ("desktop", "mobile", "tablet", "other"),
}
"""Values that are stored as a word of ours, and shown as that of the language."""
DIMENSIONS = (
    *("page", "entry_page", "exit_page", "channel", "source"),
    *("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "ad"),
    *("country", "city", "browser", "browser_version", "os", "device", "host"),
    *("click", "outbound", "download", "form", "event", "returning"),
)
"""What the form for filters offers."""


def called(dimension: str, value: str) -> str:
    """The name of a value: a country by its code, a null by what it means, everything else as it is stored."""
    if not value:
        return say(_EMPTY.get(dimension, "none_set"))
    if is_folded(dimension, value):
        where = value.removeprefix(ELSEWHERE)
        return say("elsewhere", country=country(where)) if where else say("elsewhere_unknown")
    if dimension == "country":
        return country(value)
    if value in WORDS.get(dimension, ()):
        return say(f"{dimension}_{value.lower()}")
    return value


def is_folded(dimension: str, value: str) -> bool:
    """Whether a row is a sum of places too small to be named: nothing to filter by."""
    return dimension == "city" and value.startswith(ELSEWHERE)


def dimension_called(dimension: str) -> str:
    """The name of a dimension in a filter."""
    return say(f"dimension_{dimension}") if dimension in DIMENSIONS else dimension
