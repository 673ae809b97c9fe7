"""A process that lets rows expire, to be killed in it: python -m tests.faults.expiring DATA; says when it begins."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path

from collector.store.duckdb import DuckStore
from collector.store.expiring import Expiring
from collector.store.generation import Place

ROWS = """
SELECT 'example.com' AS site, 'example.com' AS host, kind, nth::INTEGER AS nth, 1000 + number // 4 AS visit,
    number // 4 % 500 AS visitor, md5((number // 4 % 500)::VARCHAR)::UUID AS subject, repeat('a', 64) AS notice,
    (TIMESTAMP '2025-03-01 12:00:00' + to_hours((number // 20_000)::INTEGER * 24))::TIMESTAMP_S AS occurred_at,
    '/' || number % 50 AS path, NULL::VARCHAR AS target, NULL::VARCHAR AS target_kind,
    'Search' AS channel, 'DE' AS country
FROM (SELECT range AS number, range % 4 AS nth, 'pageview' AS kind FROM range($rows))
"""
EVENTS = 60_000
"""Of three days; the first two expire."""
LEFT = 20_000


async def fill(data: Path) -> None:
    """A store with rows to expire, settled and checkpointed."""
    store = await DuckStore.open(Place(data, memory="300MB", threads=1))
    await store.append(ROWS, {"rows": EVENTS})
    while await store.settle():
        pass
    await store.checkpoint()
    await store.close()


async def expire(data: Path) -> None:
    """Let them expire."""
    store = await DuckStore.open(Place(data, memory="300MB", threads=1))
    os.write(1, b"ready\n")
    await store.expire([Expiring("example.com", "a" * 64, "UTC", datetime.fromisoformat("2025-03-03"), 5)])
    os.write(1, b"done\n")
    await store.close()


if __name__ == "__main__":
    asyncio.run(expire(Path(sys.argv[1])))
