"""The core of the suite in Debian's Firefox: silence, yes, pageviews, clicks, a leave, a withdrawal, a signal."""

import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Product

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
DRIVER = Path(__file__).parents[2] / "js/firefox/visit.mjs"
NOTHING = {"local": {}, "session": {}, "cookies": "", "databases": 0, "workers": 0}


@pytest.mark.skipif(not FIREFOX, reason="Firefox is not installed; on Debian and Ubuntu: apt-get install firefox-esr")
def test_a_visit_from_silence_to_withdrawal(product: Product) -> None:
    seen = visit(product)
    before, after = seen["before"], seen["after"]
    assert {kind(request) for request in before["requests"]} == {"the tag", "a part of it", "the texts"}
    assert before["stored"] == NOTHING
    assert before["totals"] == "0 0 0"
    assert seen["kept"] == ["byleave:localhost", "byleave:localhost.visit"]
    words = sorted(re.sub(r"visible .*", "visible", row) for row in seen["rows"])
    assert words == [
        "You followed a link to /bread/",
        "You left /about/: visible",
        "You pressed Remind me on Friday",
        "You read /about/",
        "You read /bread/",
    ]
    assert seen["browsers"] == ["Firefox"]
    assert {kind(request) for request in after["requests"]} <= {"the tag"}
    assert after["stored"] == {**NOTHING, "local": {"byleave:localhost": f"no.{time.strftime('%Y-%m', time.gmtime())}"}}
    assert after["totals"] == "0 0 0"
    under = seen["signal"]
    assert under["told"] is True
    assert {kind(request) for request in under["requests"]} == {"the tag"}
    assert (under["stored"], under["totals"]) == (NOTHING, "0 0 0")


def visit(product: Product) -> Any:
    """What a Firefox saw on its way."""
    told = {"executable": FIREFOX, "website": product.website}
    told |= {"collector": product.server.url, "token": product.token}
    done = subprocess.run(
        ["node", str(DRIVER)], input=json.dumps(told), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kind(request: str) -> str:
    """What a request is, in the words of the contract; what is none of its words comes back as it is."""
    patterns = {
        r"GET /c/tag\.js": "the tag",
        r"GET /c/t/[0-9a-f]{8,64}\.js": "a part of it",
        r"GET /c/site/localhost\.json": "the texts",
    }
    return next((name for pattern, name in patterns.items() if re.fullmatch(pattern, request)), request)
