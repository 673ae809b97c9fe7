"""`/sites/<site>/settings/shares`: an admin makes share links, sees when they were last used, and revokes them."""

import time
from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from collector.state.audit import note
from collector.state.shares import ShareError, create_share, list_shares, revoke_share
from dashboard.auth import Session
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.pages.shell import here_of, site_of
from dashboard.settings.shown import back, base_of, settings_page
from dashboard.texts import declined

NOTHING = {"label": "", "origins": "", "expires": ""}


async def list_links(request: Request, session: Session) -> Response:
    """`GET`: the links and the form that makes one."""
    return await _page(request, session)


async def make_link(request: Request, session: Session) -> Response:
    """`POST`: the new link is shown this once."""
    form, now, name = await read_form(request), int(time.time()), site_of(request).name
    origins = tuple(form.get("origins", "").split())
    try:
        expires_at = await _end_of(request, form.get("expires", "").strip())
        async with dashboard_of(request).state.write(followed=False) as connection:
            made, secret = await create_share(
                connection,
                name,
                form.get("label", "").strip(),
                now,
                password=form.get("password", ""),
                origins=origins,
                expires_at=expires_at,
            )
            told = {"link": made.id, "label": made.label, "origins": " ".join(made.origins)}
            await note(connection, now, session.email, "share link made", name, **told)
    except ShareError as error:
        return await _page(request, session, error=declined(error), given={**NOTHING, **form})
    return await _page(request, session, link=f"{base_of(request)}/share/{secret}", framed=bool(made.origins))


async def revoke_link(request: Request, session: Session) -> Response:
    """`POST …/revoke`: the link leads nowhere any more."""
    form, now, name = await read_form(request), int(time.time()), site_of(request).name
    async with dashboard_of(request).state.write(followed=False) as connection:
        gone = await revoke_share(connection, name, form.get("id", ""))
        if gone is not None:
            await note(connection, now, session.email, "share link revoked", name, link=gone.id, label=gone.label)
    return back(request.url.path.removesuffix("/revoke"), "share_revoked")


async def _end_of(request: Request, day: str) -> int | None:
    """When the site's local day is over, Unix seconds; None for no day. Raises ShareError."""
    if not day:
        return None
    zone = (await here_of(request)).zone
    try:
        after = date.fromisoformat(day) + timedelta(days=1)
        return int(datetime(after.year, after.month, after.day, tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        raise ShareError("That is not a day.", "share_day") from None


async def _page(
    request: Request,
    session: Session,
    *,
    error: str = "",
    link: str = "",
    framed: bool = False,
    given: dict[str, str] | None = None,
) -> Response:
    site, now = site_of(request), int(time.time())
    async with dashboard_of(request).state.read() as connection:
        found = await list_shares(connection, site.name)
    values = {
        "site": site,
        "shares": found,
        "now": now,
        "k": dashboard_of(request).k(site),
        "link": link,
        "framed": framed,
        "given": given or NOTHING,
        "error": error,
    }
    return settings_page(request, "shares.html", session, "settings", 400 if error else 200, **values)
