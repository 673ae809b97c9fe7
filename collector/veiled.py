"""Tell an e-mail address that was written in base64 (RFC 4648, either alphabet, padded or not) or hexadecimal."""

import binascii
import re

# What both sides of an address are made of, once decoded; what was no text decodes to U+FFFD, which is in neither.
_ADDRESS = re.compile(r"[^\s@\ufffd\x00-\x1f]@(?:[\w-]+\.)+[^\W\d_]{2}")
# An @ in base64, by where it falls among three bytes. Words in lower case have none: most are done with here.
_AT_IN_BASE64 = re.compile(r"Q[A-P]|[EUk0][A-D]|[BFJNRVZdhlptx159]A")
_TO_STANDARD = str.maketrans("-_", "+/")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
VEILED = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
"""What is worth a look: the shortest address, a@b.cd, takes eight characters of base64."""


def hides_address(run: str) -> bool:
    """Whether `run`, a match of VEILED, holds an e-mail address, wherever in it the encoded part begins."""
    if _AT_IN_BASE64.search(run):
        plain = run.rstrip("=").translate(_TO_STANDARD)
        if any(_ADDRESS.search(_decoded(plain[start:])) for start in range(4)):
            return True
    return "40" in run and any(
        _ADDRESS.search(bytes.fromhex(found[0]).decode("utf-8", "replace")) for found in _HEX.finditer(run)
    )


def _decoded(piece: str) -> str:
    whole = piece[: len(piece) - (len(piece) % 4 == 1)]  # a single character left over holds no byte
    return binascii.a2b_base64(whole + "=" * (-len(whole) % 4)).decode("utf-8", "replace")
