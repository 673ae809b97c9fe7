"""The words of share links, in German."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # For owners
    "shares": "Freigabe-Links",
    "shares_of": "Freigabe-Links von {site}",
    "shares_note": (
        "Wer einen Link hat, sieht ohne Anmeldung die Übersicht dieser Website, in ganzen Tagen bis gestern. Filtern, "
        "exportieren oder ändern lässt sich nichts, und jede Zeile von weniger als {k} Menschen wird mit anderen "
        "zusammengefasst."
    ),
    "shares_none": "Noch kein Link. Erstellen Sie unten einen für Kollegen, Kunden oder eine öffentliche Seite.",
    "share_label": "Für wen er ist",
    "share_password": "Passwort (darf leer bleiben)",
    "share_expires": "Letzter Tag, an dem er gilt (darf leer bleiben)",
    "share_origins": "Websites, die ihn in einem Rahmen zeigen dürfen, eine je Zeile (darf leer bleiben)",
    "share_origins_rule": "Zum Beispiel https://www.example.com. Ein Link mit Passwort lässt sich nicht einrahmen.",
    "share_make": "Link erstellen",
    "share_once": "Das ist der Link. Er wird nur dieses eine Mal gezeigt, denn gespeichert ist nur seine Prüfsumme:",
    "share_frame": "Um ihn auf einer Seite dieser Websites zu zeigen, fügen Sie dort ein:",
    "share_frame_title": "Besuche auf {site}",
    "share_until": "bis {when}",
    "share_over": "abgelaufen seit {when}",
    "share_locked": "mit Passwort",
    "share_framed": "in Rahmen von {origins}",
    "share_used": "zuletzt benutzt {when}",
    "share_unused": "nie benutzt",
    "share_revoke": "Den Link für {label} widerrufen",
    "declined_share_label": "Sagen Sie, für wen der Link ist, in höchstens {most} druckbaren Zeichen.",
    "declined_share_day": "Das ist kein Tag: Geben Sie ihn wie 2026-12-31 an, oder lassen Sie das Feld leer.",
    "declined_share_over": "Der Link wäre schon abgelaufen: Geben Sie einen späteren Tag an, oder keinen.",
    "declined_share_framed": (
        "Ein Rahmen kann nicht nach einem Passwort fragen: Lassen Sie das Passwort oder die Websites leer, oder "
        "erstellen Sie zwei Links."
    ),
    "declined_share_most": "Eine Website hat höchstens {most} Freigabe-Links: Widerrufen Sie zuerst einen.",
    "declined_share_origins": "Nennen Sie höchstens {most} Websites.",
    "declined_share_origin": (
        "„{origin}“ ist nicht die Adresse einer Website: Geben Sie sie wie https://www.example.com an."
    ),
    "done_share_revoked": "Der Link ist widerrufen: Er führt nirgendwohin mehr.",
    # For who holds a link
    "shared_title": "Besuche auf {site}",
    "shared_lead": "Von Menschen, die der Zählung zugestimmt haben. Ganze Tage in {zone}, bis gestern.",
    "shared_by": "Freigegeben von {controller}.",
    "shared_k": (
        "Eine Zeile von weniger als {k} Menschen wird mit anderen zusammengefasst, damit keine Zahl von einem "
        "Einzelnen erzählt."
    ),
    "shared_choice": (
        "Eine freigegebene Seite zeigt ganze Tage einiger Zeiträume, ohne Filter. Wählen Sie aus dem, was sie anbietet."
    ),
    "shared_whole": "Als eigene Seite öffnen",
    "share_door": "Diese Seite hat ein Passwort",
    "share_door_do": "Fragen Sie, wer Ihnen den Link gegeben hat.",
    "share_open": "Öffnen",
    "share_wrong": "Das ist nicht das Passwort. Prüfen Sie es, und versuchen Sie es noch einmal.",
    "share_gone": "Dieser Link führt nirgendwohin",
    "share_gone_do": (
        "Er kann widerrufen sein, seine Zeit kann vorbei sein, oder ein Teil von ihm fehlt. Fragen Sie, wer ihn Ihnen "
        "gegeben hat."
    ),
}
