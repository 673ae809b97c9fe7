"""What the pages of settings say, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "no_right": "Das darf Ihr Konto nicht. Fragen Sie einen Inhaber dieses Servers.",
    "settings": "Einstellungen",
    "change": "Ändern",
    "save": "Speichern",
    "site": "Website",
    # One's own account
    "account": "Konto",
    "language_of_pages": "Sprache dieser Seiten und der Mails an Sie",
    "language_browser": "Wie der Browser es wünscht",
    "password_now": "Ihr jetziges Passwort",
    "password_new": "Neues Passwort",
    "password_others": "Jeder andere Browser wird abgemeldet.",
    "password_change": "Passwort ändern",
    "password_wrong": "Das ist nicht Ihr Passwort: Nichts wurde geändert.",
    "sign_ins": "Wo Sie angemeldet sind",
    "sign_ins_note": "Von einem Browser bleiben nur Name und System: keine Adresse, keine Version.",
    "sign_in_on": "{browser} auf {os}",
    "sign_in_program": "Ein Browser, der nicht sagt, welcher",
    "sign_in_here": "(dieser)",
    "sign_in_since": "seit {since}, bis {until}",
    "sign_out_of": "{browser} abmelden, seit {since}",
    "sign_out_others": "Überall sonst abmelden",
    # Second factor
    "factor": "Zweiter Faktor",
    "factor_on": "Nach dem Passwort wird der Code einer App verlangt. Übrige Wiederherstellungscodes: {codes}.",
    "factor_is_off": "Das Passwort allein öffnet Ihr Konto.",
    "factor_turn_on": "Zweiten Faktor einschalten",
    "factor_turn_off": "Zweiten Faktor ausschalten",
    "factor_scan": "Scannen Sie das mit einer Authenticator-App und geben Sie den Code ein, den sie zeigt.",
    "factor_picture": "QR-Code für die Authenticator-App; dasselbe Geheimnis steht darunter als Text",
    "factor_type": "Oder geben Sie dieses Geheimnis in die App ein:",
    "code": "Code",
    "code_title": "Noch ein Schritt",
    "code_rule": "Die sechs Ziffern Ihrer Authenticator-App oder einer Ihrer Wiederherstellungscodes.",
    "code_wrong": (
        "Dieser Code ist falsch, zu alt oder schon benutzt. Warten Sie auf den nächsten und versuchen Sie es noch "
        "einmal."
    ),
    "codes": "Wiederherstellungscodes",
    "codes_do": (
        "Jeder öffnet Ihr Konto einmal, wenn die App verloren ist. Sie werden nur dieses eine Mal gezeigt: Schreiben "
        "Sie sie jetzt auf."
    ),
    "codes_kept": "Ich habe sie aufbewahrt",
    "codes_renew": "Neue Wiederherstellungscodes machen",
    # A lost password
    "lost_title": "Passwort vergessen",
    "lost_do": "Geben Sie die Adresse Ihres Kontos an.",
    "lost_send": "Link senden",
    "lost_mailed": (
        "Wenn diese Adresse ein Konto hat, ist ein Link dorthin unterwegs. Er gilt einmal, eine Stunde lang."
    ),
    "lost_logged": (
        "Hier ist kein Mailversand eingerichtet. Wenn diese Adresse ein Konto hat, steht nun für eine Stunde ein Link "
        "im Protokoll dieses Servers. Wer den Server betreibt, gibt ihn Ihnen, oder setzt ein Passwort mit: byleave "
        "user password"
    ),
    "reset_title": "Neues Passwort",
    "reset_gone_do": "Fordern Sie auf der Anmeldeseite einen neuen an.",
    "reset_done": "Das Passwort ist geändert",
    "reset_done_do": "Sie sind überall abgemeldet. Melden Sie sich mit dem neuen an.",
    "mail_subject": "Ein neues Passwort für Byleave",
    "mail_text": (
        "Jemand, wahrscheinlich Sie, hat ein neues Passwort verlangt. Wählen Sie es hier innerhalb einer Stunde; der "
        "Link gilt einmal:\n\n{link}\n\nWaren Sie es nicht, tun Sie nichts: Ihr Passwort bleibt, wie es ist.\n"
    ),
    # People
    "people": "Personen",
    "roles_explained": (
        "Ein Inhaber darf alles. Ein Verwalter ändert die Einstellungen einer Website, ein Leser liest sie. Sonst weiß "
        "niemand von ihr."
    ),
    "role": "Darf",
    "role_where": "Auf welcher Website (nicht beim Inhaber)",
    "role_owner": "Inhaber",
    "role_admin": "Verwalter",
    "role_viewer": "Leser",
    "role_none": "dort nichts",
    "role_of": "{role} von {site}",
    "role_nowhere": "keine Website",
    "person_change": "{email} ändern",
    "person_remove": "{email} entfernen",
    "invite": "Jemanden einladen",
    "invite_do": "Link machen",
    "invite_link": (
        "Geben Sie {email} diesen Link. Er gilt einmal, eine Woche lang, und wird nur dieses eine Mal gezeigt:"
    ),
    "welcome_invited": "Wählen Sie ein Passwort für {email}; danach gilt dieser Link nicht mehr.",
    "join": "Konto anlegen und anmelden",
    # Audit log
    "audit": "Änderungen",
    "audit_note": "Wer wann welche Einstellung geändert hat. Hier kann nichts geändert oder entfernt werden.",
    "audit_when": "Wann",
    "audit_who": "Wer",
    "audit_what": "Was",
    "audit_none": "Bisher wurde keine Einstellung geändert.",
    # Sites
    "site_add": "Website hinzufügen",
    "hostname": "Hostname",
    "controller": "Verantwortlich: wer, wie Besucher es lesen",
    "contact": "Kontakt: wohin Besucher schreiben",
    "draft_rule": "Ohne diese beiden ist der Hinweis ein Entwurf, und nur Seiten auf localhost können fragen.",
    "time_zone": "Zeitzone",
    "settings_of": "Einstellungen von {site}",
    "site_title": "Titel: wie diese Seiten sie nennen",
    "title_rule": (
        "Etwa der Name des Geschäfts; leer für {site}. Man liest ihn hier, hinter Freigabe-Links und auf Papier. "
        "Adresse, Codezeile, Hinweis und gespeicherte Dateien behalten {site}."
    ),
    "rename": "Umbenennen",
    "aliases": "Weitere Hostnamen, einer je Zeile",
    "aliases_rule": (
        "Etwa www.{site} oder *.{site}. Der Name {site} selbst kann sich nicht ändern: Jede Zeile, jeder Token und "
        "jede Einwilligung trägt ihn. Für eine neue Adresse derselben Website fügen Sie sie hier hinzu; ihre Besuche "
        "zählen mit den alten weiter."
    ),
    "zone_rule": "Tage beginnen und enden nach dieser Uhr, auch in Berichten über die Vergangenheit.",
    "remove_site": "Diese Website entfernen",
    "remove_warning": (
        "Das widerruft jede Einwilligung für {site} und löscht jede Zeile, für immer. Die Hinweise bleiben, für die "
        "Belege, die Besucher aufbewahren. Innerhalb eines Tages enthält keine Datei mehr ein Byte davon."
    ),
    "remove_type": "Geben Sie {site} ein, um fortzufahren",
    "remove_typed": "Das ist nicht {site}: Nichts wurde entfernt.",
    # Tokens
    "tokens": "API-Token",
    "tokens_note": (
        "Mit einem liest ein Programm die Berichte dieser Website oder sendet ihr Ereignisse. Nur seine Prüfsumme wird "
        "aufbewahrt."
    ),
    "token_once": "Bewahren Sie diesen Token jetzt auf; er wird nur dieses eine Mal gezeigt:",
    "token_used": "zuletzt benutzt {when}",
    "token_unused": "nie benutzt",
    "token_revoke": "{token} sperren",
    "revoke": "Sperren",
    "token_label": "Wofür er ist",
    "token_scope": "Er darf",
    "token_create": "Token anlegen",
    "scope_read": "Berichte lesen",
    "scope_events": "Ereignisse senden",
    # What was done
    "done_password": "Das Passwort ist geändert. Jeder andere Browser wurde abgemeldet.",
    "done_signed_out": "Jener Browser ist abgemeldet.",
    "done_signed_out_all": "Jeder andere Browser ist abgemeldet.",
    "done_factor_off": "Der zweite Faktor ist ausgeschaltet.",
    "done_changed": "Das Konto ist geändert.",
    "done_removed": "Das Konto ist entfernt.",
    "done_site_changed": "Gespeichert.",
    "done_renamed": "Umbenannt.",
    "done_site_removed": "Die Website ist entfernt. Ihre Zeilen werden gelöscht.",
    "done_token_revoked": "Der Token öffnet nichts mehr.",
    # Why a change cannot be made
    "declined_role": "Wählen Sie, was die Person darf: Inhaber, Verwalter oder Leser.",
    "declined_email_taken": "{email} hat schon ein Konto: Ändern Sie stattdessen dieses.",
    "declined_password_short": "Das Passwort ist zu kurz: Nehmen Sie mindestens {least} Zeichen.",
    "declined_password_long": "Das Passwort ist zu lang: Nehmen Sie höchstens {most} Zeichen.",
    "declined_email": "Das ist keine E-Mail-Adresse: Geben Sie sie an wie you@example.com.",
    "declined_no_account": "Für {email} gibt es kein Konto. Laden Sie diese Seite neu.",
    "declined_no_site": "Eine Website „{site}“ gibt es hier nicht: Wählen Sie eine aus der Liste.",
    "declined_last_owner": "Das ist der einzige Inhaber: Machen Sie zuerst jemand anderen zum Inhaber.",
    "declined_scope": "Wählen Sie, was der Token darf: Berichte lesen oder Ereignisse senden.",
    "declined_label": "Dieser Zweck lässt sich nicht verwenden: Nehmen Sie höchstens {most} druckbare Zeichen.",
    "declined_no_token": "Diesen Token gibt es nicht mehr. Laden Sie diese Seite neu.",
    "declined_hostname": "„{host}“ ist kein Hostname: Geben Sie ihn an wie example.com, ohne https:// und Pfad.",
    "declined_wide": "„{host}“ würde jede Website darunter einschließen: Geben Sie es an wie *.example.com.",
    "declined_zone": "„{zone}“ ist keine Zeitzone: Geben Sie sie an wie Europe/Berlin oder America/New_York.",
    "declined_title": (
        "Dieser Titel lässt sich nicht verwenden: Nehmen Sie höchstens {most} druckbare Zeichen, in einer Zeile."
    ),
    "declined_host_taken": "{host} gehört schon zur Website {site}. Wählen Sie einen anderen Namen.",
    "declined_unprintable": "Verantwortlicher und Kontakt nehmen je höchstens {most} druckbare Zeichen.",
    "declined_retention": "Zeilen können 1 bis 120 Monate bleiben: Geben Sie eine ganze Zahl an.",
    "declined_notice_same": "Nichts hat sich geändert: Der geltende Hinweis sagt genau das.",
    "declined_notice_nobody": (
        "Der geltende Hinweis nennt Verantwortlichen und Kontakt; ein späterer kommt nicht ohne sie aus."
    ),
    "declined_notice_meanwhile": (
        "Inzwischen wurde ein anderer Hinweis veröffentlicht. Sehen Sie nach, was er geändert hat, und versuchen "
        "Sie es dann noch einmal."
    ),
    # The audit log
    "did_account-added": "Konto angelegt",
    "did_account-changed": "Konto geändert",
    "did_account-removed": "Konto entfernt",
    "did_invitation-made": "Einladung erstellt",
    "did_password-changed": "Passwort geändert",
    "did_password-reset": "Passwort neu gesetzt",
    "did_second-factor-on": "zweiter Faktor an",
    "did_second-factor-off": "zweiter Faktor aus",
    "did_recovery-codes-made": "Wiederherstellungscodes erstellt",
    "did_signed-out-everywhere": "überall abgemeldet",
    "did_site-added": "Website hinzugefügt",
    "did_site-changed": "Website geändert",
    "did_site-removed": "Website entfernt",
    "did_notice-published": "Hinweis veröffentlicht",
    "did_goal-added": "Ziel hinzugefügt",
    "did_goal-changed": "Ziel geändert",
    "did_goal-removed": "Ziel entfernt",
    "did_funnel-added": "Trichter hinzugefügt",
    "did_funnel-changed": "Trichter geändert",
    "did_funnel-removed": "Trichter entfernt",
    "did_token-created": "Token angelegt",
    "did_token-revoked": "Token gesperrt",
    "did_share-link-made": "Freigabe-Link erstellt",
    "did_share-link-revoked": "Freigabe-Link widerrufen",
    "did_keys-rotated": "Schlüssel gewechselt",
    "detail_account": "Konto",
    "detail_role": "Rolle",
    "detail_at": "von",
    "detail_sites": "von",
    "detail_aliases": "weitere Hostnamen",
    "detail_timezone": "Zeitzone",
    "detail_title": "Titel",
    "detail_path-keep": "Pfade, die bleiben",
    "detail_patterns": "Muster",
    "detail_token": "Token",
    "detail_scope": "darf",
    "detail_link": "Link",
    "detail_origins": "in Rahmen von",
    "detail_label": "für",
    "detail_name": "Name",
    "detail_steps": "Schritte",
    "detail_notice": "Hinweis",
    "notice_told": "Was Besuchern gesagt wird",
    "notice_note": (
        "Jede Änderung veröffentlicht einen neuen Hinweis. Zeilen behalten den, unter dem sie gesammelt wurden. Alles "
        "andere an einem Hinweis wird auf dem Server bestimmt: byleave notice publish."
    ),
    "retention": "Monate, die eine Zeile bleibt",
    "visits_choice": "Einzelne Besuche in Berichten",
    "visits_on_choice": "gezeigt, als grobe Streifen von Schritten",
    "visits_off_choice": "nicht gezeigt: keine Seite „Besuche“, und keine in der API",
    "notice_publish": "Veröffentlichen",
    "notice_again": "Nach dieser Änderung wird jeder Besucher noch einmal gefragt, denn sein Ja deckt sie nicht.",
    "notice_not_again": "Niemand wird noch einmal gefragt: Ein Ja von vorher deckt diese Änderung.",
    "notice_terms": "Was er ändert",
    "notice_words": "In den Worten, die Besucher lesen",
    "notice_confirm": "Veröffentlichen und jeden Besucher noch einmal fragen",
    "done_notice": "Der neue Hinweis ist veröffentlicht.",
    "detail_retention_months": "Monate, die eine Zeile bleibt",
    "detail_visits": "einzelne Besuche",
    "back_to_settings": "Zurück zu den Einstellungen",
    "invite_mail_subject": "Sie sind zu Byleave eingeladen",
    "invite_mail_text": (
        "{who} lädt Sie ein, die Besuche einer Website anzusehen. Wählen Sie hier innerhalb einer Woche ein Passwort; "
        "der Link gilt einmal:\n\n{link}\n\nWenn Ihnen das nichts sagt, tun Sie nichts.\n"
    ),
    "invite_not_mailed": (
        "Die Einladung konnte nicht gemailt werden; das Protokoll des Servers sagt, warum. Der Link unten gilt: Geben "
        "Sie ihn weiter."
    ),
    "done_invited": "Die Einladung ist per Mail unterwegs. Ihr Link gilt einmal, eine Woche lang.",
    "did_consent-exported": "hat das Protokoll der Einwilligungen ausgeführt",
    "did_proof-made": "hat die Zeilen beweisen lassen",
}
