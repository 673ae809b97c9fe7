"""What the pages of settings say, in French."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "no_right": "Votre compte n’y est pas autorisé. Demandez à un propriétaire de ce serveur.",
    "settings": "Réglages",
    "change": "Modifier",
    "save": "Enregistrer",
    "site": "Site",
    # One's own account
    "account": "Compte",
    "language_of_pages": "Langue de ces pages et des e-mails qui vous sont adressés",
    "language_browser": "Comme le demande le navigateur",
    "password_now": "Votre mot de passe actuel",
    "password_new": "Nouveau mot de passe",
    "password_others": "Tous les autres navigateurs sont déconnectés.",
    "password_change": "Changer le mot de passe",
    "password_wrong": "Ce n’est pas votre mot de passe : rien n’a été changé.",
    "sign_ins": "Où vous êtes connecté",
    "sign_ins_note": "D’un navigateur, seuls le nom et le système sont gardés : ni adresse, ni version.",
    "sign_in_on": "{browser} sur {os}",
    "sign_in_program": "Un navigateur qui ne dit pas lequel",
    "sign_in_here": "(celui-ci)",
    "sign_in_since": "depuis {since}, jusqu’à {until}",
    "sign_out_of": "Se déconnecter : {browser}, depuis {since}",
    "sign_out_others": "Déconnecter partout ailleurs",
    # Second factor
    "factor": "Second facteur",
    "factor_on": "Le code d’une application est demandé après le mot de passe. Codes de secours restants : {codes}.",
    "factor_is_off": "Le mot de passe seul ouvre votre compte.",
    "factor_turn_on": "Activer le second facteur",
    "factor_turn_off": "Désactiver le second facteur",
    "factor_scan": "Scannez ceci avec une application d’authentification, puis saisissez le code qu’elle affiche.",
    "factor_picture": "Code QR pour l’application d’authentification ; le même secret figure dessous en texte",
    "factor_type": "Ou saisissez ce secret dans l’application :",
    "code": "Code",
    "code_title": "Encore une étape",
    "code_rule": "Les six chiffres de votre application d’authentification, ou l’un de vos codes de secours.",
    "code_wrong": "Ce code est faux, trop ancien ou déjà utilisé. Attendez le suivant, puis réessayez.",
    "codes": "Codes de secours",
    "codes_do": (
        "Chacun ouvre votre compte une fois si l’application est perdue. Ils ne sont montrés que cette fois : "
        "notez-les maintenant."
    ),
    "codes_kept": "Je les ai gardés",
    "codes_renew": "Créer de nouveaux codes de secours",
    # A lost password
    "lost_title": "Mot de passe oublié",
    "lost_do": "Donnez l’adresse de votre compte.",
    "lost_send": "Envoyer un lien",
    "lost_mailed": (
        "Si cette adresse a un compte, un lien est en route. Il fonctionne une seule fois, pendant une heure."
    ),
    "lost_logged": (
        "L’envoi d’e-mails n’est pas réglé ici. Si cette adresse a un compte, le journal de ce serveur contient "
        "maintenant un lien, pour une heure. La personne qui tient le serveur vous le remet, ou fixe un mot de passe "
        "avec : byleave user password"
    ),
    "reset_title": "Nouveau mot de passe",
    "reset_gone_do": "Demandez-en un autre sur la page de connexion.",
    "reset_done": "Le mot de passe est changé",
    "reset_done_do": "Vous êtes déconnecté partout. Connectez-vous avec le nouveau.",
    "mail_subject": "Un nouveau mot de passe pour Byleave",
    "mail_text": (
        "Quelqu’un, sans doute vous, a demandé un nouveau mot de passe. Choisissez-le ici dans l’heure ; le lien "
        "fonctionne une seule fois :\n\n{link}\n\nSi ce n’était pas vous, ne faites rien : votre mot de passe reste le "
        "même.\n"
    ),
    # People
    "people": "Personnes",
    "roles_explained": (
        "Un propriétaire peut tout. Un administrateur change les réglages d’un site, un lecteur le lit. Personne "
        "d’autre n’en connaît l’existence."
    ),
    "role": "Peut être",
    "role_where": "Sur quel site (pas pour un propriétaire)",
    "role_owner": "propriétaire",
    "role_admin": "administrateur",
    "role_viewer": "lecteur",
    "role_none": "rien là-bas",
    "role_of": "{role} de {site}",
    "role_nowhere": "aucun site",
    "person_change": "Modifier {email}",
    "person_remove": "Enlever {email}",
    "invite": "Inviter quelqu’un",
    "invite_do": "Créer un lien",
    "invite_link": (
        "Remettez ce lien à {email}. Il fonctionne une seule fois, pendant une semaine, et n’est montré que cette "
        "fois :"
    ),
    "welcome_invited": "Choisissez un mot de passe pour {email} ; ce lien ne servira plus ensuite.",
    "join": "Créer le compte et se connecter",
    # Audit log
    "audit": "Modifications",
    "audit_note": "Qui a changé quel réglage, et quand. Rien ici ne peut être changé ni enlevé.",
    "audit_when": "Quand",
    "audit_who": "Qui",
    "audit_what": "Quoi",
    "audit_none": "Aucun réglage n’a été changé pour l’instant.",
    # Sites
    "site_add": "Ajouter un site",
    "hostname": "Nom d’hôte",
    "controller": "Responsable : qui l’est, tel que les visiteurs le lisent",
    "contact": "Contact : où les visiteurs écrivent",
    "draft_rule": (
        "Sans ces deux-là, la notice est un projet, et seules les pages sur localhost peuvent poser la question."
    ),
    "time_zone": "Fuseau horaire",
    "settings_of": "Réglages de {site}",
    "site_title": "Titre : comment ces pages l’appellent",
    "title_rule": (
        "Par exemple le nom de la boutique ; vide pour {site}. On le lit ici, par les liens de partage et sur papier. "
        "L’adresse, la ligne de code, la notice et les fichiers enregistrés gardent {site}."
    ),
    "rename": "Renommer",
    "aliases": "Autres noms d’hôte, un par ligne",
    "aliases_rule": (
        "Par exemple www.{site} ou *.{site}. Le nom {site} lui-même ne peut pas changer : chaque ligne, jeton et "
        "consentement le porte. Pour une nouvelle adresse du même site, ajoutez-la ici ; ses visites se comptent avec "
        "les anciennes."
    ),
    "zone_rule": "Les jours commencent et finissent à cette heure, aussi dans les rapports sur le passé.",
    "remove_site": "Enlever ce site",
    "remove_warning": (
        "Cela retire chaque consentement pour {site} et efface chaque ligne, pour toujours. Ses notices restent, pour "
        "les reçus que gardent les visiteurs. En un jour, aucun fichier n’en contient plus un octet."
    ),
    "remove_type": "Tapez {site} pour continuer",
    "remove_typed": "Ce n’est pas {site} : rien n’a été enlevé.",
    # Tokens
    "tokens": "Jetons d’API",
    "tokens_note": (
        "Avec un jeton, un programme lit les rapports de ce site ou lui envoie des événements. Seule son empreinte est "
        "gardée."
    ),
    "token_once": "Gardez ce jeton maintenant ; il n’est montré que cette fois :",
    "token_used": "utilisé pour la dernière fois : {when}",
    "token_unused": "jamais utilisé",
    "token_revoke": "Révoquer {token}",
    "revoke": "Révoquer",
    "token_label": "À quoi il sert",
    "token_scope": "Il peut",
    "token_create": "Créer un jeton",
    "scope_read": "lire les rapports",
    "scope_events": "envoyer des événements",
    # What was done
    "done_password": "Le mot de passe est changé. Tous les autres navigateurs ont été déconnectés.",
    "done_signed_out": "Ce navigateur est déconnecté.",
    "done_signed_out_all": "Tous les autres navigateurs sont déconnectés.",
    "done_factor_off": "Le second facteur est désactivé.",
    "done_changed": "Le compte est modifié.",
    "done_removed": "Le compte est enlevé.",
    "done_site_changed": "Enregistré.",
    "done_renamed": "Renommé.",
    "done_site_removed": "Le site est enlevé. Ses lignes sont en cours d’effacement.",
    "done_token_revoked": "Le jeton n’ouvre plus rien.",
    # Why a change cannot be made
    "declined_role": "Choisissez ce que la personne peut être : propriétaire, administrateur ou lecteur.",
    "declined_email_taken": "{email} a déjà un compte : modifiez-le plutôt.",
    "declined_password_short": "Le mot de passe est trop court : prenez au moins {least} caractères.",
    "declined_password_long": "Le mot de passe est trop long : prenez au plus {most} caractères.",
    "declined_email": "Ce n’est pas une adresse e-mail : écrivez-la comme you@example.com.",
    "declined_no_account": "Il n’y a pas de compte pour {email}. Rechargez cette page.",
    "declined_no_site": "Il n’y a pas de site « {site} » ici : choisissez-en un dans la liste.",
    "declined_last_owner": "C’est le seul propriétaire : donnez d’abord ce rôle à quelqu’un d’autre.",
    "declined_scope": "Choisissez ce que le jeton peut faire : lire les rapports ou envoyer des événements.",
    "declined_label": "Ce libellé ne convient pas : prenez au plus {most} caractères imprimables.",
    "declined_no_token": "Ce jeton n’existe plus. Rechargez cette page.",
    "declined_hostname": "« {host} » n’est pas un nom d’hôte : écrivez-le comme example.com, sans https:// ni chemin.",
    "declined_wide": "« {host} » prendrait tous les sites qui en dépendent : écrivez-le comme *.example.com.",
    "declined_zone": "« {zone} » n’est pas un fuseau horaire : écrivez-le comme Europe/Berlin ou America/New_York.",
    "declined_title": "Ce titre ne convient pas : prenez au plus {most} caractères imprimables, sur une ligne.",
    "declined_host_taken": "{host} appartient déjà au site {site}. Choisissez un autre nom.",
    "declined_unprintable": "Le responsable et le contact prennent au plus {most} caractères imprimables chacun.",
    "declined_retention": "Les lignes peuvent être gardées de 1 à 120 mois : donnez un nombre entier.",
    "declined_notice_same": "Rien n’a changé : la notice en vigueur dit exactement cela.",
    "declined_notice_nobody": (
        "La notice en vigueur nomme le responsable et le contact ; une suivante ne peut pas s’en passer."
    ),
    "declined_notice_meanwhile": (
        "Entre-temps, une autre notice a été publiée. Voyez ce qu’elle a changé, puis réessayez."
    ),
    # The audit log
    "did_account-added": "compte créé",
    "did_account-changed": "compte modifié",
    "did_account-removed": "compte enlevé",
    "did_invitation-made": "invitation créée",
    "did_password-changed": "mot de passe changé",
    "did_password-reset": "mot de passe réinitialisé",
    "did_second-factor-on": "second facteur activé",
    "did_second-factor-off": "second facteur désactivé",
    "did_recovery-codes-made": "codes de secours créés",
    "did_signed-out-everywhere": "déconnecté partout",
    "did_site-added": "site ajouté",
    "did_site-changed": "site modifié",
    "did_site-removed": "site enlevé",
    "did_notice-published": "notice publiée",
    "did_goal-added": "objectif ajouté",
    "did_goal-changed": "objectif modifié",
    "did_goal-removed": "objectif enlevé",
    "did_funnel-added": "entonnoir ajouté",
    "did_funnel-changed": "entonnoir modifié",
    "did_funnel-removed": "entonnoir enlevé",
    "did_token-created": "jeton créé",
    "did_token-revoked": "jeton révoqué",
    "did_share-link-made": "lien de partage créé",
    "did_share-link-revoked": "lien de partage révoqué",
    "did_keys-rotated": "clés renouvelées",
    "detail_account": "compte",
    "detail_role": "rôle",
    "detail_at": "de",
    "detail_sites": "de",
    "detail_aliases": "autres noms d’hôte",
    "detail_timezone": "fuseau horaire",
    "detail_title": "titre",
    "detail_path-keep": "chemins conservés",
    "detail_patterns": "motifs",
    "detail_token": "jeton",
    "detail_scope": "peut",
    "detail_link": "lien",
    "detail_origins": "dans les cadres de",
    "detail_label": "pour",
    "detail_name": "nom",
    "detail_steps": "étapes",
    "detail_notice": "notice",
    "notice_told": "Ce qui est dit aux visiteurs",
    "notice_note": (
        "Chaque changement publie une nouvelle notice. Les lignes gardent celle sous laquelle elles ont été "
        "recueillies. Le reste d’une notice se règle sur le serveur : byleave notice publish."
    ),
    "retention": "Mois pendant lesquels une ligne est gardée",
    "visits_choice": "Visites une à une dans les rapports",
    "visits_on_choice": "montrées, comme de grossières suites d’étapes",
    "visits_off_choice": "non montrées : ni page Visites, ni visite dans l’API",
    "notice_publish": "Publier",
    "notice_again": (
        "Après ce changement, la question est posée à nouveau à chaque visiteur, car son oui ne le couvre pas."
    ),
    "notice_not_again": "La question n’est reposée à personne : un oui donné avant couvre ce changement.",
    "notice_terms": "Ce qu’elle change",
    "notice_words": "Dans les mots que lisent les visiteurs",
    "notice_confirm": "Publier, et poser à nouveau la question à chaque visiteur",
    "done_notice": "La nouvelle notice est publiée.",
    "detail_retention_months": "mois de garde d’une ligne",
    "detail_visits": "visites une à une",
    "back_to_settings": "Retour aux réglages",
    "invite_mail_subject": "Vous êtes invité à Byleave",
    "invite_mail_text": (
        "{who} vous invite à regarder les visites d’un site. Choisissez ici un mot de passe dans la semaine ; le lien "
        "fonctionne une fois :\n\n{link}\n\nSi cela ne vous dit rien, ne faites rien.\n"
    ),
    "invite_not_mailed": (
        "L’invitation n’a pas pu être envoyée ; le journal du serveur dit pourquoi. Le lien ci-dessous est bon : "
        "transmettez-le."
    ),
    "done_invited": "L’invitation est en route par e-mail. Son lien fonctionne une fois, pendant une semaine.",
    "did_consent-exported": "a exporté le journal des consentements",
    "did_proof-made": "a fait prouver les lignes",
}
