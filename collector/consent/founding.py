"""Adding a site: with its first notice, in one transaction."""

from sqlalchemy.ext.asyncio import AsyncConnection

from collector.consent import notice as notices
from collector.consent import removal
from collector.consent.record import iso
from collector.state import sites
from collector.state.audit import note
from collector.state.site import Site, SiteError


async def found_site(
    connection: AsyncConnection, new: Site, draft: notices.Draft, now: int, actor: str
) -> notices.Planned:
    """Store a new site and publish its notice; noted as done by `actor`. Raises SiteError or NoticeError."""
    if await removal.left_of(connection, new.name):
        raise SiteError(f"The removal of {new.name} was cut short. Finish it first: byleave site remove {new.name}")
    anew = await sites.add(connection, new, now)
    await note(connection, now, actor, "site added", new.name)
    return await notices.publish(connection, new.name, draft, iso(now), now, anew=anew)
