"""Tell a phone number from dates, years, versions and other numbers with separators."""

import re

# A number of 7 to 19 digits with at most three separators between two, or a German one with a slash (030/1234567).
NUMBER = re.compile(r"(?<![^\W_])(?:\+?\(?\d(?:[ ().\-_]{0,3}\d){6,18}|0\d{2,4}/\d{5,8})(?![^\W_])")
_DATE = r"(?:(?:19|20)\d\d[-_. ]?(?:0\d|1[0-2])[-_. ]?[0-3]\d|[0-3]\d[-_. ][01]\d[-_. ](?:19|20)\d\d)"
_DATES = re.compile(rf"(?:{_DATE}(?:[-_. ][0-5]\d){{0,3}}[-_. ]{{0,3}})+|(?:(?:19|20)\d\d[-_. ]{{0,3}})+")
_ONE_DATE = re.compile(rf"(?<!\d)(?:{_DATE}|(?:19|20)\d\d[-_. ](?:0[1-9]|1[0-2]))(?!\d)")
_OF_YEAR = re.compile(r"(?:19|20)\d\d-\d{1,5}")  # CVE-2026-12345, a case or an invoice of that year
_MOST_BESIDE_DATE = 4  # digits: /2026-11-22-7-tips, /top-100-2026-11-22
_ROUND = re.compile(r"\d{1,4}000(?:[-_. ]{1,3}\d{1,4}000)+")  # from 100000 to 250000, a price or a salary
_NORTH_AMERICAN = re.compile(r"(?:1[-._ ])?\(?\d{3}\)?[-._ ]{1,2}\d{3}[-._ ]\d{4}")
_FEWEST_DIGITS = 9


def is_phone(found: str) -> bool:
    """Whether `found`, a match of NUMBER, is a phone number: +49 30 1234567, 0170-1234567, (555) 123-4567, 612 345 678.

    Dates, times and runs of years are none, nor a date beside a short number; neither is a range of round numbers, the
    number of something within its year, or a dotted version such as 120.0.6099.109.
    """
    if any(pattern.fullmatch(found) for pattern in (_DATES, _ROUND, _OF_YEAR)):
        return False
    if found[0] == "+" or "/" in found or _NORTH_AMERICAN.fullmatch(found):
        return True
    if sum(map(str.isdigit, found)) < _FEWEST_DIGITS:
        return False
    rest, dates = _ONE_DATE.subn("", found)
    begins_well = found[0] not in "0(" or _ONE_DATE.match(found)  # 0160-20261122 is a telephone's
    if dates and begins_well and sum(map(str.isdigit, rest)) <= _MOST_BESIDE_DATE:
        return False
    return found[0] in "0(" or not set(found) <= set("0123456789.")
