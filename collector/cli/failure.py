"""Known failures end in one sentence that says what to do and exit code 1, never in a traceback."""

import errno
from typing import Any

import click
import duckdb
from sqlalchemy.exc import DatabaseError, OperationalError

from collector.archive import ArchiveError
from collector.check.chromium import CheckError
from collector.consent.burial import ErasureLogError
from collector.consent.head import HeadError
from collector.consent.keys import KeysError
from collector.consent.notice import NoticeError
from collector.control import ControlError
from collector.demo.fill import DemoError
from collector.enrich.fetch import GeoError
from collector.owner_lock import OwnerRunning
from collector.server import PortTaken
from collector.settings import SettingsError
from collector.spool import SpoolError
from collector.state.accounts import AccountError
from collector.state.database import StateError
from collector.state.roles import RoleError
from collector.state.site import SiteError
from collector.state.sites import UnknownSite
from collector.state.tokens import TokenError
from collector.statics import StaticsError
from collector.store.migrate import StoreError

KNOWN = (
    AccountError,
    ArchiveError,
    CheckError,
    ControlError,
    DemoError,
    ErasureLogError,
    GeoError,
    HeadError,
    KeysError,
    NoticeError,
    OwnerRunning,
    PortTaken,
    RoleError,
    SettingsError,
    SiteError,
    SpoolError,
    StateError,
    StaticsError,
    StoreError,
    TokenError,
    UnknownSite,
)


ADVICE = {
    errno.ENOSPC: "Free space on the disk of the data directory, then try again.",
    errno.EDQUOT: "Free space within this user's quota, then try again.",
    errno.EROFS: "Make the disk of the data directory writable again, then try again.",
    errno.EACCES: "Give this user write access to the data directory, then try again.",
    errno.EPERM: "Give this user write access to the data directory, then try again.",
    errno.EIO: "Check the disk of the data directory.",
}
"""What to do about a disk that refuses; every other OSError is a fault of ours and keeps its traceback."""


def explained(error: Exception) -> str | None:
    """The sentence for a known failure; None for any other, which is a fault of ours."""
    if isinstance(error, KNOWN):
        return str(error)
    if isinstance(error, OperationalError):
        return f"The state database did not answer ({error.orig}). Check the disk, then try again."
    if isinstance(error, DatabaseError):
        return (
            f"The state database is damaged ({error.orig}). Make a new folder of the newest backup with "
            "byleave restore, and give it the erasures.ndjson of today: it names what must not come back."
        )
    if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.InternalException):
        return (
            f"The event store cannot be read or written: {str(error).splitlines()[0]} Where the disk is full, free "
            "space; where the file is damaged, restore the folder events from a backup."
        )
    if isinstance(error, OSError) and error.errno in ADVICE:
        where = f" {error.filename}" if error.filename else ""
        return f"Cannot write{where}: {error.strerror}. {ADVICE[error.errno]}"
    return None


class ExplainedGroup(click.Group):
    """Turns known errors of every command into click's one-line message."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 1 and one sentence when it fails in a known way."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None
        except Exception as error:
            told = explained(error)
            if told is None:
                raise
            raise click.ClickException(told) from None
