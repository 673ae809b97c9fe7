"""What the page about journeys says, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "journeys_title": "Wohin die Menschen gehen",
    "anchor": "Beginn",
    "anchor_entry": "beim Einstieg",
    "anchor_start": "bei",
    "anchor_through": "rund um",
    "anchor_end": "hin zu",
    "step": "Seite, Klick oder Ereignis",
    "step_hint": "/blog/*, click:Sign up, event:order",
    "steps": "Schritte",
    "top": "Zeilen je Schritt",
    "group": "Pfade",
    "group_path": "genau",
    "group_folder": "nach Ordner",
    "group_pattern": "nach Muster",
    "include": "Zählen",
    "include_page": "Seiten",
    "include_click": "Klicks",
    "include_event": "Ereignisse",
    "journeys_all": "{visits} {visits:Besuch|Besuche}, Wiederholungen zusammengefasst",
    "journeys_some": "{matched} von {visits} {visits:Besuch|Besuchen}, Wiederholungen zusammengefasst",
    "journeys_some_help": "Die anderen machen diesen Schritt nicht, oder keinen von denen, die hier gezählt werden.",
    "journeys_entry_help": "Die anderen haben keinen Schritt, der hier zählt, etwa ein Besuch ohne Seite.",
    "column_entry": "Einstieg",
    "column_exit": "Letzter Schritt",
    "column_here": "Hier",
    "column_step": "Schritt {number}",
    "column_before": "{number} davor",
    "column_after": "{number} danach",
    "other": "andere ({count})",
    "left": "gegangen",
    "not_begun": "noch nicht begonnen",
    "left_help": "{visits} von {matched} {matched:Besuch|Besuchen} {visits:war|waren} vor diesem Schritt zu Ende",
    "not_begun_help": (
        "{visits} von {matched} {matched:Besuch|Besuchen} {visits:hatte|hatten} vor diesem Schritt nicht begonnen"
    ),
    "journeys_hint": "Ein Name führt von dort weiter; seine Zahl sagt, was danach kam.",
    "journeys_many": (
        "Bei einem Schritt verteilen sich die meisten Besuche auf {count} andere, zu viele, um sie zu nennen."
    ),
    "journeys_group_folder": "Seiten nach Ordner zusammenfassen",
    "journeys_group_pattern": "Seiten nach Muster zusammenfassen",
    "journeys_table": "Als Tabelle",
    "journeys_sum": "alle",
    "node_help": "{visits} {visits:Besuch|Besuche}, {share}. Von hier aus weiterverfolgen",
    "node_about": "{visits} {visits:Besuch|Besuche} bei {name}: was danach kam",
    "save_csv": "Als CSV speichern",
    "focus_title": "{name}, {step}",
    "focus_about": "{visits} {visits:Besuch|Besuche}, {share} · Median hier {time}",
    "focus_brief": "{visits} {visits:Besuch|Besuche}, {share}",
    "focus_help": (
        "Mittlere Zeit (Median) von diesem Schritt bis zum nächsten, der hier zählt, bei den Besuchen, die einen "
        "nächsten machten. Wer von hier ging, hat keinen nächsten Schritt und ist nicht dabei; bei zu wenigen Menschen "
        "gibt es keine."
    ),
    "focus_then": "dann {name}",
    "focus_left": "hat die Website verlassen",
    "focus_last": "Das ist die letzte Spalte: Wählen Sie mehr Schritte, um zu sehen, was danach kam.",
    "focus_follow": "Von hier aus weiterverfolgen",
    "behind": "Besuche dahinter",
    "behind_coarse": "die letzten mit diesem Schritt in 30 Tagen, mit Absicht ungenau",
    "behind_none": "Keine zu zeigen: keine in 30 Tagen, zu wenige Menschen oder ein Filter auf die Stadt.",
    "link_help": "{source} → {target}: {visits} {visits:Besuch|Besuche}",
    "other_help": "{count} weitere {count:Schritt|Schritte}. Auflisten",
    "opened": "Andere, {column}",
    "opened_withheld": (
        "{count} {count:weiteren|weitere} gingen zu wenige Menschen, um {count:ihn|sie} zu nennen: {visits} "
        "{visits:Besuch|Besuche}."
    ),
    "close": "Schließen",
    "from_step": "Von",
    "to_step": "Nach",
    "journeys_none": "Kein Besuch macht in diesem Zeitraum diesen Schritt",
    "journeys_none_do": "Prüfen Sie den Schritt: Er liest sich wie /pricing, /blog/*, click:Sign up oder event:order.",
    "bad_open": "Eine Spalte wird mit ihrer Nummer geöffnet, ab 0: Berichtigen Sie open oder after in der Adresse.",
    "bad_choice": "„{field}“ ist eines von {choices}.",
    "kind_click": "Klick",
    "kind_link": "Link",
    "kind_outbound": "ausgehend",
    "kind_download": "Download",
    "kind_button": "Knopf",
    "kind_form": "Formular",
    "kind_event": "Ereignis",
}
