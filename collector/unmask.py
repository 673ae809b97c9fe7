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
# An ASCII character in two bytes of UTF-8, which RFC 3629 forbids and lenient servers read all the same: %C1%80 is @.
# In three and four bytes as well: %E0%81%80 and %F0%80%81%80.
_OVERLONG = re.compile(r"(?i)%(?:c|(?:e0|f0%80)%8)([01])%([89ab][0-9a-f])")
_BACKSLASH = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8}))")
# RFC 3492: whatever somebody put through it, else one label of a host.
_PUNYCODE = (re.compile(r"(?i)xn--([^\s/]{1,255})"), re.compile(r"(?i)xn--([a-z0-9-]{1,63})"))
_ESCAPE = re.compile(r"(?i)[%&\\]|xn--")
_DISGUISE = re.compile(r"[^\x20-\x7e]|[%&\\]|[xX][nN]--")
_LOOKALIKES: dict[int, str | None] = {
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-"),
    **dict.fromkeys([0x3002, 0xFF61], "."),
    **dict.fromkeys([0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0], None),  # letters and a pattern without any ink
    **{0xE0000 + code: chr(code) for code in range(0x20, 0x7F)},  # tag characters: ASCII that no font shows
}
# Cyrillic and Greek letters that are drawn as Latin ones (the commonest of Unicode's confusables.txt, UTS 39). Beside
# Latin letters or digits they are read as such; a word of its own script is left alone.
_HOMOGRAPHS = str.maketrans(
    "асеорхуѕіјһԁԛԝАВСЕНІЈКМОРЅТХαορνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aceopxysijhdqwABCEHIJKMOPSTXaopvikABEZHIKMNOPTYX"
)
_LATIN = re.compile(r"[A-Za-z0-9]")
# Marks above and around letters, joiners, controls, and what no font draws: private use and unassigned.
_UNSEEN = {"Mn", "Me", "Cf", "Cc", "Co", "Cn"}


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
        once = _OVERLONG.sub(_overlong, _UNICODE_PERCENT.sub(_character, _NESTED_PERCENT.sub("%", text)))
        once = unquote(once)
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
    for _ in range(MOST_ROUNDS):
        before, text = text, _unmasked_once(text)
        if text == before or not _ESCAPE.search(text):  # what was undone may be an escape of another kind
            break
    return text


def _unmasked_once(text: str) -> str:
    text = decoded(html.unescape(decoded(text)))
    text = _BACKSLASH.sub(_character, text)
    if "xn--" in text.lower():
        for pattern in _PUNYCODE:
            text = pattern.sub(_unicode, text)
    text = text.translate(_LOOKALIKES)
    if _LATIN.search(text):
        text = text.translate(_HOMOGRAPHS)
    plain = unicodedata.normalize("NFKD", text)
    shown = "".join(character for character in plain if unicodedata.category(character) not in _UNSEEN)
    return unicodedata.normalize("NFC", shown)


def _character(found: re.Match[str]) -> str:
    code = int(next(filter(None, found.groups())), 16)
    return visible(chr(code)) if code < 0x110000 else ""


def _overlong(found: re.Match[str]) -> str:
    return chr(int(found[1]) << 6 | int(found[2], 16) & 0x3F)


def _unicode(found: re.Match[str]) -> str:
    try:
        return visible(found[1].encode().decode("punycode"))
    except UnicodeError:
        return found[0]
