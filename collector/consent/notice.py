"""Notices: what visitors are told, published as immutable versions known by the hash of their canonical JSON."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent import texts
from collector.consent.token import PURPOSES
from collector.state import tables

RETENTION_MONTHS = 25
K = 5
# The kinds of data a row may hold, in the words of `byleave schema`; a notice that offers `ads` adds its own.
CATEGORIES = ("page", "time", "action", "source", "place", "device", "visit", "subject")
_COMPARED = ("controller", "purposes", "categories", "recipients")


class NoticeError(ValueError):
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
    languages: tuple[str, ...] = ()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same content is always the same bytes (after RFC 8785)."""
    return msgspec.json.encode(value, order="sorted").decode()


def notice_id(body: str) -> str:
    """SHA-256 of the canonical JSON, 64 hex digits."""
    return hashlib.sha256(body.encode()).hexdigest()


def material(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Whether consents under `earlier` do not cover `later`, so that visitors are asked again."""
    return (
        any(earlier[field] != later[field] for field in _COMPARED)
        or later["retention_months"] > earlier["retention_months"]
        or later["k"] < earlier["k"]
    )


def check(draft: Draft) -> Draft:
    """The draft with its purposes in order and its languages filled in. Raises NoticeError."""
    unknown = [purpose for purpose in draft.purposes if purpose not in PURPOSES]
    if unknown:
        raise NoticeError(f"Unknown purpose '{unknown[0]}'; there are {', '.join(PURPOSES)}.")
    if "measure" not in draft.purposes:
        raise NoticeError("A notice always offers the purpose measure.")
    if not 1 <= draft.retention_months <= 120:
        raise NoticeError("Retention must be 1 to 120 months.")
    if not 1 <= draft.k <= 1000:
        raise NoticeError("k must be 1 to 1000.")
    missing = [language for language in draft.languages if language not in texts.languages()]
    if missing:
        raise NoticeError(f"No texts in '{missing[0]}'; there are {', '.join(texts.languages())}.")
    return msgspec.structs.replace(
        draft,
        controller=draft.controller.strip(),
        contact=draft.contact.strip(),
        purposes=tuple(purpose for purpose in PURPOSES if purpose in draft.purposes),
        query_keep=tuple(sorted(set(draft.query_keep))),
        languages=draft.languages or texts.languages(),
    )


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
        "log_retention_months": 36,
        "k": draft.k,
        "query_keep": list(draft.query_keep),
        "rights": ["withdraw", "see", "take", "erase", "complain"],
    }
    body["texts"] = {language: _texts(language, body) for language in draft.languages}
    return body


async def publish(connection: AsyncConnection, site: str, draft: Draft, at: str, now: int) -> dict[str, Any]:
    """Publish in a write transaction; answers id, draft and material. Raises NoticeError when nothing changed."""
    draft = check(draft)
    body = body_of(site, draft, at)
    query = select(tables.notice).where(tables.notice.c.site == site).order_by(tables.notice.c.seq.desc()).limit(1)
    earlier = (await connection.execute(query)).first()
    old = msgspec.json.decode(earlier.body) if earlier else None
    if old is not None and {**old, "published": at} == body:
        raise NoticeError("Nothing changed: the notice in force says exactly this.")
    text = canonical(body)
    row = {
        "id": notice_id(text),
        "site": site,
        "body": text,
        "draft": not (draft.controller and draft.contact),
        "material": old is not None and material(old, body),
        "published_at": now,
    }
    await connection.execute(insert(tables.notice).values(row))
    return {"id": row["id"], "draft": row["draft"], "material": row["material"]}


def draft_of(body: Mapping[str, Any]) -> Draft:
    """The owner's decisions in a published notice, as the start of the next one."""
    chosen = {field.name: body[field.name] for field in msgspec.structs.fields(Draft) if field.name != "languages"}
    return msgspec.convert({**chosen, "languages": tuple(body["texts"])}, Draft)


def _texts(language: str, body: Mapping[str, Any]) -> dict[str, Any]:
    purposes: Sequence[str] = body["purposes"]
    named = body["controller"] or body["site"]  # a draft has no controller yet; its banner shows on local pages alone
    ask = texts.banner_texts(language, named, purposes, body["retention_months"])
    sections = [{"heading": heading, "paragraphs": lines} for heading, lines in texts.notice_sections(language, body)]
    return {"ask": ask, "sections": sections}
