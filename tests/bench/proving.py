"""How long it takes to prove that every row of a filled store leads to a consent."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from collector.consent.keys import Keys
from collector.consent.notice import Draft, canonical, publish
from collector.consent.record import FIRST, iso, link
from collector.consent.token import LIFETIME_S
from collector.settings import Settings
from collector.standalone import own_store
from collector.state import sites
from collector.state.database import State
from collector.state.tables import consent_log
from tests.bench.row import Row

SITE = "bench.example"
EVENTS = 1_000_000
PEOPLE = EVENTS // 8
"""Each with a visit of eight events."""
AGAIN = 5
"""Every fifth gave a second yes."""
MOST_S = 60.0
AT_ONCE = 10_000
ROWS = """
WITH person AS (
    SELECT
        unnest(string_split($subjects, ' '))::UUID AS subject, unnest(string_split($visitors, ' '))::BIGINT AS visitor,
        unnest(range($people)) AS n
)
SELECT
    $site AS site, $site AS host, kind, nth::INTEGER AS nth, n AS visit, subject, $notice AS notice,
    make_timestamp(($since + n % 86400 + nth * 20) * 1000000)::TIMESTAMP_S AS occurred_at,
    CASE WHEN n % 2 = 0 THEN visitor END AS visitor, '/page/' || (n + nth) % 500 AS path, NULL::VARCHAR AS target,
    NULL::VARCHAR AS target_kind, 'DE' AS country, 'Firefox' AS browser, 140 AS browser_major, 'Linux' AS os,
    'desktop' AS device
FROM person, (SELECT nth, CASE WHEN nth % 2 = 0 THEN 'pageview' ELSE 'leave' END AS kind FROM range(8) AS r(nth))
ORDER BY occurred_at
"""


def rows(folder: Path) -> list[Row]:
    """Fill a store and its log, then run the command."""
    records = asyncio.run(_fill(folder))
    command = str(Path(sys.executable).with_name("byleave"))
    environment = {**os.environ, "BYLEAVE_DATA": str(folder)}
    began = time.perf_counter()
    done = subprocess.run([command, "consent", "verify", "--json"], env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    said: dict[str, Any] = json.loads(done.stdout)
    print(f"  {said['rows']:,} rows and {said['sequence']:,} records in {seconds:.1f} s", flush=True)
    reached = said["ok"] and said["rows"] == EVENTS and said["sequence"] == records and seconds <= MOST_S
    what = f"`byleave consent verify`, {EVENTS / 1e6:g} M events, {records:,} records"
    return [Row(what, f"≤ {MOST_S:.0f} s", f"{seconds:.1f} s", reached)]


async def _fill(folder: Path) -> int:
    state = await asyncio.to_thread(State.open, folder)
    keys = await asyncio.to_thread(Keys.open, folder)
    since = int(time.time()) - 10 * 86_400
    async with state.write() as connection:
        await sites.add(connection, sites.checked(SITE), since)
        notice = (await publish(connection, SITE, Draft("Bench", "bench@bench.example"), iso(since), since)).id
    subjects = [keys.subject(number.to_bytes(16)) for number in range(PEOPLE)]
    records = list(_records(subjects, notice, since))
    async with state.write() as connection:
        for at in range(0, len(records), AT_ONCE):
            await connection.execute(insert(consent_log), records[at : at + AT_ONCE])
    await state.close()
    parameters = {
        "site": SITE, "notice": notice, "since": since, "people": PEOPLE,
        "subjects": " ".join(subject.hex() for subject in subjects),
        "visitors": " ".join(str(keys.visitor(subject)) for subject in subjects),
    }  # fmt: skip
    async with own_store(Settings(data=str(folder))) as store:
        await store.append(ROWS, parameters)
        while await store.settle():
            pass
    return len(records)


def _records(subjects: list[bytes], notice: str, since: int) -> Iterator[dict[str, Any]]:
    """The log as the server would have written it, but all at once."""
    previous = FIRST
    for again in (False, True):
        for subject in subjects[:: AGAIN if again else 1]:
            facts = {"site": SITE, "notice": notice, "purposes": ["measure", "returning"], "source": "banner"}
            facts |= {"shown": "byleave", "locale": "en", "ui": "ab" * 32, "expires": iso(since + LIFETIME_S)}
            kind = "re-confirmed" if again else "given"
            body = canonical({"kind": kind, "subject": subject.hex(), "at": iso(since), **facts})
            hashed = hashlib.sha256(body.encode()).digest()
            row = {"previous": previous, "body_hash": hashed, "body": body, "subject": subject, "recorded_at": since}
            previous = link(previous, hashed)
            yield {**row, "link": previous}
