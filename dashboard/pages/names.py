"""What a stored value is called on a page."""

from dashboard.pages.countries import COUNTRIES
from dashboard.texts import TEXTS, say

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
_WORDS = {
    "returning": {"returning", "new", "unknown"},
    "device": {"desktop", "mobile", "tablet", "other"},
}
DIMENSIONS = {
    "page": "Page",
    "entry_page": "Entry page",
    "exit_page": "Exit page",
    "channel": "Channel",
    "source": "Source",
    "utm_campaign": "Campaign",
    "utm_source": "utm_source",
    "utm_medium": "utm_medium",
    "utm_content": "utm_content",
    "utm_term": "utm_term",
    "ad": "Ad network",
    "country": "Country",
    "city": "City",
    "browser": "Browser",
    "browser_version": "Browser version",
    "os": "System",
    "device": "Device",
    "host": "Host",
    "click": "Click",
    "outbound": "Outbound link",
    "download": "Download",
    "form": "Form",
    "event": "Event",
    "returning": "Returning",
}


def called(dimension: str, value: str) -> str:
    """The name of a value: a country by its code, a null by what it means, everything else as it is stored."""
    if not value:
        return say(_EMPTY.get(dimension, "none_set"))
    if is_folded(dimension, value):
        country = value.removeprefix(ELSEWHERE)
        return say("elsewhere", country=COUNTRIES.get(country, country)) if country else say("elsewhere_unknown")
    if dimension == "country":
        return COUNTRIES.get(value, value)
    if value in _WORDS.get(dimension, ()):
        return TEXTS[f"{dimension}_{value}"]
    return value


def is_folded(dimension: str, value: str) -> bool:
    """Whether a row is a sum of places too small to be named: nothing to filter by."""
    return dimension == "city" and value.startswith(ELSEWHERE)


def dimension_called(dimension: str) -> str:
    """The name of a dimension in a filter."""
    return DIMENSIONS.get(dimension, dimension)
