"""Which language a browser asks for."""

import pytest

from dashboard.language import language, preferred, speak, speaking


@pytest.mark.parametrize(
    ("accept", "code"),
    [
        ("", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("nl, de;q=0.4, fr;q=0.6", "fr"),
        ("en;q=0.5, de;q=0.9", "de"),
        ("de;q=0.8, de-CH", "de"),
        ("fr,de", "fr"),
        ("fr ; q=0.1 , de ; Q=0.9", "de"),
        ("de;q=0", "en"),
        ("en;q=0, *", "de"),
        ("en;q=0, de;q=0, fr;q=0", "en"),
        ("*", "en"),
        ("nl", "en"),
        ("zh-Hant-TW", "en"),
        ("de;q=nan, fr;q=0.1", "fr"),
        ("de;q=, fr;q=0.1", "fr"),
        ("de;q=9, fr", "de"),
        ("de;level=1, fr;q=0.1", "fr"),
        (";;;,,,=;q", "en"),
        ("\x00de\xff,fr", "fr"),
        ("x," * 10_000 + "de", "en"),
    ],
)
def test_accept_language(accept: str, code: str) -> None:
    assert preferred(accept) == code


def test_a_language_is_spoken_for_a_while() -> None:
    with speaking("de"):
        assert language() == "de"
        speak("tlh")
        assert language() == "de"
        speak("fr")
        assert language() == "fr"
    assert language() == "en"
    with speaking("tlh"):
        assert language() == "en"
