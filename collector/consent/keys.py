"""The keys of one installation: they sign tokens and receipts, and make the keyed hashes that stand in stored rows.

They lie in `keys.json` in the data directory, readable by its owner alone. Token keys are never thrown away: a killed
one no longer proves a consent, but a withdrawal under any key ever held must work.
"""

import base64
import fcntl
import hashlib
import os
import secrets
import struct
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
from joserfc.jwk import OKPKey

FILE = "keys.json"
_SIGNED = struct.Struct(">q")
_HASHES = ((b"subject", 16), (b"visitor", 8), (b"visit", 8), (b"nonce", 16))  # what for, and how many bytes


class KeysError(Exception):
    """The key file cannot be used; the message says what to do."""


class TokenKey(msgspec.Struct, frozen=True):
    """One HMAC-SHA256 key; `secret` is 32 bytes, `created` Unix seconds."""

    kid: str
    created: int
    secret: bytes
    killed: bool = False


class _File(msgspec.Struct):
    token: list[TokenKey]
    receipt: list[dict[str, Any]]  # private JWKs (RFC 8037), the newest last
    pseudonym: bytes


class Keys:
    """The keys as this process knows them."""

    def __init__(self, path: Path, file: _File) -> None:
        self.token_keys = {key.kid: key for key in file.token}
        self.signing = [key for key in file.token if not key.killed][-1]
        self.receipt_key = OKPKey.import_key(file.receipt[-1])
        self.public = [OKPKey.import_key(jwk).as_dict(private=False) for jwk in file.receipt]
        self._path = path
        # Begun once: to key a hash anew costs as much as the rest of it.
        self._hashes = {
            person: hashlib.blake2b(digest_size=size, key=file.pseudonym, person=person) for person, size in _HASHES
        }

    @classmethod
    def open(cls, data: Path) -> "Keys":
        """Read the keys, making them at the first start. Blocks. Raises KeysError."""
        path = data / FILE
        with (data / "keys.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _write(path, _new_file())
        return cls(path, _read(path))

    def reread(self) -> "Keys":
        """The keys as the file holds them now: another process may have rotated them. Blocks."""
        return Keys(self._path, _read(self._path))

    def subject(self, root: bytes) -> bytes:
        """16 bytes that stand for a visitor's linked consents; `root` is the first consent's id."""
        return self._keyed(b"subject", root)

    def visitor(self, subject: bytes) -> int:
        """Signed 64-bit number of a visitor that allowed recognition."""
        return _number(self._keyed(b"visitor", subject))

    def visit(self, site: str, consent: bytes, visit: str) -> int:
        """Signed 64-bit number of one visit: the tag's id means nothing without the site and the consent."""
        return _number(self._keyed(b"visit", b"\0".join((site.encode(), consent, visit.encode()))))

    def nonce(self, consent: bytes, nonce: str) -> bytes:
        """16 bytes by which a retried batch is recognised."""
        return self._keyed(b"nonce", consent + nonce.encode())

    def _keyed(self, person: bytes, data: bytes) -> bytes:
        keyed = self._hashes[person].copy()
        keyed.update(data)
        return keyed.digest()


def _number(digest: bytes) -> int:
    number: int = _SIGNED.unpack(digest)[0]
    return number


def _new_file() -> _File:
    token = TokenKey(kid=_kid(), created=int(time.time()), secret=secrets.token_bytes(32))
    receipt = OKPKey.generate_key("Ed25519", parameters={"kid": _kid(), "alg": "EdDSA", "use": "sig"}, auto_kid=False)
    return _File(token=[token], receipt=[receipt.as_dict(private=True)], pseudonym=secrets.token_bytes(32))


def _kid() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(6)).decode()


def _read(path: Path) -> _File:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise KeysError(
            f"Cannot read {path} ({type(error).__name__}). Restore it from a backup: without it no consent can be "
            "proved and every visitor would have to be asked again."
        ) from None


def _write(path: Path, file: _File) -> None:
    """Replace the file whole or not at all, readable by its owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.json.encode(file))
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
