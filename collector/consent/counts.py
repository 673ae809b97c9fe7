"""How much there is of a site in the state database: consents by kind, asks, notices, API tokens."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent.record import KINDS
from collector.state.tables import api_token, ask, consent_log, notice


async def counts(connection: AsyncConnection, site: str) -> dict[str, Any]:
    """The numbers; of the consent log only the records whose body is still kept."""
    # Bodies are canonical JSON, so that site and kind stand in them in this one form.
    of_site = consent_log.c.body.contains(f'"site":"{site}"', autoescape=True)
    sums = [func.count().filter(consent_log.c.body.contains(f'"kind":"{kind}"', autoescape=True)) for kind in KINDS]
    records = (await connection.execute(select(*sums).where(of_site))).one()

    async def one(value: ColumnElement[Any], column: ColumnElement[str]) -> int:
        return int((await connection.execute(select(value).where(column == site))).scalar_one())

    return {
        "consents": dict(zip(KINDS, records, strict=True)),
        "asks": await one(func.coalesce(func.sum(ask.c.asks), 0), ask.c.site),
        "notices": await one(func.count(), notice.c.site),
        "tokens": await one(func.count(), api_token.c.site),
    }
