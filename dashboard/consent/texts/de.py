"""What the page about consent says, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "consent": "Einwilligung",
    "consent_title": "Was Besucher gesagt haben",
    "consent_range": "{days}, die ganze Website",
    "consent_coverage": "Ja gesagt",
    "consent_unknown": "nicht bekannt",
    "consent_made_up": (
        "Diese Website ist erfunden: Ihre Fragen und Besuche sind ausgedacht, und niemand hat eingewilligt."
    ),
    "consent_given": "Ja, zum ersten Mal",
    "consent_reconfirmed": "Ja, erneut",
    "consent_withdrawn": "Widerrufen",
    "consent_expired": "Abgelaufen",
    "consent_in_force": "Jetzt gültig",
    "consent_over_time": "Ja und Widerrufe im Verlauf",
    "consent_bar": "{when}: {given} Ja zum ersten Mal, {reconfirmed} erneut, {withdrawn} widerrufen",
    "consent_nothing": "In diesem Zeitraum hat niemand Ja gesagt oder widerrufen.",
    "consent_day": "Tag",
    "consent_month": "Monat",
    "consent_by_purpose": "Wozu sie Ja sagten",
    "consent_purpose": "Zweck",
    "consent_yeses": "Ja",
    "consent_share": "Anteil",
    "consent_notices": "Unter welchem Hinweis",
    "consent_notice": "Hinweis {id}",
    "consent_published": "Veröffentlicht am {when}.",
    "consent_draft": "Ein Entwurf: Nur Seiten auf localhost dürfen danach fragen.",
    "consent_material": "Seitdem werden Besucher neu gefragt.",
    "consent_covers": "{yes} Ja in diesem Zeitraum ({share}), insgesamt {rows} {rows:Zeile|Zeilen}.",
    "consent_rows_go": "Die älteste Zeile verschwindet am {day}.",
    "consent_changes": "Was er geändert hat",
    "consent_change": "{field}: {old} → {new}",
    "consent_asked_again": "neu gefragt",
    "consent_none": "keine",
    "consent_was": "Zuvor: {text}",
    "consent_is": "Jetzt: {text}",
    "consent_ends": "Was als Nächstes endet",
    "consent_ends_within": "Innerhalb von {days} Tagen",
    "consent_ends_later": "Später",
    "consent_ends_of": "Einwilligungen, die ablaufen, wenn sie nicht neu gegeben werden",
    "consent_erasures": "Löschungen",
    "consent_erasures_none": "In den letzten 31 Tagen wurde auf diesem Server keine Löschung verlangt.",
    "consent_erasures_are": (
        "In den letzten 31 Tagen auf diesem Server, für alle Websites: {waiting} offen, {done} erledigt."
    ),
    "consent_waits_since": "Die älteste wartet seit {when}; fällig ist sie innerhalb von 24 Stunden.",
    "consent_last_done": "Die letzte wurde am {when} erledigt.",
    "consent_prove": "Beweisen",
    "consent_prove_about": (
        "Geht das ganze Einwilligungsprotokoll und jede gespeicherte Zeile dieser Website durch: Jede muss zu einem Ja "
        "führen, das gültig war, unter dem Hinweis, den sie nennt. Dasselbe wie byleave consent verify."
    ),
    "consent_proving": "Läuft: {share}",
    "consent_proved_at": "Ergebnis vom {when}",
    "consent_export": "Export für eine Behörde",
    "consent_export_about": (
        "Hinweise, Einträge mit ihren Prüfsummen und der unterschriebene Kopf, damit andere es allein prüfen können. "
        "Einträge anderer Websites stehen nur als Prüfsummen darin."
    ),
    "purpose_measure": "Besuche zählen",
    "purpose_returning": "Einen späteren Besuch wiedererkennen",
    "purpose_ads": "Dass eine Anzeige angeklickt wurde",
}
