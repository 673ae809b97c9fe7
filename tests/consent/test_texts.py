"""The visitors' words: whole in every language, and filled in without a gap."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from collector.consent import notice as notices
from collector.consent import texts
from collector.consent.texts import _WORDS

BARE = notices.Draft()
OWNED = notices.Draft(controller="Example Bakery Ltd", contact="privacy@example.com")
FULL = notices.Draft(
    controller="Example Bakery Ltd",
    contact="privacy@example.com",
    authority="the Example Authority",
    recipients=("Example Hosting Ltd",),
    purposes=("measure", "returning", "ads"),
    query_keep=("p", "lang"),
    retention_months=1,
    k=1,
    visits="hidden",
)
DRAFTS = {"nobody responsible yet": BARE, "as site add makes it": OWNED, "everything chosen": FULL}
EVERY_LANGUAGE = pytest.mark.parametrize("language", texts.languages())


def body(draft: notices.Draft) -> dict[str, Any]:
    return notices.body_of("example.com", notices.check(draft), "2026-10-01T00:00:00Z")


def leaves(words: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@EVERY_LANGUAGE
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    english = {key: placeholders(text) for key, text in leaves(_WORDS["en"])}
    assert {key: placeholders(text) for key, text in leaves(_WORDS[language])} == english


@EVERY_LANGUAGE
def test_no_text_is_empty_left_in_english_or_untidy(language: str) -> None:
    for key, text in leaves(_WORDS[language]):
        assert text and text == text.strip() and "  " not in text, key
        assert not re.search(r"[<>&]", text), f"{key} looks like markup"
        if language != "en" and len(text) > 30:
            assert text != dict(leaves(_WORDS["en"]))[key], f"{key} is not translated"


@EVERY_LANGUAGE
@pytest.mark.parametrize("draft", DRAFTS.values(), ids=list(DRAFTS))
def test_a_notice_is_filled_in_without_a_gap(language: str, draft: notices.Draft) -> None:
    sections = texts.notice_sections(language, body(draft))
    assert len(sections) == 9
    for heading, paragraphs in sections:
        assert heading and paragraphs
        assert not [p for p in paragraphs if "{" in p or (p.rstrip(" .").endswith(":") and p is not sections[3][1][0])]


def test_every_paragraph_of_the_files_is_used_by_some_notice() -> None:
    many = [*DRAFTS.values(), notices.Draft(controller="A", contact="b", k=5, recipients=("C",))]
    used = {text for draft in many for _, paragraphs in texts.notice_sections("en", body(draft)) for text in paragraphs}
    for key, pattern in leaves(_WORDS["en"]["notice"]):
        words = re.sub(r"\\\{\w+\\\}", ".*", re.escape(pattern))
        assert key.endswith(".heading") or any(re.fullmatch(words, text) for text in used), key


WHAT_A_NOTICE_SAYS = [
    ("who is responsible", OWNED, "Example Bakery Ltd is responsible for what is counted on example.com."),
    ("where to write", OWNED, "Contact: privacy@example.com"),
    ("that it is a draft", BARE, "This is a draft"),
    ("the legal basis", OWNED, "Art. 6(1)(a) GDPR"),
    ("that asks are counted", OWNED, "how often the texts of the question were fetched"),
    ("the signals it honours", OWNED, "Global Privacy Control or Do Not Track"),
    ("the hash that finds rows", OWNED, "to find your rows when they are to be shown, erased or have expired"),
    ("the query names it keeps", FULL, "cannot be told: lang, p."),
    ("the advert", FULL, "the advertising network whose advert led here"),
    ("the recipients", FULL, "Example Bakery Ltd, and: Example Hosting Ltd."),
    ("that nobody else receives it", OWNED, "Nobody but Example Bakery Ltd."),
    ("the retention", OWNED, "Each row is kept for 25 months"),
    ("the retention of one month", FULL, "Each row is kept for 1 month and"),
    ("how long the proof is kept", OWNED, "kept for 36 months after your consent has ended"),
    ("k", OWNED, "5 people or more"),
    ("k = 1 as it is", FULL, "(k = 1)"),
    ("the counts that stay", OWNED, "their number remains, by the hour in which they began"),
    ("the authority", FULL, "you may turn to the Example Authority"),
    ("how to withdraw", OWNED, "under “Privacy choices” at the foot of each page"),
]


@pytest.mark.parametrize(
    ("draft", "said"), [case[1:] for case in WHAT_A_NOTICE_SAYS], ids=[c[0] for c in WHAT_A_NOTICE_SAYS]
)
def test_a_notice_says(draft: notices.Draft, said: str) -> None:
    text = "\n".join(line for _, paragraphs in texts.notice_sections("en", body(draft)) for line in paragraphs)
    assert said in text


NOT_SAID_UNASKED = [
    ("advert", notices.Draft(purposes=("measure", "returning")), "advert led here"),
    ("recognition", notices.Draft(purposes=("measure",)), "same at each of your visits"),
    ("query", notices.Draft(), "Except these parts"),
    ("draft", OWNED, "draft"),
]


@pytest.mark.parametrize(
    ("draft", "unsaid"), [case[1:] for case in NOT_SAID_UNASKED], ids=[c[0] for c in NOT_SAID_UNASKED]
)
def test_a_notice_does_not_claim_what_the_owner_did_not_choose(draft: notices.Draft, unsaid: str) -> None:
    assert unsaid not in str(texts.notice_sections("en", body(draft)))


@EVERY_LANGUAGE
def test_the_ask_names_the_controller_the_retention_and_only_what_is_offered(language: str) -> None:
    ask = texts.banner_texts(language, "Example {Bakery} & Söhne", ["measure", "ads"], 25)
    assert "Example {Bakery} & Söhne" in ask["title"]
    assert "25" in ask["note"]
    assert list(ask["purposes"]) == ["measure", "ads"]
    assert set(ask) == {
        *("title", "intro", "purposes", "note", "no", "choose", "yes", "save", "notice", "change", "saved_yes"),
        *("saved_no", "settings", "failed", "withdraw", "current_yes", "see", "current_no"),
    }


@EVERY_LANGUAGE
def test_months_have_a_singular(language: str) -> None:
    one, two = (texts.banner_texts(language, "A", ["measure"], count)["note"] for count in (1, 2))
    assert one.replace("1", "2") != two or language == "fr"  # mois is both


@EVERY_LANGUAGE
def test_yes_says_to_all_only_where_there_is_more_than_one_purpose(language: str) -> None:
    one = texts.banner_texts(language, "A", ["measure"], 25)["yes"]
    both = texts.banner_texts(language, "A", ["measure", "returning"], 25)["yes"]
    assert both.startswith(f"{one} ")


@EVERY_LANGUAGE
def test_the_ask_fits_a_small_screen(language: str) -> None:
    ask = texts.banner_texts(language, "Example Bakery Ltd", ["measure", "returning", "ads"], 25)
    assert max(len(ask[button]) for button in ("no", "choose", "yes")) <= 12
    assert len(ask["note"]) <= 240
