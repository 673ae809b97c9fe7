"""Rate limits by token bucket, in memory only and within a bound; nothing of them is written anywhere."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from math import ceil

HELD = 20_000  # buckets in memory; the one unused for longest goes first


class Limit:
    """`rate` requests a second for each key, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait(self, key: Hashable) -> int:
        """0 when the request may pass; else the whole seconds after which it may."""
        now = time.monotonic()
        left, then = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate)
        passes = left >= 1
        self._buckets[key] = (left - 1 if passes else left, now)
        if len(self._buckets) > HELD:
            self._buckets.popitem(last=False)
        return 0 if passes else ceil((1 - left) / self._rate)
