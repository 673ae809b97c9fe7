"""What operators watch, as Prometheus counters: outcomes and sizes, never who."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from collector.refusal import Refusal

REGISTRY = CollectorRegistry()

CONSENTS = Counter("byleave_consents", "Consent records appended, by kind.", ["kind"], registry=REGISTRY)
QUEUED = Gauge("byleave_spool_queued_batches", "Batches waiting for a commit.", registry=REGISTRY)
LOADED = Gauge(
    "byleave_loaded", "What the loader did since it was started, by outcome.", ["outcome"], registry=REGISTRY
)
FRESH = Gauge("byleave_state_fresh", "1 while withdrawals reach this process within a second.", registry=REGISTRY)

accepted = dict.fromkeys(("pageview", "click", "leave", "event"), 0)
"""Events acknowledged as durable, by kind. Counted by the event loop's thread alone, without a lock: 1 µs a request."""
refused = dict.fromkeys((refusal.slug for refusal in Refusal), 0)
"""Requests not acted on, by reason; counted like `accepted`."""


class _Counted(Collector):
    """Makes counters of plain numbers when they are asked for."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        events = "Events acknowledged as durable, by kind."
        yield _family("byleave_events_accepted", events, "kind", accepted)
        yield _family("byleave_refusals", "Requests not acted on, by reason.", "reason", refused)


def _family(name: str, about: str, label: str, counts: dict[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, about, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


REGISTRY.register(_Counted())


def render() -> bytes:
    """The Prometheus text format, version 0.0.4."""
    return generate_latest(REGISTRY)
