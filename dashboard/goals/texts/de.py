"""What the pages about goals and funnels say, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "goals": "Ziele",
    "goals_title": "Ziele",
    "goals_of": "{visits} {visits:Besuch|Besuche} in diesem Zeitraum",
    "goal": "Ziel",
    "goal_new": "Ein Ziel hinzufügen",
    "goal_edit": "ändern",
    "goal_edit_named": "{name} ändern",
    "goal_change": "Das Ziel {name} ändern",
    "goal_draw": "im Verlauf",
    "goal_draw_named": "{name} im Verlauf",
    "goal_journeys": "Wege",
    "goal_journeys_named": "{name}: Wege dorthin und weiter",
    "goal_over_time": "{name}, {days}",
    "goal_value": "Betrag",
    "goal_value_help": (
        "Die Summe der Beträge, die seine Ereignisse in diesem Zeitraum tragen, nach deren eigener Zeit. Ein Besuch, "
        "der vor dem Zeitraum begann, zählt mit seinen Ereignissen, aber nicht als Abschluss."
    ),
    "goal_value_narrowed": (
        "Kein Wert unter einem Filter auf Seite, Klick oder Ereignis: Er ließe nur einen Teil der Beträge übrig."
    ),
    "goal_lines": "Was die Linie zeigt",
    "metric_conversions": "Abschlüsse",
    "metric_conversion_rate": "Abschlussrate",
    "help_conversions": (
        "Besuche, die in diesem Zeitraum begannen und das Ziel mindestens einmal enthalten, mit allem, was sie taten."
    ),
    "help_conversion_rate": "Abschlüsse ÷ Besuche.",
    "goals_few": (
        "Unter dem Filter auf die Stadt stehen hinter manchen Zahlen weniger als {k} Menschen. Sie lesen sich als 0 "
        "oder Strich und werden nicht genannt."
    ),
    "goals_csv": "Ziele als CSV",
    "funnels_csv": "Trichter als CSV",
    # Nothing there yet
    "goals_none": "Wohin soll ein Besuch führen?",
    "goals_none_do": (
        "Geben Sie ihm einen Namen, und diese Seite zählt die Besuche, die dorthin kommen: wie viele, welcher Anteil, "
        "seit wann, und mit Trichtern, wo die anderen abbiegen. Gezählt wird auch, was schon gespeichert ist."
    ),
    "goals_none_page": "Eine Seite, die erreicht wird: der Dank nach dem Kauf, die Preise, alles in einem Ordner.",
    "goals_none_click": "Ein Klick: ein Link, ein Download oder ein Knopf mit seinem Namen in data-byleave.",
    "goals_none_event": "Ein Ereignis, das Ihre Seite mit byleave.track meldet, mit Betrag, wenn es einen hat.",
    "goals_none_viewer": "Wer diese Website verwaltet, kann hier ihre Ziele benennen.",
    "funnels": "Trichter",
    "funnels_none": (
        "Ein Trichter ist eine Folge von 2 bis 8 Schritten. Er zeigt, wie viele Besuche jeden davon machen und wohin "
        "die anderen gehen."
    ),
    # A funnel
    "funnel_new": "Einen Trichter hinzufügen",
    "funnel_change": "Den Trichter {name} ändern",
    "funnel_is_loose": "in dieser Reihenfolge, dazwischen alles",
    "funnel_is_strict": "jeder unmittelbar nach dem anderen",
    "funnel_through": "{through} von {began} {began:Besuch|Besuchen} kommen durch: {share}.",
    "funnel_nobody": "Kein Besuch machte in diesem Zeitraum den ersten Schritt.",
    "funnel_journeys_named": "{name}: Wege von hier",
    "funnel_drop": "{count} {count:geht|gehen} nicht weiter ({share})",
    "funnel_follow": "{count} {count:Besuch|Besuche}, {share} derer beim Schritt davor. Ab {name} folgen",
    "funnel_share_help": "Der Besuche beim ersten Schritt.",
    "funnel_table": "Als Tabelle",
    "funnel_number": "Schritt",
    "funnel_step": "Was",
    "funnel_visits": "Besuche",
    "funnel_share": "Vom ersten",
    "funnel_dropped": "Nicht weiter",
    "funnel_where": "Wohin stattdessen",
    # Forms
    "goal_name": "Name",
    "goal_name_hint": "Bestellung",
    "goal_step": "Seite, Klick oder Ereignis",
    "goal_step_help": (
        "Eine Seite mit ihrem Pfad, wie /danke oder /blog/*; click:Anmelden für einen Klick, mit dem Namen oder der "
        "Adresse unter Klicks in der Übersicht; event:order für ein Ereignis. * steht für beliebigen Text, ? für ein "
        "einzelnes Zeichen."
    ),
    "goal_valued": "Die Beträge seiner Ereignisse summieren",
    "goal_save": "Speichern",
    "goal_back": "Zurück zu den Zielen",
    "goal_remove": "Das Ziel entfernen",
    "goal_remove_do": (
        "Nur Name und Beschreibung gehen. Die Besuche bleiben, und wieder hinzugefügt zählt es sie wie zuvor."
    ),
    "goal_remove_yes": "Ja, {name} entfernen",
    "funnel_name_hint": "Vom Produkt zur Bestellung",
    "funnel_field": "Schritt {number}",
    "funnel_fields": "Schritte",
    "funnel_fields_help": "{fewest} bis {most}, jeder wie oben; die anderen bleiben leer.",
    "funnel_mode": "Zwischen zwei Schritten",
    "funnel_mode_loose": "darf alles geschehen",
    "funnel_mode_strict": "nichts: Jeder folgt unmittelbar",
    "funnel_remove": "Den Trichter entfernen",
    # Done
    "done_goal_kept": "Das Ziel ist gespeichert.",
    "done_goal_removed": "Das Ziel ist entfernt.",
    "done_funnel_kept": "Der Trichter ist gespeichert.",
    "done_funnel_removed": "Der Trichter ist entfernt.",
    # Errors
    "goal_bad_name": "Ein Ziel braucht einen Namen von höchstens {most} Zeichen.",
    "goal_bad_taken": "Ein anderes Ziel heißt so. Geben Sie diesem einen eigenen Namen.",
    "goal_bad_full": "Eine Website behält höchstens {most} Ziele. Entfernen Sie zuerst eines.",
    "goal_bad_step": (
        "Schritt {number} ist leer, zu lang oder hat Zeichen, die in keinem Namen stehen: Geben Sie ihn an wie /danke, "
        "click:Anmelden oder event:order, mit höchstens {most} Zeichen."
    ),
    "goal_bad_page": (
        "Schritt {number} ist kein Pfad: Eine Seite beginnt mit /, wie /danke oder /blog/*, ohne den Namen der "
        "Website. Ein Klick beginnt mit click: und ein Ereignis mit event:"
    ),
    "goal_bad_value": (
        "Nur Ereignisse haben Beträge: Nehmen Sie das Häkchen weg, oder nennen Sie ein Ereignis, wie event:order."
    ),
    "funnel_bad_name": "Ein Trichter braucht einen Namen von höchstens {most} Zeichen.",
    "funnel_bad_taken": "Ein anderer Trichter heißt so. Geben Sie diesem einen eigenen Namen.",
    "funnel_bad_full": "Eine Website behält höchstens {most} Trichter. Entfernen Sie zuerst einen.",
    "funnel_bad_count": (
        "Ein Trichter hat {fewest} bis {most} Schritte. Füllen Sie so viele aus; für einen einzelnen Schritt fügen Sie "
        "ein Ziel hinzu."
    ),
    "funnel_bad_mode": "Zwischen zwei Schritten eines Trichters ist alles oder nichts: Wählen Sie eines von beiden.",
}
