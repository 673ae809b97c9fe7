"""What the page about consent says, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "consent": "Consent",
    "consent_title": "What visitors said",
    "consent_range": "{days}, the whole site",
    "consent_coverage": "Said yes",
    "consent_unknown": "unknown",
    "consent_made_up": "This site is made up: its asks and its visits were invented, and nobody consented to them.",
    "consent_given": "Yes, the first time",
    "consent_reconfirmed": "Yes, again",
    "consent_withdrawn": "Withdrawn",
    "consent_expired": "Ran out",
    "consent_in_force": "In force now",
    "consent_over_time": "Yeses and withdrawals over time",
    "consent_bar": "{when}: {given} {given:yes|yeses} for the first time, {reconfirmed} again, {withdrawn} withdrawn",
    "consent_nothing": "Nobody said yes or withdrew in this range.",
    "consent_day": "Day",
    "consent_month": "Month",
    "consent_by_purpose": "What they said yes to",
    "consent_purpose": "Purpose",
    "consent_yeses": "Yeses",
    "consent_share": "Share",
    "consent_notices": "Under which notice",
    "consent_notice": "Notice {id}",
    "consent_published": "Published {when}.",
    "consent_draft": "A draft: pages on localhost alone may ask under it.",
    "consent_material": "Visitors are asked again since then.",
    "consent_covers": "{yes} {yes:yes|yeses} of this range ({share}), {rows} {rows:row|rows} in all.",
    "consent_rows_go": "Its oldest row goes on {day}.",
    "consent_changes": "What it changed",
    "consent_change": "{field}: {old} → {new}",
    "consent_asked_again": "asked again",
    "consent_none": "none",
    "consent_was": "Before: {text}",
    "consent_is": "Now: {text}",
    "consent_ends": "What ends next",
    "consent_ends_within": "Within {days} days",
    "consent_ends_later": "Later",
    "consent_ends_of": "Consents that run out unless they are given anew",
    "consent_erasures": "Erasures",
    "consent_erasures_none": "No erasure was asked for in the last 31 days on this server.",
    "consent_erasures_are": "In the last 31 days on this server, of all sites: {waiting} waiting, {done} done.",
    "consent_waits_since": "The longest waits since {when}; it is due within 24 hours.",
    "consent_last_done": "The last was done {when}.",
    "consent_prove": "Prove it",
    "consent_prove_about": (
        "Looks through the whole consent log and every stored row of this site: each must lead to a yes that was in "
        "force, under the notice it names. The same as byleave consent verify."
    ),
    "consent_proving": "Under way: {share}",
    "consent_proved_at": "Result of {when}",
    "consent_export": "Export for a regulator",
    "consent_export_about": (
        "Notices, records with their hashes and the signed head, to be checked by others alone. Records of other sites "
        "are in it as hashes."
    ),
    "purpose_measure": "Measure visits",
    "purpose_returning": "Recognise a later visit",
    "purpose_ads": "That an advert was clicked",
}
