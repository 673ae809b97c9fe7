"""A consent log that an earlier version wrote gets its sums at the first start of this one."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from collector.consent.history import history
from collector.consent.notice import canonical
from collector.consent.record import iso
from collector.state.database import _MIGRATIONS, FILE, State
from tests.consent.test_history import BEGAN, DAY, OTHER, SETS, SITE, folded, log, numbers


def test_a_log_of_before_is_counted(tmp_path: Path) -> None:
    """With ends, a removed body and damaged ones."""
    _upgrade(tmp_path, "0008")
    rows = list(_written())
    database = sqlite3.connect(tmp_path / FILE)
    columns = "previous, body_hash, link, body, subject, recorded_at"
    database.executemany(f"INSERT INTO consent_log ({columns}) VALUES (x'', x'', ?, ?, ?, ?)", rows)
    database.commit()
    database.close()
    asyncio.run(_compare(tmp_path))


def _written() -> Iterator[tuple[Any, ...]]:
    told: list[tuple[str, int, int, dict[str, Any]]] = [
        ("given", 1, 0, {"notice": "a", "purposes": SETS[1], "expires": iso(BEGAN + 90 * DAY)}),
        ("given", 2, 5, {"notice": "a", "purposes": SETS[0]}),
        ("given", 3, 5, {"notice": "b", "purposes": SETS[2]}),
        ("re-confirmed", 1, 1000, {"notice": "a", "purposes": SETS[0], "expires": iso(BEGAN + 99 * DAY)}),
        ("withdrawn", 2, 1001, {}),
        ("given", 4, 1002, {"notice": "b", "purposes": SETS[0]}),
        ("expired", 4, 200 * DAY, {"notice": "b", "purposes": SETS[0], "expires": iso(BEGAN)}),
    ]
    for number, (kind, who, after, facts) in enumerate(told * 2):
        site = (SITE, OTHER)[number // len(told)]
        subject = f"{site[:8]:8}{who:8}".encode()
        body = canonical({"kind": kind, "subject": subject.hex(), "at": iso(BEGAN + after), "site": site, **facts})
        yield b"%d" % number, body, subject, BEGAN + after
    yield b"damaged", "none", b"5" * 16, BEGAN
    yield b"strange", '{"kind":"given","site":["a"]}', b"5" * 16, BEGAN
    yield b"removed", None, None, BEGAN


async def _compare(folder: Path) -> None:
    state = await asyncio.to_thread(State.open, folder)
    rows = await log(state)
    assert len(rows) == 17
    for site in (SITE, OTHER):
        for start in (0, BEGAN // 900 * 900 + 900):
            expected = folded(rows, site, start, BEGAN + DAY, BEGAN + 10)
            assert expected["expiring"].total() == 2
            assert numbers(await history(state, site, start, BEGAN + DAY, BEGAN + 10)) == expected
    await state.close()


def _upgrade(folder: Path, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    engine = create_engine(f"sqlite:///{folder / FILE}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()
