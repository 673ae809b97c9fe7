"""What the page about volume says, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "volume": "Volume",
    "volume_title": "When it is busy",
    "volume_days": "The 28 days before today, {days}: pageviews on the clock of {zone}",
    "volume_map": "Pageviews by hour and weekday",
    "volume_cell": "{day} {hour}:00: {count} {count:pageview|pageviews}",
    "volume_less": "fewer",
    "volume_more": "more",
    "volume_hour": "Hour",
    "volume_busiest_hour": "Busiest hour",
    "volume_busiest_minute": "Busiest minute",
    "volume_growth": "Growth",
    "volume_growth_of": "against the 28 days before",
    "volume_growth_none": "no pageview in the 28 days before",
    "volume_pageviews": "{count} {count:pageview|pageviews}",
    "volume_means": "What it asks of the server",
    "volume_peak": (
        "At the peak, {when}, the server took at least {requests} requests a second: {events} events in that minute "
        "and, of the {asks} asks in its hour, one minute's part, divided by 60 seconds. Some second of that minute had "
        "more, so plan for several times as much. Events that a browser sends together count one by one."
    ),
    "volume_disk": (
        "On disk an event takes {each} bytes now, everything derived from it included: this site's {events} events a "
        "day take {day} a day, and {year} in a year that goes on like this."
    ),
    "volume_store": "The store of all sites holds {events} events in {size}. A small store has more overhead an event.",
    "volume_none": "Nothing to plan with yet",
    "volume_none_do": "No event in the 28 days before today. The map fills once a whole day has passed.",
}
