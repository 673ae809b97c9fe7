"""POST /c/me and /c/me/erase, GET /c/jobs/<job>: a visitor sees, takes and erases what is stored of them."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import msgspec
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from collector import gate, metrics
from collector.consent import record, rights, texts
from collector.consent.receipt import receipt
from collector.consent.record import Entry, iso
from collector.context import Context
from collector.control import ControlError, NoOwner, call
from collector.gate import Arrival
from collector.http import line
from collector.refusal import Refusal, Refused
from collector.routes.holder import Holder, holder_of_key
from collector.routes.post import JSON, NO_STORE, Answer
from collector.routes.public import OPEN, choose_language
from collector.spreadsheet import csv_rows
from collector.state import sites, tables
from collector.state.site import Notice
from collector.telling import Telling, json_rows

PAGE_ROWS = 2_000
"""Rows in memory at once, some 2 MB: an answer is sent while it is made."""
RECORDS = 200
"""Records that are told, the latest."""
RETRY_S = 5
FOLLOWED_S = 0.25
"""Within this every process knows of a change; twice as often as it needs to, they ask for one."""
NOSNIFF = line(b"x-content-type-options", b"nosniff")
NO_OWNER = (
    "Your rows cannot be looked up right now: the part of this server that keeps them is not running. They are safe, "
    "and withdrawing works all the same. Try again in a moment; if it stays so, tell the website."
)
_encode = msgspec.json.encode
Page = dict[str, Any]


async def tell(context: Context, arrival: Arrival) -> Answer:
    """Everything that is stored of a visitor, as JSON or (their rows) as CSV."""
    asked = {name: values[-1] for name, values in parse_qs(arrival.query.decode("latin-1")).items()}
    if asked.get("format", "json") not in ("json", "csv"):
        raise Refused(Refusal.MALFORMED, field="format", detail="format: there are json and csv.")
    holder = await holder_of_key(context, arrival.message.access_key)
    story = await _story(context, holder)
    first = await _page(context, holder.site, story.subject) if story.buried_at is None else None
    accepted = arrival.header(b"accept-language").decode("latin-1")
    language = choose_language(accepted, asked.get("lang", ""), list(texts.languages()))
    site = context.follower.sites.get(holder.site)  # none where it was removed, and everybody of it withdrawn
    telling = Telling(language, site.timezone if site else "UTC", context.follower.notices)
    pages = _pages(context, holder.site, story.subject, first)
    if asked.get("format") == "csv":
        name = b'attachment; filename="byleave-%b.csv"' % holder.site.encode()
        head = (line(b"content-type", b"text/csv; charset=utf-8"), line(b"content-disposition", name))
        return Answer(200, _csv(telling, pages), (*head, NO_STORE, NOSNIFF))
    story_told = await asyncio.to_thread(story.told, context)
    told = {name: first[name] if first else None for name in ("columns", "complete_to")}
    telling.notices.update({entry.body["notice"]: None for entry in story.records if "notice" in entry.body})
    return Answer(200, _json(context, story_told | told, telling, pages), (JSON, NO_STORE, NOSNIFF))


async def erase(context: Context, arrival: Arrival) -> Answer:
    """Bury the visitor, for good or to go on as somebody new; answers once that is durable, with a job."""
    go_on: bool = arrival.message.go_on
    holder = await holder_of_key(context, arrival.message.access_key)
    async with context.state.write() as connection:
        subject = await rights.newest(connection, holder.subject)
        erased_at = await rights.buried_at(connection, subject)
        if erased_at is not None and go_on:
            raise Refused(
                Refusal.WITHDRAWN, detail="The consent was withdrawn, so there is none to go on; its rows are erased."
            )
        if go_on and not await sites.is_there(connection, holder.site):
            raise Refused(Refusal.WITHDRAWN, detail="This website was removed here, and everything of it is erased.")
        if go_on:
            await rights.go_on(connection, subject, holder.site)
        else:
            await rights.withdraw(connection, subject, holder.site)
        job = await rights.add_job(connection, erased_at=erased_at)
    if erased_at is None and not go_on:
        metrics.CONSENTS.labels("withdrawn").inc()
    await context.follower.refresh()
    # Before the answer, and also when it was buried already: an earlier try may have failed here.
    await context.erasures.catch_up(context.state)
    if go_on:
        # Until every process has followed, one may still take an event for whom was erased, and it goes with them.
        await asyncio.sleep(FOLLOWED_S)
    return Answer(202, _encode({"job": job}), (JSON, NO_STORE))


class Jobs:
    """GET /c/jobs/<job>."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def tell(self, request: Request) -> Response:
        """Whether an erasure is physically done."""
        gate.rights_rate(Arrival(self._context, request.scope))
        secret: str = request.path_params["job"]
        async with self._context.state.read() as connection:
            job = await rights.find_job(connection, secret)
        if job is None:
            raise Refused(
                Refusal.NOT_FOUND, detail="No erasure has this number; they are forgotten a month after they are asked."
            )
        done = None if job.done_at is None else iso(job.done_at)
        state = "waiting" if done is None else "done"
        body = _encode({"job": secret, "state": state, "asked": iso(job.asked_at), "done": done})
        return Response(body, headers={**OPEN, "cache-control": "no-store"}, media_type="application/json")


