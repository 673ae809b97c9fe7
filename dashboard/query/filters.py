"""Filters as SQL: which visits they keep, and to which rows they narrow the counts."""

from collections.abc import Sequence

from dashboard.query.bad_query import BadQuery, check_count, check_text, quoted
from dashboard.query.dimensions import CLICKS, PAGE, Dimension, dimension
from dashboard.query.patterns import glob_to_regex
from dashboard.query.statement import Params

Filter = tuple[str, str, list[str]]
"""Operator, dimension, values; of `matches` each value is a glob (patterns.glob_to_regex)."""

_MOST_FILTERS = 20
_MOST_VALUES = 100

# Each operator's test of one text, and whether it is turned round.
_OPERATORS = {
    "is": ("{text} = ${value}", False),
    "is_not": ("{text} = ${value}", True),
    "contains": ("contains({text}, ${value})", False),
    "contains_not": ("contains({text}, ${value})", True),
    "matches": ("regexp_full_match({text}, ${value}, 's')", False),
}

# The kind of event that a filter narrows, by the family of its dimension; a page is where any kind happens.
_KINDS = {"click": "click", "event": "event"}


def check_filters(filters: Sequence[Filter]) -> None:
    """Refuse an unknown operator or dimension, and lists that are empty or too long."""
    check_count("filters", len(filters), _MOST_FILTERS)
    for number, (operator, name, values) in enumerate(filters):
        where = f"filters[{number}]"
        if operator not in _OPERATORS:
            raise BadQuery(
                f"{where}[0]", f"There is no such operator as {quoted(operator)}; choose from {', '.join(_OPERATORS)}."
            )
        if dimension(name, f"{where}[1]", "check").name.startswith("time:"):
            raise BadQuery(f"{where}[1]", "Choose the time with `from` and `to`.")
        if not values:
            raise BadQuery(f"{where}[2]", "Give at least one value.")
        check_count(f"{where}[2]", len(values), _MOST_VALUES)
        for value in values:
            check_text(f"{where}[2]", value)


class FilterSql:
    """The filters of one request as predicates; `params` holds what they bind."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self.params: Params = {}
        self.visit: list[str] = []
        """Predicates over a visit `v`."""
        self.city: list[str] = []
        """Predicates over the city as it is shown, `v.shown_city`."""
        self.holds: dict[str, str] = {}
        """By the name of a set of visits, the predicate of the events `e` that put a visit into it."""
        self.beyond_steps: set[str] = set()
        """Those of these sets that the steps which visits are stored with cannot tell."""
        self.narrow: list[str] = []
        """Predicates over the events `e` that are counted."""
        self.names = frozenset(name for _, name, _ in filters)
        for number, each in enumerate(filters):
            self._add(number, each)

    def holds_to(self, k: int) -> bool:
        """Whether a filter on the city is in force: then every number of the answer is of k subjects or withheld."""
        return bool(self.city) and k > 1

    def _add(self, number: int, each: Filter) -> None:
        operator, name, values = each
        found = dimension(name, "filters", f"f{number}")
        self.params |= found.params
        negative = _OPERATORS[operator][1]
        if name == "city":
            self.city.append(self._test(number, "v.shown_city", operator, values))
        elif not found.family:
            text = found.sql.replace("{time}", "v.began")
            self.visit.append(self._test(number, f"coalesce({text}, '')", operator, values))
        else:
            matches = self._any(number, found.sql, operator, values)
            self.holds[f"hold_{number}"] = f"{found.rows} AND {matches}"
            if not (found.is_step or name == CLICKS):
                self.beyond_steps.add(f"hold_{number}")
            self.visit.append(f"v.visit {'NOT IN' if negative else 'IN'} (FROM hold_{number})")
            self.narrow.append(_narrowed(found, matches, negative))

    def _test(self, number: int, text: str, operator: str, values: list[str]) -> str:
        matches = self._any(number, text, operator, values)
        return f"NOT {matches}" if _OPERATORS[operator][1] else matches

    def _any(self, number: int, text: str, operator: str, values: list[str]) -> str:
        tests = []
        for position, value in enumerate(values):
            bound = f"f{number}_{position}"
            self.params[bound] = glob_to_regex(value) if operator == "matches" else value
            tests.append(_OPERATORS[operator][0].replace("{text}", text).replace("{value}", bound))
        return "(" + " OR ".join(tests) + ")"


def _narrowed(found: Dimension, matches: str, negative: bool) -> str:
    counted = f"NOT {matches}" if negative else matches
    if found.family == PAGE:
        return counted
    kind = _KINDS[str(found.family)]
    inside = f"({found.rows} AND {matches})"
    return f"(e.kind <> '{kind}' OR {'NOT ' if negative else ''}coalesce({inside}, false))"
