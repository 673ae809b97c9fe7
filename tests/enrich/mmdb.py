"""A small writer of MaxMind DB files (the format's specification, version 2.0), for layouts no file here has."""

import ipaddress
import struct
from pathlib import Path
from typing import Any

# The reader is strict about the width of the numbers in the metadata: uint32 and uint64; the others are uint16.
_WIDER = {"node_count": 6, "build_epoch": 9}
MARKER = b"\xab\xcd\xefMaxMind.com"


def write(
    path: Path, records: dict[str, Any], ip_version: int = 6, kind: str = "GeoLite2-City", built: int = 1
) -> None:
    """Write `records` (network → record) to `path`; IPv4 networks of an IPv6 file lie under ::/96, as MaxMind's do."""
    tree: list[list[int | None]] = [[None, None]]
    data, places = b"", {}
    for network, record in records.items():
        places[network] = len(data)
        data += _encoded(record)
        _insert(tree, _bits(ipaddress.ip_network(network), ip_version), network)
    nodes = b""
    for node in tree:
        nodes += b"".join(_pointer(side, places, len(tree)) for side in node)
    facts = {
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": built, "database_type": kind,
        "description": {"en": "test"}, "ip_version": ip_version, "languages": ["en"], "node_count": len(tree),
        "record_size": 32,
    }  # fmt: skip
    path.write_bytes(nodes + bytes(16) + data + MARKER + _encoded(facts))


def _bits(network: ipaddress.IPv4Network | ipaddress.IPv6Network, ip_version: int) -> list[int]:
    width, length, base = network.max_prefixlen, network.prefixlen, int(network.network_address)
    if network.version == 4 and ip_version == 6:
        width, length = 128, length + 96
    return [base >> (width - 1 - place) & 1 for place in range(length)]


def _insert(tree: list[list[Any]], bits: list[int], network: str) -> None:
    node = 0
    for bit in bits[:-1]:
        if tree[node][bit] is None:
            tree.append([None, None])
            tree[node][bit] = len(tree) - 1
        node = tree[node][bit]
    tree[node][bits[-1]] = network


def _pointer(side: Any, places: dict[str, int], count: int) -> bytes:
    if isinstance(side, str):
        return struct.pack(">I", count + 16 + places[side])
    return struct.pack(">I", count if side is None else side)


def _encoded(value: Any, key: str = "") -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _control(2, len(raw)) + raw
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(_encoded(key) + _encoded(item, key) for key, item in value.items())
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_encoded, value))
    number: bytes = value.to_bytes(8, "big").lstrip(b"\0")
    return _control(_WIDER.get(key, 5), len(number)) + number


def _control(kind: int, size: int) -> bytes:
    """The control byte(s): three bits of type (the higher types take a second byte), then the size, up to 284."""
    low = size if size < 29 else 29
    head = bytes([kind << 5 | low]) if kind < 8 else bytes([low, kind - 7])
    return head + (bytes([size - 29]) if size >= 29 else b"")
