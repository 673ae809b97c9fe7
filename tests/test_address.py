"""The client's address behind proxies: nobody chooses it by writing a header."""

import pytest

from collector.address import client_address, neighbourhood
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
    ("a proxy's word for a local peer", "10.0.0.1", ["unix:"], PROXIES, ""),
    ("the peer is a local socket", "unix:", ["198.51.100.1"], PROXIES, "unix:"),
    ("mapped in brackets with a port", "10.0.0.1", ["[::ffff:198.51.100.1]:80"], PROXIES, "198.51.100.1"),
    ("mapped in hexadecimal", "10.0.0.1", ["::ffff:c633:6401"], PROXIES, "198.51.100.1"),
    ("a mapped proxy as a hop", "10.0.0.1", ["198.51.100.1, ::ffff:10.0.0.9"], PROXIES, "198.51.100.1"),
    ("with a zone", "10.0.0.1", ["fe80::5%eth0"], PROXIES, "fe80::5"),
    ("with a zone of nonsense", "10.0.0.1", ["2001:db8::5%" + "x" * 300], PROXIES, "2001:db8::5"),
    ("a trusted hop with a zone", "10.0.0.1", ["198.51.100.1, 2001:db8:1::2%7"], PROXIES, "198.51.100.1"),
    ("brackets without an end", "10.0.0.1", ["[2001:db8::5"], PROXIES, "2001:db8::5"),
    ("leading zeros", "10.0.0.1", ["198.51.100.001"], PROXIES, ""),
    ("a number", "10.0.0.1", ["3325256705"], PROXIES, ""),
    ("hexadecimal", "10.0.0.1", ["0xc6.0x33.0x64.0x01"], PROXIES, ""),
    ("three parts", "10.0.0.1", ["198.51.100"], PROXIES, ""),
    ("a name", "10.0.0.1", ["localhost"], PROXIES, ""),
    ("in the form of RFC 7239", "10.0.0.1", ["for=198.51.100.1"], PROXIES, ""),
    ("quoted", "10.0.0.1", ['"198.51.100.1"'], PROXIES, ""),
    ("markup", "10.0.0.1", ["<script>"], PROXIES, ""),
    ("white space around", "10.0.0.1", ["\t 198.51.100.1 \t"], PROXIES, "198.51.100.1"),
    ("commas alone", "10.0.0.1", [",,, ,"], PROXIES, "10.0.0.1"),
    ("no ASCII", "10.0.0.1", ["١٩٨.51.100.1"], PROXIES, ""),
    ("many headers", "10.0.0.1", ["1.2.3.4"] * 500 + ["198.51.100.1"], PROXIES, "198.51.100.1"),
    ("a huge header", "10.0.0.1", ["1.2.3.4," * 30_000 + "198.51.100.1"], PROXIES, "198.51.100.1"),
    ("a huge header of a stranger", "203.0.113.5", ["1.2.3.4," * 30_000], PROXIES, "203.0.113.5"),
]


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_client_address(peer: str, forwarded: list[str], trusted: tuple[object, ...], expected: str) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    assert client_address(peer, headers, trusted) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("198.51.100.1", "198.51.100.2", False),
        ("::ffff:198.51.100.1", "198.51.100.1", True),
        ("::1", "::2", True),
        ("", "198.51.100.1", False),
    ],
)
def test_who_holds_a_network_of_their_own_is_one_neighbour(one: str, other: str, same: bool) -> None:
    assert (neighbourhood(one) == neighbourhood(other)) == same


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
