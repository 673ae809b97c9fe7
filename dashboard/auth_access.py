"""Who may do what. This is the one place that decides; every page and every route of the API asks it."""

from collections.abc import Iterable
from enum import Enum

from collector.state.roles import ADMIN, OWNER
from collector.state.site import Site
from dashboard.auth import Session


class Need(Enum):
    """What somebody must be allowed for a page or a change."""

    SIGNED_IN = "to have an account"
    READ = "to read the site"
    ADMINISTER = "to change the site's settings"
    OWN = "to own the server"


def may(session: Session, need: Need, site: str = "") -> bool:
    """Whether an account may do what needs this, on this site where it is about one."""
    if session.role == OWNER or need is Need.SIGNED_IN:
        return True
    role = session.sites.get(site)
    return {Need.READ: role is not None, Need.ADMINISTER: role == ADMIN, Need.OWN: False}[need]


def readable(session: Session, sites: Iterable[Site]) -> list[Site]:
    """The sites that an account may read, in their order."""
    return [site for site in sites if may(session, Need.READ, site.name)]
