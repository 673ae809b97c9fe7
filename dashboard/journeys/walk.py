"""The statements of a journey report: where each visit is in each column, from its anchor on."""

from collector.store.queries import EVENT_ORDER
from dashboard.journeys.request import JourneyRequest
from dashboard.journeys.route import SQL, Route, first_hit
from dashboard.query.statement import fill

_COLLAPSED = "list_filter({nodes}, lambda here, place: place = 1 OR here <> {nodes}[place - 1])"


class Walk:
    """The columns of one report as SQL."""

    def __init__(self, request: JourneyRequest, route: Route) -> None:
        self._request, self._route = request, route
        self._columns = range(request.columns)

    def report(self) -> str:
        """The statement of the whole report."""
        classes = [f"p{number}" for number in self._columns]
        slots = {"classes": ", ".join(classes), "anchor": classes[self._request.anchor_column]}
        return fill(
            SQL["journeys"],
            self._slots()
            | {
                "named": SQL["named"],
                "places": ", ".join(f"{self._place(number)} AS c{number}" for number in self._columns),
                "spots": "\nUNION ALL\n".join(fill(SQL["spot"], {"number": str(number)}) for number in self._columns),
                "tops": ", ".join(_top(number) for number in self._columns),
                "classed": ", ".join(_class(number) for number in self._columns),
                "tally": fill(SQL["tally"], slots | {"parts": fill(SQL["journey_parts"], slots)}),
            },
        )

    def opened(self, column: int) -> str:
        """The statement of what is in the *other* of a column."""
        return fill(SQL["opened"], self._slots() | {"place": self._place(column)})

    def focused(self, column: int) -> str:
        """The statement of how long visits are at a node of a column."""
        away = f"({column - self._request.anchor_column})"
        more = {"away": away, "key": self._route.key, "kinds": self._route.kinds, "event_order": EVENT_ORDER}
        return fill(SQL["focused"], self._slots() | more | {"place": self._place(column)})

    def _slots(self) -> dict[str, str]:
        return {"visits": self._route.visits, "route": f"{self._route.taken},\n{self._anchored()}"}

    def _anchored(self) -> str:
        """Without an anchor every visit that took a step is at its first."""
        request, repeats = self._request, self._route.repeats
        found = "1"
        if request.end is not None:
            found = f"len(taken) + 1 - {first_hit(0, 'list_reverse(taken)')}"
        elif request.start is not None or request.through is not None:
            found = first_hit(0, "taken")
        route, anchor = "nodes", "found"
        if repeats:
            route = f"CASE WHEN found IS NOT NULL THEN {_COLLAPSED.replace('{nodes}', 'nodes')} END"
        if repeats and found != "1":
            # The node of a step is the last of the nodes that the steps up to it are.
            anchor = f"len({_COLLAPSED.replace('{nodes}', 'nodes[:found]')})"
        return fill(SQL["route"], {"found": found, "route": route, "anchor": anchor})

    def _place(self, number: int) -> str:
        away = number - self._request.anchor_column
        if away >= 0:
            return f"nodes[anchor + {away}]"
        # A list counts from 1, and from its end below 0.
        return f"CASE WHEN anchor > {-away} THEN nodes[anchor - {-away}] END"


def _top(number: int) -> str:
    return f"list(id ORDER BY place) FILTER (number = {number}) AS top_{number}"


def _class(number: int) -> str:
    place = f"coalesce(list_position(top_{number}, c{number}), 255)"
    return f"CASE WHEN c{number} IS NULL THEN 0 ELSE {place} END::UTINYINT AS p{number}"
