"""Tokens and access keys: what they say, and that nothing else says it."""

from pathlib import Path

import msgspec
import pytest

from collector.consent.keys import FILE, Keys, KeysError
from collector.consent.token import LIFETIME_S, PURPOSES, BadToken, Tokens

NOTICE = "ab" * 32
CONSENT, ROOT = b"c" * 16, b"r" * 16


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(Keys.open(tmp_path))


@pytest.mark.parametrize("purposes", [{"measure"}, {"measure", "returning"}, {"measure", "ads"}, set(PURPOSES)])
def test_a_token_says_what_was_said(tokens: Tokens, purposes: set[str]) -> None:
    claims = tokens.token(tokens.mint("example.com", CONSENT, ROOT, NOTICE, frozenset(purposes), 1_800_000_000))
    assert (claims.site, claims.consent, claims.root, claims.notice) == ("example.com", CONSENT, ROOT, NOTICE)
    assert claims.purposes == purposes
    assert (claims.issued, claims.expires) == (1_800_000_000, 1_800_000_000 + LIFETIME_S)
    assert (claims.visitor is not None) == ("returning" in purposes)


def test_the_longest_life_is_six_months() -> None:
    assert LIFETIME_S <= 181 * 86_400


def test_the_hashes_follow_the_first_linked_consent(tokens: Tokens) -> None:
    first = tokens.token(tokens.mint("example.com", ROOT, ROOT, NOTICE, frozenset({"measure"}), 1))
    later = tokens.token(tokens.mint("example.com", CONSENT, ROOT, NOTICE, frozenset({"measure"}), 2))
    key = tokens.access_key(tokens.mint_access_key("example.com", ROOT))
    assert first.subject == later.subject == key.subject
    assert ROOT not in first.subject


def test_an_access_key_is_no_token_and_a_token_no_access_key(tokens: Tokens) -> None:
    token = tokens.mint("example.com", CONSENT, ROOT, NOTICE, frozenset({"measure"}), 1)
    key = tokens.mint_access_key("example.com", ROOT)
    for text in (key, "c1" + key[2:], token[:-1], token + "A", token.replace(".", "..", 1)):
        with pytest.raises(BadToken):
            tokens.token(text)
    for text in (token, "k1" + token[2:], key[:-2]):
        with pytest.raises(BadToken):
            tokens.access_key(text)


def test_keys_of_another_installation_prove_nothing(tokens: Tokens, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Tokens(Keys.open(tmp_path / "other"))
    with pytest.raises(BadToken):
        tokens.token(other.mint("example.com", CONSENT, ROOT, NOTICE, frozenset({"measure"}), 1))
    assert other.keys.subject(ROOT) != tokens.keys.subject(ROOT)


def test_keys_are_made_once_kept_and_private(tmp_path: Path) -> None:
    first, second = Keys.open(tmp_path), Keys.open(tmp_path)
    assert first.subject(ROOT) == second.subject(ROOT)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_visit_means_nothing_without_its_site_and_consent(tmp_path: Path) -> None:
    keys = Keys.open(tmp_path)
    numbers = {keys.visit(site, consent, v) for site in ("a.com", "b.com") for consent in (CONSENT, ROOT) for v in "vw"}
    assert len(numbers) == 8
    assert all(-(2**63) <= number < 2**63 for number in numbers)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"token":[]}'])
def test_a_damaged_key_file_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(KeysError, match="backup"):
        Keys.open(tmp_path)


def test_a_killed_key_is_known_as_such(tmp_path: Path) -> None:
    keys = Keys.open(tmp_path)
    file = msgspec.json.decode((tmp_path / FILE).read_bytes())
    new = {**file["token"][0], "kid": "second"}
    file["token"] = [{**file["token"][0], "killed": True}, new]
    (tmp_path / FILE).write_bytes(msgspec.json.encode(file))
    tokens = Tokens(keys.reread())
    assert tokens.keys.signing.kid == "second"
    assert tokens.killed(keys.signing.kid)
    assert not tokens.killed("second")
