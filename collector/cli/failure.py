"""Known failures end in one sentence that says what to do and exit code 1, never in a traceback."""

from typing import Any

import click
from sqlalchemy.exc import OperationalError

from collector.consent.keys import KeysError
from collector.consent.notice import NoticeError
from collector.control import ControlError
from collector.demo.fill import DemoError
from collector.owner import OwnerRunning
from collector.server import PortTaken
from collector.settings import SettingsError
from collector.spool import SpoolError
from collector.state.accounts import AccountError
from collector.state.database import StateError
from collector.state.site import SiteError
from collector.state.sites import UnknownSite
from collector.state.tokens import TokenError
from collector.statics import StaticsError
from collector.store.migrate import StoreError

KNOWN = (
    AccountError,
    ControlError,
    DemoError,
    KeysError,
    NoticeError,
    OwnerRunning,
    PortTaken,
    SettingsError,
    SiteError,
    SpoolError,
    StateError,
    StaticsError,
    StoreError,
    TokenError,
    UnknownSite,
)


class ExplainedGroup(click.Group):
    """Turns known errors of every command into click's one-line message."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 1 and one sentence when it fails in a known way."""
        try:
            return super().invoke(ctx)
        except KNOWN as error:
            raise click.ClickException(str(error)) from None
        except OperationalError as error:
            raise click.ClickException(
                f"The state database did not answer ({error.orig}). Check the disk, then try again."
            ) from None
        except KeyboardInterrupt:
            raise click.Abort from None
