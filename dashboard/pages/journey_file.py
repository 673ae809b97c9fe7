"""The links of a journey report as a CSV file: the table of the page."""

import re

from starlette.responses import Response

from collector.spreadsheet import csv_rows
from dashboard.pages.journey_columns import Column
from dashboard.pages.view import View

HEAD = ("from_step", "from", "to_step", "to", "visits")


def links_file(report: dict[str, list[dict[str, object]]], columns: list[Column], view: View) -> Response:
    """Every link of the report, as a file to save."""
    ends: dict[str, tuple[str, str]] = {}
    for column in columns:
        ends |= {stop.key: (column.title, stop.name) for stop in column.stops}
        ends[column.gone_key] = (column.title, column.gone_name)
    rows = [[*ends[str(link["from"])], *ends[str(link["to"])], link["visits"]] for link in report["links"]]
    name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{view.site}-journeys-{view.start}-{view.end}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_rows([HEAD, *rows]), media_type="text/csv; charset=utf-8; header=present", headers=headers)
