"""What a site's visits did lately, as steps that a goal or a funnel can be made of."""

from dashboard.pages.journey_steps import write_step
from dashboard.pages.reports import Reports
from dashboard.pages.view import View
from dashboard.query.patterns import escape_glob

MOST = 60  # of each kind


async def suggested(reports: Reports, view: View) -> list[str]:
    """Pages, clicks and events of the view's range, the most frequent first, as a form takes them."""
    found = []
    for kind, metric in (("page", "visits"), ("click", "clicks"), ("event", "events")):
        report = await reports.of(view, [metric], [kind], limit=MOST)
        found += [write_step({kind: escape_glob(row["dims"][0])}) for row in report["rows"] if row["dims"][0]]
    return found
