"""What every page says, and those of signing in, of setting up and of errors, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # Everywhere
    "product": "Byleave",
    "skip": "Skip to the numbers",
    "nav_label": "Site",
    "overview": "Overview",
    "journeys": "Journeys",
    "visits": "Visits",
    "sites": "Sites",
    "api": "API",
    "place_credit": "Place data by DB-IP.com",
    "sign_out": "Sign out",
    "language": "Language",
    "in_utc": "{moment} UTC",
    "k_explained": "Cities and steps of fewer than {k} people are summed (k = {k})",
    # Sign-in
    "sign_in": "Sign in",
    "email": "E-mail",
    "password": "Password",
    "sign_in_wrong": "E-mail and password do not match an account. Check both and try again.",
    "sign_in_slow": "Too many attempts. Wait {wait} {wait:second|seconds}, then try again.",
    "sign_in_lost": "Lost the password?",
    "form_stale": (
        "This form is out of date, or the browser sent no cookie with it. Try again; over plain http only localhost "
        "works, elsewhere use https."
    ),
    # Welcome
    "welcome": "Welcome",
    "welcome_lead": "You are the first here. Choose how you will sign in; this link then stops working.",
    "password_rule": "At least 12 characters. A few words you will remember are better than one you will not.",
    "create_owner": "Create the owner and sign in",
    "welcome_gone": "This link was used or has expired",
    "welcome_gone_do": (
        "If you have an account, sign in. If nobody has one yet, restart the server: it prints a new link."
    ),
    # Sites
    "no_sites": "No site yet",
    "no_sites_do": "or on the server, in a terminal:",
    "no_sites_member": "Your account may see no site so far. Ask an owner of this server.",
    "add_another": "Or on the server, in a terminal:",
    # Set-up
    "setup_title": "Set up {site}",
    "setup_lead": "One line, in the head of every page that should count:",
    "copy": "Copy",
    "copied": "Copied",
    "setup_next": "What happens next",
    "setup_step_ask": "A visitor opens a page and is asked. Until they say yes, nothing is stored and nothing is sent.",
    "setup_step_yes": "They say yes: that page is the first row here, within two seconds.",
    "setup_step_no": "They say no, or their browser sends Global Privacy Control: nothing happens, on any later page.",
    "setup_draft": (
        "The notice of this site is a draft: it names no controller or no contact, so only pages on localhost may ask. "
        "Say who you are:"
    ),
    "setup_no_notice": "This site has no notice yet, so nobody can be asked. Publish one:",
    "setup_hosts": "It counts on {hosts}, and on no other host.",
    # Errors
    "not_found": "Nothing is here",
    "not_found_do": "The address may be mistyped, or the site may have another name.",
    "refused": "This page cannot be shown",
    "forbidden": "This is not allowed",
    "method": "This page does not take that",
    "method_do": "This address does not take what was sent. Go back and try again.",
    "body_unreadable": "The form could not be read. Go back and send it again, with less in it.",
    "body_slow": "The form took too long to arrive. Go back and send it again.",
    "body_large": "The form is too large. Go back and send it again, with less in it.",
    "body_type": "Only the forms of these pages are taken. Go back and send it again.",
    "failed": "Something went wrong on the server",
    "failed_do": "Try again. If it stays, whoever runs this server finds the cause in its log.",
    "home": "To the sites",
    "unavailable": "The data is out of reach just now",
    "unavailable_do": (
        "Nothing was changed. The server is busy, or cannot read its files: wait a moment, then try again. If it "
        "stays, whoever runs this server asks: byleave doctor"
    ),
    "too_long": "This report took too long",
    "too_long_do": (
        "It was given up so that others do not wait. Choose a shorter range or fewer filters, or try "
        "again when fewer people ask."
    ),
    "unavailable_kept": "What you typed is kept in this page.",
    "send_again": "Send it again",
    "try_again": "Try again",
}
