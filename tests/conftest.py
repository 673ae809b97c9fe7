"""What every test shares: blocking the event loop fails the test."""

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster, blockbuster_ctx


@pytest.fixture(autouse=True)
def blockbuster() -> Iterator[BlockBuster]:
    """A blocking call (file, socket, lock, sleep, SQLite) made in the event loop raises BlockingError."""
    with blockbuster_ctx() as blocked:
        yield blocked
