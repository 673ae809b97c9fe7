"""The store's files: generations `events/<generation>.duckdb`, of which `events/CURRENT` names the one that counts.

No DuckDB file is ever renamed over another: a write-ahead log left beside the old name would replay into the new file.
Only the small pointer `CURRENT` is replaced, atomically.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import structlog

from collector.segment import sync_directory
from collector.settings import Settings
from collector.store.migrate import StoreError

log = structlog.get_logger(__name__)

NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
STAMP = "%Y%m%dT%H%M%SZ"
ASIDE = ".damaged"
"""Ending of a write-ahead log that could not be replayed, until what it held is back from the spool."""


class StoreDamaged(StoreError):
    """A file of the store cannot be read, or is missing."""


@dataclass(frozen=True)
class Place:
    """Where a store's files lie, and with which settings they are opened."""

    data: Path
    memory: str = "2GB"
    threads: int = 0
    """0: one a core."""
    plain: bool = False
    """Store without compression, so that a search for bytes can prove an absence."""
    events: Path = field(init=False)
    loading: Path = field(init=False)
    """Where rows lie for the moment in which they are loaded."""
    spilling: Path = field(init=False)
    """Where DuckDB puts what does not fit into memory."""
    exporting: Path = field(init=False)
    """Where exports lie until they are sent."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", self.data / "events")
        object.__setattr__(self, "loading", self.data / "tmp" / "load")
        object.__setattr__(self, "spilling", self.data / "tmp" / "duckdb")
        object.__setattr__(self, "exporting", self.data / "tmp" / "export")

    @classmethod
    def of(cls, settings: Settings) -> "Place":
        """The place that the settings describe."""
        return cls(
            settings.data_path,
            memory=settings.duckdb_memory,
            threads=settings.duckdb_threads,
            plain=settings.duckdb_compression == "off",
        )

    def database(self, generation: str) -> Path:
        """The file of a generation."""
        return self.events / f"{generation}.duckdb"


def new_name() -> str:
    """A name for a generation that begins now; never used before."""
    return f"{datetime.now(UTC).strftime(STAMP)}-{secrets.token_hex(4)}"


def begun(generation: str) -> datetime:
    """When a generation was begun, from its name: that survives a copy, which a file's own times do not."""
    return datetime.strptime(generation.split("-")[0], STAMP).replace(tzinfo=UTC)


def prepare(place: Place) -> None:
    """Make the folders, and remove what a crash left in the temporary ones."""
    for folder in (place.data, place.events):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (place.loading, place.spilling, place.exporting):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)


def current(place: Place) -> str | None:
    """The generation that counts; None before the first. Raises StoreDamaged where that cannot be known.

    One generation without CURRENT is a first start that was cut short (or a lost pointer): there is nothing to choose.
    """
    pointer = place.events / "CURRENT"
    found = sorted(path.stem for path in place.events.glob("*.duckdb") if NAME.fullmatch(path.stem))
    choose = f"Write the name of the right one into it ({', '.join(found)}), or restore a backup."
    if not pointer.exists():
        if len(found) > 1:
            raise StoreDamaged(f"{pointer} is missing and there is more than one generation beside it. {choose}")
        return found[0] if found else None
    name = pointer.read_text("utf-8", errors="replace").strip()
    if not NAME.fullmatch(name) or not place.database(name).is_file():
        restore = f"Restore the folder {place.events} from a backup."
        raise StoreDamaged(f"{pointer} names no file of the event store. {choose if found else restore}")
    return name


def name_current(place: Place, generation: str) -> None:
    """Let a generation count from now on, atomically and durably."""
    draft = place.events / "CURRENT.new"
    with draft.open("w", encoding="utf-8") as file:
        file.write(f"{generation}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place.events / "CURRENT")
    sync_directory(place.events)


def remove_others(place: Place, generation: str) -> None:
    """Remove every other generation, its write-ahead logs and half-written pointers. Logs set aside stay."""
    kept = f"{generation}.duckdb"
    for path in place.events.iterdir():
        if path.name != "CURRENT" and not path.name.startswith(kept):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    sync_directory(place.events)


def remove(place: Place, generation: str) -> None:
    """Remove one generation that does not count, and its write-ahead logs."""
    for path in place.events.glob(f"{generation}.duckdb*"):
        path.unlink()
    sync_directory(place.events)


def sync_file(path: Path) -> None:
    """Make a file's bytes durable. DuckDB must have closed it: its lock would go with this descriptor (fcntl(2))."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def connect(place: Place, generation: str) -> duckdb.DuckDBPyConnection:
    """Open a generation. A write-ahead log that cannot be replayed is set aside: the spool still has what it held.

    Raises StoreDamaged where the file itself is the trouble.
    """
    path = place.database(generation)
    logs = [path.with_name(f"{path.name}{ending}") for ending in (".wal", ".wal.checkpoint", ".wal.recovery")]
    try:
        return _open(place, path)
    except duckdb.Error as error:
        present = [path for path in logs if path.exists()]
        if not present:
            raise _unreadable(path, error) from None
    asides = [(old, old.with_name(f"{old.name}.{secrets.token_hex(4)}{ASIDE}")) for old in present]
    for old, aside in asides:
        old.rename(aside)
    try:
        db = _open(place, path)
    except duckdb.Error as error:
        for old, aside in asides:
            aside.rename(old)
        raise _unreadable(path, error) from None
    log.error("store_log_set_aside", generation=generation, told="its rows are loaded again from the spool")
    return db


def remove_asides(place: Place) -> None:
    """Remove the logs that were set aside: what they held is back."""
    for path in place.events.glob(f"*{ASIDE}"):
        path.unlink()


def _open(place: Place, path: Path) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": place.memory,
        "temp_directory": str(place.spilling),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        # New files only; those made before take it on with their next rewrite. A tenth smaller than the default.
        "storage_compatibility_version": "v1.5.0",
        # The owner checkpoints: a segment may go only when it knows that its rows are in the file itself.
        "checkpoint_threshold": "1TB",
    }
    if place.threads:
        config["threads"] = place.threads
    if place.plain:
        config["force_compression"] = "uncompressed"
    db = duckdb.connect(str(path), config=config)
    try:
        db.execute(f"SET allowed_directories = [{_text(place.events)}, {_text(place.loading)}]")
        db.execute("SET enable_external_access = false")
        db.execute("SET lock_configuration = true")
    except BaseException:
        db.close()
        raise
    return db


def attach(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Let a statement of one generation write into another, as `next`."""
    db.execute(f"ATTACH {_text(path)} AS next")


def _text(path: Path) -> str:
    """A path as an SQL text: DuckDB binds no parameter here; the path is the operator's own."""
    return "'" + str(path).replace("'", "''") + "'"


def _unreadable(path: Path, error: duckdb.Error) -> StoreDamaged:
    told = str(error).splitlines()[0].rstrip(".")
    return StoreDamaged(
        f"Cannot open {path}: {told}. Restore it from a backup if it is damaged; make room if the disk is full."
    )
