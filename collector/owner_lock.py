"""The lock of the one process that owns the event store of a data folder."""

import fcntl
import os
from pathlib import Path

from collector.store.migrate import StoreError


class OwnerRunning(StoreError):
    """Another process owns the store of this data folder."""

    def __init__(self, data: Path, pid: str) -> None:
        super().__init__(
            f"Another Byleave process (pid {pid or 'unknown'}) already owns the event store in {data}. "
            f"Stop it first, or give this one another folder with BYLEAVE_DATA."
        )
        self.pid = pid


def take_lock(data: Path) -> int:
    """The owner's lock as a file descriptor; it goes when that is closed. Raises OwnerRunning, StoreError, OSError."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"Cannot write the data directory {data}: {error.strerror}. "
            "Give this user write access, or set BYLEAVE_DATA."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(lock, 20).decode("ascii", "replace").strip()
        os.close(lock)
        raise OwnerRunning(data, pid) from None
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        os.close(lock)
        raise
    return lock
