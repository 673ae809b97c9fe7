"""One page in a profile of its own, and everything that it asks the network for."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from collector.check.chromium import CheckError, Chromium

LOOK_S = 0.05
# The signal as a browser that has it sends it: Chromium itself has no setting for Global Privacy Control.
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true });"


@dataclass
class Request:
    """One request and what came of it. `status` is 0 until there is an answer; `failed` says why there is none."""

    method: str
    url: str
    status: int = 0
    failed: str = ""
    cookies: list[str] = field(default_factory=list)
    """Names of the cookies that the answer set."""


class Page:
    """A page that is open in `context`, a profile without a past."""

    def __init__(self, browser: Chromium, context: str, session: str) -> None:
        self._browser = browser
        self._context = context
        self._session = session
        self._by_id: dict[str, Request] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loads = 0
        self.requests: list[Request] = []
        self.console: list[str] = []
        """What Byleave's own scripts said."""
        self.refused: list[tuple[str, str]] = []
        """(directive, address) of what the page's content security policy kept away."""
        browser.hear(session, self._heard)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command to this page."""
        return await self._browser.call(method, self._session, **params)

    async def prepare(self, *, gpc: bool) -> None:
        """Watch the page from its first request on; `gpc`: it sends Global Privacy Control."""
        await self._watch(self._session)
        for domain in ("Page", "Runtime", "Audits"):
            await self.call(f"{domain}.enable")
        await self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        if gpc:
            await self.call("Network.setExtraHTTPHeaders", headers={"Sec-GPC": "1"})
            await self.call("Page.addScriptToEvaluateOnNewDocument", source=GPC)

    async def open(self, url: str) -> None:
        """Go there and wait until it is loaded. Raises CheckError where nothing answers."""
        loads = self._loads
        done = await self.call("Page.navigate", url=url)
        if done.get("errorText"):
            raise CheckError(f"{url} cannot be opened ({done['errorText']}). Correct the address, or mend the site.")
        await self.until(lambda: self._loads > loads, 10.0)

    async def reload(self) -> None:
        """The same page again, as a visitor who comes back."""
        loads = self._loads
        await self.call("Page.reload")
        await self.until(lambda: self._loads > loads, 10.0)

    async def ask(self, script: str) -> Any:
        """What an expression gives in the page (JSON); a promise is waited for. None where it throws."""
        done = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return None if "exceptionDetails" in done else done["result"].get("value")

    async def click(self, x: float, y: float) -> None:
        """A click as a person makes it, in CSS pixels of the window."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def cookies(self) -> list[dict[str, Any]]:
        """Every cookie of this profile, from whichever origin."""
        found: list[dict[str, Any]] = (await self._browser.call("Storage.getCookies", browserContextId=self._context))[
            "cookies"
        ]
        return found

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait for something that this page's events bring; whether it came."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(LOOK_S)
        return True

    async def until_true(self, script: str, seconds: float) -> bool:
        """Wait until an expression is true in the page; whether it became so."""
        deadline = time.monotonic() + seconds
        while not await self.ask(script):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(LOOK_S * 2)
        return True

    async def _watch(self, session: str) -> None:
        await self._browser.call("Network.enable", session)
        await self._browser.call(
            "Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=True, flatten=True
        )

    async def _join(self, session: str) -> None:
        """A frame or worker of the page is watched too, before it runs."""
        with suppress(CheckError):  # it may be gone again
            await self._watch(session)
        with suppress(CheckError):
            await self._browser.call("Runtime.runIfWaitingForDebugger", session)

    def _heard(self, method: str, params: dict[str, Any]) -> None:
        take = getattr(self, "_on_" + method.replace(".", "_"), None)
        if take:
            take(params)

    def _on_Target_attachedToTarget(self, params: dict[str, Any]) -> None:
        session = params["sessionId"]
        self._browser.hear(session, self._heard)
        task = asyncio.create_task(self._join(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_Network_requestWillBeSent(self, params: dict[str, Any]) -> None:
        request = Request(params["request"]["method"], params["request"]["url"])
        if "redirectResponse" in params and params["requestId"] in self._by_id:
            self._by_id[params["requestId"]].status = params["redirectResponse"]["status"]
        self._by_id[params["requestId"]] = request
        self.requests.append(request)

    def _on_Network_responseReceived(self, params: dict[str, Any]) -> None:
        request = self._by_id.get(params["requestId"])
        if request:
            request.status = request.status or params["response"]["status"]

    def _on_Network_responseReceivedExtraInfo(self, params: dict[str, Any]) -> None:
        """Tells what the page may not read: cookies, and answers that CORS keeps from it."""
        request = self._by_id.get(params["requestId"])
        if request:
            request.status = params.get("statusCode", 0)
            set_ = next((v for name, v in params["headers"].items() if name.lower() == "set-cookie"), "")
            request.cookies += [line.partition("=")[0] for line in set_.splitlines()]

    def _on_Network_loadingFailed(self, params: dict[str, Any]) -> None:
        request = self._by_id.get(params["requestId"])
        if request:
            request.failed = params.get("blockedReason") or params["errorText"]

    def _on_Page_loadEventFired(self, _params: dict[str, Any]) -> None:
        self._loads += 1

    def _on_Runtime_consoleAPICalled(self, params: dict[str, Any]) -> None:
        said = " ".join(str(part.get("value", "")) for part in params["args"])
        if said.startswith("Byleave: "):
            self.console.append(said.removeprefix("Byleave: "))

    def _on_Audits_issueAdded(self, params: dict[str, Any]) -> None:
        issue = params["issue"]["details"].get("contentSecurityPolicyIssueDetails")
        if issue and not issue.get("isReportOnly"):
            self.refused.append((issue["violatedDirective"], issue.get("blockedURL", "")))


@asynccontextmanager
async def page(browser: Chromium, *, gpc: bool = False) -> AsyncIterator[Page]:
    """A new profile with one empty page, gone when this is left."""
    context = (await browser.call("Target.createBrowserContext", disposeOnDetach=True))["browserContextId"]
    target = (await browser.call("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
    session = (await browser.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
    found = Page(browser, context, session)
    try:
        await found.prepare(gpc=gpc)
        yield found
    finally:
        with suppress(CheckError):
            await browser.call("Target.disposeBrowserContext", browserContextId=context)
