"""What `GET /api/v1/volume` answers, for OpenAPI."""

from typing import Any

Json = dict[str, Any]
_COUNT: Json = {"type": "integer", "minimum": 0}
_NUMBER: Json = {"type": "number", "minimum": 0}


def volume_schema() -> Json:
    """The schema of the answer."""
    busy = _object(at={"type": "string", "format": "date-time"}, pageviews=_COUNT)
    peak = _object(
        at={"type": "string", "format": "date-time"},
        events=_COUNT,
        asks={**_COUNT, "description": "Fetches of the banner's texts in the UTC hour of the minute."},
        requests_per_second={**_NUMBER, "description": "(events + asks ÷ 60) ÷ 60: a lower bound of the peak second."},
    )
    disk = _object(
        bytes_per_event={**_NUMBER, "description": "Of the store as it is now, all sites, everything derived."},
        bytes_per_day=_NUMBER,
        bytes_per_year=_NUMBER,
        store_bytes=_COUNT,
        store_events=_COUNT,
    )
    about = "Reckoned from the events of the 28 local days before today, of every kind."
    return _object(
        hour_of_week={"type": "array", "items": _COUNT, "minItems": 168, "maxItems": 168},
        busiest_minute=_maybe(busy),
        busiest_hour=_maybe(busy),
        growth={"type": ["number", "null"], "description": "Against the 28 days before; 0.5 is half as much again."},
        capacity=_object(events=_COUNT, events_per_day=_NUMBER, peak=_maybe(peak), disk=_maybe(disk))
        | {"description": about},
    )


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _maybe(what: Json) -> Json:
    return {"anyOf": [what, {"type": "null"}]}
