"""Undo the disguises of text from a URL, so that the rules of strip see what a person or a program would read in it."""

import html
import re
import unicodedata
from urllib.parse import unquote

# Undone this often; what is still encoded then was built to evade and loses its percent signs.
MOST_ROUNDS = 8
# Control characters, line separators, direction marks, surrogates: invisible, never part of a name. The joiners U+200C
# and U+200D stay, Persian words and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_NESTED_PERCENT = re.compile(r"%(?:25)+")
_UNICODE_PERCENT = re.compile(r"%u([0-9a-fA-F]{4})")  # JavaScript's escape(): ECMA-262, annex B.2.1
_BACKSLASH = re.compile(r"\\(?:u\{?|x)([0-9a-fA-F]{2,4})\}?")
_DISGUISE = re.compile(r"[^\x20-\x7e]|[%&\\]")
_LOOKALIKES = (
    dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
    | dict.fromkeys([0x3002, 0xFF61], ".")
    | {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)}  # tag characters: ASCII that no font shows
)


def visible(text: str) -> str:
    """`text` without its invisible characters."""
    if text.isascii() and text.isprintable():  # most texts, in a fifth of the time
        return text
    return _INVISIBLE.sub("", text)


def decoded(text: str) -> str:
    """`text` with percent-encoding undone as often as it was done, and without invisible characters."""
    text = visible(text)
    for _ in range(MOST_ROUNDS):
        if "%" not in text:
            return text
        once = unquote(_UNICODE_PERCENT.sub(_character, _NESTED_PERCENT.sub("%", text)))
        once = visible(once)
        if once == text:
            return text
        text = once
    return text.replace("%", "*")


def is_disguised(text: str) -> bool:
    """Whether `unmasked` could differ from `text`: anything but plain ASCII, or a character that begins an escape."""
    return _DISGUISE.search(text) is not None


def unmasked(text: str) -> str:
    """What `text` reads as: escapes undone, look-alikes (Unicode NFKD) plain, accents and joiners gone."""
    text = decoded(html.unescape(decoded(text)))
    text = _BACKSLASH.sub(_character, text).translate(_LOOKALIKES)
    plain = unicodedata.normalize("NFKD", text)
    shown = "".join(character for character in plain if unicodedata.category(character) not in ("Mn", "Me", "Cf", "Cc"))
    return unicodedata.normalize("NFC", shown)


def _character(found: re.Match[str]) -> str:
    return visible(chr(int(found[1], 16)))
