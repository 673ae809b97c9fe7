"""Sites in the state database: added, changed, listed, found."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state import tables
from collector.state.audit import note
from collector.state.site import Site, SiteError, globs, hostname, kept_paths, timezone, titled

_LISTS = ("aliases", "path_keep", "patterns")


class UnknownSite(LookupError):
    """No site has this name; the message says what to do."""


def checked(
    name: str,
    aliases: tuple[str, ...] = (),
    zone: str = "UTC",
    path_keep: tuple[str, ...] = (),
    patterns: tuple[str, ...] = (),
    title: str = "",
) -> Site:
    """A site as it may be stored. Raises SiteError."""
    named = hostname(name)
    others = tuple(dict.fromkeys(hostname(alias, wildcard=True) for alias in aliases))
    return Site(
        name=named,
        aliases=tuple(a for a in others if a != named),
        timezone=timezone(zone),
        path_keep=kept_paths(path_keep),
        patterns=globs(patterns),
        title=titled(title),
    )


async def add(connection: AsyncConnection, site: Site, now: int) -> bool:
    """Store a new site in a write transaction; whether one of this name was removed before.

    Raises SiteError when a hostname is taken.
    """
    _check_free(site, await every(connection))
    gone = select(tables.site.c.name).where(tables.site.c.name == site.name)
    anew = (await connection.execute(gone)).first() is not None
    row = _row(site) | {"created_at": now, "removed_at": None}
    if anew:
        await connection.execute(update(tables.site).where(tables.site.c.name == site.name).values(row))
    else:
        await connection.execute(insert(tables.site).values(row))
    return anew


async def change(connection: AsyncConnection, site: Site) -> None:
    """Store a site's new settings in a write transaction; its name stays. Raises SiteError when a hostname is taken."""
    _check_free(site, [other for other in await every(connection) if other.name != site.name])
    row = {name: value for name, value in _row(site).items() if name not in ("name", "created_at")}
    await connection.execute(update(tables.site).where(tables.site.c.name == site.name).values(row))


async def alter(connection: AsyncConnection, name: str, now: int, actor: str, **wanted: Any) -> tuple[Site, Site]:
    """Change the settings named in `wanted`, as they were checked, and note what `actor` changed, if anything.

    Returns the site as it was and as it is. Raises UnknownSite, and SiteError when a hostname is taken.
    """
    before = await named(connection, name)
    after = msgspec.structs.replace(before, **wanted)
    await change(connection, after)
    told = differences(before, after)
    if told:
        await note(connection, now, actor, "site changed", name, **told)
    return before, after


async def every(connection: AsyncConnection) -> list[Site]:
    """All sites that were not removed, by name."""
    rows = await connection.execute(present().order_by(tables.site.c.name))
    return [site_of_row(dict(row._mapping)) for row in rows]


async def named(connection: AsyncConnection, name: str) -> Site:
    """The site that has this hostname or alias. Raises UnknownSite."""
    host = hostname(name, wildcard=True)
    found = [site for site in await every(connection) if host == site.name or host in site.aliases]
    if not found:
        raise UnknownSite(f"There is no site {host}. Add it with: byleave site add {host}")
    return found[0]


async def is_there(connection: AsyncConnection, name: str) -> bool:
    """Whether a site of this name was added and not removed."""
    return (await connection.execute(present().where(tables.site.c.name == name))).first() is not None


async def removed(connection: AsyncConnection) -> list[str]:
    """The names of the sites that were removed, and not added again."""
    gone = select(tables.site.c.name).where(tables.site.c.removed_at.is_not(None)).order_by(tables.site.c.name)
    return list((await connection.execute(gone)).scalars())


def settings_of(site: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A site's settings in words, by name."""
    return [
        ("title", site["title"] or "none"),
        ("aliases", ", ".join(site["aliases"]) or "none"),
        ("timezone", site["timezone"]),
        ("path-keep", "  ".join(site["path_keep"]) or "none"),
        ("patterns", "  ".join(site["patterns"]) or "none"),
    ]


def differences(before: Site, after: Site) -> dict[str, str]:
    """Each setting of a site that changed, as `old → new`."""
    old, new = (dict(settings_of(msgspec.structs.asdict(site))) for site in (before, after))
    return {name: f"{old[name]} → {new[name]}" for name in old if old[name] != new[name]}


def present() -> Select[Any]:
    """The rows of the sites that were not removed."""
    return select(tables.site).where(tables.site.c.removed_at.is_(None))


def site_of_row(row: dict[str, object]) -> Site:
    """A site from its row, the JSON lists decoded."""
    lists = {field: msgspec.json.decode(str(row[field])) for field in _LISTS}
    # SQLAlchemy names columns by a subclass of str, which msgspec does not take for a field.
    return msgspec.convert({str(key): value for key, value in {**row, **lists}.items()}, Site)


def _row(site: Site) -> dict[str, object]:
    row: dict[str, object] = msgspec.to_builtins(site)
    return row | {field: msgspec.json.encode(row[field]).decode() for field in _LISTS}


def _check_free(site: Site, others: list[Site]) -> None:
    taken = {host: other.name for other in others for host in (other.name, *other.aliases)}
    for host in (site.name, *site.aliases):
        if host in taken:
            raise SiteError(
                f"{host} already belongs to the site {taken[host]}. Choose another name or alias.",
                "host_taken", host=host, site=taken[host],
            )  # fmt: skip
