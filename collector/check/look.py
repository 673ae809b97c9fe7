"""All visits of a check, in one browser, and what they show."""

import asyncio
from pathlib import Path

from collector.check import finding, visit
from collector.check.chromium import CheckError, Chromium, chromium
from collector.check.finding import Finding
from collector.check.visit import QUIET_S


async def look(
    executable: str, agent: str, profile: Path, url: str, *, collector: str, trial: bool, seconds: float
) -> list[Finding]:
    """Start a browser and look at `url`, for `seconds` at most. Raises CheckError where it cannot be looked at."""
    try:
        async with asyncio.timeout(seconds), chromium(executable, agent, profile) as browser:
            return await findings(browser, url, collector, trial=trial)
    except TimeoutError:
        raise CheckError(f"{url} was not looked at within {seconds:.0f} s. Give more with --timeout.") from None


async def findings(
    browser: Chromium, url: str, collector: str = "", *, trial: bool = False, quiet: float = QUIET_S
) -> list[Finding]:
    """What the visits show; `quiet` are the seconds for which each watches the network."""
    try:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(visit.silent(browser, url, collector, quiet))
            refusing = group.create_task(visit.no(browser, url, collector, quiet))
            signalling = group.create_task(visit.silent(browser, url, collector, quiet, gpc=True))
    except ExceptionGroup as several:  # the first says it: all opened the same page
        raise several.exceptions[0] from None
    seen, refused, signalled = asking.result(), refusing.result(), signalling.result()
    tag = seen.tag
    found = [finding.tag(seen, collector)]
    if tag is None:
        return found + finding.tools(seen, None) + finding.others(seen)
    found.append(finding.policy(seen, tag))
    if tag.running:
        found += [
            finding.silence("before a yes", seen, tag),
            finding.ask(seen, tag),
            finding.taken(refused, tag),
            finding.no(refused, tag),
            finding.silence("under Global Privacy Control", signalled, tag, r"(tag|t/[0-9a-f]{8,64})\.js"),
            finding.trial(tag, await visit.yes(browser, url, collector) if trial and not tag.cmp else None),
        ]
    return found + finding.tools(seen, tag) + finding.others(seen)