class _Story(msgspec.Struct):
    """What the state database knows of a visitor."""

    site: str
    subject: bytes
    """As their rows carry it now."""
    buried_at: int | None
    records: list[Entry]
    """The oldest first."""
    waiting: bool

    def told(self, context: Context) -> dict[str, Any]:
        """Blocks: it signs receipts."""
        return {
            "site": self.site,
            "choice": self._choice(),
            "records": [self._record(context, entry) for entry in self.records],
            "erasures": {"waiting": self.waiting},
        }

    def _choice(self) -> dict[str, Any]:
        yeses = [entry.body for entry in self.records if entry.body["kind"] in record.CONSENTS]
        if self.buried_at is not None or not yeses:
            at = None if self.buried_at is None else iso(self.buried_at)
            state = "expired" if self.buried_at is None else "withdrawn"
            return {"state": state, "purposes": [], "at": at, "expires": None}
        body, until = yeses[-1], _until(yeses[-1])
        state = "given" if until > time.time() else "expired"
        return {"state": state, "purposes": body["purposes"], "at": body["at"], "expires": iso(until)}

    def _record(self, context: Context, entry: Entry) -> dict[str, Any]:
        body = entry.body
        facts = {name: body.get(name) for name in ("kind", "at", "notice", "purposes", "source", "shown")}
        notice = context.follower.notices.get(body.get("notice", ""))
        signed = None
        if body["kind"] in record.CONSENTS and notice is not None:
            signed = receipt(context.tokens.keys, entry, notice, _until(body))
        return {"sequence": entry.seq, **facts, "receipt": signed}


async def _story(context: Context, holder: Holder) -> _Story:
    log = tables.consent_log
    async with context.state.read() as connection:
        line = await rights.line_of(connection, holder.subject)
        buried_at = await rights.buried_at(connection, line[-1])
        found = select(log.c.seq, log.c.link, log.c.body).where(log.c.subject.in_(line), log.c.body.is_not(None))
        latest = (await connection.execute(found.order_by(log.c.seq.desc()).limit(RECORDS))).all()
        erased = [await rights.buried_at(connection, subject) for subject in line]
        waiting = max((at for at in erased if at is not None), default=0) > await rights.erased_to(connection)
    records = [Entry(row.seq, bytes(row.link), msgspec.json.decode(row.body)) for row in reversed(latest)]
    return _Story(holder.site, line[-1], buried_at, records, waiting)


async def _page(context: Context, site: str, subject: bytes, since: str = "", skip: int = 0) -> Page:
    """A page of rows from the owner of the store, in this process or another. Raises Refused(NO_OWNER)."""
    try:
        asked = {"site": site, "subject": subject.hex(), "since": since, "skip": skip, "most": PAGE_ROWS}
        page: Page = await call(context.settings.data_path, "rows", **asked)
    except (NoOwner, ControlError):
        raise Refused(Refusal.NO_OWNER, detail=NO_OWNER, retry_after=RETRY_S) from None
    return page


async def _pages(context: Context, site: str, subject: bytes, first: Page | None) -> AsyncIterator[Page]:
    page = first
    while page is not None:
        yield page
        page = await _page(context, site, subject, *page["next"]) if page["next"] else None


async def _json(
    context: Context, head: dict[str, Any], telling: Telling, pages: AsyncIterator[Page]
) -> AsyncIterator[bytes]:
    yield _encode(head)[:-1] + b',"rows":['
    between = b""
    async for page in pages:
        rows = await asyncio.to_thread(telling.told, [*page["columns"]], page["rows"])
        if rows:
            yield between + await asyncio.to_thread(json_rows, rows)
            between = b","
    known = context.follower.notices
    current = context.follower.current.get(head["site"])
    named = [*telling.notices] if current is None or current.id in telling.notices else [*telling.notices, current.id]
    tail = {
        "visits": telling.visits(),
        "visits_left_out": telling.left_out,
        "notices": [_notice(context, known[id_]) for id_ in named if id_ in known],
    }
    yield b"]," + _encode(tail)[1:]


async def _csv(telling: Telling, pages: AsyncIterator[Page]) -> AsyncIterator[bytes]:
    names: list[str] = []
    async for page in pages:
        rows = await asyncio.to_thread(telling.told, [*page["columns"]], page["rows"])
        if not names:
            names = ["words", "expires", *(name for name in page["columns"] if name != "visit")]
            yield csv_rows([names])
        yield await asyncio.to_thread(csv_rows, [[row[name] for name in names] for row in rows])


def _until(body: dict[str, Any]) -> int:
    return msgspec.convert(body, record.Body).until


def _notice(context: Context, notice: Notice) -> dict[str, Any]:
    facts = {name: notice.body[name] for name in ("controller", "contact", "authority", "retention_months", "k")}
    url = f"{context.settings.prefix}/notice/{notice.id}"
    return {"id": notice.id, "url": url, "published": iso(notice.published_at), **facts}
