"""Whom a request comes from: the peer, or behind trusted proxies the rightmost hop that is not one of them.

The address lives in memory for the length of a request. Only the hops that a trusted proxy itself appended count, so
that nobody chooses their place by writing X-Forwarded-For.
"""

import ipaddress
from collections.abc import Sequence

from collector.settings import Network

Headers = Sequence[tuple[bytes, bytes]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(peer: str, headers: Headers, trusted: Sequence[Network]) -> str:
    """The visitor's address as text; empty when it cannot be known."""
    if not trusted:
        return peer  # parsing costs 10 µs
    hop = _parse(peer)
    if hop is None or not _is_trusted(hop, trusted):
        return peer
    forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for")
    for entry in reversed(forwarded.decode("latin-1").split(",")):
        if not entry.strip():
            continue
        hop = _parse(_without_port(entry.strip()))
        if hop is None:
            return ""  # a proxy we trust passed on something that is no address: nothing left of it can be believed
        if not _is_trusted(hop, trusted):
            break
    return str(hop)


def unlisted_proxy(peer: str, forwarded: bytes, trusted: Sequence[Network]) -> str:
    """`private` or `public`, as the peer's network is, where it says for whom it sends and is not trusted to.

    Its own address then stands for every visitor behind it. Empty where nothing is wrong.
    """
    hop = _parse(peer)
    if not forwarded.strip() or (hop is not None and _is_trusted(hop, trusted)):
        return ""
    return "private" if hop is None or hop.is_private else "public"


def neighbourhood(address: str) -> str:
    """What counts as one sender: an IPv6 address by its /64, which one household or server holds whole (RFC 6177)."""
    parsed = _parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
    return str(parsed or address)


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted if network.version == address.version)


def _parse(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])  # a zone (RFC 4007) is another machine's own word
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _without_port(entry: str) -> str:
    """`[2001:db8::1]:443` and `192.0.2.1:443` without brackets and port; everything else as it is."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
