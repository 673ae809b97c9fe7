"""POST /c/consent and POST /c/withdraw: a yes is recorded and proved; a no is acted on before it is answered."""

import secrets
import time
from typing import Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector import asks, installation, metrics
from collector.beacon import Withdrawal, Yes
from collector.consent import record, rights
from collector.consent.receipt import receipt
from collector.consent.token import LIFETIME_S, PURPOSES, Access, BadToken
from collector.context import Context
from collector.enrich.bots import is_bot
from collector.gate import Arrival
from collector.refusal import Refusal, Refused
from collector.routes.holder import Holder, holder_of_key, holder_of_token, verified
from collector.routes.post import JSON, NO_STORE, Answer
from collector.state import sites, tables


async def give(context: Context, arrival: Arrival) -> Answer:
    """Append a record; answer with token, receipt and access key."""
    if is_bot(arrival.header(b"user-agent").decode("utf-8", "replace")):
        raise Refused(Refusal.BOT)
    yes: Yes = arrival.message
    asked = time.monotonic()
    offered = set(arrival.notice.purposes)
    if not offered.issuperset(yes.purposes):
        raise Refused(
            Refusal.MALFORMED, field="purposes", detail="purposes: the notice in force does not offer all of these."
        )
    prior = await _prior(context, arrival, yes)
    consent = secrets.token_bytes(16)
    root = prior.root if prior else consent
    subject = context.tokens.keys.subject(root)
    kind = "re-confirmed" if prior else "given"
    async with context.state.write(followed=prior is not None) as connection:
        # The time of the record itself: it may have waited for its turn, and rows under the yes before it went on.
        now = int(arrival.now + time.monotonic() - asked)
        if not await sites.is_there(connection, arrival.site.name):  # removed in another process a moment ago
            raise Refused(Refusal.ORIGIN)
        if prior:
            subject = await rights.newest(connection, subject)
        if prior and await rights.buried_at(connection, subject) is not None:
            # Withdrawn in another process a moment ago: a new beginning.
            root, kind = consent, "given"
            subject = context.tokens.keys.subject(root)
        entry = await record.append(connection, kind, subject, now, **_facts(arrival, yes, now))
        if prior:
            await _narrow(connection, subject, yes.purposes, now)
    metrics.CONSENTS.labels(kind).inc()
    asks.count(context, arrival.site.name, "yes" if yes.shown == "byleave" else "elsewhere")
    installation.said_yes(context, arrival)
    if prior:
        await context.follower.refresh()
    purposes = frozenset(yes.purposes)
    token = context.tokens.mint(arrival.site.name, consent, root, arrival.notice.id, purposes, now)
    body = {
        "token": token,
        "expires": record.iso(now + LIFETIME_S),
        "receipt": receipt(context.tokens.keys, entry, arrival.notice, now + LIFETIME_S),
        "access_key": _access_key(context, arrival, yes, prior, root),
    }
    return Answer(201, msgspec.json.encode(body), (JSON, NO_STORE))


async def withdraw(context: Context, arrival: Arrival) -> Answer:
    """Bury the subject: collection stops everywhere, and every row of the linked consents goes."""
    message: Withdrawal = arrival.message
    if message.t is not None:
        holder = await holder_of_token(context, message.t)
    else:
        holder = await holder_of_key(context, message.access_key or "")
    async with context.state.write() as connection:
        subject = await rights.newest(connection, holder.subject)
        withdrawn = await rights.withdraw(connection, subject, holder.site)
    if withdrawn:
        metrics.CONSENTS.labels("withdrawn").inc()
    await context.follower.refresh()
    # Before the answer, and also when it was buried already: an earlier try may have failed here.
    await context.erasures.catch_up(context.state)
    return Answer(204)


async def _prior(context: Context, arrival: Arrival, yes: Yes) -> Holder | None:
    """The consent a yes continues: verified, of the same site, and not withdrawn; else this yes is a new beginning."""
    if yes.prior is None:
        return None
    try:
        prior = await verified(context, yes.prior)
    except BadToken:
        return None
    follower = context.follower
    withdrawn = follower.renewed(prior.subject) in follower.tombstones()
    return None if withdrawn or prior.site != arrival.site.name else prior


def _access_key(context: Context, arrival: Arrival, yes: Yes, prior: Holder | None, root: bytes) -> str:
    """The access key stays the one the browser holds; a browser that kept only a token is given one."""
    if isinstance(prior, Access) and prior.root == root and yes.prior:
        return yes.prior
    return context.tokens.mint_access_key(arrival.site.name, root)


async def _narrow(connection: AsyncConnection, subject: bytes, purposes: list[Any], now: int) -> None:
    """Fewer purposes than before: what they covered is taken back from rows already stored."""
    latest = (
        select(tables.consent_log.c.body)
        .where(tables.consent_log.c.subject == subject, tables.consent_log.c.body.like('%"purposes":[%'))
        .order_by(tables.consent_log.c.seq.desc())
        .offset(1)
        .limit(1)
    )
    body = (await connection.execute(latest)).scalar()
    before = set(msgspec.json.decode(body)["purposes"]) if body else set(PURPOSES)
    if not before.issubset(purposes):
        # The next second: a token of this very second may be the wider one. This yes is already as narrow as it is.
        row = {"subject": subject, "kept": msgspec.json.encode(sorted(purposes)).decode(), "narrowed_at": now + 1}
        await connection.execute(insert(tables.narrowing).values(row))


def _facts(arrival: Arrival, yes: Yes, now: int) -> dict[str, Any]:
    return {
        "site": arrival.site.name,
        "notice": arrival.notice.id,
        "purposes": [purpose for purpose in PURPOSES if purpose in yes.purposes],
        "source": yes.source,
        "shown": yes.shown,
        "locale": yes.locale,
        "ui": yes.ui,
        "expires": record.iso(now + LIFETIME_S),
    }
