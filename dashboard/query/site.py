"""What the reports must know of a site; the caller reads it from the site's settings and its current notice."""

import msgspec


class SiteFacts(msgspec.Struct, frozen=True):
    """`name`: its main hostname. `timezone`: an IANA name. `k`: the least number of subjects a small group has."""

    name: str
    timezone: str
    k: int
    patterns: tuple[str, ...] = ()
    """The owner's globs for the journeys' grouping by pattern; the first that matches a path names it."""
    visits_shown: bool = True
    """Whether the notice in force says that single visits are shown."""
    hidden_under: tuple[str, ...] = ()
    """The notices that said they are not: what was collected under them is shown by no later one."""
