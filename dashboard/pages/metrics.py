"""The headline's numbers and what they look like."""

import msgspec


class Metric(msgspec.Struct, frozen=True):
    """One number: its name in reports, its form (count, rate, seconds, ratio) and whether more of it is welcome."""

    name: str
    form: str = "count"
    more_is_good: bool = True


HEADLINE = (
    Metric("visits"),
    Metric("visitors"),
    Metric("pageviews"),
    Metric("views_per_visit", "ratio"),
    Metric("bounce_rate", "rate", more_is_good=False),
    Metric("visit_duration", "seconds"),
)
BY_NAME = {metric.name: metric for metric in HEADLINE}
