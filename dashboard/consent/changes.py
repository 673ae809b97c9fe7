"""What one notice changes against another, in words for a page."""

from typing import Any

from collector.consent.difference import Change, Difference
from dashboard.language import language_called
from dashboard.texts import say, word


def changes_in_words(found: Difference | None) -> dict[str, Any]:
    """`terms`, each as a sentence and whether visitors are asked again for it; `words`, as they were and will be."""
    if found is None:
        return {"terms": [], "words": ()}
    terms = [(say("consent_change", field=word("term", one.field), **_sides(one)), one.material) for one in found.terms]
    return {"terms": terms, "words": found.words}


def _sides(term: Change) -> dict[str, str]:
    return {name: _value(term.field, side) for name, side in (("old", term.old), ("new", term.new))}


def _value(field: str, value: Any) -> str:
    if isinstance(value, list):
        each = [language_called(one) if field == "languages" else word(field, str(one)) for one in value]
        return ", ".join(each) or say("consent_none")
    if value in (None, ""):
        return say("consent_none")
    return word("told", value) if field == "visits" else str(value)
