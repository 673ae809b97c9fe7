"""What every test shares: blocking the event loop fails the test, and the log is as the next test expects it."""

from collections.abc import Iterator

import pytest
import structlog
from blockbuster import BlockBuster, blockbuster_ctx


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """A blocking call (file, socket, lock, sleep, SQLite) made in the event loop raises BlockingError."""
    with blockbuster_ctx() as blocked:
        yield blocked


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    """A command that ran in this process left the log writing to a stream that is gone."""
    yield
    structlog.reset_defaults()
