"""Named sets of filters: the menu that leads to them, and the form that keeps and removes them."""

from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.state.segments import MOST, NAME_MAX, Segment, SegmentError, keep_segment, remove_segment
from dashboard.auth import Session
from dashboard.auth_guard import local_path
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.pages import filters
from dashboard.pages.refused import PageRefused
from dashboard.pages.shell import site_of
from dashboard.pages.view import View
from dashboard.texts import say


class Entry(msgspec.Struct, frozen=True):
    """One segment in the menu, and the address that shows the page under it."""

    name: str
    url: str
    chosen: bool


def entries(segments: list[Segment], view: View) -> list[Entry]:
    """The menu of a site's segments."""
    found = []
    for one in segments:
        parsed = tuple(filters.parse_filter(text) for text in one.filters)
        found.append(Entry(one.name, view.with_filters_url(parsed), set(parsed) == set(view.filters)))
    return found


async def change_segment(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/segments`: keep the filters of the page it was sent from under a name, or remove a name."""
    site, form = site_of(request), await read_form(request)
    back, name = local_path(form.get("back", "/")), " ".join(form.get("name", "").split())
    chosen = parse_qs(back.partition("?")[2]).get("f", [])
    parsed = tuple(dict.fromkeys(filters.parse_filter(text) for text in chosen))
    if len(parsed) > filters.MOST:
        raise PageRefused(say("too_many_filters", most=filters.MOST))
    async with dashboard_of(request).state.write(followed=False) as connection:
        if form.get("do") == "remove":
            await remove_segment(connection, site.name, name)
        else:
            try:
                await keep_segment(connection, site.name, name, [one.encoded() for one in parsed])
            except SegmentError as error:
                text = "too_many_segments" if error.full else "bad_segment"
                raise PageRefused(say(text, most=MOST if error.full else NAME_MAX)) from None
    return RedirectResponse(back, status_code=303)
