"""What a funnel's numbers become on the page: none is told as none only where it is known."""

from datetime import date
from typing import Any

import pytest

from collector.state.funnels import Funnel
from dashboard.goals.drawn import draw
from dashboard.goals.measured import Walked
from dashboard.pages.view import View

FUNNEL = Funnel(1, "Shop", "loose", ({"page": "/"}, {"page": "/thanks"}))
VIEW = View("example.com", "goals", date(2026, 10, 1), date(2026, 10, 31), "custom", "", (), {})


def walked(began: int, through: int, withheld: int) -> Walked:
    dropped = {"visits": began - through, "next": [], "other": {"visits": 0, "distinct": 0}, "left": began - through}
    shares = [count / began if began else None for count in (began, through)]
    steps: list[dict[str, Any]] = [{"visits": began, "share": shares[0], "dropped": dropped}]
    steps.append({"visits": through, "share": shares[1]})
    return Walked(FUNNEL, {"visits": 90, "steps": steps, "withheld": {"rows": withheld, "visits": withheld}}, None)


@pytest.mark.parametrize(
    ("began", "through", "withheld", "last", "sentence"),
    [
        (80, 8, 0, ("8", "10 %"), "8 of 80 visits get through: 10 %."),
        (80, 0, 0, ("0", "0 %"), "0 of 80 visits get through: 0 %."),
        (80, 0, 1, ("–", "–"), ""),
        (80, 8, 1, ("8", "10 %"), "8 of 80 visits get through: 10 %."),
        (1, 1, 0, ("1", "100 %"), "1 of 1 visit gets through: 100 %."),
        (0, 0, 0, ("0", "–"), "No visit took the first step in this range."),
        (0, 0, 1, ("–", "–"), ""),
    ],
)
def test_a_number_that_is_withheld_is_not_told_as_none(
    began: int, through: int, withheld: int, last: tuple[str, str], sentence: str
) -> None:
    drawn = draw(walked(began, through, withheld), VIEW)
    assert (drawn.stages[-1].visits, drawn.stages[-1].share) == last
    assert drawn.sentence == sentence
    assert drawn.few is bool(withheld)
