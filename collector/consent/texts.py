"""What visitors read: the words of banner and notice, one TOML file a language in `texts/`, filled in here.

Everything is plain text; whoever puts it into a page escapes it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl")
_EXPLAINED: Final = ("page", "time", "action", "source", "advert", "place", "device", "visit", "visitor")
_FOLDER = Path(__file__).with_suffix("")
# Read once at import, so that no request ever waits for a file.
_WORDS: Final[dict[str, dict[str, Any]]] = {
    language: tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8")) for language in LANGUAGES
}


def languages() -> tuple[str, ...]:
    """The languages there are, as ISO 639-1 codes, English first."""
    return LANGUAGES


def banner_texts(language: str, controller: str, purposes: Sequence[str], retention_months: int) -> dict[str, Any]:
    """The words of the ask, with `purposes` holding a line for each one offered and no other.

    `yes` says "to all" only where there is more than one purpose to say yes to.
    """
    words = dict(_WORDS[language]["banner"])
    values = {"controller": controller, "retention": _months(language, retention_months)}
    one, lines = words.pop("yes_one"), words.pop("purposes")
    texts: dict[str, Any] = {key: text.format_map(values) for key, text in words.items()}
    if len(purposes) == 1:
        texts["yes"] = one
    return texts | {"purposes": {purpose: lines[purpose] for purpose in purposes}}


def page_words(language: str) -> dict[str, Any]:
    """The words of the visitor's page, with its {gaps} left for the page to fill.

    `purpose` holds the line of each purpose, `stored` what the notice says of each kind of data.
    """
    words = _WORDS[language]
    banner, stored = words["banner"], words["notice"]["stored"]
    return {
        **words["page"],
        "yes": banner["yes_one"],
        "no": banner["no"],
        "purpose": banner["purposes"],
        "stored": {category: stored[category] for category in _EXPLAINED},
    }


def notice_sections(language: str, notice: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The privacy notice as (heading, paragraphs); `notice` is the body of `collector.consent.notice`."""
    words = _WORDS[language]
    values = _values(language, notice)
    return [
        (words["notice"][section]["heading"], [words["notice"][section][key].format_map(values) for key in keys])
        for section, keys in _chosen(notice).items()
    ]


def row_words(language: str, row: Mapping[str, Any]) -> str:
    """What one stored row says that the visitor did; `row` by the columns of the table `event`."""
    key = row["kind"]
    if key == "click":
        key = row["target_kind"] if row["target"] else "unnamed"
    text: str = _WORDS[language]["row"][key]
    return text.format_map(row)


def _values(language: str, notice: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "site": notice["site"],
        "controller": notice["controller"] or notice["site"],
        "contact": notice["contact"],
        "authority": notice["authority"],
        "recipients": ", ".join(notice["recipients"]),
        "query_keep": ", ".join(notice["query_keep"]),
        "k": notice["k"],
        "retention": _months(language, notice["retention_months"]),
        "log_retention": _months(language, notice["log_retention_months"]),
        "settings": _WORDS[language]["banner"]["settings"],
    }


def _chosen(notice: Mapping[str, Any]) -> dict[str, list[str]]:
    """Which paragraphs say what is so under this notice, section by section."""
    contact = bool(notice["contact"])
    people = "one" if notice["k"] == 1 else "other"
    return {
        "who": ["responsible" if notice["controller"] else "draft", *(["contact"] if contact else [])],
        "consent": ["basis", "before", "no", "signals"],
        "purposes": list(notice["purposes"]),
        "stored": ["intro", *_stored(notice), "proof", "marks", "browser"],
        "never": ["never"],
        "numbers": [f"totals_{people}", f"places_{people}", f"visits_{notice['visits']}", "erased"],
        "recipients": ["named" if notice["recipients"] else "none"],
        "retention": ["rows", "log"],
        "rights": [
            *("withdraw", "see", "take", "erase"),
            "complain_to" if notice["authority"] else "complain",
            *("key", *(["ask"] if contact else [])),
        ],
    }


def _stored(notice: Mapping[str, Any]) -> list[str]:
    """The categories of the notice, each followed by what depends on the owner's choices."""
    also = {
        "page": ["query"] if notice["query_keep"] else [],
        "visit": ["visitor"] if "returning" in notice["purposes"] else [],
    }
    return [key for category in notice["categories"] for key in (category, *also.get(category, []))]


def _months(language: str, count: int) -> str:
    """A number of months in words; all six languages tell only 1 from the rest (CLDR: one, other)."""
    forms: Mapping[str, str] = _WORDS[language]["months"]
    return forms["one" if count == 1 else "other"].format(count=count)
