"""What one notice changes against another, in words for a page."""

from typing import Any

from collector.consent.difference import Change, Difference, Rewording
from dashboard.language import language_called
from dashboard.texts import say, word


def changes_in_words(found: Difference | None) -> dict[str, Any]:
    """`terms`, each as a sentence and whether visitors are asked again for it; `words`, as they were and will be."""
    if found is None:
        return {"terms": [], "words": []}
    terms = [(say("consent_change", field=word("term", one.field), **_sides(one)), one.material) for one in found.terms]
    return {"terms": terms, "words": [_rewording(one) for one in found.words]}


def _rewording(one: Rewording) -> dict[str, Any]:
    """Words of the banner are told by that; those of the notice by the heading they stand under, in its language."""
    banner, called = one.place.startswith("ask."), language_called(one.language)
    named = say("consent_banner_in", language=called) if banner else called
    place = "" if banner else one.place
    return {"named": named, "place": place, "language": one.language, "old": one.old, "new": one.new}


def _sides(term: Change) -> dict[str, str]:
    return {name: _value(term.field, side) for name, side in (("old", term.old), ("new", term.new))}


def _value(field: str, value: Any) -> str:
    if isinstance(value, list):
        each = [language_called(one) if field == "languages" else word(field, str(one)) for one in value]
        return ", ".join(each) or say("consent_none")
    if value in (None, ""):
        return say("consent_none")
    return word("told", value) if field == "visits" else str(value)
