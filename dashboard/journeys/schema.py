"""What `POST /api/v1/funnel` answers, for OpenAPI."""

from typing import Any

Json = dict[str, Any]
_COUNT: Json = {"type": "integer", "minimum": 0}


def funnel_schema(withheld: Json) -> Json:
    """The schema of the answer; `withheld` is what every report tells of what it left out."""
    node = _object(
        ("id", "label", "kind", "visits"),
        id={"type": "string", "description": "The same in every answer, and safe in an address."},
        label={"type": "string", "description": "A path, what was clicked, or an event's name."},
        kind={"enum": ["page", "click", "event"]},
        target_kind={"type": "string", "description": "Of a click: link, outbound, download, button or form."},
        visits=_COUNT,
    )
    other = _object(
        ("visits", "distinct"),
        visits={**_COUNT, "description": "Went to a step beyond `top`, or to one that fewer than k people took."},
        distinct={**_COUNT, "description": "How many such steps there are."},
    )
    dropped = _object(
        ("visits", "next", "other", "left"),
        visits={**_COUNT, "description": "Reached this step and not the next one: `next` + `other` + `left`."},
        next={"type": "array", "items": node, "description": "Their next step of what `include` counts, by visits."},
        other=other,
        left={**_COUNT, "description": "Had no further step: the visit ended here."},
    )
    share: Json = {
        "type": ["number", "null"],
        "minimum": 0,
        "maximum": 1,
        "description": "Of the visits at the first step; null where nobody is there.",
    }
    step = _object(
        ("visits", "share"),
        visits={**_COUNT, "description": "Visits that reached this step by way of all before it."},
        share=share,
        dropped={**dropped, "description": "Where those that went no further went instead; not of the last step."},
    )
    steps = {"type": "array", "items": step, "minItems": 2, "maxItems": 8, "description": "In the order asked for."}
    visits = {**_COUNT, "description": "All visits that the range and the filters hold."}
    return _object(("visits", "steps", "withheld"), visits=visits, steps=steps, withheld=withheld)


def _object(required: tuple[str, ...], **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}
