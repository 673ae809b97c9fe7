"""`GET /api/v1/export?format=csv|json|parquet&q=<the JSON of POST /api/v1/query>`."""

import asyncio
import os

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from collector.store.generation import Place
from dashboard.api_caller import caller_of, facts_of
from dashboard.api_problem import ApiProblem
from dashboard.context import dashboard_of
from dashboard.export.file import chunks, export_file
from dashboard.export.request import read_export
from dashboard.query.bad_query import BadQuery

MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


async def show_export(request: Request) -> Response:
    """The rows of a query as a file to save."""
    caller = await caller_of(request)
    dashboard = dashboard_of(request)
    try:
        export = read_export(request.query_params)
        facts = facts_of(request, caller, export.site)
        file = await export_file(export, dashboard.store, facts, Place.of(dashboard.settings).exporting)
    except BadQuery as error:
        raise ApiProblem(400, "bad-query", error.detail, field=error.field) from None
    size = (await asyncio.to_thread(os.fstat, file.fileno())).st_size
    headers = {"Content-Disposition": f'attachment; filename="{export.filename}"', "Content-Length": str(size)}
    return StreamingResponse(chunks(file), media_type=MEDIA[export.format], headers=headers)
