"""Tokens and access keys: what a browser holds to prove a consent, and to see and erase what was collected under it.

A token is `c1.<kid>.<payload>.<mac>`, an access key `k1.<kid>.<payload>.<mac>`: base64url without padding, the MAC
HMAC-SHA256 over all before it. Both are self-certifying, so that the hot path asks no database.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from functools import lru_cache
from uuid import UUID

import msgspec

from collector.consent.keys import Keys, TokenKey

PURPOSES = ("measure", "returning", "ads")  # bit 0, 1, 2
LIFETIME_S = 180 * 86_400  # within the six months a token may live
CACHED = 8_192  # verified tokens held in memory, ~1 KB each

_TOKEN = struct.Struct(">16s16s32sBII")
_ACCESS = struct.Struct(">16s")


class BadToken(Exception):
    """Not a token of ours: malformed, forged, or under a key that was never held."""


class Claims(msgspec.Struct, frozen=True):
    """What a verified token says, and the hashes that follow from it."""

    site: str
    consent: bytes
    root: bytes
    notice: str
    purposes: frozenset[str]
    issued: int
    expires: int
    kid: str
    subject: bytes
    subject_text: str
    """The subject as the store writes it: a UUID's form."""
    visitor: int | None


class Access(msgspec.Struct, frozen=True):
    """What a verified access key says."""

    site: str
    root: bytes
    subject: bytes


class Tokens:
    """Mints and verifies under the keys of one installation."""

    def __init__(self, keys: Keys) -> None:
        self.use(keys)

    def use(self, keys: Keys) -> None:
        """Change to newly read keys; what was verified before is verified again."""
        self.keys = keys
        self._verify = lru_cache(CACHED)(self._read)

    def mint(self, site: str, consent: bytes, root: bytes, notice: str, purposes: frozenset[str], issued: int) -> str:
        """A token for one consent, good for six months at most."""
        bits = sum(1 << PURPOSES.index(purpose) for purpose in purposes)
        body = _TOKEN.pack(consent, root, bytes.fromhex(notice), bits, issued, issued + LIFETIME_S)
        return _sign("c1", self.keys.signing, body + site.encode())

    def mint_access_key(self, site: str, root: bytes) -> str:
        """The key to everything collected under the consents linked to `root`; it does not expire."""
        return _sign("k1", self.keys.signing, _ACCESS.pack(root) + site.encode())

    def token(self, text: str) -> Claims:
        """The claims of a token whose MAC is right; time, site and withdrawal are the caller's to check."""
        return self._verify(text)

    def access_key(self, text: str) -> Access:
        """What an access key opens. Raises BadToken."""
        _, payload = self._open("k1", text)
        root, site = payload[: _ACCESS.size], payload[_ACCESS.size :].decode()
        return Access(site=site, root=root, subject=self.keys.subject(root))

    def going_on(self, claims: Claims, subject: bytes) -> Claims:
        """The claims of somebody who was erased and goes on as another subject."""
        visitor = self.keys.visitor(subject) if "returning" in claims.purposes else None
        text = str(UUID(bytes=subject))
        return msgspec.structs.replace(claims, subject=subject, subject_text=text, visitor=visitor)

    def killed(self, kid: str) -> bool:
        """Whether a key was killed: its tokens prove nothing any more, but still withdraw."""
        return self.keys.token_keys[kid].killed

    def _read(self, text: str) -> Claims:
        kid, payload = self._open("c1", text)
        if len(payload) <= _TOKEN.size:
            raise BadToken
        consent, root, notice, bits, issued, expires = _TOKEN.unpack_from(payload)
        purposes = frozenset(purpose for bit, purpose in enumerate(PURPOSES) if bits >> bit & 1)
        subject = self.keys.subject(root)
        return Claims(
            site=payload[_TOKEN.size :].decode(),
            consent=consent,
            root=root,
            notice=notice.hex(),
            purposes=purposes,
            issued=issued,
            expires=expires,
            kid=kid,
            subject=subject,
            subject_text=str(UUID(bytes=subject)),
            visitor=self.keys.visitor(subject) if "returning" in purposes else None,
        )

    def _open(self, version: str, text: str) -> tuple[str, bytes]:
        parts = text.split(".")
        if len(parts) != 4 or parts[0] != version or not text.isascii():
            raise BadToken
        key = self.keys.token_keys.get(parts[1])
        if key is None:
            raise BadToken
        signed = text.rpartition(".")[0]
        if not hmac.compare_digest(_mac(key, signed), parts[3]):
            raise BadToken
        return key.kid, _unpad(parts[2])


def kid_of(text: str) -> str:
    """The key id a token names, unverified; empty when it is no token."""
    parts = text.split(".")
    return parts[1] if len(parts) == 4 else ""


def _sign(version: str, key: TokenKey, payload: bytes) -> str:
    signed = f"{version}.{key.kid}.{_pad_free(payload)}"
    return f"{signed}.{_mac(key, signed)}"


def _mac(key: TokenKey, signed: str) -> str:
    return _pad_free(hmac.digest(key.secret, signed.encode(), hashlib.sha256))


def _pad_free(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpad(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadToken from None
