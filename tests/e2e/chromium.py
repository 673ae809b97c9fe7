"""A real Chromium, with what it wrote itself about its requests and its storage."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright

EXECUTABLE = "/usr/bin/chromium"
# A headless Chromium says so in its user agent, and is then no visitor but a bot. Set by a flag, because a context's
# own user agent is not sent with what a page still sends while it goes away.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The signal as a browser that has it sends it: Chromium itself has no setting for Global Privacy Control.
GPC_SCRIPT = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true });"


@contextmanager
def chromium(
    playwright: Playwright,
    folder: Path,
    *,
    gpc: bool = False,
    dnt: bool = False,
    flags: Sequence[str] = (),
    **options: Any,
) -> Iterator[BrowserContext]:
    """A browser with a profile of its own; its network log lies in `folder` once it is closed."""
    profile = folder / "profile"
    if dnt:
        (profile / "Default").mkdir(parents=True, exist_ok=True)
        (profile / "Default" / "Preferences").write_text(json.dumps({"enable_do_not_track": True}))
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=EXECUTABLE,
        args=[
            *FLAGS,
            *flags,
            f"--user-agent={AGENT}",
            f"--log-net-log={folder / 'network.json'}",
            "--net-log-capture-mode=IncludeSensitive",
        ],
        locale=options.pop("locale", "en-GB"),
        accept_downloads=True,
        **options,
    )
    if gpc:
        context.set_extra_http_headers({"Sec-GPC": "1"})
        context.add_init_script(GPC_SCRIPT)
    context.set_default_timeout(10_000)
    try:
        yield context
    finally:
        context.close()


def requested(folder: Path, origin: str) -> list[str]:
    """Method and path of every request that the closed browser's network log holds for one origin, in order."""
    log = json.loads((folder / "network.json").read_text())
    started = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    found = []
    for event in log["events"]:
        params = event.get("params", {})
        if event["type"] == started and params.get("url", "").startswith(f"{origin}/"):
            found.append(f"{params.get('method', 'GET')} {params['url'].removeprefix(origin)}")
    return found


def sent(context: BrowserContext) -> list[Any]:
    """Every event that leaves the browser from now on, as it leaves."""
    found: list[Any] = []
    context.on(
        "request",
        lambda request: found.extend(json.loads(request.post_data or "")["e"]) if "/c/events" in request.url else None,
    )
    return found


STORED = """async () => ({
  local: Object.fromEntries(Object.entries(localStorage)),
  session: Object.fromEntries(Object.entries(sessionStorage)),
  cookies: document.cookie,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"local": {}, "session": {}, "cookies": "", "databases": 0, "caches": 0, "workers": 0}


def stored(page: Page) -> Any:
    """Everything a page's origin holds in this browser."""
    return page.evaluate(STORED)
