"""The receipt: the visitor's signed copy of a consent record, which anyone can verify without asking the server.

Shaped after ISO/IEC TS 27560:2023 in the terms of the W3C Data Privacy Vocabulary (https://w3id.org/dpv), signed as a
compact JWS (RFC 7515) with Ed25519 (RFC 8037).
"""

import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from joserfc import jws
from joserfc.errors import SecurityWarning

from collector.consent.keys import Keys
from collector.consent.record import Entry, iso
from collector.state.site import Notice

_PURPOSES = {
    "measure": "dpv:ServiceUsageAnalytics",
    "returning": "dpv:ServiceUsageAnalytics",
    "ads": "dpv:Advertising",
}


def receipt(keys: Keys, entry: Entry, notice: Notice, expires: int) -> str:
    """A compact JWS over one record of the log."""
    header = {"alg": "EdDSA", "kid": keys.receipt_key.kid, "typ": "consent-receipt+jwt"}
    payload = msgspec.json.encode(claims(entry, notice, expires))
    with warnings.catch_warnings():
        # RFC 9864 renames EdDSA to Ed25519; the old name is the one that every JOSE library verifies today.
        warnings.simplefilter("ignore", SecurityWarning)
        return jws.serialize_compact(header, payload, keys.receipt_key, ["EdDSA"])


def claims(entry: Entry, notice: Notice, expires: int) -> dict[str, Any]:
    """The receipt's content."""
    body: Mapping[str, Any] = entry.body
    own = body["shown"] == "byleave"
    return {
        "@context": "https://w3id.org/dpv",
        "@type": "dpv:ConsentRecord",
        "schema": "ISO/IEC TS 27560:2023",
        "record": {"sequence": entry.seq, "head": entry.link.hex(), "kind": body["kind"], "subject": body["subject"]},
        "iat": _seconds(body["at"]),
        "given": body["at"],
        "expires": iso(expires),
        "controller": {"name": notice.body["controller"], "contact": notice.body["contact"]},
        "site": body["site"],
        "notice": {"id": notice.id, "algorithm": "SHA-256", "language": body["locale"]},
        "legal_basis": "dpv:Consent",
        "purposes": [{"name": name, "type": _PURPOSES[name]} for name in body["purposes"]],
        "categories": notice.body["categories"],
        "recipients": notice.body["recipients"],
        "retention_months": notice.body["retention_months"],
        "rights": notice.body["rights"],
        "method": {"source": body["source"], "shown": body["shown"], "build": body["ui"]},
        "wording": "held by this notice"
        if own
        else "shown by the site's own consent tool; the wording is not held here",
    }


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())
