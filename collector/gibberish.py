"""Tell a random token (a session, a reset link, base64) from words, numbers and model names, by its letters alone."""

import re
import string

# The letters that follow each letter in words: pairs seen at least 150 times in a million, counted over 92 000 place
# names of the world (romanised) and 16 000 English words. A random pair of letters is missing here about one time in
# three, a pair inside a word about one time in a hundred.
_FOLLOWERS = dict(
    row.split(":")
    for row in """
    a:abcdefghijklmnopqrstuvwxyz b:abehilorsuy c:acehikloqrstuyz d:abdeghilmnorstuvwyz e:abcdefghijklmnopqrstuvwxyz
    f:aefilorstu g:abcdeghijklmnorstuwy h:abeiklmnorstuwy i:abcdefghijklmnopqrstuvwxyz j:aeikou k:aehiklnorstuwy
    l:abcdefghijklmnopstuvwyz m:abcdeilmnoprsuy n:abcdefghijklmnoprstuvwyz o:abcdefghijklmnoprstuvwxyz p:aefhiloprstuy
    q:aiu r:abcdefghijklmnopqrstuvwyz s:abcdefghiklmnopqrstuvwyz t:abcefhiklmnoprstuvwyz u:abcdefghijklmnoprstvwxyz
    v:aeiklorsy w:aehinorsuy x:aceiopt y:abcdeiklmnoprstuvy z:aehilnouyz
    """.split()  # noqa: SIM905  # one string is easier to read than 26
)
# Below this many characters no verdict: a film's 11-character id or a part number looks like this and names no person.
SHORTEST = 16
# Weight of a digit beside a letter, and of a capital after a small letter (a pair that no word has weighs 1).
_DIGIT_BESIDE_LETTER = 0.8
_CAPITAL_INSIDE = 0.6
# Evidence per character from which a token counts as random. Without digits it may be CamelCase, so more is asked.
_ENOUGH = 0.15
_ENOUGH_WITHOUT_DIGITS = 0.2
# A whole word may hold this much without being suspect ("fjord"); this share of a token must be suspect to judge it.
_WORD_MAY_HOLD = 0.2
_SUSPECT_SHARE = 0.4
_FEWEST_SUSPECT = 7


def _weight(first: str, second: str) -> float:
    """How much two neighbouring characters speak against words."""
    if first.isdigit() or second.isdigit():
        return _DIGIT_BESIDE_LETTER * (first.isdigit() != second.isdigit())
    if first.islower() and second.isupper():
        return _CAPITAL_INSIDE
    return float(second.lower() not in _FOLLOWERS[first.lower()])


_ALPHABET = string.ascii_letters + string.digits
_WEIGHTS = {first + second: _weight(first, second) for first in _ALPHABET for second in _ALPHABET}
_WORD = re.compile(r"[A-Z]?[a-z]{2,15}|[A-Z]{2,6}")
_MODEL = re.compile(  # RTX4090, 256GB, covid19, iPhone, h2o, 1999, 20261122T103000Z (ISO 8601)
    r"[0-9]{1,8}|[12][0-9]{7}T[0-9]{2,6}Z?|[A-Za-z]{1,4}[0-9]{1,5}|[0-9]{1,5}[A-Za-z]{1,4}|[A-Z]?[a-z]{2,10}[0-9]{1,4}|[a-z]{1,2}[A-Z][a-z]{2,}|[A-Za-z0-9]{1,3}"
)
_SEPARATORS = re.compile(r"[-_+]")


def looks_random(token: str) -> bool:
    """Whether `token`, made of ASCII letters, digits, `-`, `_` and `+`, is a random string rather than words.

    Words, numbers and short model names between separators are set aside; the rest is judged by its pairs of letters.
    Measured: of random base64url tokens 1 in 150 passes at 16 characters, 1 in 1 000 at 22, none at 43; of product
    names and slugs 1 in 1 000 is taken for random, of CamelCase made of rare place names and identifiers 5.
    """
    if len(token) < SHORTEST:
        return False
    suspect, evidence, digits = 0, 0.0, False
    for piece in _SEPARATORS.split(token):
        if _MODEL.fullmatch(piece):
            continue
        found = _evidence(piece)
        if found <= _WORD_MAY_HOLD * len(piece) and _WORD.fullmatch(piece):
            continue
        suspect += len(piece)
        evidence += found
        digits = digits or not piece.isalpha()
    enough = _ENOUGH if digits else _ENOUGH_WITHOUT_DIGITS
    return suspect >= max(_FEWEST_SUSPECT, _SUSPECT_SHARE * len(token)) and evidence >= enough * suspect


def _evidence(piece: str) -> float:
    """The weights of all neighbours in `piece`, and 1 for each letter that stands three times in a row."""
    pairs = sum(map(_WEIGHTS.__getitem__, map(str.__add__, piece, piece[1:])))
    return pairs + sum(a == b == c for a, b, c in zip(piece, piece[1:], piece[2:], strict=False))
