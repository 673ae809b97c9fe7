"""Notes on days: where they stand beside the line, and the form that keeps and removes them."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from collector.state.annotations import (
    MOST,
    TEXT_MAX,
    Annotation,
    AnnotationError,
    keep_annotation,
    remove_annotation,
)
from dashboard.auth import Session
from dashboard.auth_guard import local_path
from dashboard.bodies import read_form
from dashboard.context import dashboard_of
from dashboard.pages.periods import EARLIEST, LATEST
from dashboard.pages.refused import PageRefused
from dashboard.pages.shell import site_of
from dashboard.texts import say

LABEL = 30  # characters beside the line; the list below holds the whole note


class Mark(msgspec.Struct, frozen=True):
    """A note beside the line: percent across, pixels down, which side its words are on, and the words."""

    x: float
    y: int
    anchor: str
    label: str


def marks(notes: Sequence[Annotation], starts: Sequence[datetime]) -> list[Mark]:
    """The notes in the buckets that begin at `starts`; neighbours take turns in height, so that they can be read."""
    days = [start.date() for start in starts]
    drawn = []
    for number, note in enumerate(notes):
        # Of several buckets on that day the first; else the one that the day lies in.
        index = days.index(note.day) if note.day in days else bisect_right(days, note.day) - 1
        x = 50.0 if len(starts) == 1 else max(0, index) / (len(starts) - 1) * 100
        label = note.text if len(note.text) <= LABEL else f"{note.text[: LABEL - 1].rstrip()}…"
        drawn.append(Mark(round(x, 3), 32 + 16 * (number % 3), "end" if x > 70 else "start", label))
    return drawn


async def change_annotation(request: Request, session: Session) -> Response:
    """`POST /sites/<site>/annotations`: keep a note, or remove it, and go back to the page it was sent from."""
    site, form = site_of(request), await read_form(request)
    sent = form.get("id", "")
    known = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 18 else None
    async with dashboard_of(request).state.write(followed=False) as connection:
        if form.get("do") == "remove":
            if known is not None:
                await remove_annotation(connection, site.name, known)
        else:
            try:
                await keep_annotation(connection, site.name, _day(form), " ".join(form.get("text", "").split()), known)
            except AnnotationError as error:
                raise PageRefused(_refusal(error.full)) from None
    return RedirectResponse(local_path(form.get("back", "/")), status_code=303)


def _day(form: dict[str, str]) -> date:
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        raise PageRefused(_refusal(full=False)) from None
    if not EARLIEST <= day <= LATEST:
        raise PageRefused(_refusal(full=False))
    return day


def _refusal(full: bool) -> str:
    return say("too_many_notes", most=MOST) if full else say("bad_note", most=TEXT_MAX)
