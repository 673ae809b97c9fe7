"""byleave check: what it says where it cannot look at all."""

from pathlib import Path

import pytest

from tests.cli.conftest import Here


@pytest.mark.parametrize(
    ("path", "named", "url", "says"),
    [
        ("", "", "https://example.com", "apt-get install chromium"),
        ("", "/no/such/program", "https://example.com", "BYLEAVE_CHROMIUM names /no/such/program"),
        ("/bin", "true", "https://example.com", "true does not tell its version"),
        (None, "", "http://localhost:9", "ERR_"),
        (None, "", "example.com", "write it with https://"),
    ],
    ids=["no Chromium", "a wrong path", "another program", "nobody answers", "no address"],
)
def test_what_cannot_be_looked_at_is_said(
    here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str | None, named: str, url: str, says: str
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    if path is not None:
        monkeypatch.setenv("PATH", path or str(tmp_path))
        monkeypatch.setenv("BYLEAVE_CHROMIUM", named)
    assert says in here("check", url, code=1)
    assert list(tmp_path.iterdir()) == []


def test_a_chromium_that_does_not_start_is_said(here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho Chromium 150.0.1.2\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BYLEAVE_CHROMIUM", str(broken))
    assert "Chromium ended" in here("check", "http://localhost:9", code=1)
