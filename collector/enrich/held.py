"""A copy of a file that nobody but us writes to.

A file that is mapped into memory and then cut or written over where it lies (`cp new.mmdb geo/city.mmdb`) ends the
process that reads it (SIGBUS). So what an owner may touch is mapped as a copy; the processes of one data directory
share it. It costs its size on the disk, and 20 ms for each 60 MB once.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

_SUFFIX = ".mmdb"
_PART = ".part"
_ABANDONED_SECONDS = 3600.0  # a copy takes a second: one this old was left by a killed process


Version = tuple[int, int, int]
"""inode, size and time of change, in nanoseconds: a replaced file differs in one."""


def held(path: Path, version: Version, folder: Path) -> Path:
    """The copy of `path` in `folder`, made unless this version of it is there already. Raises OSError."""
    copy = folder / _name(version)
    if not copy.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(_PART, dir=folder)
        os.close(descriptor)
        try:
            shutil.copyfile(path, part)
            Path(part).replace(copy)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    return copy


def let_go(folder: Path, kept: Collection[Version]) -> None:
    """Remove the copies of all other versions; a process that still has one mapped goes on reading it. Never raises."""
    names = {_name(version) for version in kept}
    for file in folder.glob("*"):
        with contextlib.suppress(OSError):  # another process may have removed it just now
            left = file.suffix == _PART and time.time() - file.stat().st_mtime > _ABANDONED_SECONDS
            if left or (file.suffix == _SUFFIX and file.name not in names):
                file.unlink()


def _name(version: Version) -> str:
    return "-".join(f"{number:x}" for number in version) + _SUFFIX
