"""What a site may be called."""

import pytest

from collector.state.site import SiteError, titled

NO_TITLES = {
    "too long": "x" * 81,
    "a line break": "two\nlines",
    "a control character": "bell\x07",
    "turned round": "shop \u202emoc.knab",
    "an isolate": "\u2066shop",
    "a zero-width space": "shop\u200b",
    "half a pair": "\ud800",
}


def test_titles() -> None:
    assert [titled(one) for one in ("", "  ", " Bäckerei & Söhne ", "x" * 80, "مخبز", "🥐")] == [
        *("", "", "Bäckerei & Söhne", "x" * 80, "مخبز", "🥐"),
    ]
    for case, title in NO_TITLES.items():
        with pytest.raises(SiteError) as told:
            titled(title)
        assert (told.value.reason, told.value.values) == ("title", {"most": 80}), case
