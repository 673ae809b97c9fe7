"""What a notice changes against another: every term with its rule, and the words."""

from typing import Any

import msgspec
import pytest

from collector.consent.difference import MATERIAL, difference
from collector.consent.notice import Draft, body_of, canonical, check

DRAFT = Draft(
    controller="Example Ltd", contact="a@example.com", recipients=("Hosting Ltd", "Mail Ltd"), query_keep=("p",)
)


def body(**changes: Any) -> dict[str, Any]:
    return body_of("example.com", check(msgspec.structs.replace(DRAFT, **changes)), "2026-10-01T00:00:00Z")


CASES: list[tuple[str, dict[str, Any], dict[str, bool]]] = [
    ("nothing", {}, {}),
    ("controller", {"controller": "Other Ltd"}, {"controller": True}),
    ("contact", {"contact": "b@example.com"}, {"contact": False}),
    ("authority", {"authority": "The authority"}, {"authority": False}),
    ("a purpose more", {"purposes": ("measure", "returning", "ads")}, {"purposes": True, "categories": True}),
    ("a purpose less", {"purposes": ("measure",)}, {"purposes": True}),
    ("a recipient more", {"recipients": ("Hosting Ltd", "Mail Ltd", "New Ltd")}, {"recipients": True}),
    ("a recipient less", {"recipients": ("Hosting Ltd",)}, {"recipients": True}),
    ("recipients in another order", {"recipients": ("Mail Ltd", "Hosting Ltd")}, {"recipients": False}),
    ("retention grows", {"retention_months": 26}, {"retention_months": True}),
    ("retention shrinks", {"retention_months": 24}, {"retention_months": False}),
    ("beyond the proof's", {"retention_months": 40}, {"retention_months": True, "log_retention_months": False}),
    ("k falls", {"k": 4}, {"k": True}),
    ("k grows", {"k": 6}, {"k": False}),
    ("a query name more", {"query_keep": ("p", "lang")}, {"query_keep": True}),
    ("a query name less", {"query_keep": ()}, {"query_keep": False}),
    ("another query name", {"query_keep": ("lang",)}, {"query_keep": True}),
    ("single visits hidden", {"visits": "hidden"}, {"visits": False}),
    ("fewer languages", {"languages": ("en", "de")}, {"languages": False}),
]


@pytest.mark.parametrize(("changes", "terms"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_term_has_its_rule(changes: dict[str, Any], terms: dict[str, bool]) -> None:
    found = difference(body(), body(**changes))
    assert {change.field: change.material for change in found.terms} == terms
    assert found.material == any(terms.values())


def test_the_way_back_is_judged_by_itself() -> None:
    assert difference(body(k=4), body()).material is False
    assert difference(body(query_keep=("p", "lang")), body()).material is False
    assert difference(body(retention_months=26), body()).material is False
    assert difference(body(visits="hidden"), body()).material is True


def test_a_notice_of_before_single_visits_were_a_choice_showed_them() -> None:
    before = {name: value for name, value in body().items() if name != "visits"}
    assert difference(before, body()).terms == ()
    (change,) = difference(before, body(visits="hidden")).terms
    assert (change.field, change.old, change.new, change.material) == ("visits", "shown", "hidden", False)


def test_a_change_names_what_was_and_what_is() -> None:
    (change,) = difference(body(), body(k=4)).terms
    assert (change.field, change.old, change.new) == ("k", 5, 4)
    (languages,) = difference(body(languages=("en", "de")), body(languages=("en", "fr"))).terms
    assert (languages.old, languages.new) == (["de", "en"], ["en", "fr"])


def test_the_words_are_compared_in_each_language_that_both_hold() -> None:
    found = difference(body(languages=("en", "de")), body(controller="Other Ltd", languages=("en", "de", "fr")))
    assert {one.language for one in found.words} == {"en", "de"}
    english = {one.place: one for one in found.words if one.language == "en"}
    assert english["ask.title"].old == ("May Example Ltd count this visit?",)
    assert english["ask.title"].new == ("May Other Ltd count this visit?",)
    assert english["Who is responsible"].new == ("Other Ltd is responsible for what is counted on example.com.",)
    assert "How long it is kept" not in english


def test_a_stored_version_has_no_other_words_because_its_texts_are_sorted() -> None:
    stored = msgspec.json.decode(canonical(body()))
    assert (
        difference(stored, body(k=6, contact="b@example.com")).words
        == difference(body(), body(k=6, contact="b@example.com")).words
    )
    assert difference(stored, body()).words == ()


def test_a_paragraph_that_comes_has_no_old_words() -> None:
    found = difference(body(purposes=("measure", "returning")), body(purposes=("measure", "returning", "ads")))
    advert = [one for one in found.words if one.language == "en" and one.place == "ask.purposes.ads"]
    assert [(one.old, len(one.new)) for one in advert] == [((), 1)]


def test_the_time_of_publication_is_no_difference() -> None:
    later = {**body(), "published": "2027-01-01T00:00:00Z"}
    assert difference(body(), later) == difference(body(), body())


@pytest.mark.parametrize("field", [field for field in MATERIAL if field != "visits"])
def test_a_term_that_a_version_did_not_have_yet_counts_as_changed(field: str) -> None:
    earlier = {key: value for key, value in body().items() if key != field}
    assert difference(earlier, body()).material
    assert difference(body(), earlier).material
