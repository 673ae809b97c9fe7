"""The addresses of the settings pages, and what each needs."""

from starlette.routing import Route

from dashboard.auth_access import Need
from dashboard.auth_guard import SignedIn, signed_in
from dashboard.settings import account, changes, notice, people, site, sites
from dashboard.shares.settings import list_links, make_link, revoke_link

POST = ["POST"]
BOTH = ["GET", "POST"]


def _mine(path: str, handler: SignedIn, methods: list[str]) -> Route:
    return Route(path, signed_in(handler, Need.SIGNED_IN, Need.SIGNED_IN), methods=methods)


def _owned(path: str, handler: SignedIn, methods: list[str]) -> Route:
    return Route(path, signed_in(handler, Need.OWN, Need.OWN), methods=methods)


def _of_site(path: str, handler: SignedIn, methods: list[str]) -> Route:
    return Route(f"/sites/{{site}}/settings{path}", signed_in(handler, Need.ADMINISTER), methods=methods)


SETTINGS_ROUTES = [
    _mine("/account", account.account, ["GET"]),
    _mine("/account/password", account.password, POST),
    _mine("/account/sign-ins/end", account.end_sign_ins, POST),
    _mine("/account/second-factor", account.second_factor_page, BOTH),
    _mine("/account/second-factor/off", account.second_factor_off, POST),
    _mine("/account/recovery-codes", account.recovery_codes, POST),
    _owned("/settings/people", people.people, ["GET"]),
    _owned("/settings/people/invite", people.invite_somebody, POST),
    _owned("/settings/people/change", people.change_role, POST),
    _owned("/settings/people/remove", people.remove_somebody, POST),
    _owned("/settings/audit", changes.changes, ["GET"]),
    _owned("/settings/sites", sites.add_site, BOTH),
    _of_site("", site.site_settings, ["GET"]),
    _of_site("", site.change_site, POST),
    _of_site("/title", site.rename_site, POST),
    _of_site("/notice", notice.change_notice, POST),
    _of_site("/tokens", site.create_token, POST),
    _of_site("/tokens/revoke", site.revoke_token, POST),
    _of_site("/shares", list_links, ["GET"]),
    _of_site("/shares", make_link, POST),
    _of_site("/shares/revoke", revoke_link, POST),
    Route("/sites/{site}/settings/remove", signed_in(site.remove_site, change=Need.OWN), methods=POST),
]
