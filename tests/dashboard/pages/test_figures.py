"""Numbers in words."""

import pytest

from dashboard.pages.figures import change, percent, shown


@pytest.mark.parametrize(
    ("value", "form", "words"),
    [
        (41203, "count", "41,203"),
        (None, "count", "–"),
        (0.384, "rate", "38 %"),
        (3.1234, "ratio", "3.12"),
        (161, "seconds", "2 m 41 s"),
        (59.4, "seconds", "59 s"),
        (59.6, "seconds", "1 m 0 s"),
        (3900, "seconds", "1 h 5 m"),
    ],
)
def test_values(value: float | None, form: str, words: str) -> None:
    assert shown(value, form) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (0.001, "< 1 %"), (0.005, "< 1 %"), (0.5, "50 %"), (0.999, "> 99 %"), (1, "100 %")]
)
def test_a_little_is_not_none_and_nearly_all_is_not_all(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("now", "before", "form", "moved"),
    [
        (112, 100, "count", ("up", "12 %")),
        (88, 100, "count", ("down", "12 %")),
        (100, 100, "count", ("same", "0 %")),
        (5, 0, "count", ("up", "new")),
        (0, 0, "count", None),
        (None, 3, "count", None),
        (0.38, 0.37, "rate", ("up", "1 pt")),
        (161, 155, "seconds", ("up", "6 s")),
    ],
)
def test_changes(now: float | None, before: float | None, form: str, moved: tuple[str, str] | None) -> None:
    assert change(now, before, form) == moved
