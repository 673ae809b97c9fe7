"""Signs what leaves this installation as a compact JWS (RFC 7515) with Ed25519 (RFC 8037), and reads it back."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet

from collector.consent.keys import Keys


class NotSigned(ValueError):
    """Not a JWS under a key of this installation."""


def sign(keys: Keys, kind: str, claims: Mapping[str, Any]) -> str:
    """A compact JWS over some claims; `kind` is its `typ` header."""
    header = {"alg": "EdDSA", "kid": keys.receipt_key.kid, "typ": kind}
    with _old_name():
        return jws.serialize_compact(header, msgspec.json.encode(claims), keys.receipt_key, ["EdDSA"])


def signed(keys: Keys, text: str) -> dict[str, Any]:
    """The claims of a JWS that one of the installation's keys signed. Raises NotSigned."""
    try:
        with _old_name():
            found = jws.deserialize_compact(text, KeySet.import_key_set({"keys": keys.public}), ["EdDSA"])
        return msgspec.json.decode(found.payload, type=dict[str, Any])
    except (JoseError, ValueError) as error:
        raise NotSigned(type(error).__name__) from None


@contextmanager
def _old_name() -> Iterator[None]:
    with warnings.catch_warnings():
        # RFC 9864 renames EdDSA to Ed25519; the old name is the one that every JOSE library verifies today.
        warnings.simplefilter("ignore", SecurityWarning)
        yield
