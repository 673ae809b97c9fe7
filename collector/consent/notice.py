"""Notices: what visitors are told, published as immutable versions known by the hash of their canonical JSON."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent import texts
from collector.consent.difference import Difference, difference
from collector.consent.token import PURPOSES
from collector.state import tables
from collector.state.declined import Declined
from collector.strip import AD_NETWORKS, SECRET_NAME

RETENTION_MONTHS = 25
LOG_RETENTION_MONTHS = 36  # after the consent ended; more where rows are kept longer, for none may outlive its proof
K = 5
LONGEST = 200  # characters of a name or contact: they stand in banner and receipt
MOST = 20  # recipients, or query names: the banner and the receipt carry them
SHOWN, HIDDEN = "shown", "hidden"
VISITS = (SHOWN, HIDDEN)
"""Whether reports show single visits as strips of steps; a notice that does not say so is one of before, and shows."""
# The kinds of data a row may hold, in the words of `byleave schema`; a notice that offers `ads` adds its own.
CATEGORIES = ("page", "time", "action", "source", "place", "device", "visit", "subject")


class NoticeError(Declined):
    """A notice cannot be published as asked; the message says what to do."""


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an owner decides about a notice; the rest follows from it."""

    controller: str = ""
    contact: str = ""
    authority: str = ""
    recipients: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ("measure", "returning")
    retention_months: int = RETENTION_MONTHS
    k: int = K
    query_keep: tuple[str, ...] = ()
    visits: str = SHOWN
    languages: tuple[str, ...] = ()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same content is always the same bytes (after RFC 8785)."""
    return msgspec.json.encode(value, order="sorted").decode()


def notice_id(body: str) -> str:
    """SHA-256 of the canonical JSON, 64 hex digits."""
    return hashlib.sha256(body.encode()).hexdigest()


def check(draft: Draft) -> Draft:
    """The draft tidied, its purposes in order, its languages filled in. Raises NoticeError."""
    unknown = [purpose for purpose in draft.purposes if purpose not in PURPOSES]
    if unknown:
        raise NoticeError(f"Unknown purpose '{unknown[0]}'; there are {', '.join(PURPOSES)}.")
    if "measure" not in draft.purposes:
        raise NoticeError("A notice always offers the purpose measure.")
    if not 1 <= draft.retention_months <= 120:
        raise NoticeError("Retention must be 1 to 120 months.", "retention")
    if not 1 <= draft.k <= 1000:
        raise NoticeError("k must be 1 to 1000.")
    if draft.visits not in VISITS:
        raise NoticeError(f"Single visits are {' or '.join(VISITS)}.")
    missing = [language for language in draft.languages if language not in texts.languages()]
    if missing:
        raise NoticeError(f"No texts in '{missing[0]}'; there are {', '.join(texts.languages())}.")
    return msgspec.structs.replace(
        draft,
        controller=_line("The controller", draft.controller),
        contact=_line("The contact", draft.contact),
        authority=_line("The authority", draft.authority),
        recipients=_few("recipients", (_line("A recipient", name) for name in draft.recipients)),
        purposes=tuple(purpose for purpose in PURPOSES if purpose in draft.purposes),
        query_keep=tuple(sorted(_few("query names", map(_query_name, draft.query_keep)))),
        languages=draft.languages or texts.languages(),
    )


def _line(what: str, text: str) -> str:
    tidy = " ".join(text.split())
    if len(tidy) > LONGEST or not tidy.isprintable():
        raise NoticeError(
            f"{what} cannot be printed: give at most {LONGEST} printable characters.", "unprintable", most=LONGEST
        )
    return tidy


def _few(what: str, found: Iterable[str]) -> tuple[str, ...]:
    """Without repetitions and empty texts, in their order."""
    each = tuple(dict.fromkeys(filter(None, found)))
    if len(each) > MOST:
        raise NoticeError(f"These are {len(each)} {what}; a notice that people can read names at most {MOST}.")
    return each


def _query_name(text: str) -> str:
    name = text.strip()
    if not re.fullmatch(r"[\w.~\[\]-]{0,64}", name):
        raise NoticeError(f"'{name}' is no name of a query: give it like p, for addresses such as /?p=12.")
    if name.lower() in AD_NETWORKS:
        raise NoticeError(f"{name} names the click on an advert, and its value tells people apart: it is never kept.")
    if SECRET_NAME.fullmatch(name):
        raise NoticeError(f"{name} names a secret: it is never kept.")
    return name


def body_of(site: str, draft: Draft, at: str) -> dict[str, Any]:
    """The whole content of a notice; `at` is its time of publication, ISO 8601 in UTC."""
    categories = (*CATEGORIES, "advert") if "ads" in draft.purposes else CATEGORIES
    body: dict[str, Any] = {
        "version": 1,
        "site": site,
        "published": at,
        "controller": draft.controller,
        "contact": draft.contact,
        "authority": draft.authority,
        "legal_basis": "consent",
        "recipients": list(draft.recipients),
        "purposes": list(draft.purposes),
        "categories": list(categories),
        "retention_months": draft.retention_months,
        "log_retention_months": max(LOG_RETENTION_MONTHS, draft.retention_months),
        "k": draft.k,
        "query_keep": list(draft.query_keep),
        "visits": draft.visits,
        "rights": ["withdraw", "see", "take", "erase", "complain"],
    }
    body["texts"] = {language: _texts(language, body) for language in draft.languages}
    return body


class Planned(msgspec.Struct, frozen=True):
    """A notice as it would be published."""

    text: str
    """Canonical JSON, of which `id` is the hash."""
    draft: bool
    material: bool
    difference: Difference | None
    """What it changes against the notice in force, `before`; None where there is none."""
    before: str | None
    over_draft: bool
    """Whether the notice before is a draft, to which only local pages can have said yes."""

    @property
    def id(self) -> str:
        """SHA-256 of the text."""
        return notice_id(self.text)


async def plan(connection: AsyncConnection, site: str, draft: Draft, at: str, *, anew: bool = False) -> Planned:
    """What publishing would do. `anew` for a site that was removed: nothing of before is continued.

    Raises NoticeError when nothing changed, or nobody would be responsible any more.
    """
    draft = check(draft)
    body = body_of(site, draft, at)
    nobody = not (draft.controller and draft.contact)
    earlier = None if anew else await in_force(connection, site)
    if earlier is None:
        return Planned(canonical(body), nobody, material=anew, difference=None, before=None, over_draft=True)
    old = msgspec.json.decode(earlier.body)
    if {**old, "published": at} == body:
        raise NoticeError("Nothing changed: the notice in force says exactly this.", "notice_same")
    if nobody and not earlier.draft:
        raise NoticeError(
            "The notice in force names controller and contact; a later one cannot do without them.", "notice_nobody"
        )
    found = difference(old, body)
    return Planned(canonical(body), nobody, found.material, found, earlier.id, over_draft=earlier.draft)


async def publish(
    connection: AsyncConnection, site: str, draft: Draft, at: str, now: int, *, anew: bool = False
) -> Planned:
    """Publish in a write transaction; `at` and `now` are the same moment. Raises what `plan` does."""
    planned = await plan(connection, site, draft, at, anew=anew)
    row = {
        "id": planned.id,
        "site": site,
        "body": planned.text,
        "draft": planned.draft,
        "material": planned.material,
        "published_at": now,
    }
    there = select(tables.notice.c.seq).where(tables.notice.c.id == planned.id)
    if (await connection.execute(there)).first() is not None:
        raise NoticeError("The very same notice was published within this second. Wait for the next one.")
    await connection.execute(insert(tables.notice).values(row))
    return planned


async def in_force(connection: AsyncConnection, site: str) -> Row[Any] | None:
    """The row of the site's latest notice; None where there is none."""
    query = select(tables.notice).where(tables.notice.c.site == site).order_by(tables.notice.c.seq.desc()).limit(1)
    return (await connection.execute(query)).first()


def draft_of(body: Mapping[str, Any]) -> Draft:
    """The owner's decisions in a published notice, as the start of the next one."""
    known = {"visits": SHOWN, **body}
    chosen = {field.name: known[field.name] for field in msgspec.structs.fields(Draft) if field.name != "languages"}
    return msgspec.convert({**chosen, "languages": tuple(body["texts"])}, Draft)


def _texts(language: str, body: Mapping[str, Any]) -> dict[str, Any]:
    purposes: Sequence[str] = body["purposes"]
    named = body["controller"] or body["site"]  # a draft has no controller yet; its banner shows on local pages alone
    ask = texts.banner_texts(language, named, purposes, body["retention_months"])
    sections = [{"heading": heading, "paragraphs": lines} for heading, lines in texts.notice_sections(language, body)]
    return {"ask": ask, "sections": sections}
