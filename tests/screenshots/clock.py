"""`python -m tests.screenshots.clock <moment> <command …>`: a byleave command for which it stays about that moment.

Pages say when they were made and what the last days held: with the clock nearly stopped, they say the same in every
run. It goes on a little, because what waits for a later time than now would wait for ever.
"""

import datetime
import sys
import time
from typing import Any

SLOWER = 100
_Real = datetime.datetime


def slow(moment: datetime.datetime) -> None:
    """From now on, for this process, it is this moment (aware); only what is imported later is told so."""
    clock, began = time.time, time.time()

    def now() -> float:
        return moment.timestamp() + (clock() - began) / SLOWER

    class Kind(type):
        """Times of the real class are times, too."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, _Real)

    class Slowed(_Real, metaclass=Kind):
        """The real class, but for what time it is."""

        def __new__(cls, *parts: Any, **more: Any) -> datetime.datetime:  # type: ignore[misc]
            return _Real(*parts, **more)

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            return _Real.fromtimestamp(now(), tz)

    time.time = now
    datetime.datetime = Slowed  # type: ignore[misc]


if __name__ == "__main__":
    slow(datetime.datetime.fromisoformat(sys.argv[1]))
    sys.argv[1:] = sys.argv[2:]
    from collector.cli import main

    main()
