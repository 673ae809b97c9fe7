"""Tell a phone number from dates, years, versions and other numbers with separators."""

import re

# Springer's articles are no telephones (s41586-023-06747-5).
# A number of 7 to 19 digits with at most three separators between two, or a German one with a slash (030/1234567).
NUMBER = re.compile(r"(?<![^\W_])(?<!s\d{5}-)(?:\+?\(?\d(?:[ ().\-_]{0,3}\d){6,18}|0\d{2,4}/\d{5,8})(?![^\W_])")
_DATE = r"(?:(?:19|20)\d\d[-_. ]?(?:0\d|1[0-2])[-_. ]?[0-3]\d|[0-3]\d[-_. ][01]\d[-_. ](?:19|20)\d\d)"
_TIME = r"(?:(?:[-_. ][0-5]\d){0,3}|[-_. ][0-2]\d[0-5]\d[0-5]\d)"  # IMG_20261122_103000.jpg
_DATES = re.compile(rf"(?:{_DATE}{_TIME}[-_. ]{{0,3}})+|(?:(?:19|20)\d\d[-_. ]{{0,3}})+")
_ONE_DATE = re.compile(rf"(?<!\d)(?:{_DATE}|(?:19|20)\d\d[-_. ](?:0[1-9]|1[0-2]))(?!\d)")
_OF_YEAR = re.compile(
    r"(?:19|20)\d\d-\d{1,5}|[1-8]\d{3,4}-(?:19|20)\d\d"
)  # CVE-2026-12345, a case or an invoice of that year; ISO 27001-2022
_MOST_BESIDE_DATE = 4  # digits: /2026-11-22-7-tips, /top-100-2026-11-22
_ROUND = re.compile(
    r"\d{1,4}000(?:[-_. ]{1,3}\d{1,4}000)+|\d{1,3}(?:[-_. ]000){2,}"
)  # from 100000 to 250000, a price or a salary
_NORTH_AMERICAN = re.compile(r"(?:1[-._ ])?\(?\d{3}\)?[-._ ]{1,2}\d{3}[-._ ]\d{4}")
_BOOK = re.compile(r"(?:97[89]-)?\d{1,5}-\d{1,7}-\d{1,7}-\d")
_FEWEST_DIGITS = 9
_MOST_OF_VERSION = 12  # digits: 10.0.22621.2428; a card's 4111.1111.1111.1111 has 16


def is_phone(found: str) -> bool:
    """Whether `found`, a match of NUMBER, is a phone number: +49 30 1234567, 0170-1234567, (555) 123-4567, 612 345 678.

    Dates, times and runs of years are none, nor a date beside a short number; neither is a range of round numbers, the
    number of something within its year, or a dotted version such as 120.0.6099.109.
    """
    if any(pattern.fullmatch(found) for pattern in (_DATES, _ROUND, _OF_YEAR)):
        return False
    if _is_book(found):
        return False
    if found[0] == "+" or "/" in found or _NORTH_AMERICAN.fullmatch(found):
        return True
    if sum(map(str.isdigit, found)) < _FEWEST_DIGITS:
        return False
    rest, dates = _ONE_DATE.subn("", found)
    begins_well = found[0] not in "0(" or _ONE_DATE.match(found)  # 0160-20261122 is a telephone's
    if dates and begins_well and sum(map(str.isdigit, rest)) <= _MOST_BESIDE_DATE:
        return False
    return found[0] in "0(" or not set(found) <= set("0123456789.") or sum(map(str.isdigit, found)) > _MOST_OF_VERSION


def _is_book(found: str) -> bool:
    """Whether `found` is an ISBN with its hyphens and a check digit that fits (ISO 2108): 978-3-16-148410-0."""
    if not _BOOK.fullmatch(found):
        return False
    digits = [int(digit) for digit in found if digit != "-"]
    if len(digits) == 13:
        return sum(digits[::2]) % 10 == -3 * sum(digits[1::2]) % 10
    return len(digits) == 10 and sum(weight * digit for weight, digit in enumerate(reversed(digits), 1)) % 11 == 0
