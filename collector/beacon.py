"""The wire: the bodies a browser may send, strictly; whatever is not named here is refused."""

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from collector.refusal import Refusal, Refused

MAX_BODY = 16 * 1024
MAX_EVENTS = 50
MAX_AGE_MS = 3_600_000

Random = Annotated[str, Meta(min_length=22, max_length=22)]
Page = Annotated[str, Meta(min_length=1, max_length=2048)]
Url = Annotated[str, Meta(max_length=2048)]
Age = Annotated[int, Meta(ge=0, le=MAX_AGE_MS)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
PropText = Annotated[str, Meta(max_length=256)]
Amount = Annotated[float, Meta(gt=-1e12, lt=1e12)]
Purpose = Literal["measure", "returning", "ads"]


class Pageview(Struct, tag_field="k", tag="pageview", forbid_unknown_fields=True, gc=False):
    """A page came into view; `r` is the referrer."""

    p: Page
    a: Age
    r: Url | None = None


class Click(Struct, tag_field="k", tag="click", forbid_unknown_fields=True, gc=False):
    """Something was clicked; `x` is the target, `y` its kind."""

    p: Page
    x: Annotated[str, Meta(min_length=1, max_length=2048)]
    y: Literal["link", "outbound", "download", "button", "form"]
    a: Age


class Leave(Struct, tag_field="k", tag="leave", forbid_unknown_fields=True, gc=False):
    """A page was left; `d` seconds visible since its previous leave, `s` deepest scroll in percent."""

    p: Page
    d: Annotated[float, Meta(ge=0, le=86_400)]
    s: Annotated[float, Meta(ge=0, le=100)]
    a: Age


class Custom(Struct, tag_field="k", tag="event", forbid_unknown_fields=True):
    """The owner's own event: name, properties, value and currency."""

    p: Page
    x: Name
    a: Age
    m: Annotated[dict[Name, PropText | int | float | bool], Meta(max_length=10)] | None = None
    b: Amount | None = None
    u: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")] | None = None


Event = Pageview | Click | Leave | Custom


class Beacon(Struct, forbid_unknown_fields=True):
    """POST /c/events: token, visit, nonce, counter, events."""

    t: Annotated[str, Meta(max_length=1024)]
    v: Random
    n: Random
    i: Annotated[int, Meta(ge=0, le=65_535)]
    e: Annotated[list[Event], Meta(min_length=1, max_length=MAX_EVENTS)]


class Yes(Struct, forbid_unknown_fields=True):
    """POST /c/consent: what was said yes to, and how it was asked.

    `notice` is the one that was shown, so that a yes given while another is published is never recorded under words
    that nobody read; without it the notice in force is meant.
    """

    site: Annotated[str, Meta(min_length=1, max_length=253)]
    purposes: Annotated[list[Purpose], Meta(max_length=3)]
    source: Literal["banner", "api", "tcf", "consent-mode", "cookiebot", "onetrust", "klaro", "cookieconsent", "wp"]
    shown: Literal["byleave", "cmp"]
    locale: Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,4}\Z")]
    ui: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    prior: Annotated[str, Meta(max_length=1024)] | None = None
    notice: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] | None = None


class Withdrawal(Struct, forbid_unknown_fields=True):
    """POST /c/withdraw: by token or by access key."""

    t: Annotated[str, Meta(max_length=1024)] | None = None
    access_key: Annotated[str, Meta(max_length=1024)] | None = None


class Question(Struct, forbid_unknown_fields=True):
    """POST /c/me: whose data is to be told."""

    access_key: Annotated[str, Meta(max_length=1024)]


class Erasure(Struct, forbid_unknown_fields=True):
    """POST /c/me/erase: whose rows are to be erased, and whether the consent goes on afterwards."""

    access_key: Annotated[str, Meta(max_length=1024)]
    go_on: bool


Body = TypeVar("Body", Beacon, Yes, Withdrawal, Question, Erasure)
_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Beacon, Yes, Withdrawal, Question, Erasure)
}
# 16 bytes in base64url without padding: the last of 22 characters carries two bits.
_RANDOM = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_UNKNOWN = re.compile(r"unknown field `([^`]{1,64})")  # of a longer name as much as names it
_MISSING = re.compile(r"missing required field `([^`]{1,64})`")


def decode(body: bytes, kind: type[Body]) -> Body:
    """A body in its strict shape. Raises Refused(MALFORMED) that names the field."""
    try:
        value: Body = _DECODERS[kind].decode(body)
    except msgspec.ValidationError as error:
        raise _malformed(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(Refusal.MALFORMED, field="body", detail="The body is not valid JSON in UTF-8.") from None
    except RecursionError:
        raise Refused(Refusal.MALFORMED, field="body", detail="The body is nested too deeply.") from None
    if isinstance(value, Beacon):
        _check(value)
    return value


def _check(beacon: Beacon) -> None:
    """What a pattern in the types would say too, at 0.6 µs for each, which is half of all decoding."""
    if not _RANDOM.fullmatch(beacon.v):
        raise _wrong("v", "16 random bytes in base64url without padding")
    if not _RANDOM.fullmatch(beacon.n):
        raise _wrong("n", "16 random bytes in base64url without padding")
    for position, event in enumerate(beacon.e):
        if event.p[0] != "/":
            raise _wrong(f"e[{position}].p", "a path that begins with /")


def _wrong(field: str, wanted: str) -> Refused:
    return Refused(Refusal.MALFORMED, field=field, detail=f"{field}: expected {wanted}.")


def _malformed(message: str) -> Refused:
    """msgspec's "Expected `int` - at `$.e[...].a`" as a refusal that names `e[].a`; it repeats no value."""
    text, _, where = message.partition(" - at `")
    where = where.rpartition("key` in `")[2]  # a key that does not fit is told as its object
    path = where.rstrip("`").removeprefix("$").removeprefix(".").replace("[...]", "[]").replace(".~", "")
    named = _UNKNOWN.search(text) or _MISSING.search(text)
    if named:
        path = f"{path}.{named[1]}" if path else named[1]
    if text.startswith("Invalid value") or "Invalid enum" in text:
        text = "This value is not one of those allowed"  # msgspec repeats the value here
    field = path or "body"
    return Refused(Refusal.MALFORMED, field=field, detail=f"{field}: {text[:1].lower()}{text[1:]}.")
