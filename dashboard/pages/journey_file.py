"""The links of a journey report as a CSV file: the table of the page."""

from starlette.responses import Response

from dashboard.pages.journey_columns import Column
from dashboard.pages.saved_file import saved_file
from dashboard.pages.view import View

HEAD = ("from_step", "from", "to_step", "to", "visits")


def links_file(report: dict[str, list[dict[str, object]]], columns: list[Column], view: View) -> Response:
    """Every link of the report, as a file to save."""
    ends: dict[str, tuple[str, str]] = {}
    for column in columns:
        ends |= {stop.key: (column.title, stop.name) for stop in column.stops}
        ends[column.gone_key] = (column.title, column.gone_name)
    rows = [[*ends[str(link["from"])], *ends[str(link["to"])], link["visits"]] for link in report["links"]]
    return saved_file("journeys", [HEAD, *rows], view)
