"""The keys of one installation: they sign tokens and receipts, and make the keyed hashes that stand in stored rows.

They lie in `keys.json` in the data directory, readable by its owner alone. The newest sign. Token keys are never thrown
away: a killed one no longer proves a consent, but a withdrawal under any key ever held must work. Of an older receipt
key only the public half stays, so that what it signed can be verified and nothing more can be signed.
"""

import base64
import fcntl
import hashlib
import os
import secrets
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

FILE = "keys.json"
LOCK = "keys.lock"
MADE = "keys.json was made; without it no consent can be proved: restore it from a backup.\n"
_SIGNED = struct.Struct(">q")
_HASHES = ((b"subject", 16), (b"visitor", 8), (b"visit", 8), (b"nonce", 16))  # what for, and how many bytes


Version = tuple[int, int, int]
"""By which a file that was replaced is known: inode, bytes, nanoseconds of its last change."""


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
    receipt: list[dict[str, Any]]  # JWKs (RFC 8037), the newest last; it alone is private
    pseudonym: bytes


class Keys:
    """The keys as this process knows them."""

    def __init__(self, path: Path, file: _File, version: Version) -> None:
        self.token_keys = {key.kid: key for key in file.token}
        self.signing = [key for key in file.token if not key.killed][-1]
        self.receipt_key = OKPKey.import_key(file.receipt[-1])
        self.public = [OKPKey.import_key(jwk).as_dict(private=False) for jwk in file.receipt]
        self._path = path
        self._version = version
        # Begun once: to key a hash anew costs as much as the rest of it.
        self._hashes = {
            person: hashlib.blake2b(digest_size=size, key=file.pseudonym, person=person) for person, size in _HASHES
        }

    @classmethod
    def open(cls, data: Path) -> "Keys":
        """Read the keys, making them at the first start, and then never again. Blocks. Raises KeysError."""
        path = data / FILE
        with _locked(data) as lock:
            made = bool(lock.read())
            if not path.exists() and not made:
                _write(path, _File([_token_key()], [_receipt_key()], secrets.token_bytes(32)))
            keys = cls(path, *_read(path))
            if not made:
                # New keys in place of lost ones would end every consent, and nobody could erase any more.
                lock.write(MADE)
        return keys

    @classmethod
    def rotate(cls, data: Path, kill: str | None = None) -> "Keys":
        """Make new keys, which sign from now on, and kill a token key if asked to. Blocks. Raises KeysError.

        Running processes read them once the change counter of the state database moves.
        """
        path = data / FILE
        with _locked(data):
            file, _ = _read(path)
            token = [_killed(key) if key.kid == kill else key for key in file.token]
            if kill is not None and token == file.token:
                raise KeysError(_not_killed(file, kill))
            old = [OKPKey.import_key(jwk).as_dict(private=False) for jwk in file.receipt]
            _write(path, _File([*token, _token_key()], [*old, _receipt_key()], file.pseudonym))
        return cls(path, *_read(path))

    def reread(self) -> "Keys":
        """The keys as the file holds them now, these very ones if it did not change. Blocks. Raises KeysError."""
        try:
            if _version(self._path.stat()) == self._version:
                return self
        except OSError:
            pass  # reading it says what is wrong
        return Keys(self._path, *_read(self._path))

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


def _token_key() -> TokenKey:
    return TokenKey(kid=_kid(), created=int(time.time()), secret=secrets.token_bytes(32))


def _receipt_key() -> dict[str, Any]:
    made = OKPKey.generate_key("Ed25519", parameters={"kid": _kid(), "alg": "EdDSA", "use": "sig"}, auto_kid=False)
    return made.as_dict(private=True)


def _killed(key: TokenKey) -> TokenKey:
    return msgspec.structs.replace(key, killed=True)


def _not_killed(file: _File, kid: str) -> str:
    if any(key.kid == kid for key in file.token):
        return f"The key {kid} is killed already."
    if any(jwk["kid"] == kid for jwk in file.receipt):
        return f"{kid} signed receipts, and these stay good: only keys of tokens can be killed. See: byleave keys list"
    return f"There is no key {kid}. See: byleave keys list"


def _kid() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(6)).decode()


@contextmanager
def _locked(data: Path) -> Iterator[IO[str]]:
    """The lock file while nobody else holds it; it remembers whether there have been keys."""
    with (data / LOCK).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        yield lock


def _version(found: os.stat_result) -> Version:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(path: Path) -> tuple[_File, Version]:
    try:
        with path.open("rb") as file:  # both of the same file, though it may be replaced just now
            return _checked(msgspec.json.decode(file.read(), type=_File)), _version(os.fstat(file.fileno()))
    except (OSError, ValueError) as error:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        raise KeysError(
            f"Cannot read {path} ({type(error).__name__}). Restore it from a backup: without it no consent can be "
            "proved and every visitor would have to be asked again."
        ) from None


def _checked(file: _File) -> _File:
    try:
        receipt = [OKPKey.import_key(jwk) for jwk in file.receipt]
    except JoseError:
        receipt = []
    signs = receipt and receipt[-1].is_private and all(key.kid for key in receipt)
    if all(key.killed for key in file.token) or not signs or len(file.pseudonym) != 32:
        raise ValueError("without a key to sign with")
    return file


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
