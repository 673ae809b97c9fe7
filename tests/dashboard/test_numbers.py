"""Numbers and plurals, as each language writes them."""

import pytest

from dashboard.language import speaking
from dashboard.numbers import decimal, plural, whole


def test_numbers() -> None:
    with speaking("en"):
        assert (whole(41203.4), whole(41203.4).number, decimal(1234.5, 2)) == ("41,203", 41203, "1,234.50")


def test_plurals() -> None:
    with speaking("en"):
        assert [plural(number, 2) for number in (0, 1, 2, 1000)] == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("code", "written"),
    [("en", ["41,203", "1,234.5"]), ("de", ["41.203", "1.234,5"]), ("fr", ["41\u202f203", "1\u202f234,5"])],
)
def test_each_language_parts_digits_its_own_way(code: str, written: list[str]) -> None:
    with speaking(code):
        assert [whole(41203), decimal(1234.5, 1)] == written


def test_zero_is_singular_in_french_and_three_forms_are_its_own() -> None:
    with speaking("fr"):
        assert [plural(number, 2) for number in (0, 1, 2, 1_000_000)] == [0, 0, 1, 1]
        assert [plural(number, 3) for number in (1, 1_000_000, 2)] == [0, 1, 2]
    with speaking("de"):
        assert [plural(number, 2) for number in (0, 1, 2)] == [1, 0, 1]
