"""Whether the write-ahead log of a spool segment was read to its end.

SQLite takes the first damaged frame for the end, without a word: commits behind it, acknowledged ones, would be missing
and nobody told. The format is SQLite's own (https://sqlite.org/fileformat2.html, section 4).
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

DAMAGED = "commits lie behind a damaged place: what was acknowledged there is lost; check the disk"
TORN = "its last commit is not whole: nobody was told of it if a kill or a full disk cut it off, else check the disk"

Sums = tuple[int, int]


def trouble(log: Path) -> str | None:
    """What is wrong with the log of a segment that nobody writes, in a sentence; takes 0.1 s for 1 000 pages.

    After a power cut a commit that nobody was told of may look DAMAGED. A log cut off between two commits looks whole.
    """
    try:
        with log.open("rb") as file:
            return _trouble(file)
    except FileNotFoundError:
        return None


def _trouble(file: BinaryIO) -> str | None:
    head = file.read(HEADER.size)
    if len(head) < HEADER.size:
        return TORN if head else None
    magic, _, page_size, _, *salts, first, second = HEADER.unpack(head)
    little = magic == LITTLE_ENDIAN
    sums = _summed(head[:24], (0, 0), little)
    if sums != (first, second):
        return DAMAGED
    whole = True
    while frame := file.read(FRAME.size + page_size):
        if len(frame) < FRAME.size + page_size:
            return TORN
        _, commits, *found, first, second = FRAME.unpack_from(frame)
        if whole:
            sums = _summed(frame[FRAME.size :], _summed(frame[:8], sums, little), little)
            whole = found == salts and sums == (first, second)
        # Frames of an earlier round have other salts; they lie behind the end of every log that was used again.
        if not whole and found == salts and commits:
            return DAMAGED
    return None


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
