"""Notices as a terminal shows them: what one says, and what one changes."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from collector.consent.difference import Change, Difference, Rewording

WIDTH = 100  # columns; the width of the help


def said(body: Mapping[str, Any], language: str) -> list[str]:
    """The paragraphs of a notice in one language, under their headings."""
    lines: list[str] = []
    for section in body["texts"][language]["sections"]:
        lines += ["", section["heading"]]
        for paragraph in section["paragraphs"]:
            lines += textwrap.wrap(paragraph, WIDTH, initial_indent="  ", subsequent_indent="  ")
    return lines


def reading_language(languages: Iterable[str]) -> str:
    """The language to show where none was asked for: English, or the first there is."""
    offered = sorted(languages)
    return "en" if "en" in offered else offered[0]


def changed(difference: Difference) -> list[str]:
    """What changed: the terms, then the words of one language."""
    lines = [
        f"  {term(change)}{'  (visitors are asked again)' if change.material else ''}" for change in difference.terms
    ]
    languages = {one.language for one in difference.words}
    if languages:
        language = reading_language(languages)
        others = sorted(languages - {language})
        lines += ["", f"In words ({language}{'; likewise in ' + ', '.join(others) if others else ''}):"]
        for one in difference.words:
            if one.language == language:
                lines += _reworded(one)
    return lines


def term(change: Change) -> str:
    """One changed term in a line."""
    return f"{change.field.replace('_', ' ')}: {_plain(change.old)} → {_plain(change.new)}"


def _reworded(one: Rewording) -> list[str]:
    lines = [f"  {one.place}"]
    for mark, colour, some in (("-", "red", one.old), ("+", "green", one.new)):
        for text in some:
            wrapped = textwrap.wrap(text, WIDTH, initial_indent=f"  {mark} ", subsequent_indent="    ")
            lines += [click.style(line, fg=colour) for line in wrapped]
    return lines


def _plain(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)
