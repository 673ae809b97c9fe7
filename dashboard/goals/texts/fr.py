"""What the pages about goals and funnels say, in French."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "goals": "Objectifs",
    "goals_title": "Objectifs",
    "goals_of": "{visits} {visits:visite|visites} dans cette période",
    "goal": "Objectif",
    "goal_new": "Ajouter un objectif",
    "goal_edit": "modifier",
    "goal_edit_named": "modifier {name}",
    "goal_change": "Modifier l’objectif {name}",
    "goal_draw": "dans le temps",
    "goal_draw_named": "{name} dans le temps",
    "goal_journeys": "parcours",
    "goal_journeys_named": "{name} : parcours autour",
    "goal_over_time": "{name}, {days}",
    "goal_value": "Montant",
    "goal_value_help": (
        "La somme des montants que portent ses événements de cette période, à leur propre heure. Une visite commencée "
        "avant la période compte par ses événements, mais pas comme conversion."
    ),
    "goal_value_narrowed": (
        "Pas de valeur sous un filtre sur une page, un clic ou un événement : il n’en laisserait qu’une partie."
    ),
    "goal_lines": "Ce que montre la courbe",
    "metric_conversions": "Conversions",
    "metric_conversion_rate": "Taux de conversion",
    "help_conversions": (
        "Visites commencées dans cette période qui contiennent l’objectif au moins une fois, avec tout ce qu’elles ont "
        "fait."
    ),
    "help_conversion_rate": "Conversions ÷ visites.",
    "goals_few": (
        "Sous le filtre sur la ville, certains nombres sont de moins de {k} personnes. Ils se lisent 0 ou un tiret, et "
        "ne sont pas dits."
    ),
    "goals_csv": "Objectifs en CSV",
    "funnels_csv": "Entonnoirs en CSV",
    # Nothing there yet
    "goals_none": "À quoi une visite doit-elle mener ?",
    "goals_none_do": (
        "Donnez-lui un nom, et cette page compte les visites qui y arrivent : combien, quelle part, depuis quand, et "
        "avec les entonnoirs où les autres s’en vont. Elle compte aussi ce qui est déjà enregistré."
    ),
    "goals_none_page": "Une page atteinte : le merci après une commande, les tarifs, tout ce qui est dans un dossier.",
    "goals_none_click": "Un clic : un lien, un téléchargement, ou un bouton avec son nom dans data-byleave.",
    "goals_none_event": "Un événement que votre page envoie avec byleave.track, avec son montant s’il en a un.",
    "goals_none_viewer": "Qui administre ce site peut nommer ses objectifs ici.",
    "funnels": "Entonnoirs",
    "funnels_none": (
        "Un entonnoir est une suite de 2 à 8 étapes. Il montre combien de visites passent par chacune, et où vont les "
        "autres."
    ),
    # A funnel
    "funnel_new": "Ajouter un entonnoir",
    "funnel_change": "Modifier l’entonnoir {name}",
    "funnel_is_loose": "dans cet ordre, avec n’importe quoi entre deux",
    "funnel_is_strict": "chacune juste après l’autre",
    "funnel_through": "{through} sur {began} {began:visite|visites} vont au bout : {share}.",
    "funnel_nobody": "Aucune visite n’a fait la première étape dans cette période.",
    "funnel_journeys_named": "{name} : parcours à partir d’ici",
    "funnel_drop": "{count} {count:ne va|ne vont} pas plus loin ({share})",
    "funnel_follow": "{count} {count:visite|visites}, {share} de celles de l’étape d’avant. Suivre à partir de {name}",
    "funnel_share_help": "Des visites à la première étape.",
    "funnel_table": "En tableau",
    "funnel_number": "Étape",
    "funnel_step": "Quoi",
    "funnel_visits": "Visites",
    "funnel_share": "De la première",
    "funnel_dropped": "Pas plus loin",
    "funnel_where": "Où à la place",
    # Forms
    "goal_name": "Nom",
    "goal_name_hint": "Commande",
    "goal_step": "Page, clic ou événement",
    "goal_step_help": (
        "Une page par son chemin, comme /merci ou /blog/* ; click:Inscription pour un clic, par le nom ou l’adresse "
        "sous Clics dans la vue d’ensemble ; event:order pour un événement. * vaut n’importe quel texte, ? un seul "
        "caractère."
    ),
    "goal_valued": "Additionner les montants de ses événements",
    "goal_save": "Enregistrer",
    "goal_back": "Retour aux objectifs",
    "goal_remove": "Retirer l’objectif",
    "goal_remove_do": (
        "Seuls son nom et sa définition s’en vont. Les visites restent, et ajouté de nouveau il les compte comme avant."
    ),
    "goal_remove_yes": "Oui, retirer {name}",
    "funnel_name_hint": "Du produit à la commande",
    "funnel_field": "Étape {number}",
    "funnel_fields": "Étapes",
    "funnel_fields_help": "{fewest} à {most}, chacune comme ci-dessus ; laissez les autres vides.",
    "funnel_mode": "Entre deux étapes",
    "funnel_mode_loose": "n’importe quoi peut se passer",
    "funnel_mode_strict": "rien : chacune suit aussitôt",
    "funnel_remove": "Retirer l’entonnoir",
    # Done
    "done_goal_kept": "L’objectif est enregistré.",
    "done_goal_removed": "L’objectif est retiré.",
    "done_funnel_kept": "L’entonnoir est enregistré.",
    "done_funnel_removed": "L’entonnoir est retiré.",
    # Errors
    "goal_bad_name": "Un objectif a besoin d’un nom de {most} caractères au plus.",
    "goal_bad_taken": "Un autre objectif porte ce nom. Donnez à celui-ci un nom à lui.",
    "goal_bad_full": "Un site garde {most} objectifs au plus. Retirez-en un d’abord.",
    "goal_bad_step": (
        "L’étape {number} est vide, trop longue ou a des caractères qu’aucun nom ne contient : donnez-la comme /merci, "
        "click:Inscription ou event:order, en {most} caractères au plus."
    ),
    "goal_bad_page": (
        "L’étape {number} n’est pas un chemin : une page commence par /, comme /merci ou /blog/*, sans le nom du site. "
        "Un clic commence par click: et un événement par event:"
    ),
    "goal_bad_value": (
        "Seuls les événements ont des montants : décochez la case, ou nommez un événement, comme event:order."
    ),
    "funnel_bad_name": "Un entonnoir a besoin d’un nom de {most} caractères au plus.",
    "funnel_bad_taken": "Un autre entonnoir porte ce nom. Donnez à celui-ci un nom à lui.",
    "funnel_bad_full": "Un site garde {most} entonnoirs au plus. Retirez-en un d’abord.",
    "funnel_bad_count": (
        "Un entonnoir a {fewest} à {most} étapes. Remplissez-en autant ; pour une seule, ajoutez plutôt un objectif."
    ),
    "funnel_bad_mode": "Entre deux étapes d’un entonnoir, c’est tout ou rien : choisissez l’un des deux.",
}
