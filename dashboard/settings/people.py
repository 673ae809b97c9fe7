"""Who has an account: invited, given other roles, removed. For owners."""

import time

import structlog
from aiosmtplib import SMTPException
from starlette.requests import Request
from starlette.responses import Response

from collector.state import accounts, roles
from collector.state.accounts import AccountError
from collector.state.audit import note
from collector.state.roles import OWNER, RoleError
from dashboard.auth import Session
from dashboard.auth_invitation import Invitation, invite
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.mail import send_mail
from dashboard.settings.shown import back, base_of, settings_page
from dashboard.texts import declined, say

PAGE = "/settings/people"

log = structlog.get_logger("dashboard")


async def people(request: Request, session: Session) -> Response:
    """`GET /settings/people`."""
    return await _people(request, session)


async def invite_somebody(request: Request, session: Session) -> Response:
    """`POST /settings/people/invite`: a one-time link, mailed; without mail it is shown this once, to be handed on."""
    form, now = await read_form(request), int(time.time())
    role = form.get("role", "")
    try:
        wanted = Invitation(role, accounts.clean_email(form.get("email", "")), _site_of(form, role))
        async with dashboard_of(request).state.write(followed=False) as connection:
            secret = await invite(connection, wanted, now)
            told = {"account": wanted.email, "role": role, "at": wanted.site}
            await note(connection, now, session.email, "invitation made", **told)
    except (AccountError, RoleError) as error:
        return await _people(request, session, error=declined(error))
    link = f"{base_of(request)}/welcome/{secret}"
    smtp = dashboard_of(request).settings.smtp
    if smtp is not None:
        try:
            text = say("invite_mail_text", who=session.email, link=link)
            await send_mail(smtp, wanted.email, say("invite_mail_subject"), text)
        except (SMTPException, OSError) as error:
            log.error("invitation_not_sent", cause=type(error).__name__, told="look at BYLEAVE_SMTP_URL")
            return await _people(request, session, error=say("invite_not_mailed"), link=link, invited=wanted.email)
        return back(PAGE, "invited")
    return await _people(request, session, link=link, invited=wanted.email)


async def change_role(request: Request, session: Session) -> Response:
    """`POST /settings/people/change`: make somebody an owner, or give or take a role of one site."""
    form, now = await read_form(request), int(time.time())
    role, site = form.get("role", ""), form.get("site", "")
    try:
        async with dashboard_of(request).state.write(followed=False) as connection:
            found = await accounts.find_account(connection, form.get("email", ""))
            await roles.change_role(connection, found.id, role, site)
            told = {"account": found.email, "role": role, "at": "" if role == OWNER else site}
            await note(connection, now, session.email, "account changed", **told)
    except (AccountError, RoleError) as error:
        return await _people(request, session, error=declined(error))
    return back(PAGE, "changed")


async def remove_somebody(request: Request, session: Session) -> Response:
    """`POST /settings/people/remove`: the account goes, and is signed out everywhere."""
    form, now = await read_form(request), int(time.time())
    email = form.get("email", "")
    try:
        async with dashboard_of(request).state.write(followed=False) as connection:
            await accounts.remove_account(connection, email)
            await note(connection, now, session.email, "account removed", account=email.strip().lower())
    except AccountError as error:
        return await _people(request, session, error=declined(error))
    return back(PAGE, "removed")


async def _people(request: Request, session: Session, error: str = "", link: str = "", invited: str = "") -> Response:
    async with dashboard_of(request).state.read() as connection:
        found = await accounts.list_accounts(connection)
    called = {site.name: site.called for site in dashboard_of(request).sites}
    values = {"everybody": found, "called": called, "error": error, "link": link, "invited": invited}
    return settings_page(request, "people.html", session, "people", 400 if error else 200, **values)


def _site_of(form: dict[str, str], role: str) -> str:
    return "" if role == OWNER else form.get("site", "")
