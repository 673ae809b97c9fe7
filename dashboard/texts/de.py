"""What every page says, and those of signing in, of setting up and of errors, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # Everywhere
    "product": "Byleave",
    "skip": "Zu den Zahlen",
    "nav_label": "Website",
    "overview": "Übersicht",
    "journeys": "Wege",
    "visits": "Besuche",
    "sites": "Websites",
    "api": "API",
    "place_credit": "Ortsdaten von DB-IP.com",
    "sign_out": "Abmelden",
    "language": "Sprache",
    "in_utc": "{moment} UTC",
    "k_explained": "Städte und Schritte von weniger als {k} Menschen sind zusammengefasst (k = {k})",
    # Sign-in
    "sign_in": "Anmelden",
    "email": "E-Mail",
    "password": "Passwort",
    "sign_in_wrong": "E-Mail und Passwort passen zu keinem Konto. Prüfen Sie beide und versuchen Sie es noch einmal.",
    "sign_in_slow": (
        "Zu viele Versuche. Warten Sie {wait} {wait:Sekunde|Sekunden} und versuchen Sie es dann noch einmal."
    ),
    "sign_in_lost": "Passwort vergessen?",
    "form_stale": (
        "Dieses Formular ist veraltet, oder der Browser hat kein Cookie dazu gesendet. Versuchen Sie es noch einmal; "
        "mit http allein geht nur localhost, sonst nehmen Sie https."
    ),
    # Welcome
    "welcome": "Willkommen",
    "welcome_lead": (
        "Sie sind die erste Person hier. Wählen Sie, womit Sie sich anmelden; danach gilt dieser Link nicht mehr."
    ),
    "password_rule": (
        "Mindestens 12 Zeichen. Einige Wörter, die Sie sich merken, sind besser als eines, das Sie vergessen."
    ),
    "create_owner": "Konto anlegen und anmelden",
    "welcome_gone": "Dieser Link wurde benutzt oder ist abgelaufen",
    "welcome_gone_do": (
        "Wenn Sie ein Konto haben, melden Sie sich an. Hat noch niemand eines, starten Sie den Server neu: Er gibt "
        "einen neuen Link aus."
    ),
    # Sites
    "no_sites": "Noch keine Website",
    "no_sites_do": "oder auf dem Server, in einem Terminal:",
    "no_sites_member": "Ihr Konto darf bisher keine Website sehen. Fragen Sie einen Inhaber dieses Servers.",
    "add_another": "Oder auf dem Server, in einem Terminal:",
    # Set-up
    "setup_title": "{site} einrichten",
    "setup_lead": "Eine Zeile, in den Kopf (head) jeder Seite, die zählen soll:",
    "copy": "Kopieren",
    "copied": "Kopiert",
    "setup_next": "Was dann geschieht",
    "setup_step_ask": (
        "Jemand öffnet eine Seite und wird gefragt. Bis zum Ja wird nichts gespeichert und nichts gesendet."
    ),
    "setup_step_yes": "Ein Ja: Diese Seite ist hier die erste Zeile, innerhalb von zwei Sekunden.",
    "setup_step_no": (
        "Ein Nein, oder der Browser sendet Global Privacy Control: Es geschieht nichts, auch auf keiner späteren Seite."
    ),
    "setup_draft": (
        "Der Hinweis dieser Website ist ein Entwurf: Er nennt keinen Verantwortlichen oder keinen Kontakt, darum "
        "dürfen nur Seiten auf localhost fragen. Sagen Sie, wer Sie sind:"
    ),
    "setup_no_notice": (
        "Diese Website hat noch keinen Hinweis, darum kann niemand gefragt werden. Veröffentlichen Sie einen:"
    ),
    "setup_hosts": "Gezählt wird auf {hosts} und auf keinem anderen Hostnamen.",
    # Errors
    "not_found": "Hier ist nichts",
    "not_found_do": "Vielleicht ist die Adresse vertippt, oder die Website heißt anders.",
    "refused": "Diese Seite kann nicht gezeigt werden",
    "forbidden": "Das ist nicht erlaubt",
    "method": "Das nimmt diese Seite nicht an",
    "method_do": "Diese Adresse nimmt nicht an, was gesendet wurde. Gehen Sie zurück und versuchen Sie es noch einmal.",
    "body_unreadable": (
        "Das Formular war nicht zu lesen. Gehen Sie zurück und senden Sie es noch einmal, mit weniger darin."
    ),
    "body_slow": "Das Formular kam zu langsam an. Gehen Sie zurück und senden Sie es noch einmal.",
    "body_large": "Das Formular ist zu groß. Gehen Sie zurück und senden Sie es noch einmal, mit weniger darin.",
    "body_type": "Hier gelten nur die Formulare dieser Seiten. Gehen Sie zurück und senden Sie es noch einmal.",
    "failed": "Auf dem Server ist etwas schiefgegangen",
    "failed_do": (
        "Versuchen Sie es noch einmal. Bleibt es dabei, findet die Ursache im Protokoll, wer diesen Server betreibt."
    ),
    "home": "Zu den Websites",
    "unavailable": "Die Daten sind gerade nicht erreichbar",
    "unavailable_do": (
        "Nichts wurde geändert. Der Server ist beschäftigt oder kann seine Dateien nicht lesen: Warten Sie einen "
        "Augenblick und versuchen Sie es noch einmal. Bleibt es so, fragt, wer diesen Server betreibt: byleave doctor"
    ),
    "too_long": "Dieser Bericht hat zu lange gedauert",
    "too_long_do": (
        "Er wurde abgebrochen, damit andere nicht warten. Wählen Sie einen kürzeren Zeitraum oder "
        "weniger Filter, oder versuchen Sie es später noch einmal."
    ),
    "unavailable_kept": "Ihre Eingaben stehen noch in dieser Seite.",
    "send_again": "Noch einmal senden",
    "try_again": "Noch einmal versuchen",
}
