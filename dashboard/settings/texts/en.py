"""What the pages of settings say, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "no_right": "Your account may not do this. Ask an owner of this server.",
    "settings": "Settings",
    "change": "Change",
    "save": "Save",
    "site": "Site",
    # One's own account
    "account": "Account",
    "language_of_pages": "Language of these pages and of mails to you",
    "language_browser": "As the browser asks",
    "password_now": "Your password now",
    "password_new": "New password",
    "password_others": "Every other browser is signed out.",
    "password_change": "Change the password",
    "password_wrong": "That is not your password: nothing was changed.",
    "sign_ins": "Where you are signed in",
    "sign_ins_note": "Of a browser only its family and system are kept: no address, no version.",
    "sign_in_on": "{browser} on {os}",
    "sign_in_program": "A browser that does not say which",
    "sign_in_here": "(this one)",
    "sign_in_since": "since {since}, until {until}",
    "sign_out_of": "Sign out {browser}, since {since}",
    "sign_out_others": "Sign out everywhere else",
    # Second factor
    "factor": "Second factor",
    "factor_on": "An app's code is asked for after the password. Recovery codes left: {codes}.",
    "factor_is_off": "The password alone opens your account.",
    "factor_turn_on": "Turn the second factor on",
    "factor_turn_off": "Turn the second factor off",
    "factor_scan": "Scan this with an authenticator app, then type the code that it shows.",
    "factor_picture": "QR code for the authenticator app; the same secret stands below as text",
    "factor_type": "Or type this secret into the app:",
    "code": "Code",
    "code_title": "One more step",
    "code_rule": "The six digits of your authenticator app, or one of your recovery codes.",
    "code_wrong": "That code is wrong, too old or used already. Wait for the next one, then try again.",
    "codes": "Recovery codes",
    "codes_do": "Each opens your account once when the app is lost. They are shown this once: write them down now.",
    "codes_kept": "I have kept them",
    "codes_renew": "Make new recovery codes",
    # A lost password
    "lost_title": "Lost password",
    "lost_do": "Give the address of your account.",
    "lost_send": "Send me a link",
    "lost_mailed": "If this address has an account, a link is on its way there. It works once, for an hour.",
    "lost_logged": (
        "No mail is set up here. If this address has an account, the log of this server holds a link now, for an hour. "
        "Whoever runs the server hands it to you, or sets a password with: byleave user password"
    ),
    "reset_title": "New password",
    "reset_gone_do": "Ask for another one on the page for signing in.",
    "reset_done": "The password is changed",
    "reset_done_do": "You are signed out everywhere. Sign in with the new one.",
    "mail_subject": "A new password for Byleave",
    "mail_text": (
        "Somebody, most likely you, asked for a new password. Choose it here within an hour; the link works "
        "once:\n\n{link}\n\nIf it was not you, do nothing: your password stays as it is.\n"
    ),
    # People
    "people": "People",
    "roles_explained": (
        "An owner may everything. An admin changes the settings of a site, a viewer reads it. Nobody else knows of it."
    ),
    "role": "May",
    "role_where": "On which site (not for an owner)",
    "role_owner": "owner",
    "role_admin": "admin",
    "role_viewer": "viewer",
    "role_none": "nothing there",
    "role_of": "{role} of {site}",
    "role_nowhere": "no site",
    "person_change": "Change {email}",
    "person_remove": "Remove {email}",
    "invite": "Invite somebody",
    "invite_do": "Make a link",
    "invite_link": "Hand this link to {email}. It works once, for a week, and is shown this once:",
    "welcome_invited": "Choose a password for {email}; this link then stops working.",
    "join": "Create the account and sign in",
    # Audit log
    "audit": "Changes",
    "audit_note": "Who changed which setting and when. Nothing here can be changed or removed.",
    "audit_when": "When",
    "audit_who": "Who",
    "audit_what": "What",
    "audit_none": "No setting was changed so far.",
    # Sites
    "site_add": "Add a site",
    "hostname": "Hostname",
    "controller": "Controller: who is responsible, as visitors read it",
    "contact": "Contact: where visitors write",
    "draft_rule": "Without these two the notice is a draft, and only pages on localhost can ask.",
    "time_zone": "Time zone",
    "settings_of": "Settings of {site}",
    "aliases": "Other hostnames, one a line",
    "aliases_rule": (
        "Such as www.{site} or *.{site}. The name {site} itself cannot change: every row, token and consent carries "
        "it. For a new address of the same website add it here; its visits count on with the old ones."
    ),
    "zone_rule": "Days begin and end on this clock, in reports of the past too.",
    "remove_site": "Remove this site",
    "remove_warning": (
        "This withdraws every consent to {site} and erases every row, for good. Its notices stay, for the receipts "
        "that visitors keep. Within a day no file holds a byte of it."
    ),
    "remove_type": "Type {site} to go on",
    "remove_typed": "That is not {site}: nothing was removed.",
    # Tokens
    "tokens": "API tokens",
    "tokens_note": "With one a program reads this site's reports, or sends it events. Only a hash of it is kept.",
    "token_once": "Keep this token now; it is shown this once:",
    "token_used": "last used {when}",
    "token_unused": "never used",
    "token_revoke": "Revoke {token}",
    "revoke": "Revoke",
    "token_label": "What it is for",
    "token_scope": "It may",
    "token_create": "Create a token",
    "scope_read": "read reports",
    "scope_events": "send events",
    # What was done
    "done_password": "The password is changed. Every other browser was signed out.",
    "done_signed_out": "That browser is signed out.",
    "done_signed_out_all": "Every other browser is signed out.",
    "done_factor_off": "The second factor is off.",
    "done_changed": "The account is changed.",
    "done_removed": "The account is removed.",
    "done_site_changed": "Saved.",
    "done_site_removed": "The site is removed. Its rows are being erased.",
    "done_token_revoked": "The token opens nothing any more.",
}
