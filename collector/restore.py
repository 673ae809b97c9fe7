"""A backup becomes a data directory again, without what was erased since it was made.

All is put together in a folder within the new directory; only when the erasures have been done again, and the store
written anew without them, do the files move to their places.
"""

import asyncio
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import structlog
from sqlalchemy import delete, insert

from collector import archive, server
from collector.archive import ArchiveError, Manifest, Reader
from collector.consent.burial import Burial, ErasureLogError, bury, read_log, unknown_to
from collector.consent.erasure_log import ErasureLog
from collector.consent.record import seconds
from collector.control import SOCKET
from collector.owner_lock import take_lock
from collector.segment import sync_directory
from collector.settings import Settings
from collector.state import tables
from collector.state.database import FILE as STATE
from collector.state.database import STAGING, State, newest
from collector.state.follow import RESTORED
from collector.store.migrate import NewerStore, steps
from collector.store.rewrite import SPARE_BYTES
from collector.store.threads import run

log = structlog.get_logger(__name__)

ASKED = (
    "A backup does not know who withdrew after it was made. Give the newest copy of the server's erasures.ndjson with "
    "--erasures. Without one, rows that were erased since the backup come back: say --accept-missing-erasures only if "
    "that log is lost."
)
ACCEPTED = (
    "Restored without a newer erasure log: whoever withdrew or erased after the backup was made is stored again, and "
    "their yes counts again. Tell whoever answers for privacy."
)


async def restore(
    file: Path,
    settings: Settings,
    log_copy: Path | None,
    *,
    accept: bool,
    moved: archive.Moved,
    size: Callable[[int], None],
) -> dict[str, Any]:
    """Make the data directory of the settings from a backup; `log_copy` is the erasure log of today.

    `size` is told the number of bytes there are, `moved` how many went by. Returns what was done. Raises ArchiveError,
    ErasureLogError, OSError and what opening store and state does; then the directory is as it was.
    """
    if log_copy is None and not accept:
        raise ErasureLogError(ASKED)
    burials, torn = await asyncio.to_thread(read_log, log_copy) if log_copy else ([], 0)
    data = settings.data_path
    await asyncio.to_thread(_refuse_used, data)
    staging = data / STAGING
    try:
        stopped = threading.Event()

        def counted(some: int) -> None:
            if stopped.is_set():
                raise ArchiveError("The restore was stopped; nothing is left of it.")
            moved(some)

        manifest = await run(None, lambda: _unpack(file, staging, counted, size), stopped.set)
        done = await _apply(
            msgspec.structs.replace(settings, data=str(staging)), burials, seconds(manifest.made), accept=accept
        )
        await asyncio.to_thread(_take_place, staging, data)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)
        raise
    log.info("restored", made=manifest.made, erased=done["erased"])
    return {"data": str(data), "made": manifest.made, "byleave": manifest.byleave, "unreadable_lines": torn, **done}


async def _apply(settings: Settings, burials: list[Burial], made: int, *, accept: bool) -> dict[str, Any]:
    """Erase again, load what waited in the spool, let go what has expired, and leave no byte of any of it."""
    state = await asyncio.to_thread(State.open, settings.data_path)
    try:
        if not accept and (lacking := await unknown_to(state, burials)):
            raise ErasureLogError(
                f"This erasure log is older than the backup: it lacks {lacking} erasure(s) that the backup knows. "
                "Give a newer copy, or add --accept-missing-erasures."
            )
        erased = await bury(state, burials)
        await _remember_gap(state, made)
        await ErasureLog(settings.data_path).catch_up(state)
        async with server.following(state) as follower, server.owning(settings, follower) as owner:
            await owner.disperse()
            gone = await owner.retain_now()
    finally:
        await state.close()
    return {"erased": erased, "expired": sum(gone.values())}


async def _remember_gap(state: State, made: int) -> None:
    """A yes of after the backup lost its record: its token must not be taken, so that who holds it is asked again."""
    now = int(time.time())
    async with state.write() as connection:
        gap = tables.upkeep.c.name == f"{RESTORED}{made}"
        await connection.execute(delete(tables.upkeep).where(gap))
        await connection.execute(insert(tables.upkeep).values(name=f"{RESTORED}{made}", done_at=now))


def _refuse_used(data: Path) -> None:
    if (data / "owner.lock").exists():
        lock = take_lock(data)  # raises OwnerRunning with the process id
        os.close(lock)
    if data.exists() and not data.is_dir():
        raise ArchiveError(f"{data} is no folder. Name another with --data.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(data / STAGING, ignore_errors=True)  # of a restore that was killed
    found = sorted(path.name for path in data.iterdir())
    if found:
        raise ArchiveError(
            f"{data} is not empty (it holds {found[0]}). Restore into a new folder, then start the server on that."
        )


def _unpack(file: Path, staging: Path, moved: archive.Moved, size: Callable[[int], None]) -> Manifest:
    reader = Reader(file)
    try:
        manifest = reader.manifest
        _refuse_newer(file, manifest)
        if shutil.disk_usage(staging.parent).free < 2 * reader.size + SPARE_BYTES:
            raise ArchiveError(
                f"There is no room beside {staging.parent}: it takes up to {2 * reader.size // 1024**2 + 1} MiB."
            )
        size(reader.size)
        for folder in ("", "events", "spool", "builds", "geo"):
            (staging / folder).mkdir(mode=0o700, exist_ok=True)
        for entry in manifest.files:
            reader.take(entry, staging / entry.name, moved)
    finally:
        reader.close()
    return manifest


def _refuse_newer(file: Path, manifest: Manifest) -> None:
    known = steps()[-1][0]
    if manifest.store > known:
        raise ArchiveError(f"{file}: {NewerStore(manifest.store, known)}")
    if manifest.state > newest():
        raise ArchiveError(
            f"{file} was made by Byleave {manifest.byleave} (state schema {manifest.state}, this one knows up to "
            f"{newest()}). Install that version, or a later one."
        )


def _take_place(staging: Path, data: Path) -> None:
    """Move everything up; the state last: without it no server takes the folder for a site's."""
    (staging / SOCKET).unlink(missing_ok=True)
    for path in sorted(staging.iterdir(), key=lambda path: path.name == STATE):
        path.rename(data / path.name)
    staging.rmdir()
    sync_directory(data)
