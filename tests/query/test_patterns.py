"""Globs: what each character means, and how to mean the character itself."""

import re

import pytest

from dashboard.query.patterns import escape_glob, glob_to_regex

GLOBS = [
    ("/blog/*", "/blog/a/b", True),
    ("/blog/?", "/blog/a", True),
    ("/blog/?", "/blog/ab", False),
    (r"/a\*", "/a*", True),
    (r"/a\*", "/ab", False),
    (r"/a\?", "/a?", True),
    (r"/a\?", "/ab", False),
    (r"/a\\*", "/a" + "\\" + "bc", True),
    (r"/a\b", r"/a\b", True),
    ("/a\\", "/a\\", True),
]


@pytest.mark.parametrize(("glob", "text", "matches"), GLOBS)
def test_a_glob(glob: str, text: str, matches: bool) -> None:
    assert bool(re.fullmatch(glob_to_regex(glob), text, re.DOTALL)) == matches


@pytest.mark.parametrize("text", ["/", "/a*", "/*?", "\\", r"\*", r"\\?", "a.b+c[d]"])
def test_an_escaped_text_matches_itself_alone(text: str) -> None:
    pattern = re.compile(glob_to_regex(escape_glob(text)), re.DOTALL)
    assert pattern.fullmatch(text)
    for other in (text + "x", text.replace("*", "x") + "y", text.replace("?", "x") + "y"):
        assert not pattern.fullmatch(other)
