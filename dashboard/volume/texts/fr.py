"""What the page about volume says, in French."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "volume": "Volume",
    "volume_title": "Les heures de pointe",
    "volume_days": "Les 28 jours avant aujourd’hui, {days} : pages vues à l’heure de {zone}",
    "volume_map": "Pages vues par heure et jour de la semaine",
    "volume_cell": "{day} {hour}:00 : {count} {count:page vue|pages vues}",
    "volume_less": "moins",
    "volume_more": "plus",
    "volume_hour": "Heure",
    "volume_busiest_hour": "Heure la plus chargée",
    "volume_busiest_minute": "Minute la plus chargée",
    "volume_growth": "Croissance",
    "volume_growth_of": "par rapport aux 28 jours d’avant",
    "volume_growth_none": "aucune page vue dans les 28 jours d’avant",
    "volume_pageviews": "{count} {count:page vue|pages vues}",
    "volume_means": "Ce que cela demande au serveur",
    "volume_peak": (
        "À la pointe, {when}, le serveur a pris au moins {requests} requêtes par seconde : {events} événements dans "
        "cette minute et, des {asks} demandes de son heure, la part d’une minute, divisés par 60 secondes. Une seconde "
        "de cette minute en a eu plus : prévoyez-en plusieurs fois autant. Les événements qu’un navigateur envoie "
        "ensemble comptent un par un."
    ),
    "volume_disk": (
        "Sur le disque, un événement prend actuellement {each} octets, tout ce qui en dérive compris : les {events} "
        "événements de ce site par jour prennent {day} par jour, et {year} en une année qui continue ainsi."
    ),
    "volume_store": (
        "La base de tous les sites contient {events} événements en {size}. Une petite base en prend plus par événement."
    ),
    "volume_none": "Rien encore pour prévoir",
    "volume_none_do": (
        "Aucun événement dans les 28 jours avant aujourd’hui. La carte se remplit dès qu’un jour entier est passé."
    ),
}
