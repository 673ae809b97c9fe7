"""Whether SQLite reads the write-ahead log of a spool segment to its end.

It takes the first damaged frame for the end, without a word: commits after it, acknowledged ones, would be missing and
nobody told. The format is SQLite's own (https://sqlite.org/fileformat2.html, section 4).
"""

import struct
import sys
from array import array
from pathlib import Path
from typing import BinaryIO

HEADER = struct.Struct(">8I")
"""Magic number, version, page size, round, salt, salt, checksum, checksum."""
FRAME = struct.Struct(">6I")
"""Page, pages of the database after a commit (else 0), salt, salt, checksum, checksum."""
LITTLE_ENDIAN = 0x377F0682
"""Magic number of a log whose checksums read words so; the lowest bit set: big-endian."""

Sums = tuple[int, int]


def is_cut_short(log: Path) -> bool:
    """Whether commits lie behind a damaged frame, or the last frame is not whole; takes 0.1 s for 1 000 pages.

    A kill within a commit leaves none. A power cut may, of a commit that nobody was told of.
    """
    try:
        with log.open("rb") as file:
            return _is_cut_short(file)
    except FileNotFoundError:
        return False


def _is_cut_short(file: BinaryIO) -> bool:
    head = file.read(HEADER.size)
    if not head:
        return False
    if len(head) < HEADER.size:
        return True
    magic, _, page_size, _, *salts, first, second = HEADER.unpack(head)
    little = magic == LITTLE_ENDIAN
    sums = _summed(head[:24], (0, 0), little)
    if sums != (first, second):
        return True
    whole = True
    while frame := file.read(FRAME.size + page_size):
        if len(frame) < FRAME.size + page_size:
            return True
        _, commits, *found, first, second = FRAME.unpack_from(frame)
        if whole:
            sums = _summed(frame[FRAME.size :], _summed(frame[:8], sums, little), little)
            whole = found == salts and sums == (first, second)
        # Frames of an earlier round have other salts; they lie behind the end of every log that was used again.
        if not whole and found == salts and commits:
            return True
    return False


def _summed(data: bytes, sums: Sums, little: bool) -> Sums:
    """SQLite's running checksum over pairs of 32-bit words."""
    words = array("I", data)
    if little != (sys.byteorder == "little"):
        words.byteswap()
    first, second = sums
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
