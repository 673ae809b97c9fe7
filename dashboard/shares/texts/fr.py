"""The words of share links, in French."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # For owners
    "shares": "Liens de partage",
    "shares_of": "Liens de partage de {site}",
    "shares_note": (
        "Qui possède un lien voit sans connexion la vue d’ensemble de ce site, en jours entiers jusqu’à hier. Il ne "
        "peut ni filtrer, ni exporter, ni rien changer, et chaque ligne de moins de {k} personnes est réunie avec "
        "d’autres."
    ),
    "shares_none": "Pas encore de lien. Créez-en un ci-dessous pour un collègue, un client ou une page publique.",
    "share_label": "Pour qui il est",
    "share_password": "Mot de passe (peut rester vide)",
    "share_expires": "Dernier jour de validité (peut rester vide)",
    "share_origins": "Sites qui peuvent l’afficher dans un cadre, un par ligne (peut rester vide)",
    "share_origins_rule": (
        "Par exemple https://www.example.com. Un lien avec mot de passe ne s’affiche pas dans un cadre."
    ),
    "share_make": "Créer le lien",
    "share_once": "Voici le lien. Il n’est montré que cette fois, car seule son empreinte est conservée :",
    "share_frame": "Pour l’afficher dans une page de ces sites, collez-y ceci :",
    "share_frame_title": "Visites de {site}",
    "share_until": "jusqu’au {when}",
    "share_over": "terminé depuis le {when}",
    "share_locked": "avec mot de passe",
    "share_framed": "dans les cadres de {origins}",
    "share_used": "dernière utilisation le {when}",
    "share_unused": "jamais utilisé",
    "share_revoke": "Révoquer le lien pour {label}",
    "declined_share_label": "Dites pour qui est le lien, en {most} caractères imprimables au plus.",
    "declined_share_day": "Ce n’est pas un jour : donnez-le comme 2026-12-31, ou laissez le champ vide.",
    "declined_share_over": "Le lien serait déjà terminé : donnez un jour plus tardif, ou aucun.",
    "declined_share_framed": (
        "Un cadre ne peut pas demander de mot de passe : laissez vides le mot de passe ou les sites, ou créez deux "
        "liens."
    ),
    "declined_share_most": "Un site a au plus {most} liens de partage : révoquez-en un d’abord.",
    "declined_share_origins": "Nommez {most} sites au plus.",
    "declined_share_origin": "« {origin} » n’est pas l’adresse d’un site : donnez-la comme https://www.example.com.",
    "done_share_revoked": "Le lien est révoqué : il ne mène plus nulle part.",
    # For who holds a link
    "shared_title": "Visites de {site}",
    "shared_lead": "De personnes qui ont accepté d’être comptées. Jours entiers de {zone}, jusqu’à hier.",
    "shared_by": "Partagé par {controller}.",
    "shared_k": (
        "Une ligne de moins de {k} personnes est réunie avec d’autres, pour qu’aucun nombre ne parle d’une seule "
        "personne."
    ),
    "shared_choice": (
        "Une page partagée montre les jours entiers de quelques périodes, sans filtre. Choisissez parmi ce qu’elle "
        "propose."
    ),
    "shared_whole": "Ouvrir dans sa propre page",
    "share_door": "Cette page a un mot de passe",
    "share_door_do": "Demandez-le à qui vous a donné le lien.",
    "share_open": "Ouvrir",
    "share_wrong": "Ce n’est pas le mot de passe. Vérifiez-le, puis réessayez.",
    "share_gone": "Ce lien ne mène nulle part",
    "share_gone_do": (
        "Il a pu être révoqué, son temps est peut-être passé, ou une partie manque. Demandez à qui vous l’a donné."
    ),
}
