"""Who may do what with which site. An owner may everything and needs no role of a site."""

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from collector.state import tables
from collector.state.declined import Declined
from collector.state.tables import account, site_role

OWNER, ADMIN, VIEWER = "owner", "admin", "viewer"
NO_ROLE = "none"
"""What somebody may of a site who may nothing there."""
MEMBER = "member"
"""What an account is that is no owner."""
SITE_ROLES = (ADMIN, VIEWER)
ROLES = (OWNER, *SITE_ROLES)


class RoleError(Declined):
    """A role cannot be given or taken; the message says what to do."""


async def roles_of(connection: AsyncConnection, account_id: int) -> dict[str, str]:
    """Site → role of one account, by site."""
    return (await every_role(connection, account_id)).get(account_id, {})


async def every_role(connection: AsyncConnection, account_id: int | None = None) -> dict[int, dict[str, str]]:
    """Account → site → role, of one account or of all; removed sites left out."""
    query = (
        select(site_role)
        .join(tables.site, tables.site.c.name == site_role.c.site)
        .where(tables.site.c.removed_at.is_(None))
        .order_by(site_role.c.site)
    )
    if account_id is not None:
        query = query.where(site_role.c.account == account_id)
    found: dict[int, dict[str, str]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.account, {})[row.site] = row.role
    return found


async def give(connection: AsyncConnection, account_id: int, site: str, role: str) -> None:
    """Make an account admin or viewer of a site, whatever it was there. Raises RoleError."""
    if role not in SITE_ROLES:
        raise RoleError(f"'{role}' is no role of a site: give one of {', '.join(SITE_ROLES)}.", "role")
    there = select(tables.site.c.name).where(tables.site.c.name == site, tables.site.c.removed_at.is_(None))
    if (await connection.execute(there)).first() is None:
        raise RoleError(f"There is no site {site}: `byleave site list` shows them.", "no_site", site=site)
    await take(connection, account_id, site)
    await connection.execute(insert(site_role).values(account=account_id, site=site, role=role))


async def take(connection: AsyncConnection, account_id: int, site: str) -> None:
    """An account has no role of this site any more."""
    await connection.execute(delete(site_role).where(site_role.c.account == account_id, site_role.c.site == site))


async def set_owner(connection: AsyncConnection, account_id: int, is_owner: bool) -> None:
    """Make an account an owner, or a member again. Raises RoleError where nobody would own the server any more."""
    if not is_owner:
        await keep_an_owner(connection, account_id)
    role = OWNER if is_owner else MEMBER
    await connection.execute(update(account).where(account.c.id == account_id).values(role=role))


async def change_role(connection: AsyncConnection, account_id: int, role: str, site: str = "") -> None:
    """Make an account an owner, or no owner and admin, viewer or nothing (`NO_ROLE`) of one site. Raises RoleError."""
    await set_owner(connection, account_id, role == OWNER)
    if role == NO_ROLE:
        await take(connection, account_id, site)
    elif role != OWNER:
        await give(connection, account_id, site, role)


async def keep_an_owner(connection: AsyncConnection, account_id: int) -> None:
    """Raise RoleError when this account is the only owner."""
    others = select(func.count()).where(account.c.role == OWNER, account.c.id != account_id)
    itself = select(account.c.role).where(account.c.id == account_id)
    if (await connection.execute(itself)).scalar() == OWNER and not (await connection.execute(others)).scalar():
        raise RoleError("This is the only owner: make somebody else an owner first.", "last_owner")
