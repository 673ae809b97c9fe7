"""Globs and steps: what a request may look for in the path or target of an event."""

import re

from dashboard.query.bad_query import BadQuery, check_count, check_text, quoted
from dashboard.query.statement import Params

Step = dict[str, str]
"""One of `{"page": glob}`, `{"click": glob}`, `{"event": glob}`."""

_ALTERNATIVES = 20

_ESCAPED = re.compile(r"\\[*?\\]")

# What an event of each kind is matched by. {glob} is the name of a bound regular expression.
_STEP_SQL = {
    "page": "(e.kind = 'pageview' AND regexp_full_match(e.path, ${glob}, 's'))",
    "click": "(e.kind = 'click' AND regexp_full_match(coalesce(e.target, ''), ${glob}, 's'))",
    "event": "(e.kind = 'event' AND regexp_full_match(coalesce(e.target, ''), ${glob}, 's'))",
}


def glob_to_regex(glob: str) -> str:
    """`*` is any run of characters, `?` any one, all else itself. DuckDB's RE2 takes time linear in the text.

    A backslash takes the meaning from a `*`, a `?` or a backslash after it; before anything else it is itself.
    """
    return "".join(_part_to_regex(part) for part in re.split(r"(\\[*?\\]|\*+|\?)", glob))


def _part_to_regex(part: str) -> str:
    if part.startswith("*"):
        return ".*"
    if part == "?":
        return "."
    return re.escape(part[1:] if _ESCAPED.fullmatch(part) else part)


def escape_glob(text: str) -> str:
    """The glob that matches this text alone."""
    return re.sub(r"([*?\\])", r"\\\1", text)


def alternatives(step: Step | list[Step]) -> list[Step]:
    """A step as a list of its alternatives."""
    return step if isinstance(step, list) else [step]


def check_step(field: str, step: Step | list[Step]) -> None:
    """Refuse a step that is not one key of page, click, event with a glob."""
    steps = alternatives(step)
    check_count(field, len(steps), _ALTERNATIVES)
    if not steps:
        raise BadQuery(field, "Name at least one step.")
    for each in steps:
        if len(each) != 1 or next(iter(each)) not in _STEP_SQL:
            wrong = ", ".join(quoted(key) for key in [key for key in each if key not in _STEP_SQL][:3])
            about = f"{wrong} is no kind of step: a" if wrong else "A"
            raise BadQuery(field, about + ' step is one of {"page": glob}, {"click": glob}, {"event": glob}.')
        check_text(field, next(iter(each.values())))


def step_predicate(step: Step | list[Step], prefix: str, params: Params) -> str:
    """SQL that is true for an event `e` that is the step; binds its globs as `<prefix>_<n>`."""
    tests = []
    for number, each in enumerate(alternatives(step)):
        ((kind, glob),) = each.items()
        name = f"{prefix}_{number}"
        params[name] = glob_to_regex(glob)
        tests.append(_STEP_SQL[kind].replace("{glob}", name))
    return "(" + " OR ".join(tests) + ")"
