"""The log: each event is one line, whatever is in it; libraries say what happened, not to whom."""

import logging
import re
from collections.abc import Iterator

import pytest
import structlog

from collector.log import configure

BREAKING = ("\n", "\r", "\r\n", "\x1b[31m", "\0", "\x07", "\x85", "\u2028", "\u2029", "\x9b2J", "\x08", "\x7f")
LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("breaking", BREAKING, ids=[repr(text) for text in BREAKING])
def test_a_value_ends_no_line(capsys: pytest.CaptureFixture[str], breaking: str) -> None:
    configure("debug")
    log = structlog.get_logger("test")
    log.error(f"one{breaking}two", cause=f'three{breaking}level=info event="forged"', number=7)
    (line,) = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert LINE.fullmatch(line)
    assert line.count("level=") == 1 + line.count('\\"forged')
    assert "three" in line and "number=7" in line


def test_what_a_library_tells_is_one_line_without_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    told = "Exception in callback received(b'/secret-path 203.0.113.9')\nhandle: <Handle raddr=('203.0.113.9', 5)>"
    try:
        raise ValueError("secret-path\nlevel=info")
    except ValueError as error:
        logging.getLogger("asyncio").error(told, exc_info=error)
    logging.getLogger("somebody").warning("slow %s\x1b[2J", "secret-path")
    first, second = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert first == 'level=error logger=asyncio event="Exception in callback received" error=ValueError'
    assert second == 'level=warning logger=somebody event="slow %s\\x1b[2J"'


def test_below_its_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    configure("error")
    structlog.get_logger("test").warning("quiet")
    logging.getLogger("somebody").warning("quiet")
    logging.getLogger("uvicorn.error").error("Invalid HTTP request received: /secret-path")
    assert capsys.readouterr().err == ""
