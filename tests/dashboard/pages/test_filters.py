"""Filters survive the way through an address, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.pages.filters import OPERATORS, Filter, parse_filter, toggled
from dashboard.pages.refused import PageRefused

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.sampled_from(OPERATORS), TEXT.filter(bool), st.lists(TEXT, min_size=1, max_size=4))
def test_what_is_encoded_comes_back(operator: str, dimension: str, values: list[str]) -> None:
    asked = Filter(operator, dimension, tuple(values))
    assert parse_filter(asked.encoded()) == asked


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("is:country:DE,FR", Filter("is", "country", ("DE", "FR"))),
        ("is:page:/a:b", Filter("is", "page", ("/a:b",))),
        ("is:source:", Filter("is", "source", ("",))),
        ("contains:prop%3Aplan:pro", Filter("contains", "prop:plan", ("pro",))),
    ],
)
def test_it_reads_as_people_write_it(text: str, means: Filter) -> None:
    assert parse_filter(text) == means


@pytest.mark.parametrize("text", ["", "is", "is:country", "was:country:DE", "is::DE", "DROP TABLE event"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(PageRefused, match="is:country:DE"):
        parse_filter(text)


DE, FR = Filter("is", "country", ("DE",)), Filter("is", "country", ("FR",))
NOT_DE, NOT_FR = Filter("is_not", "country", ("DE",)), Filter("is_not", "country", ("FR",))
HOME, PRICING = Filter("is", "page", ("/",)), Filter("is", "page", ("/pricing",))


@pytest.mark.parametrize(
    ("before", "clicked", "after"),
    [
        ((), DE, (DE,)),
        ((DE,), DE, ()),
        ((DE, HOME), FR, (HOME, FR)),
        ((HOME,), PRICING, (HOME, PRICING)),
        ((HOME, PRICING), HOME, (PRICING,)),
        ((NOT_DE,), NOT_FR, (NOT_DE, NOT_FR)),
        ((NOT_DE, NOT_FR), NOT_DE, (NOT_FR,)),
        ((DE, HOME), NOT_DE, (HOME, NOT_DE)),
    ],
)
def test_a_click_on_a_row(before: tuple[Filter, ...], clicked: Filter, after: tuple[Filter, ...]) -> None:
    assert toggled(before, clicked) == after
