"""Numbers and plurals, as each language writes them."""

from dashboard.language import speaking
from dashboard.numbers import decimal, plural, whole


def test_numbers() -> None:
    with speaking("en"):
        assert (whole(41203.4), whole(41203.4).number, decimal(1234.5, 2)) == ("41,203", 41203, "1,234.50")


def test_plurals() -> None:
    with speaking("en"):
        assert [plural(number, 2) for number in (0, 1, 2, 1000)] == [1, 0, 1, 1]
