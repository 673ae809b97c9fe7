"""What the page about volume says, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "volume": "Aufkommen",
    "volume_title": "Wann viel los ist",
    "volume_days": "Die 28 Tage vor heute, {days}: Seitenaufrufe nach der Uhr von {zone}",
    "volume_map": "Seitenaufrufe nach Stunde und Wochentag",
    "volume_cell": "{day} {hour}:00: {count} {count:Seitenaufruf|Seitenaufrufe}",
    "volume_less": "weniger",
    "volume_more": "mehr",
    "volume_hour": "Stunde",
    "volume_busiest_hour": "Stärkste Stunde",
    "volume_busiest_minute": "Stärkste Minute",
    "volume_growth": "Wachstum",
    "volume_growth_of": "gegenüber den 28 Tagen davor",
    "volume_growth_none": "kein Seitenaufruf in den 28 Tagen davor",
    "volume_pageviews": "{count} {count:Seitenaufruf|Seitenaufrufe}",
    "volume_means": "Was es vom Server verlangt",
    "volume_peak": (
        "In der Spitze, {when}, nahm der Server mindestens {requests} Anfragen je Sekunde an: {events} Ereignisse in "
        "dieser Minute und von den {asks} Fragen ihrer Stunde der Teil einer Minute, geteilt durch 60 Sekunden. In "
        "mancher Sekunde dieser Minute waren es mehr; planen Sie darum für ein Mehrfaches. Ereignisse, die ein Browser "
        "zusammen sendet, zählen einzeln."
    ),
    "volume_disk": (
        "Auf dem Datenträger nimmt ein Ereignis jetzt {each} Byte ein, alles daraus Abgeleitete mitgezählt: Die "
        "{events} Ereignisse dieser Website am Tag brauchen {day} am Tag, und {year} in einem Jahr, das so weitergeht."
    ),
    "volume_store": (
        "Der Speicher aller Websites enthält {events} Ereignisse in {size}. Ein kleiner Speicher braucht mehr je "
        "Ereignis."
    ),
    "volume_none": "Noch nichts zum Planen",
    "volume_none_do": (
        "Kein Ereignis in den 28 Tagen vor heute. Die Karte füllt sich, sobald ein ganzer Tag vergangen ist."
    ),
}
