"""A backup of everything, consistent while all goes on: one tar file.

The order makes it so. First the store, from one snapshot; then the spool, which keeps every row that came since; then
the state, which names a consent and a notice for each of these rows, and every withdrawal of before. What was
acknowledged before the backup began is in it, and the store's own positions say which rows of the spool it has already.
"""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog

from collector import __version__, archive
from collector.archive import ArchiveError, Manifest
from collector.consent import erasure_log, keys
from collector.consent.record import iso
from collector.segment import names, sync_directory
from collector.state import database
from collector.store.generation import Place
from collector.store.migrate import steps
from collector.store.rewrite import SPARE_BYTES, Copy
from collector.store.threads import run

if TYPE_CHECKING:
    from collector.owner import Owner

log = structlog.get_logger(__name__)

FOLDERS = ("builds", "geo")
"""Further folders of the data directory, whole."""
FILES = (keys.FILE, erasure_log.FILE, "demo.json")
"""Further files, where there are any. The erasures last: nothing that was erased before is missing in them."""
LATCH_SECONDS = 10.0
"""How long a database may be locked by somebody else."""


class Backup:
    """Makes the backups of one data directory, on behalf of its owner, one at a time."""

    def __init__(self, owner: "Owner", place: Place) -> None:
        self._owner = owner
        self._place = place
        self._turn = asyncio.Lock()
        self._work: _Work | None = None

    @property
    def status(self) -> dict[str, Any] | None:
        """The phase and how far it is, from 0 to 1; None while none is made."""
        return self._work.status if self._work else None

    async def make(self, path: str) -> dict[str, Any]:
        """Write a backup to an absolute path, which must not exist; a folder gets a file named by the time.

        Returns its path, size in bytes, number of files and time. Raises ArchiveError, OSError, StoreError.
        """
        async with self._turn:
            self._work = work = await asyncio.to_thread(_Work, self._place, Path(path))
            try:
                await run(None, work.prepare)  # to its end: what it makes must be there for `clean`
                async with copied(self._owner) as copy:
                    work.store = self._place.database(copy.name)
                    made = await run(None, work.write, work.stop)
            finally:
                self._work = None
                await asyncio.to_thread(work.clean)
        log.info("backup_made", bytes=made["bytes"], files=made["files"])
        return made

    async def stop(self) -> None:
        """Give up the one that is being made, soon; nothing is left of it."""
        if self._work is not None:
            self._work.stop()


@contextlib.asynccontextmanager
async def copied(owner: "Owner") -> AsyncIterator[Copy]:
    """A copy of the store as it is now, whole, in a generation of its own that goes when this is left.

    Until then the spool keeps every row that came since. Raises StoreError, OSError, duckdb.Error.
    """
    async with owner.between_rewrites():
        copy = owner.store.copy()
        with owner.keeping_spool():
            try:
                await run(None, copy.prepare)
                await owner.turns.do(lambda: run(None, copy.fix))
                await run(None, copy.run, copy.interrupt)
                yield copy
            finally:
                await run(None, copy.discard)


