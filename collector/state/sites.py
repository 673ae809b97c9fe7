"""Sites in the state database: added, listed, found."""

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state import tables
from collector.state.site import Site, SiteError, hostname, timezone


class UnknownSite(LookupError):
    """No site has this name; the message says what to do."""


def checked(name: str, aliases: tuple[str, ...] = (), zone: str = "UTC", path_keep: tuple[str, ...] = ()) -> Site:
    """A site as it may be stored. Raises SiteError."""
    named = hostname(name)
    others = tuple(dict.fromkeys(hostname(alias, wildcard=True) for alias in aliases))
    return Site(
        name=named, aliases=tuple(a for a in others if a != named), timezone=timezone(zone), path_keep=path_keep
    )


async def add(connection: AsyncConnection, site: Site, now: int) -> None:
    """Store a new site in a write transaction. Raises SiteError when a hostname is taken."""
    taken = {host: other.name for other in await every(connection) for host in (other.name, *other.aliases)}
    for host in (site.name, *site.aliases):
        if host in taken:
            raise SiteError(f"{host} already belongs to the site {taken[host]}. Choose another name or alias.")
    row = msgspec.to_builtins(site) | {"created_at": now}
    for field in ("aliases", "path_keep", "patterns"):
        row[field] = msgspec.json.encode(row[field]).decode()
    await connection.execute(insert(tables.site).values(row))


async def every(connection: AsyncConnection) -> list[Site]:
    """All sites, by name."""
    rows = await connection.execute(select(tables.site).order_by(tables.site.c.name))
    return [site_of_row(dict(row._mapping)) for row in rows]


async def named(connection: AsyncConnection, name: str) -> Site:
    """The site that has this hostname or alias. Raises UnknownSite."""
    host = hostname(name, wildcard=True)
    found = [site for site in await every(connection) if host == site.name or host in site.aliases]
    if not found:
        raise UnknownSite(f"There is no site {host}. Add it with: byleave site add {host}")
    return found[0]


def site_of_row(row: dict[str, object]) -> Site:
    """A site from its row, the JSON lists decoded."""
    lists = {field: msgspec.json.decode(str(row[field])) for field in ("aliases", "path_keep", "patterns")}
    # SQLAlchemy names columns by a subclass of str, which msgspec does not take for a field.
    return msgspec.convert({str(key): value for key, value in {**row, **lists}.items()}, Site)
