"""The lines that owners paste."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from collector import embedding
from collector.settings import Settings
from collector.statics import BUILT, Statics, StaticsError
from tests.cli.conftest import SITE, Here, here

__all__ = ["here"]

SETTINGS = Settings(base_url="https://hello.example.com/", prefix="/hello")


def test_the_tag_by_its_name() -> None:
    line = '<script defer src="https://hello.example.com/hello/tag.js" data-site="example.com"></script>'
    assert embedding.by_name(SETTINGS, "example.com") == line
    assert 'src="https://YOUR-BYLEAVE-HOST/c/tag.js"' in embedding.by_name(Settings(), "example.com")


def test_every_pinned_address_serves_the_bytes_it_is_pinned_to(tmp_path: Path) -> None:
    statics = Statics.open(tmp_path)
    map_, tag = embedding.pinned(SETTINGS, "example.com").splitlines()
    pinned = json.loads(map_.removeprefix('<script type="importmap">').removesuffix("</script>"))["integrity"]
    found = re.fullmatch(
        r'<script defer src="(\S+)" integrity="(\S+)" crossorigin="anonymous" data-site="example.com"></script>', tag
    )
    assert found
    for url, integrity in [*pinned.items(), found.groups()]:
        prefix = url.removeprefix("https://hello.example.com/hello/t/").removesuffix(".js")
        script = statics.by_prefix(prefix)
        assert script, url
        assert integrity == f"sha256-{base64.b64encode(hashlib.sha256(script.plain).digest()).decode()}"
    parts = set(json.loads((BUILT / "manifest.json").read_text())) - {"tag", "you"}
    assert len(pinned) == len(parts)


def test_the_tag_names_its_parts_as_the_map_does() -> None:
    script = (BUILT / "tag.js").read_text()
    map_ = embedding.pinned(SETTINGS, "example.com")
    for name in ("measure", "banner"):
        digits = json.loads((BUILT / "manifest.json").read_text())[name]["sha256"][:8]
        assert digits in script
        assert f"/t/{digits}.js" in map_


def test_scripts_that_are_missing_say_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(StaticsError, match="make setup"):
        embedding.pinned(SETTINGS, "example.com", tmp_path)


def test_the_command_shows_the_pinned_lines(here: Here) -> None:
    here(*SITE)
    plain, sri = here("site", "show", "example.com"), here("site", "show", "example.com", "--sri")
    assert "/c/tag.js" in plain
    assert "integrity" not in plain
    assert 'type="importmap"' in sri
    assert 'crossorigin="anonymous" data-site="example.com"' in sri
    assert json.loads(here("site", "show", "example.com", "--sri", "--json"))["snippet"].count("\n") == 1