class _Work:
    """One backup; its methods block."""

    def __init__(self, place: Place, target: Path) -> None:
        self.store: Path | None = None
        """The copy of the store, once there is one."""
        self._place = place
        self._began = int(time.time())
        stamp = iso(self._began).replace(":", "").replace("-", "")
        self._target = target / f"byleave-{stamp}.tar" if target.is_dir() else target
        self._draft = self._target.with_name(f".{self._target.name}.{secrets.token_hex(4)}.part")
        self._aside = place.data / "tmp" / "backup"
        self._descriptor = -1
        self._stopped = False
        self._all = self._moved = 0

    @property
    def status(self) -> dict[str, Any]:
        share = self._moved / self._all if self._all else 0.0
        return {"phase": "writing" if self.store else "copying the store", "share": round(min(share, 1.0), 3)}

    def stop(self) -> None:
        """Have `write` fail soon. From another thread."""
        self._stopped = True

    def prepare(self) -> None:
        """Refuse what cannot be before anything is done; make the draft, which nobody can take for a backup."""
        if self._target.exists():
            raise ArchiveError(f"{self._target} exists already. Choose another name, or move it away.")
        if not self._target.parent.is_dir():
            raise ArchiveError(f"There is no folder {self._target.parent}. Make it first.")
        _remove_drafts(self._target)
        self._refuse_full()
        self._descriptor = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        shutil.rmtree(self._aside, ignore_errors=True)
        self._aside.mkdir(mode=0o700, parents=True)

    def write(self) -> dict[str, Any]:
        """Write everything, flush it, and give it its name."""
        self._all = sum(path.stat().st_size for path in self._everything())
        with os.fdopen(os.dup(self._descriptor), "wb") as file:
            into = archive.Writer(file, self._began, self._count)
            state = self._fill(into)
            files = into.entries.copy()
            into.close(Manifest(archive.FORMAT, __version__, iso(self._began), steps()[-1][0], state, files))
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        if self._target.exists():
            raise ArchiveError(f"{self._target} appeared meanwhile. Choose another name.")
        self._draft.rename(self._target)
        sync_directory(self._target.parent)
        return {"path": str(self._target), "bytes": size, "files": len(files), "made": iso(self._began)}

    def clean(self) -> None:
        """Leave nothing but a whole backup."""
        if self._descriptor >= 0:
            self._draft.unlink(missing_ok=True)
            os.close(self._descriptor)
            shutil.rmtree(self._aside, ignore_errors=True)

    def _fill(self, into: archive.Writer) -> str:
        """The files in the order that makes them fit; returns the revision of the state."""
        assert self.store is not None
        into.add(f"events/{self.store.name}", self.store)
        into.add_bytes("events/CURRENT", f"{self.store.stem}\n".encode())
        spool = self._place.data / "spool"
        for segment in names(spool):
            self._add_database(into, f"spool/{segment}.sqlite3", spool / f"{segment}.sqlite3")
        state = self._add_database(into, database.FILE, self._place.data / database.FILE, REVISION)
        for name in FILES:
            path = self._place.data / name
            if path.exists():
                into.add_bytes(name, path.read_bytes())
        for folder in FOLDERS:
            for path in sorted((self._place.data / folder).glob("*")):
                if path.is_file() and archive.NAME.fullmatch(f"{folder}/{path.name}"):
                    into.add(f"{folder}/{path.name}", path)
        return state

    def _add_database(self, into: archive.Writer, name: str, path: Path, asked: str = "") -> str:
        """A SQLite file that others write, as it is at one moment; returns what it answers."""
        aside = self._aside / Path(name).name
        try:
            answer = _copy_database(path, aside, asked)
        except sqlite3.Error as error:
            raise ArchiveError(f"{path} cannot be read ({error}). See byleave doctor; nothing was backed up.") from None
        into.add(name, aside)
        aside.unlink()
        return answer

    def _everything(self) -> list[Path]:
        data, spool = self._place.data, self._place.data / "spool"
        assert self.store is not None
        return [self.store, data / database.FILE] + [spool / f"{segment}.sqlite3" for segment in names(spool)]

    def _refuse_full(self) -> None:
        events, target = self._place.events, self._target.parent
        store = sum(path.stat().st_size for path in events.glob("*.duckdb"))
        rest = sum(path.stat().st_size for path in (self._place.data / "spool").glob("*.sqlite3*"))
        one = events.stat().st_dev == target.stat().st_dev
        for folder, needed in ((events, store), (target, store + rest + (store if one else 0))):
            if shutil.disk_usage(folder).free < needed + SPARE_BYTES:
                raise ArchiveError(
                    f"There is no room beside {folder}: the backup needs up to {needed // 1024**2 + 1} MiB there, and "
                    f"{SPARE_BYTES // 1024**2} MiB to spare. Make room, or name another disk."
                )

    def _count(self, size: int) -> None:
        if self._stopped:
            raise ArchiveError("The backup was stopped; nothing is left of it.")
        self._moved += size


REVISION = "SELECT version_num FROM alembic_version"


def _copy_database(path: Path, into: Path, asked: str) -> str:
    # Such a connection never checkpoints: of those to a live log one alone may.
    source = f"file:{quote(str(path))}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(source, uri=True, timeout=LATCH_SECONDS)) as db,
        contextlib.closing(sqlite3.connect(into, isolation_level=None)) as copy,
    ):
        into.chmod(0o600)
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # whole in one file
        return str(copy.execute(asked).fetchone()[0]) if asked else ""


def _remove_drafts(target: Path) -> None:
    """Of backups of this name that were killed; one that is being written is locked."""
    for path in target.parent.glob(f".{target.name}.*.part"):
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        except BlockingIOError:
            pass
        finally:
            os.close(descriptor)
