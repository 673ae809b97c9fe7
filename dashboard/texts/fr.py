"""What every page says, and those of signing in, of setting up and of errors, in French."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # Everywhere
    "product": "Byleave",
    "skip": "Aller aux nombres",
    "nav_label": "Site",
    "overview": "Vue d’ensemble",
    "journeys": "Parcours",
    "visits": "Visites",
    "sites": "Sites",
    "api": "API",
    "place_credit": "Données de lieu de DB-IP.com",
    "sign_out": "Se déconnecter",
    "language": "Langue",
    "in_utc": "{moment} UTC",
    "k_explained": "Les villes et étapes de moins de {k} personnes sont réunies (k = {k})",
    # Sign-in
    "sign_in": "Se connecter",
    "email": "E-mail",
    "password": "Mot de passe",
    "sign_in_wrong": "L’e-mail et le mot de passe ne correspondent à aucun compte. Vérifiez les deux et réessayez.",
    "sign_in_slow": "Trop de tentatives. Attendez {wait} {wait:seconde|secondes}, puis réessayez.",
    "sign_in_lost": "Mot de passe oublié ?",
    "form_stale": (
        "Ce formulaire n’est plus valable, ou le navigateur n’a pas envoyé de cookie avec lui. Réessayez ; en simple "
        "http, seul localhost fonctionne, ailleurs utilisez https."
    ),
    # Welcome
    "welcome": "Bienvenue",
    "welcome_lead": (
        "Vous êtes la première personne ici. Choisissez comment vous vous connecterez ; ce lien ne servira plus "
        "ensuite."
    ),
    "password_rule": (
        "Au moins 12 caractères. Quelques mots que vous retiendrez valent mieux qu’un seul que vous oublierez."
    ),
    "create_owner": "Créer le compte et se connecter",
    "welcome_gone": "Ce lien a été utilisé ou a expiré",
    "welcome_gone_do": (
        "Si vous avez un compte, connectez-vous. Si personne n’en a encore, redémarrez le serveur : il affiche un "
        "nouveau lien."
    ),
    # Sites
    "no_sites": "Pas encore de site",
    "no_sites_do": "ou sur le serveur, dans un terminal :",
    "no_sites_member": "Votre compte ne peut voir aucun site pour l’instant. Demandez à un propriétaire de ce serveur.",
    "add_another": "Ou sur le serveur, dans un terminal :",
    # Set-up
    "setup_title": "Installer {site}",
    "setup_lead": "Une ligne, dans l’en-tête (head) de chaque page à compter :",
    "copy": "Copier",
    "copied": "Copié",
    "setup_next": "Ce qui se passe ensuite",
    "setup_step_ask": (
        "Quelqu’un ouvre une page, et la question lui est posée. Jusqu’au oui, rien n’est enregistré et rien n’est "
        "envoyé."
    ),
    "setup_step_yes": "Un oui : cette page est la première ligne ici, en deux secondes.",
    "setup_step_no": (
        "Un non, ou le navigateur envoie Global Privacy Control : rien ne se passe, sur aucune page suivante non plus."
    ),
    "setup_draft": (
        "La notice de ce site est un projet : elle ne nomme pas de responsable ou pas de contact, donc seules les "
        "pages sur localhost peuvent poser la question. Dites qui vous êtes :"
    ),
    "setup_no_notice": "Ce site n’a pas encore de notice : la question ne peut être posée à personne. Publiez-en une :",
    "setup_hosts": "Le compte se fait sur {hosts}, et sur aucun autre nom d’hôte.",
    # Errors
    "not_found": "Il n’y a rien ici",
    "not_found_do": "L’adresse est peut-être mal écrite, ou le site porte un autre nom.",
    "refused": "Cette page ne peut pas être montrée",
    "forbidden": "Ce n’est pas permis",
    "method": "Cette page ne prend pas cela",
    "method_do": "Cette adresse ne prend pas ce qui a été envoyé. Revenez en arrière et réessayez.",
    "body_unreadable": "Le formulaire n’a pas pu être lu. Revenez en arrière et renvoyez-le, avec moins de contenu.",
    "body_slow": "Le formulaire a mis trop de temps à arriver. Revenez en arrière et renvoyez-le.",
    "body_large": "Le formulaire est trop grand. Revenez en arrière et renvoyez-le, avec moins de contenu.",
    "body_type": "Seuls les formulaires de ces pages sont acceptés. Revenez en arrière et renvoyez-le.",
    "failed": "Quelque chose s’est mal passé sur le serveur",
    "failed_do": "Réessayez. Si cela persiste, la personne qui tient ce serveur trouvera la cause dans son journal.",
    "home": "Vers les sites",
    "unavailable": "Les données sont hors d’atteinte pour le moment",
    "unavailable_do": (
        "Rien n’a été modifié. Le serveur est occupé ou ne peut pas lire ses fichiers : attendez un instant, puis "
        "réessayez. Si cela persiste, la personne qui gère ce serveur demande : byleave doctor"
    ),
    "too_long": "Ce rapport a pris trop de temps",
    "too_long_do": (
        "Il a été abandonné pour ne pas faire attendre les autres. Choisissez une période plus courte "
        "ou moins de filtres, ou réessayez plus tard."
    ),
    "unavailable_kept": "Ce que vous avez saisi est conservé dans cette page.",
    "send_again": "Envoyer à nouveau",
    "try_again": "Réessayer",
}
