"""What one version of a notice changes against another: its terms, its words, and whether visitors are asked again.

Pure: two bodies of `collector.consent.notice` in, the difference out.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

import msgspec

Body = Mapping[str, Any]
_Line = tuple[str, str]


class Change(msgspec.Struct, frozen=True):
    """One term that changed, as JSON values; None where a version does not have it."""

    field: str
    old: Any
    new: Any
    material: bool
    """Whether a yes given before does not cover it."""


class Rewording(msgspec.Struct, frozen=True):
    """Words that changed in one place of one language: the lines that went and those that came."""

    language: str
    place: str
    """The heading of a section, or `ask.` and the name of a text of the banner."""
    old: tuple[str, ...]
    new: tuple[str, ...]


class Difference(msgspec.Struct, frozen=True):
    """All that changed; the words only of languages that both versions hold."""

    terms: tuple[Change, ...] = ()
    words: tuple[Rewording, ...] = ()

    @property
    def material(self) -> bool:
        """Whether visitors are asked again."""
        return any(change.material for change in self.terms)


def _other(old: Any, new: Any) -> bool:
    return bool(old != new)


def _others(old: list[Any], new: list[Any]) -> bool:
    return set(old) != set(new)


def _joined(old: list[Any], new: list[Any]) -> bool:
    return not set(old).issuperset(new)


def _grew(old: int, new: int) -> bool:
    return new > old


def _fell(old: int, new: int) -> bool:
    return new < old


def _more_looking(old: str, new: str) -> bool:
    return (old, new) == ("hidden", "shown")


MATERIAL: Mapping[str, Callable[[Any, Any], bool]] = {
    "controller": _other,
    "purposes": _others,
    "categories": _others,
    "recipients": _others,
    "retention_months": _grew,
    "k": _fell,
    # A name more, and more of each address is stored than anybody agreed to: a category of data in all but name.
    "query_keep": _joined,
    "visits": _more_looking,
}
"""When a change of a term makes the notice material; a term that is not here never does."""
_OF_BEFORE = {"visits": "shown"}
"""Terms that the first notices did not have, and what was so under them."""
_UNCOMPARED = ("published", "texts")


def difference(earlier: Body, later: Body) -> Difference:
    """What `later` changes."""
    earlier, later = _OF_BEFORE | {**earlier}, _OF_BEFORE | {**later}
    fields = [*MATERIAL, *sorted((earlier.keys() | later.keys()) - MATERIAL.keys() - set(_UNCOMPARED))]
    changes = [_change(field, earlier, later) for field in fields if earlier.get(field) != later.get(field)]
    old, new = (sorted(body["texts"]) for body in (earlier, later))
    if old != new:
        changes.append(Change("languages", old, new, material=False))
    both = [language for language in new if language in old]
    words = [one for language in both for one in _reworded(language, earlier["texts"], later["texts"])]
    return Difference(tuple(changes), tuple(words))


def _change(field: str, earlier: Body, later: Body) -> Change:
    old, new = earlier.get(field), later.get(field)
    rule = MATERIAL.get(field)
    material = rule is not None and (field not in earlier or field not in later or rule(old, new))
    return Change(field, old, new, material)


def _reworded(language: str, earlier: Body, later: Body) -> Iterator[Rewording]:
    old, new = list(_lines(earlier[language])), list(_lines(later[language]))
    for same, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if same == "equal":
            continue
        went, came = _by_place(old[i:j]), _by_place(new[k:m])
        for place in dict.fromkeys([*went, *came]):
            yield Rewording(language, place, went.get(place, ()), came.get(place, ()))


def _lines(texts: Body) -> Iterator[_Line]:
    """Every line of a language with the place it stands in; the banner's by name, for canonical JSON sorts them."""
    for key, text in sorted(texts["ask"].items()):
        if isinstance(text, Mapping):
            yield from ((f"ask.{key}.{name}", line) for name, line in sorted(text.items()))
        else:
            yield f"ask.{key}", text
    for section in texts["sections"]:
        yield from ((section["heading"], line) for line in (section["heading"], *section["paragraphs"]))


def _by_place(lines: list[_Line]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for place, text in lines:
        found[place] = (*found.get(place, ()), text)
    return found
