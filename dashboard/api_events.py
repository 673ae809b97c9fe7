"""`POST /api/v1/events`, as the description tells it. The collector serves it (collector/app.py), where what is
acknowledged is durable and waits for no report; a dashboard of its own says so.
"""

from typing import Any

import msgspec
from starlette.requests import Request

from collector.beacon import Beacon
from dashboard.api_problem import ApiProblem
from dashboard.openapi import COUNT, Json, answer, content, problems


async def send_elsewhere(_request: Request) -> Any:
    """What `byleave dashboard` answers to events."""
    detail = "This process shows reports: send events to the collector, where /c/tag.js is."
    raise ApiProblem(421, "misdirected", detail)


def events_path() -> Json:
    """The operation."""
    return {
        "operationId": "events",
        "summary": "Events that your own backend saw, with the visitor's consent token",
        "description": _ABOUT,
        "security": [{"events": []}],
        "parameters": [_signal("Sec-GPC", "Global Privacy Control"), _signal("DNT", "Do Not Track")],
        "requestBody": {"required": True, "content": content("Beacon")},
        "responses": {"202": answer("Stored, and durable", "Stored"), **problems(_PROBLEMS)},
    }


def events_schemas() -> Json:
    """The schemas of its body and answer: of the very types that the collector decodes."""
    _, found = msgspec.json.schema_components([Beacon], ref_template="#/components/schemas/{name}")
    for name, fields in _FIELDS.items():
        described = found[name]
        described.pop("title", None)
        described["description"] = fields[""]
        for field, told in fields.items():
            if field:
                described["properties"][field] |= told
    stored = {"type": "object", "required": ["stored"], "properties": {"stored": COUNT}}
    return {**found, "Stored": {**stored, "description": "How many of the batch's events count."}}


def _signal(name: str, about: str) -> Json:
    told = f"{about}, as the visitor's browser sent it to you: `1` means that nothing is collected."
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": told}


_ABOUT = (
    "The same gate as for the tag: without a consent token in force nothing is stored. Neither the address nor the "
    "user agent of your backend is taken, so these rows have no place and no device. With `byleave collect` and "
    "`byleave dashboard` apart, the collector answers here. Events count towards the visit that they name."
)
_PROBLEMS = {
    "400": "The body is malformed; `field` names the part to mend.",
    "401": "`bad-api-token`; or, of the visitor, `bad-token` and `token-expired`: forget that token, and ask again.",
    "403": "`wrong-scope`; `visitor-gpc`, `visitor-dnt`: the visitor's signal; `notice-is-draft`: publish it first.",
    "408": "The body took longer than 10 seconds.",
    "409": "The notice has changed in a way that needs a new yes.",
    "410": "The consent was withdrawn: forget the token, and collect nothing.",
    "413": "The body is larger than 16 KiB.",
    "415": "The body is neither application/json nor text/plain.",
    "421": "This process shows reports alone: send events to the collector.",
    "429": "Too many events with this API token, of this visitor or for this site.",
    "503": "Nothing can be stored right now; nothing was.",
}
_RANDOM = "^[A-Za-z0-9_-]{21}[AQgw]$"  # as the gate checks it beside the types (collector/beacon.py)
_PAGE: Json = {"pattern": "^/", "description": "Path and query of the page; of the query little is kept."}
_AGE: Json = {"description": "Age in milliseconds when sent: at most an hour."}
_CURRENCY = [{"type": "string", "pattern": "^[A-Z]{3}$"}, {"type": "null"}]  # Python's \\Z is no word of OpenAPI
_FIELDS: dict[str, dict[str, Any]] = {
    "Beacon": {
        "": "A batch of one visitor's events.",
        "t": {"description": "The visitor's consent token."},
        "v": {"pattern": _RANDOM, "description": "The visit, as the visitor's page names it: 16 bytes in base64url."},
        "n": {"pattern": _RANDOM, "description": "16 random bytes of yours: sent again with them, it is stored once."},
        "i": {"description": "The number of the first event within the visit, as the visitor's page counts."},
        "e": {"description": "The events, in their order."},
    },
    "Pageview": {"": "A page was seen.", "p": _PAGE, "a": _AGE, "r": {"description": "What referred to it."}},
    "Click": {
        "": "Something was clicked.",
        "p": _PAGE,
        "a": _AGE,
        "x": {"description": "Where it leads, or its name."},
        "y": {"description": "What it was."},
    },
    "Leave": {
        "": "A page was left.",
        "p": _PAGE,
        "a": _AGE,
        "d": {"description": "Seconds visible since it was last left."},
        "s": {"description": "Deepest scroll, in percent."},
    },
    "Custom": {
        "": "Something of your own: an order, a sign-up.",
        "p": _PAGE,
        "a": _AGE,
        "x": {"description": "Its name."},
        "m": {"description": "Properties, scrubbed before they are stored."},
        "b": {"description": "Its value."},
        "u": {"description": "The value's currency.", "anyOf": _CURRENCY},
    },
}  # fmt: skip
