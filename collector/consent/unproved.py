"""Why no consent covers a row, in words: the first of the reasons that holds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from collector.store.interface import Row


class Yes(NamedTuple):
    """One yes of the row's subject and what it still covers, as `proof_of.sql` gives it; times naive UTC."""

    site: str
    notice: str
    since: Any
    until: Any
    recognises: bool
    adverts: bool
    visitor: int


def why(row: dict[str, Any], site: str | None, found: Sequence[Row]) -> str:
    """The rest of a sentence that begins with the row; `site`: that of the notice it names, if there is one."""
    at = row["occurred_at"]
    if site is None:
        return "names a notice that was never published"
    if site != row["site"]:
        return f"names a notice of another site, {site}"
    every = [Yes(*one) for one in found]
    if not every:
        return "has no consent record at all"
    under = [yes for yes in every if (yes.site, yes.notice) == (row["site"], row["notice"])]
    if not under:
        return "has no consent record under the notice it names"
    begun = [yes for yes in under if yes.since <= at]
    if not begun:
        return f"is older than its consent, which was given at {under[0].since:%Y-%m-%d %H:%M:%S}"
    standing = [yes for yes in begun if at < yes.until]
    if not standing:
        return f"is younger than its consent, which ran out at {max(yes.until for yes in begun):%Y-%m-%d %H:%M:%S}"
    if row["ad"] is not None and not any(yes.adverts for yes in standing):
        return "names an advert without the purpose ads"
    if row["visitor"] is not None and not any(yes.recognises for yes in standing):
        return "names a visitor without the purpose returning"
    if row["visitor"] not in (None, standing[0].visitor):
        return "names a visitor that is not the keyed hash of its subject"
    return "needs purposes that no single consent of it covers"
