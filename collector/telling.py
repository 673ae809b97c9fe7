"""What a visitor is told of their own rows: each in plain words with the day on which it goes, and their visits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec

from collector.consent import texts
from collector.consent.expiry import expires_on
from collector.state.site import Notice

VISITS = 100
"""Visits that are told as such, the latest; their rows are all told."""
STEPS = 200
"""Steps told of one visit, its first."""
_KINDS = ("pageview", "click", "event")
_PLACE = ("country", "city", "browser", "device")


class Telling:
    """Takes the rows of one visitor, oldest first, page by page."""

    def __init__(self, language: str, zone: str, notices: Mapping[str, Notice]) -> None:
        self._language = language
        self._zone = zone
        self._known = notices
        self.notices: dict[str, None] = {}
        """The notices that what was told names, in their order."""
        self._visits: dict[int, _Visit] = {}
        self.left_out = 0
        """Visits that are too many to be told."""

    def told(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
        """Rows of the store as the visitor reads them."""
        return [self._row(dict(zip(columns, row, strict=True))) for row in rows]

    def visits(self) -> list[dict[str, Any]]:
        """The visits that the rows make up, the latest first."""
        told = [visit.told() for visit in reversed(self._visits.values())]
        return [visit for visit in told if visit["steps"]]  # what leaves a page alone is no visit

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        at = datetime.fromisoformat(row["occurred_at"])
        row["occurred_at"] = f"{at.isoformat()}Z"
        self._collect(row.pop("visit"), row)
        if row.get("value") is not None:
            row["value"] = Decimal(row["value"])  # a number again: the owner's socket wrote it as text
        self.notices[row["notice"]] = None
        notice = self._known.get(row["notice"])
        expires = expires_on(at, self._zone, notice.body["retention_months"]).isoformat() if notice else None
        return {"words": texts.row_words(self._language, row), "expires": expires, **row}

    def _collect(self, number: int, row: dict[str, Any]) -> None:
        visit = self._visits.get(number)
        if visit is None:
            visit = self._visits[number] = _Visit()
            if len(self._visits) > VISITS:
                del self._visits[next(iter(self._visits))]
                self.left_out += 1
        visit.add(row)


class _Visit:
    """The steps of one visit, and what is known of it."""

    def __init__(self) -> None:
        self._first: tuple[int, dict[str, Any]] | None = None
        self._view: tuple[int, str | None] | None = None
        self._began = ""
        self._steps: list[tuple[int, str, int, dict[str, Any]]] = []

    def add(self, row: dict[str, Any]) -> None:
        nth, at, kind = row["nth"], row["occurred_at"], row["kind"]
        self._began = min(self._began or at, at)
        if self._first is None or nth < self._first[0]:
            self._first = nth, {name: row[name] for name in _PLACE}
        if kind == "pageview" and (self._view is None or nth < self._view[0]):
            self._view = nth, row["source"]
        if kind in _KINDS and len(self._steps) < STEPS:
            step = {
                "kind": kind,
                "target_kind": (row["target_kind"] or "") if kind == "click" else "",
                "name": row["path"] if kind == "pageview" else row["target"] or "",
            }
            self._steps.append((nth, at, _KINDS.index(kind), step))

    def told(self) -> dict[str, Any]:
        place = self._first[1] if self._first else {}
        source = self._view[1] if self._view else None
        self._steps.sort(key=lambda step: (*step[:3], step[3]["name"]))
        steps = [step for step, _ in groupby(step for *_, step in self._steps)]
        return {"began": self._began, **place, "source": source, "steps": steps}


def json_rows(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as the inside of a JSON list."""
    return b",".join(msgspec.json.encode(row) for row in rows)
