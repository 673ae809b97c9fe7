"""What the pages about goals and funnels say, in English."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "goals": "Goals",
    "goals_title": "Goals",
    "goals_of": "{visits} {visits:visit|visits} in this range",
    "goal": "Goal",
    "goal_new": "Add a goal",
    "goal_edit": "change",
    "goal_edit_named": "change {name}",
    "goal_change": "Change the goal {name}",
    "goal_draw": "over time",
    "goal_draw_named": "{name} over time",
    "goal_journeys": "journeys",
    "goal_journeys_named": "{name}: journeys around it",
    "goal_over_time": "{name}, {days}",
    "goal_value": "Value",
    "goal_value_help": (
        "The sum of the amounts that its events in this range carry, by their own time. A visit that began before the "
        "range counts with its events, though not as a conversion."
    ),
    "goal_value_narrowed": (
        "No value is shown under a filter on a page, click or event: it would leave only some of the amounts."
    ),
    "goal_lines": "What the line shows",
    "metric_conversions": "Conversions",
    "metric_conversion_rate": "Conversion rate",
    "help_conversions": "Visits that began in this range and hold the goal at least once, with all they did.",
    "help_conversion_rate": "Conversions ÷ visits.",
    "goals_few": (
        "Under the filter on the city some numbers are of fewer than {k} people. They read 0 or a dash, and are not "
        "told."
    ),
    "goals_csv": "Goals as CSV",
    "funnels_csv": "Funnels as CSV",
    # Nothing there yet
    "goals_none": "What should a visit lead to?",
    "goals_none_do": (
        "Name it, and this page counts the visits that get there: how many, which share, since when, and with funnels "
        "where the others turn away. It counts what is stored already, also of the months before."
    ),
    "goals_none_page": "A page that is reached: the thanks after an order, the prices, anything below a folder.",
    "goals_none_click": "A click: a link, a download, or a button with its name in data-byleave.",
    "goals_none_event": "An event that your page sends with byleave.track, with its amount if it has one.",
    "goals_none_viewer": "Who administers this site can name its goals here.",
    "funnels": "Funnels",
    "funnels_none": "A funnel is a row of 2 to 8 steps. It shows how many visits take each, and where the others go.",
    # A funnel
    "funnel_new": "Add a funnel",
    "funnel_change": "Change the funnel {name}",
    "funnel_is_loose": "in this order, with anything between",
    "funnel_is_strict": "each the very next step",
    "funnel_through": "{through} of {began} {began:visit gets|visits get} through: {share}.",
    "funnel_nobody": "No visit took the first step in this range.",
    "funnel_journeys_named": "{name}: journeys from here",
    "funnel_drop": "{count} {count:goes|go} no further ({share})",
    "funnel_follow": "{count} {count:visit|visits}, {share} of those at the step before. Follow from {name}",
    "funnel_share_help": "Of the visits at the first step.",
    "funnel_table": "As a table",
    "funnel_number": "Step",
    "funnel_step": "What",
    "funnel_visits": "Visits",
    "funnel_share": "Of the first",
    "funnel_dropped": "No further",
    "funnel_where": "Where instead",
    # Forms
    "goal_name": "Name",
    "goal_name_hint": "Order",
    "goal_step": "Page, click or event",
    "goal_step_help": (
        "A page by its path, like /thanks or /blog/*; click:Sign up for a click, by the name or address under Clicks "
        "on the overview; event:order for an event. * stands for any text, ? for any one character."
    ),
    "goal_valued": "Sum the amounts of its events",
    "goal_save": "Save",
    "goal_back": "Back to the goals",
    "goal_remove": "Remove the goal",
    "goal_remove_do": "Only its name and definition go. The visits stay, and added again it counts them as before.",
    "goal_remove_yes": "Yes, remove {name}",
    "funnel_name_hint": "From the product to the order",
    "funnel_field": "Step {number}",
    "funnel_fields": "Steps",
    "funnel_fields_help": "{fewest} to {most}, each as above; leave the others empty.",
    "funnel_mode": "Between two steps",
    "funnel_mode_loose": "anything may happen",
    "funnel_mode_strict": "nothing: each is the very next one",
    "funnel_remove": "Remove the funnel",
    # Done
    "done_goal_kept": "The goal is saved.",
    "done_goal_removed": "The goal is removed.",
    "done_funnel_kept": "The funnel is saved.",
    "done_funnel_removed": "The funnel is removed.",
    # Errors
    "goal_bad_name": "A goal needs a name of at most {most} characters.",
    "goal_bad_taken": "Another goal has this name. Give this one a name of its own.",
    "goal_bad_full": "A site keeps at most {most} goals. Remove one first.",
    "goal_bad_step": (
        "Step {number} is empty, too long or has characters that no name holds: give it like /thanks, click:Sign up or "
        "event:order, in at most {most} characters."
    ),
    "goal_bad_page": (
        "Step {number} is no path: a page begins with /, like /thanks or /blog/*, without the site’s name. A click "
        "begins with click: and an event with event:"
    ),
    "goal_bad_value": "Only events have amounts: take the tick away, or name an event, like event:order.",
    "funnel_bad_name": "A funnel needs a name of at most {most} characters.",
    "funnel_bad_taken": "Another funnel has this name. Give this one a name of its own.",
    "funnel_bad_full": "A site keeps at most {most} funnels. Remove one first.",
    "funnel_bad_count": (
        "A funnel has {fewest} to {most} steps. Fill in as many; for a single step, add a goal instead."
    ),
    "funnel_bad_mode": "Between two steps of a funnel is anything or nothing: choose one of the two.",
}
