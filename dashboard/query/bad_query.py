"""A request that cannot be answered, and the strict decoding that finds it."""

import re
from typing import TypeVar

import msgspec

_MAX_BODY = 64 * 1024  # bytes; the longest sensible request is a few kilobytes
_MAX_TEXT = 2048  # characters; the longest stored text is a path of 2 048
_MAX_QUOTED = 64  # characters of a wrong name that its error repeats
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `(?P<name>.*)`")
_MISSING = re.compile(r"missing required field `(?P<name>.*)`")

Request = TypeVar("Request", bound=msgspec.Struct)


class BadQuery(ValueError):
    """A request the caller must change: `field` is the part at fault, named as in JSON, `detail` what to do.

    `reason` names what a page says instead, in its reader's language.
    """

    def __init__(self, field: str, detail: str, reason: str = "") -> None:
        super().__init__(f"{field}: {detail}")
        self.reason = reason
        self.field = field
        self.detail = detail


def decode_strict(body: bytes, kind: type[Request]) -> Request:
    """One JSON object as `kind`; raises BadQuery, which names the field, for anything else."""
    if len(body) > _MAX_BODY:
        raise BadQuery("body", f"Send at most {_MAX_BODY} bytes.")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _refused(error) from None
    except msgspec.DecodeError:
        raise BadQuery("body", "Send one well-formed JSON object.") from None
    except UnicodeDecodeError:
        raise BadQuery("body", "Send the body as UTF-8.") from None
    except RecursionError:
        raise BadQuery("body", "Send a flat object: this one is nested too deep.") from None


def _refused(error: msgspec.ValidationError) -> BadQuery:
    if isinstance(error.__cause__, BadQuery):
        return error.__cause__
    text = str(error)
    where = _PATH.search(text)
    path = where["path"] if where else ""
    if unknown := _UNKNOWN.search(text):
        name = unknown["name"]
        return BadQuery(f"{path}.{name}" if path else name, f"There is no such field as {quoted(name)}; remove it.")
    if missing := _MISSING.search(text):
        name = missing["name"]
        return BadQuery(f"{path}.{name}" if path else name, "This field is required.")
    return BadQuery(path or "body", f"{_PATH.sub('', text)}.")


def quoted(text: str) -> str:
    """A text of a request as an error names it: at most 64 characters, what cannot be printed as `?`."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:_MAX_QUOTED])
    return f"“{shown}{'…' if len(text) > _MAX_QUOTED else ''}”"


def check_text(field: str, text: str) -> None:
    """Refuse what no stored text can be: NUL, lone surrogates, more than 2 048 characters."""
    if len(text) > _MAX_TEXT:
        raise BadQuery(field, f"Use at most {_MAX_TEXT} characters.", "text")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadQuery(field, "Use plain text without NUL or lone surrogates.", "text")


def check_count(field: str, count: int, most: int) -> None:
    """Refuse a list longer than `most`."""
    if count > most:
        raise BadQuery(field, f"Give at most {most} of them.")


def check_range(field: str, number: int, least: int, most: int) -> None:
    """Refuse a number outside `least` to `most`, both allowed."""
    if not least <= number <= most:
        raise BadQuery(field, f"Give a number from {least} to {most}.")
