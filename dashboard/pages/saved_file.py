"""What a page shows as a CSV file to save."""

import re
from collections.abc import Iterable

from starlette.responses import Response

from collector.spreadsheet import csv_rows
from dashboard.export.rows import Row
from dashboard.pages.view import View


def saved_file(what: str, rows: Iterable[Row], view: View) -> Response:
    """Rows, the head among them, under a name of site, `what` and days."""
    name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{view.site}-{what}-{view.start}-{view.end}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_rows(rows), media_type="text/csv; charset=utf-8; header=present", headers=headers)
