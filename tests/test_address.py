"""The client's address behind proxies: nobody chooses it by writing a header."""

import pytest

from collector.address import client_address
from collector.settings import SettingsError, parse_networks

PROXIES = parse_networks("10.0.0.0/8, 192.0.2.7, 2001:db8:1::/48")

CASES = [
    ("no proxy trusted", "203.0.113.5", ["198.51.100.1"], (), "203.0.113.5"),
    ("peer is no proxy", "203.0.113.5", ["198.51.100.1"], PROXIES, "203.0.113.5"),
    ("one hop", "10.0.0.1", ["198.51.100.1"], PROXIES, "198.51.100.1"),
    ("spoofed left hop", "10.0.0.1", ["1.2.3.4, 198.51.100.1"], PROXIES, "198.51.100.1"),
    ("spoofed in a header of its own", "10.0.0.1", ["1.2.3.4", "198.51.100.1"], PROXIES, "198.51.100.1"),
    ("two proxies", "10.0.0.1", ["198.51.100.1, 192.0.2.7"], PROXIES, "198.51.100.1"),
    ("all hops trusted", "10.0.0.1", ["10.9.9.9, 192.0.2.7"], PROXIES, "10.9.9.9"),
    ("with a port", "10.0.0.1", ["198.51.100.1:4711"], PROXIES, "198.51.100.1"),
    ("version 6 in brackets", "10.0.0.1", ["[2001:db8::5]:443"], PROXIES, "2001:db8::5"),
    ("version 6 proxy", "2001:db8:1::1", ["2001:db8::5"], PROXIES, "2001:db8::5"),
    ("mapped peer", "::ffff:10.0.0.1", ["198.51.100.1"], PROXIES, "198.51.100.1"),
    ("mapped hop", "10.0.0.1", ["::ffff:198.51.100.1"], PROXIES, "198.51.100.1"),
    ("rightmost hop is nonsense", "10.0.0.1", ["198.51.100.1, unknown"], PROXIES, ""),
    ("empty header", "10.0.0.1", [""], PROXIES, "10.0.0.1"),
    ("no header", "10.0.0.1", [], PROXIES, "10.0.0.1"),
    ("no peer", "", [], PROXIES, ""),
]


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_client_address(peer: str, forwarded: list[str], trusted: tuple[object, ...], expected: str) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    assert client_address(peer, headers, trusted) == expected  # type: ignore[arg-type]


def test_private_stands_for_private_networks() -> None:
    networks = parse_networks("private")
    headers = [(b"x-forwarded-for", b"8.8.8.8")]
    for peer in ("127.0.0.1", "::1", "192.168.1.1", "172.16.0.1", "fd00::1"):
        assert client_address(peer, headers, networks) == "8.8.8.8"
    assert client_address("172.32.0.1", headers, networks) == "172.32.0.1"


@pytest.mark.parametrize("text", ["*", "all", "10.0.0.0/99", "example.com"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="BYLEAVE_TRUSTED_PROXIES"):
        parse_networks(text)
