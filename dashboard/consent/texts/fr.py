"""What the page about consent says, in French."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "consent": "Consentement",
    "consent_title": "Ce qu’ont dit les visiteurs",
    "consent_range": "{days}, tout le site",
    "consent_coverage": "Ont dit oui",
    "consent_unknown": "inconnu",
    "consent_made_up": "Ce site est inventé : ses demandes et ses visites le sont aussi, et personne n’y a consenti.",
    "consent_given": "Oui, la première fois",
    "consent_reconfirmed": "Oui, de nouveau",
    "consent_withdrawn": "Retirés",
    "consent_expired": "Expirés",
    "consent_in_force": "En vigueur",
    "consent_over_time": "Oui et retraits au fil du temps",
    "consent_bar": "{when} : {given} oui pour la première fois, {reconfirmed} de nouveau, {withdrawn} retirés",
    "consent_nothing": "Personne n’a dit oui ni retiré son oui dans cette période.",
    "consent_day": "Jour",
    "consent_month": "Mois",
    "consent_by_purpose": "À quoi ils ont dit oui",
    "consent_purpose": "Finalité",
    "consent_yeses": "Oui",
    "consent_share": "Part",
    "consent_notices": "Selon quelle notice",
    "consent_notice": "Notice {id}",
    "consent_published": "Publiée le {when}.",
    "consent_draft": "Un projet : seules les pages sur localhost peuvent poser la question.",
    "consent_material": "Depuis, la question est reposée aux visiteurs.",
    "consent_covers": "{yes} oui dans cette période ({share}), {rows} {rows:ligne|lignes} en tout.",
    "consent_rows_go": "Sa ligne la plus ancienne disparaît le {day}.",
    "consent_changes": "Ce qu’elle a changé",
    "consent_change": "{field} : {old} → {new}",
    "consent_asked_again": "question reposée",
    "consent_none": "aucun",
    "consent_was": "Avant : {text}",
    "consent_is": "Maintenant : {text}",
    "consent_ends": "Ce qui prend fin ensuite",
    "consent_ends_within": "D’ici {days} jours",
    "consent_ends_later": "Plus tard",
    "consent_ends_of": "Consentements qui expirent s’ils ne sont pas redonnés",
    "consent_erasures": "Effacements",
    "consent_erasures_none": "Aucun effacement n’a été demandé sur ce serveur ces 31 derniers jours.",
    "consent_erasures_are": (
        "Ces 31 derniers jours sur ce serveur, pour tous les sites : {waiting} en attente, {done} faits."
    ),
    "consent_waits_since": "Le plus ancien attend depuis le {when} ; il est dû dans les 24 heures.",
    "consent_last_done": "Le dernier a été fait le {when}.",
    "consent_prove": "Prouver",
    "consent_prove_about": (
        "Parcourt tout le registre des consentements et chaque ligne enregistrée de ce site : chacune doit mener à un "
        "oui qui était en vigueur, selon la notice qu’elle nomme. Comme byleave consent verify."
    ),
    "consent_proving": "En cours : {share}",
    "consent_proved_at": "Résultat du {when}",
    "consent_export": "Export pour une autorité",
    "consent_export_about": (
        "Les notices, les inscriptions avec leurs empreintes et la tête signée, pour que d’autres puissent vérifier "
        "seuls. Les inscriptions d’autres sites n’y sont que comme empreintes."
    ),
    "purpose_measure": "Compter les visites",
    "purpose_returning": "Reconnaître une visite ultérieure",
    "purpose_ads": "Qu’une publicité a été cliquée",
}
