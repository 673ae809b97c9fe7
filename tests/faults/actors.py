"""Processes to be killed: `append` writes numbered batches to a spool, `own` carries them into the store.

python -m tests.faults.actors append DATA FIRST     prints "ready", then each batch's number once it is acknowledged
python -m tests.faults.actors own DATA [SECONDS]    prints "ready", then works until it is killed; checkpoints so often
"""

import asyncio
import hashlib
import os
import sys
from datetime import timedelta
from pathlib import Path

from collector import owner as owners
from collector import spool as spools
from collector.batch import Batch
from collector.owner import Owner
from collector.settings import Settings
from collector.spool import Spool
from tests.rows import Known, batch, line

AT_ONCE = 16


def numbered(number: int) -> Batch:
    """Batch number so and so, whichever process sends it: the same nonce, so a second sending is a retry."""
    nonce = hashlib.sha256(str(number).encode()).digest()[:16]
    return batch(line(visit=number, nth=0), line(visit=number, nth=1), nonce=nonce)


async def append(data: Path, first: int) -> None:
    """Many senders at once; each prints a number only after its acknowledgement."""
    spools.SEGMENT_SECONDS = 0.4  # type: ignore[assignment]
    spool = await Spool.open(data / "spool")
    os.write(1, b"ready\n")

    async def send(number: int) -> None:
        while True:
            await spool.append(numbered(number))
            os.write(1, b"%d\n" % number)
            number += AT_ONCE
            await asyncio.sleep(0.002)

    await asyncio.gather(*(send(first + place) for place in range(AT_ONCE)))


async def own(data: Path, checkpoint: float) -> None:
    """An owner that checkpoints and rewrites all the time."""
    owners.CHECKPOINT_SECONDS = checkpoint
    owners.GENERATION_AGE = timedelta(seconds=1)
    owners.REWRITE_RETRY_SECONDS = 0.1
    await Owner.start(Settings(data=str(data), duckdb_memory="300MB", duckdb_threads=1), Known())
    os.write(1, b"ready\n")
    await asyncio.Event().wait()


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    if command == "append":
        asyncio.run(append(Path(folder), int(rest[0])))
    else:
        asyncio.run(own(Path(folder), float(rest[0] if rest else 0.15)))
