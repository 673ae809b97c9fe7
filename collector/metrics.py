"""What operators watch, as Prometheus counters: outcomes and sizes, never who."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from collector.refusal import Refusal

REGISTRY = CollectorRegistry()

EVENTS = Counter("byleave_events_accepted", "Events acknowledged as durable, by kind.", ["kind"], registry=REGISTRY)
CONSENTS = Counter("byleave_consents", "Consent records appended, by kind.", ["kind"], registry=REGISTRY)
REFUSALS = Counter("byleave_refusals", "Requests not acted on, by reason.", ["reason"], registry=REGISTRY)
QUEUED = Gauge("byleave_spool_queued_batches", "Batches waiting for a commit.", registry=REGISTRY)
LOADED = Gauge(
    "byleave_loaded", "What the loader did since it was started, by outcome.", ["outcome"], registry=REGISTRY
)
FRESH = Gauge("byleave_state_fresh", "1 while withdrawals reach this process within a second.", registry=REGISTRY)

REFUSED = {refusal: REFUSALS.labels(refusal.slug) for refusal in Refusal}
ACCEPTED = {kind: EVENTS.labels(kind) for kind in ("pageview", "click", "leave", "event")}


def render() -> bytes:
    """The Prometheus text format, version 0.0.4."""
    return generate_latest(REGISTRY)
