"""What the page says that waits for a first visit, in French."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "inst_title": "Vérifier l’installation sur {site}",
    "inst_check": "Vérifier l’installation",
    "inst_begin": "La ligne est en place : attendre la première visite",
    "inst_waiting": "En attente de la première visite …",
    "inst_quiet": "Rien depuis une demi-heure. Des visites ont été comptées auparavant.",
    "inst_works": "Tout fonctionne : une visite a été comptée dans la dernière demi-heure.",
    "inst_overview": "La voir dans la vue d’ensemble",
    "inst_lead": (
        "Ouvrez une page de {site} dans un autre onglet et dites-y oui. Ce qui en résulte apparaît ici tout seul, en "
        "deux secondes."
    ),
    "inst_again": "Regarder à nouveau",
    "inst_open": "Ouvrir {site}",
    "inst_private": "Une fenêtre privée pose la question à nouveau, quelle qu’ait été la réponse dans ce navigateur.",
    "inst_seen": "Vu dans la dernière demi-heure",
    "inst_seen_note": (
        "En mémoire seulement : ni page, ni adresse, ni navigateur. Seulement le nom d’hôte d’une page qui pose la "
        "question sans y avoir droit."
    ),
    "inst_step_tag": "Un navigateur a chargé le script, pour ce site ou un autre de ce serveur",
    "inst_step_asked": "Une page du site a chargé la question",
    "inst_step_yes": "Quelqu’un a dit oui",
    "inst_step_not": "pas encore",
    "inst_more": "De plus près, dans un terminal :",
    "inst_alias": "Ajouter {host} à {site}",
    "inst_settings": "Vers les réglages",
    "inst_snippet": "La ligne, encore une fois",
    # Signals of this browser
    "inst_gpc": "Ce navigateur envoie Global Privacy Control",
    "inst_gpc_do": (
        "La question ne lui est posée sur aucun site, et il n’est jamais compté. Essayez avec un navigateur qui ne "
        "l’envoie pas."
    ),
    "inst_dnt": "Ce navigateur envoie Do Not Track",
    "inst_dnt_do": (
        "La question ne lui est posée sur aucun site, et il n’est jamais compté. Essayez avec un navigateur qui ne "
        "l’envoie pas."
    ),
    # What is wrong, and what to do about it
    "inst_unpublished": "Le site n’a pas de notice : la question ne peut être posée à personne",
    "inst_unpublished_do": "Dites qui est responsable et où les visiteurs peuvent écrire.",
    "inst_draft": "La notice est encore un projet",
    "inst_draft_do": (
        "Elle ne nomme pas de responsable ou pas de contact, donc seules les pages sur localhost peuvent poser la "
        "question. Dites qui est responsable et où les visiteurs peuvent écrire."
    ),
    "inst_misnamed": "Une page de {site} pose la question pour {value}, qui n’est pas un site d’ici",
    "inst_misnamed_do": 'Sa balise doit dire data-site="{site}". Corrigez-la dans la page.',
    "inst_insecure": "Une page sur {value} est arrivée sans HTTPS",
    "inst_insecure_do": "Un oui ne compte qu’en HTTPS. Servez le site en https:// et renvoyez-y http://.",
    "inst_local": "Une page sur {value} a posé la question",
    "inst_local_do": (
        "Les pages de votre propre machine ne comptent que si ce serveur n’écoute lui aussi que sur cette machine "
        "(BYLEAVE_HOST). Essayez sur {site} même."
    ),
    "inst_other_site": "Une page de {value} pose la question pour {site}",
    "inst_other_site_do": (
        'Ce nom d’hôte appartient ici au site {value}. Ses pages ont besoin d’une balise avec data-site="{value}".'
    ),
    "inst_foreign": "Une page sur {value} a posé la question, et {site} n’a pas ce nom d’hôte",
    "inst_foreign_do": (
        "S’il est à vous, ajoutez-le : ses pages comptent alors comme pages de {site}. Sinon, quelqu’un a copié votre "
        "balise."
    ),
    "inst_foreign_scrubbed": "Une page sur un nom d’hôte comme {value} a posé la question, et {site} ne l’a pas",
    "inst_foreign_scrubbed_do": (
        "Une partie du nom ressemble au numéro ou à l’adresse de quelqu’un et n’est pas gardée. Si le nom est à vous, "
        "ajoutez-le dans les réglages, ou un alias avec *."
    ),
    "inst_nameless": "Une page sans nom d’hôte a posé la question",
    "inst_nameless_do": (
        "Elle a été ouverte depuis un fichier, dans un cadre isolé, ou par la simple adresse d’une machine. Ouvrez-la "
        "par son nom."
    ),
    "inst_proxy_private": "Toutes les requêtes sont passées par un proxy auquel ce serveur ne fait pas confiance",
    "inst_proxy_private_do": (
        "Tous les visiteurs semblent se trouver là où est le proxy : aucun lieu n’est trouvé, et ils partagent une "
        "même limite de débit. Le proxy est dans un réseau privé : mettez BYLEAVE_TRUSTED_PROXIES=private, ou son "
        "adresse, et redémarrez."
    ),
    "inst_proxy_public": "Toutes les requêtes sont passées par un proxy auquel ce serveur ne fait pas confiance",
    "inst_proxy_public_do": (
        "Tous les visiteurs semblent se trouver là où est le proxy : leur lieu est faux, et ils partagent une même "
        "limite de débit. Mettez dans BYLEAVE_TRUSTED_PROXIES l’adresse ou le réseau du proxy, et redémarrez. "
        "L’adresse n’est pas montrée ici, car aucune n’est gardée nulle part."
    ),
    "inst_refused_bot": "Un programme est venu, pas le navigateur d’une personne",
    "inst_refused_bot_do": (
        "Les robots et les navigateurs pilotés ne sont jamais comptés. Essayez avec votre propre navigateur."
    ),
    "inst_refused_token": "Des événements sont arrivés avec le jeton d’un autre serveur, ou sous une clé révoquée",
    "inst_refused_token_do": (
        "Le navigateur l’oublie et pose la question à la page suivante. Chargez une page et dites oui à nouveau."
    ),
    "inst_refused_expired": "Des événements sont arrivés sous un oui expiré",
    "inst_refused_expired_do": (
        "Le navigateur pose la question à la page suivante. Chargez une page et dites oui à nouveau."
    ),
    "inst_refused_notice": "La notice a changé depuis que le oui a été donné",
    "inst_refused_notice_do": "Le navigateur pose la question à nouveau. Chargez une page et dites oui à nouveau.",
    "inst_refused_rate": "Trop de choses sont arrivées à la fois et ont été refusées",
    "inst_refused_rate_do": (
        "Attendez une minute. Si tous les visiteurs passent par un même proxy, ils partagent sa limite : voir "
        "BYLEAVE_TRUSTED_PROXIES."
    ),
    "inst_refused_clock": "L’horloge de ce serveur est fausse",
    "inst_refused_clock_do": (
        "Elle retarde sur les jetons qu’il a lui-même donnés. Mettez-la à l’heure (NTP), puis réessayez."
    ),
    "inst_refused_unstored": "Le serveur n’a pas pu enregistrer ce qui est arrivé",
    "inst_refused_unstored_do": (
        "Les navigateurs réessaient pendant une heure. Lancez byleave doctor sur le serveur, et lisez son journal."
    ),
    "inst_refused_other": "Ce qui est arrivé a été refusé : {value}",
    "inst_refused_other_do": "La console du navigateur dit pourquoi, en une phrase. Regardez-y (F12).",
    # Nothing is wrong so far
    "inst_yes_no_event": "Quelqu’un a dit oui ; sa première page est en route",
    "inst_yes_no_event_do": (
        "Elle arrive en deux secondes. Sinon, regardez la console du navigateur (F12) : une politique de contenu "
        "(connect-src) ou un bloqueur la retient peut-être."
    ),
    "inst_asked_no_yes": "La question a été chargée ; personne n’a dit oui jusqu’ici",
    "inst_asked_no_yes_do": (
        "Dites oui vous-même sur une page de {site}. Avant un oui, rien n’est compté : c’est le but."
    ),
    "inst_tag_only": "Le script a été chargé, mais aucune page de {site} n’a posé la question",
    "inst_tag_only_do": (
        "Le navigateur a peut-être déjà sa réponse (ouvrez une fenêtre privée), la page manque de HTTPS ou se trouve "
        "dans un cadre, ou la balise pose la question par un autre outil (data-banner, data-cmp) ou appartient à un "
        "autre site de ce serveur."
    ),
    "inst_nothing": "Aucune page n’a chargé le script",
    "inst_nothing_do": (
        "Ouvrez une page de {site}, affichez son code source (Ctrl+U) et cherchez tag.js. S’il n’y est pas, la ligne "
        "manque, ou un cache sert encore l’ancienne page. S’il y est, un bloqueur, la politique de contenu de la page "
        "(script-src) ou le réseau tient le navigateur loin de ce serveur : sa console (F12) le dit."
    ),
}
