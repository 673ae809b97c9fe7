"""`GET /api/v1/export?format=…&q=…`: what may be asked."""

import re
from collections.abc import Mapping
from typing import ClassVar, Literal, get_args

import msgspec

from dashboard.query.bad_query import BadQuery, decode_strict
from dashboard.query.metrics import metric
from dashboard.query.request import QueryRequest

Format = Literal["csv", "json", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
_EVERY_ROW = 1_000_000_000
# Metrics that count are whole numbers; means, shares and amounts are not.
_COUNTS = frozenset({"visits", "visitors", "conversions", "pageviews", "clicks", "events"})


class ExportQuery(QueryRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of `POST /api/v1/query`, but that without a `limit` every row is meant."""

    most_rows: ClassVar[int] = _EVERY_ROW
    limit: int = _EVERY_ROW


class Column(msgspec.Struct, frozen=True):
    """One column of an export: its name, and whether it holds texts, whole numbers or any numbers."""

    name: str
    kind: Literal["text", "whole", "number"]


class Export(msgspec.Struct, frozen=True):
    """A query and the form its rows are wanted in."""

    format: Format
    query: ExportQuery

    @property
    def site(self) -> str:
        """The site it asks about."""
        return self.query.site

    @property
    def columns(self) -> list[Column]:
        """Dimensions, metrics, then the metrics of the period compared with, as `compare:<metric>`."""
        asked = self.query
        kinds: list[tuple[str, Literal["whole", "number"]]] = [
            (name, "whole" if metric(name).name in _COUNTS else "number") for name in asked.metrics
        ]
        columns = [Column(name, "text") for name in asked.dimensions]
        columns += [Column(name, kind) for name, kind in kinds]
        return columns + [Column(f"compare:{name}", kind) for name, kind in kinds if asked.compare]

    @property
    def filename(self) -> str:
        """A name to save it under: of letters, digits, dots and hyphens alone."""
        plain = re.sub(r"[^A-Za-z0-9.]+", "-", f"{self.site}-{self.query.start}-{self.query.end}")
        return f"{plain}.{self.format}"


def read_export(parameters: Mapping[str, str]) -> Export:
    """The export that a URL's parameters ask for. Raises BadQuery, which names the parameter or the query's field."""
    for name in parameters:
        if name not in ("format", "q"):
            raise BadQuery(name[:64], "There is no such parameter; give `format` and `q`.")
    chosen = next((one for one in FORMATS if one == parameters.get("format", "csv")), None)
    if chosen is None:
        raise BadQuery("format", f"Choose from {', '.join(FORMATS)}.")
    if "q" not in parameters:
        raise BadQuery("q", "Give the query as JSON, as POST /api/v1/query takes it.")
    # Lone surrogates cannot come out of a URL that was decoded with replacement; nothing else fails to encode.
    export = Export(chosen, decode_strict(parameters["q"].encode("utf-8", "replace"), ExportQuery))
    names = [column.name.lower() for column in export.columns]
    if chosen == "parquet" and len(set(names)) < len(names):
        raise BadQuery("dimensions", "Parquet's readers ignore case: name no two properties that differ in it alone.")
    return export
