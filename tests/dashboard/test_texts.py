"""The catalogues: every text is used, every text that is used is there, in every language, with the same gaps."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import dashboard
from collector.consent.notice import CATEGORIES, Draft, body_of
from collector.consent.token import PURPOSES
from collector.state.audit import ACTIONS
from dashboard.language import DEFAULT, LANGUAGES, locale, speaking
from dashboard.pages.metrics import HEADLINE
from dashboard.pages.names import _EMPTY, DIMENSIONS, WORDS
from dashboard.pages.tabs import TABS
from dashboard.texts import CATALOGUES, FEATURES, say

FOLDER = Path(dashboard.__file__).parent
TEXTS = CATALOGUES[DEFAULT]
DECLINED = ("AccountError", "NoticeError", "RoleError", "ShareError", "SiteError", "TokenError")


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    sources = [path for path in FOLDER.rglob("*") if path.suffix in (".py", ".html") and path.parent.name != "texts"]
    written = "\n".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r'\b(?:t|say)\("([a-z0-9_-]+)"[,)]', written))
    assert named <= set(TEXTS)
    quoted = set(re.findall(r'"([a-z0-9_-]+)"', written))
    built = tuple(set(re.findall(r'(?:say\(|key = )f["\']([a-z]+_)', written)) | {"tab_", "metric_", "op_"})
    built += tuple(re.findall(r'\bt\("([a-z]+_)" \+', written))
    closed = re.findall(r"""\bword\(["']([a-z]+)["']""", written)
    built += tuple(f"{name}_" for name in (*WORDS, *closed, "categories", "declined"))
    unused = {key for key in TEXTS if key not in quoted and not key.startswith(built)}
    assert not unused


def test_what_is_listed_has_a_name() -> None:
    assert {f"tab_{name}" for name in TABS} <= set(TEXTS)
    assert {f"metric_{metric.name}" for metric in HEADLINE} | {f"help_{metric.name}" for metric in HEADLINE} <= set(
        TEXTS
    )
    assert {f"dimension_{name}" for name in DIMENSIONS} <= set(TEXTS)
    assert {f"{name}_{word.lower()}" for name, words in WORDS.items() for word in words} <= set(TEXTS)
    assert set(_EMPTY.values()) <= set(TEXTS)


def test_what_the_collector_names_has_a_word() -> None:
    assert {f"did_{action.replace(' ', '-')}" for action in ACTIONS} <= set(TEXTS)
    assert {f"purposes_{name}" for name in PURPOSES} | {f"categories_{name}" for name in CATEGORIES} <= set(TEXTS)
    body = body_of("example.com", Draft(languages=("en",)), "2026-10-01T00:00:00Z")
    assert {f"term_{name}" for name in {*body, "languages"} - {"texts", "published", "site"}} <= set(TEXTS)


def test_why_a_change_is_declined_has_words_with_the_same_values() -> None:
    raised = []
    for path in (*(FOLDER.parent / "collector").rglob("*.py"), *FOLDER.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            match call:
                case ast.Call(ast.Name(name), [_, ast.Constant(str(reason))], keywords) if name in DECLINED:
                    raised.append((reason, {keyword.arg for keyword in keywords}))
    assert len(raised) > 10
    for reason, values in raised:
        assert _gaps(TEXTS[f"declined_{reason}"]) <= values, reason


def test_no_text_is_given_twice() -> None:
    for code in LANGUAGES:
        texts = [key for feature in FEATURES for key in _module(feature, code)]
        assert len(texts) == len(set(texts)), code


def test_every_folder_of_texts_is_read() -> None:
    folders = {path.relative_to(FOLDER.parent).parent for path in FOLDER.rglob("texts/__init__.py")}
    assert {folder.as_posix() for folder in folders} == {f"{feature}.texts".replace(".", "/") for feature in FEATURES}
    for folder in folders:
        assert {path.stem for path in (FOLDER.parent / folder).glob("*.py")} == {"__init__", *LANGUAGES}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_every_text_with_the_same_gaps(code: str) -> None:
    assert set(CATALOGUES[code]) == set(TEXTS)
    assert {key: _gaps(text) for key, text in CATALOGUES[code].items()} == {k: _gaps(text) for k, text in TEXTS.items()}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_plural_has_a_form_for_each_category_or_two(code: str) -> None:
    categories = len(locale(code).plural_form.tags | {"other"})
    for key, text in CATALOGUES[code].items():
        for _, gap, spec, _ in Formatter().parse(text):
            if gap is not None and spec:
                assert spec.count("|") + 1 in (2, categories), key


def test_a_word_goes_with_its_number() -> None:
    with speaking("en"):
        assert say("erased", visits=1) == "1 visit of this range was erased since."
        assert say("erased", visits=1234) == "1,234 visits of this range were erased since."
        assert say("erased", visits="some") == "some visits of this range were erased since."


def _gaps(text: str) -> set[str]:
    return {gap for _, gap, _, _ in Formatter().parse(text) if gap is not None}


def _module(feature: str, code: str) -> list[str]:
    source = (FOLDER.parent / feature.replace(".", "/") / "texts" / f"{code}.py").read_text("utf-8")
    return re.findall(r'^    "([A-Za-z0-9_-]+)":', source, re.MULTILINE)


def test_french_signs_stand_after_a_space_that_does_not_break() -> None:
    broken = re.compile(r"\S [:;?!»%](?=[\s.,)]|$)|« ")
    assert not {key: text for key, text in CATALOGUES["fr"].items() if broken.search(text)}
