"""The words of share links."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # For owners
    "shares": "Share links",
    "shares_of": "Share links of {site}",
    "shares_note": (
        "Whoever holds a link sees this site's overview, of whole days up to yesterday, without signing in. They can "
        "filter, export and change nothing, and every row of fewer than {k} people is summed with others."
    ),
    "shares_none": "No link yet. Make one below for a colleague, a client or a public page.",
    "share_label": "Who it is for",
    "share_password": "Password (may stay empty)",
    "share_expires": "Last day it works (may stay empty)",
    "share_origins": "Websites that may show it in a frame, one a line (may stay empty)",
    "share_origins_rule": "Like https://www.example.com. A link with a password cannot be shown in a frame.",
    "share_make": "Make the link",
    "share_once": "This is the link. It is shown this once, for only a hash of it is kept:",
    "share_frame": "To show it in a page of those websites, paste this there:",
    "share_frame_title": "Visits to {site}",
    "share_until": "until {when}",
    "share_over": "over since {when}",
    "share_locked": "with a password",
    "share_framed": "in frames of {origins}",
    "share_used": "last used {when}",
    "share_unused": "never used",
    "share_revoke": "Revoke the link for {label}",
    "declined_share_label": "Say who the link is for, in at most {most} printable characters.",
    "declined_share_day": "That is not a day: give it like 2026-12-31, or leave it empty.",
    "declined_share_over": "The link would be over already: give a later day, or none.",
    "declined_share_framed": (
        "A frame cannot ask for a password: leave the password or the websites empty, or make two links."
    ),
    "declined_share_most": "A site has at most {most} share links: revoke one first.",
    "declined_share_origins": "Name at most {most} websites.",
    "declined_share_origin": "“{origin}” is not the address of a website: give it like https://www.example.com.",
    "done_share_revoked": "The link is revoked: it leads nowhere any more.",
    # For who holds a link
    "shared_title": "Visits to {site}",
    "shared_lead": "Of people who said yes to being counted. Whole days in {zone}, up to yesterday.",
    "shared_by": "Shared by {controller}.",
    "shared_k": "A row of fewer than {k} people is summed with others, so that no number tells of one person.",
    "shared_choice": "A shared page shows whole days of a few ranges, without filters. Choose from what it offers.",
    "shared_whole": "Open as a page of its own",
    "share_door": "This page has a password",
    "share_door_do": "Ask whoever gave you the link.",
    "share_open": "Open",
    "share_wrong": "That is not the password. Check it and try again.",
    "share_gone": "This link leads nowhere",
    "share_gone_do": (
        "It may have been revoked, its time may be over, or a part of it is missing. Ask whoever gave it to you."
    ),
}
