"""What the page says that waits for a first visit, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "inst_title": "Den Einbau auf {site} prüfen",
    "inst_check": "Den Einbau prüfen",
    "inst_begin": "Die Zeile ist eingebaut: auf den ersten Besuch warten",
    "inst_waiting": "Warten auf den ersten Besuch …",
    "inst_quiet": "In der letzten halben Stunde kam nichts. Früher wurden Besuche gezählt.",
    "inst_works": "Es funktioniert: In der letzten halben Stunde wurde ein Besuch gezählt.",
    "inst_overview": "In der Übersicht ansehen",
    "inst_lead": (
        "Öffnen Sie eine Seite von {site} in einem anderen Tab und sagen Sie dort Ja. Was daraus wird, zeigt sich hier "
        "von selbst, innerhalb von zwei Sekunden."
    ),
    "inst_again": "Noch einmal nachsehen",
    "inst_open": "{site} öffnen",
    "inst_private": "Ein privates Fenster fragt neu, was auch immer in diesem Browser schon geantwortet wurde.",
    "inst_seen": "In der letzten halben Stunde gesehen",
    "inst_seen_note": (
        "Nur im Arbeitsspeicher: keine Seite, keine Adresse, kein Browser. Nur der Hostname einer Seite, die fragt und "
        "es nicht darf."
    ),
    "inst_step_tag": "Ein Browser lud das Skript, für diese oder eine andere Website dieses Servers",
    "inst_step_asked": "Eine Seite der Website lud die Frage",
    "inst_step_yes": "Jemand sagte Ja",
    "inst_step_not": "noch nicht",
    "inst_more": "Genauer, in einem Terminal:",
    "inst_alias": "{host} zu {site} hinzufügen",
    "inst_settings": "Zu den Einstellungen",
    "inst_snippet": "Noch einmal die Zeile",
    # Signals of this browser
    "inst_gpc": "Dieser Browser sendet Global Privacy Control",
    "inst_gpc_do": (
        "Er wird auf keiner Website gefragt und nie gezählt. Versuchen Sie es mit einem Browser, der das nicht sendet."
    ),
    "inst_dnt": "Dieser Browser sendet Do Not Track",
    "inst_dnt_do": (
        "Er wird auf keiner Website gefragt und nie gezählt. Versuchen Sie es mit einem Browser, der das nicht sendet."
    ),
    # What is wrong, and what to do about it
    "inst_unpublished": "Die Website hat keinen Hinweis, darum kann niemand gefragt werden",
    "inst_unpublished_do": "Sagen Sie, wer verantwortlich ist und wohin Besucher schreiben können.",
    "inst_draft": "Der Hinweis ist noch ein Entwurf",
    "inst_draft_do": (
        "Er nennt keinen Verantwortlichen oder keinen Kontakt, darum dürfen nur Seiten auf localhost fragen. Sagen "
        "Sie, wer verantwortlich ist und wohin Besucher schreiben können."
    ),
    "inst_misnamed": "Eine Seite von {site} fragt für {value}, und diese Website gibt es hier nicht",
    "inst_misnamed_do": 'In ihrem Tag muss data-site="{site}" stehen. Berichtigen Sie es in der Seite.',
    "inst_insecure": "Eine Seite auf {value} kam ohne HTTPS",
    "inst_insecure_do": (
        "Ein Ja zählt nur über HTTPS. Liefern Sie die Website über https:// aus und leiten Sie http:// dorthin."
    ),
    "inst_local": "Eine Seite auf {value} hat gefragt",
    "inst_local_do": (
        "Seiten auf Ihrem eigenen Rechner zählen nur, solange auch dieser Server allein auf diesem Rechner lauscht "
        "(BYLEAVE_HOST). Versuchen Sie es auf {site} selbst."
    ),
    "inst_other_site": "Eine Seite von {value} fragt für {site}",
    "inst_other_site_do": (
        'Dieser Hostname gehört hier zur Website {value}. Ihre Seiten brauchen einen Tag mit data-site="{value}".'
    ),
    "inst_foreign": "Eine Seite auf {value} hat gefragt, und {site} hat diesen Hostnamen nicht",
    "inst_foreign_do": (
        "Wenn er Ihnen gehört, fügen Sie ihn hinzu: Seine Seiten zählen dann als Seiten von {site}. Wenn nicht, hat "
        "jemand Ihren Tag kopiert."
    ),
    "inst_foreign_scrubbed": "Eine Seite auf einem Hostnamen wie {value} hat gefragt, und {site} hat ihn nicht",
    "inst_foreign_scrubbed_do": (
        "Ein Teil des Namens sieht aus wie jemandes Nummer oder Adresse und wird nicht behalten. Wenn der Hostname "
        "Ihnen gehört, fügen Sie ihn in den Einstellungen hinzu, oder einen Alias mit *."
    ),
    "inst_nameless": "Eine Seite ohne Hostnamen hat gefragt",
    "inst_nameless_do": (
        "Sie wurde aus einer Datei, in einem abgeschotteten Rahmen oder über die bloße Adresse eines Rechners "
        "geöffnet. Öffnen Sie sie über ihren Namen."
    ),
    "inst_proxy_private": "Jede Anfrage kam durch einen Proxy, dem dieser Server nicht vertraut",
    "inst_proxy_private_do": (
        "Alle Besucher sehen aus, als säßen sie dort, wo der Proxy steht: Es wird kein Ort gefunden, und sie teilen "
        "sich eine Mengengrenze. Der Proxy steht in einem privaten Netz: Setzen Sie BYLEAVE_TRUSTED_PROXIES=private "
        "oder seine Adresse, und starten Sie neu."
    ),
    "inst_proxy_public": "Jede Anfrage kam durch einen Proxy, dem dieser Server nicht vertraut",
    "inst_proxy_public_do": (
        "Alle Besucher sehen aus, als säßen sie dort, wo der Proxy steht: Ihr Ort ist falsch, und sie teilen sich eine "
        "Mengengrenze. Setzen Sie BYLEAVE_TRUSTED_PROXIES auf Adresse oder Netz des Proxys, und starten Sie neu. Hier "
        "steht die Adresse nicht, denn Adressen werden nirgends behalten."
    ),
    "inst_refused_bot": "Ein Programm kam, nicht der Browser eines Menschen",
    "inst_refused_bot_do": (
        "Bots und ferngesteuerte Browser werden nie gezählt. Versuchen Sie es mit einem eigenen Browser."
    ),
    "inst_refused_token": (
        "Ereignisse kamen mit einem Token eines anderen Servers oder unter einem gesperrten Schlüssel"
    ),
    "inst_refused_token_do": (
        "Der Browser vergisst es und fragt auf der nächsten Seite neu. Laden Sie eine Seite und sagen Sie noch einmal "
        "Ja."
    ),
    "inst_refused_expired": "Ereignisse kamen unter einem abgelaufenen Ja",
    "inst_refused_expired_do": (
        "Der Browser fragt auf der nächsten Seite neu. Laden Sie eine Seite und sagen Sie noch einmal Ja."
    ),
    "inst_refused_notice": "Der Hinweis hat sich seit dem Ja geändert",
    "inst_refused_notice_do": "Der Browser fragt neu. Laden Sie eine Seite und sagen Sie noch einmal Ja.",
    "inst_refused_rate": "Zu viel kam auf einmal und wurde abgewiesen",
    "inst_refused_rate_do": (
        "Warten Sie eine Minute. Wenn alle Besucher durch einen Proxy kommen, teilen sie sich dessen Grenze: siehe "
        "BYLEAVE_TRUSTED_PROXIES."
    ),
    "inst_refused_clock": "Die Uhr dieses Servers geht falsch",
    "inst_refused_clock_do": (
        "Sie geht den Token nach, die er selbst ausgab. Stellen Sie sie richtig (NTP), dann versuchen Sie es noch "
        "einmal."
    ),
    "inst_refused_unstored": "Der Server konnte nicht speichern, was kam",
    "inst_refused_unstored_do": (
        "Browser versuchen es eine Stunde lang wieder. Rufen Sie auf dem Server byleave doctor auf und lesen Sie sein "
        "Protokoll."
    ),
    "inst_refused_other": "Was kam, wurde abgewiesen: {value}",
    "inst_refused_other_do": "Die Konsole des Browsers sagt in einem Satz, warum. Sehen Sie dort nach (F12).",
    # Nothing is wrong so far
    "inst_yes_no_event": "Jemand hat Ja gesagt; die erste Seite ist unterwegs",
    "inst_yes_no_event_do": (
        "Sie kommt innerhalb von zwei Sekunden. Wenn nicht, sehen Sie in die Konsole des Browsers (F12): Eine "
        "Inhaltsrichtlinie (connect-src) oder ein Blocker kann sie aufhalten."
    ),
    "inst_asked_no_yes": "Die Frage wurde geladen; bisher hat niemand Ja gesagt",
    "inst_asked_no_yes_do": (
        "Sagen Sie selbst Ja auf einer Seite von {site}. Vor einem Ja wird nichts gezählt: Darum geht es."
    ),
    "inst_tag_only": "Das Skript wurde geladen, aber keine Seite von {site} hat gefragt",
    "inst_tag_only_do": (
        "Der Browser hat vielleicht schon seine Antwort (öffnen Sie ein privates Fenster), der Seite fehlt HTTPS oder "
        "sie steht in einem Rahmen, oder der Tag fragt durch ein anderes Werkzeug (data-banner, data-cmp) oder gehört "
        "zu einer anderen Website dieses Servers."
    ),
    "inst_nothing": "Keine Seite lud das Skript",
    "inst_nothing_do": (
        "Öffnen Sie eine Seite von {site}, sehen Sie ihren Quelltext an (Strg+U) und suchen Sie nach tag.js. Steht es "
        "nicht da, fehlt die Zeile, oder ein Zwischenspeicher liefert noch die alte Seite. Steht es da, hält ein "
        "Blocker, die Inhaltsrichtlinie der Seite (script-src) oder das Netz den Browser von diesem Server fern: Seine "
        "Konsole (F12) sagt es."
    ),
}
