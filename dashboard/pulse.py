"""What is going on right now: what `live` answers, and what a page compares to learn that it is out of date."""

from datetime import datetime
from typing import Any

import msgspec

from collector.store.interface import Store
from dashboard.query.live import live
from dashboard.query.request import decode
from dashboard.query.run import run_query
from dashboard.query.site import SiteFacts

COUNTED = ("visits", "pageviews", "clicks", "events")


async def pulse(store: Store, facts: SiteFacts, now: datetime) -> dict[str, Any]:
    """The live figures of a site, and today's totals: whatever arrives or is erased today changes one of them.

    `now` is on the clock of the site.
    """
    today = now.date().isoformat()
    asked = {"site": facts.name, "from": today, "to": today, "metrics": list(COUNTED)}
    report = await run_query(decode(msgspec.json.encode(asked)), store, facts)
    return {**(await live(store, facts.name, now)), "today": report["totals"]}


def seen(answer: dict[str, Any]) -> str:
    """What a page keeps of the answer it was drawn with; its script (live.ts) compares it with the next."""
    return msgspec.json.encode([answer["visits"], answer["today"]]).decode()
