"""The catalogue: every text is used, every text that is used is there."""

import re
from pathlib import Path

import dashboard
from dashboard.pages.metrics import HEADLINE
from dashboard.pages.names import _EMPTY
from dashboard.pages.tabs import TABS
from dashboard.texts import TEXTS

FOLDER = Path(dashboard.__file__).parent


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    sources = [path for path in FOLDER.rglob("*") if path.suffix in (".py", ".html") and path.name != "texts.py"]
    written = "\n".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r'\b(?:t|say)\("([a-z0-9_-]+)"[,)]', written))
    assert named <= set(TEXTS)
    quoted = set(re.findall(r'"([a-z0-9_-]+)"', written))
    built = tuple(
        set(re.findall(r'(?:say\(f|TEXTS\[f|TEXTS\.get\(f)["\']([a-z]+_)', written)) | {"tab_", "metric_", "op_"}
    )
    built += tuple(re.findall(r'\bt\("([a-z]+_)" \+', written))
    unused = {key for key in TEXTS if key not in quoted and not key.startswith((*built, "returning_", "device_"))}
    assert not unused


def test_what_is_listed_has_a_name() -> None:
    assert {f"tab_{name}" for name in TABS} <= set(TEXTS)
    assert {f"metric_{metric.name}" for metric in HEADLINE} | {f"help_{metric.name}" for metric in HEADLINE} <= set(
        TEXTS
    )
    assert set(_EMPTY.values()) <= set(TEXTS)
