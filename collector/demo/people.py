"""Who visits the demo site: places and devices, by weight."""

from typing import Any

from collector.demo.slots import joined, slots

# Country, city, hours to add to UTC, weight.
PLACES: tuple[tuple[str | None, str | None, int, int], ...] = (
    ("DE", "Berlin", 1, 70), ("DE", "Hamburg", 1, 42), ("DE", "Munich", 1, 46), ("DE", "Cologne", 1, 28),
    ("DE", "Leipzig", 1, 18), ("DE", "Freiburg", 1, 10), ("AT", "Vienna", 1, 30), ("AT", "Graz", 1, 8),
    ("AT", "Innsbruck", 1, 9), ("CH", "Zurich", 1, 26), ("CH", "Bern", 1, 10), ("FR", "Paris", 1, 48),
    ("FR", "Lyon", 1, 16), ("FR", "Grenoble", 1, 9), ("GB", "London", 0, 62), ("GB", "Manchester", 0, 16),
    ("GB", "Edinburgh", 0, 14), ("IE", "Dublin", 0, 10), ("NL", "Amsterdam", 1, 26), ("NL", "Utrecht", 1, 12),
    ("BE", "Brussels", 1, 14), ("DK", "Copenhagen", 1, 16), ("SE", "Stockholm", 1, 20), ("SE", "Umea", 1, 4),
    ("NO", "Oslo", 1, 16), ("NO", "Bergen", 1, 6), ("FI", "Helsinki", 2, 10), ("PL", "Warsaw", 1, 18),
    ("PL", "Krakow", 1, 8), ("CZ", "Prague", 1, 12), ("IT", "Milan", 1, 22), ("IT", "Turin", 1, 8),
    ("ES", "Madrid", 1, 18), ("ES", "Barcelona", 1, 16), ("PT", "Lisbon", 0, 8), ("US", "New York", -5, 40),
    ("US", "Denver", -7, 22), ("US", "Seattle", -8, 18), ("US", "Austin", -6, 10), ("CA", "Vancouver", -8, 14),
    ("CA", "Toronto", -5, 12), ("JP", "Tokyo", 9, 14), ("JP", "Osaka", 9, 5), ("AU", "Melbourne", 10, 9),
    ("NZ", "Wellington", 12, 5), ("IN", "Bengaluru", 5, 8), ("BR", "Porto Alegre", -3, 4), (None, None, 1, 12),
)  # fmt: skip

# Family, major version at the end of the year, days that a version lasts, system, device, weight.
DEVICES = (
    ("Chrome", 141, 28, "Windows", "desktop", 190), ("Chrome", 141, 28, "Android", "mobile", 270),
    ("Chrome", 141, 28, "macOS", "desktop", 70), ("Chrome", 141, 28, "Linux", "desktop", 16),
    ("Safari", 26, 365, "iOS", "mobile", 250), ("Safari", 26, 365, "macOS", "desktop", 74),
    ("Safari", 26, 365, "iPadOS", "tablet", 28), ("Firefox", 144, 28, "Windows", "desktop", 46),
    ("Firefox", 144, 28, "Linux", "desktop", 22), ("Firefox", 144, 28, "Android", "mobile", 12),
    ("Edge", 141, 28, "Windows", "desktop", 80), ("Samsung Internet", 28, 180, "Android", "mobile", 38),
    ("Opera", 122, 30, "Windows", "desktop", 10), ("Chrome", 141, 28, "Android", "tablet", 12),
)  # fmt: skip


def parameters() -> dict[str, Any]:
    """The tables above as lists that sql/events.sql binds."""
    return {
        "places": joined(slots([weight for *_, weight in PLACES])),
        "countries": [country for country, *_ in PLACES],
        "cities": [city for _, city, *_ in PLACES],
        "shifts": [hours for _, _, hours, _ in PLACES],
        "devices": joined(slots([weight for *_, weight in DEVICES])),
        "browsers": [row[0] for row in DEVICES],
        "majors": [row[1] for row in DEVICES],
        "lasts": [row[2] for row in DEVICES],
        "systems": [row[3] for row in DEVICES],
        "kinds_of_device": [row[4] for row in DEVICES],
    }
