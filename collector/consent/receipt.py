"""The receipt: the visitor's signed copy of a consent record, which anyone can verify without asking the server.

Shaped after ISO/IEC TS 27560:2023 in the terms of the W3C Data Privacy Vocabulary (https://w3id.org/dpv), signed as a
compact JWS (RFC 7515) with Ed25519 (RFC 8037).
"""

from collections.abc import Mapping
from typing import Any

from collector.consent.keys import Keys
from collector.consent.record import Entry, iso, seconds
from collector.consent.signature import sign
from collector.state.site import Notice

KIND = "consent-receipt+jwt"
_PURPOSES = {
    "measure": "dpv:ServiceUsageAnalytics",
    "returning": "dpv:ServiceUsageAnalytics",
    "ads": "dpv:Advertising",
}
_STATES = {"given": "dpv:ConsentGiven", "re-confirmed": "dpv:RenewedConsentGiven"}


def receipt(keys: Keys, entry: Entry, notice: Notice, expires: int) -> str:
    """A compact JWS over one record of the log."""
    return sign(keys, KIND, claims(entry, notice, expires))


def claims(entry: Entry, notice: Notice, expires: int) -> dict[str, Any]:
    """The receipt's content."""
    body: Mapping[str, Any] = entry.body
    own = body["shown"] == "byleave"
    return {
        "@context": {"dpv": "https://w3id.org/dpv#"},
        "@type": "dpv:ConsentRecord",
        "schema": "ISO/IEC TS 27560:2023",
        "record": {"sequence": entry.seq, "head": entry.link.hex(), "kind": body["kind"], "subject": body["subject"]},
        "state": _STATES[body["kind"]],
        "iat": seconds(body["at"]),
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
