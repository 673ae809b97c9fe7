"""Why a page cannot be shown."""

from dashboard.language import DEFAULT, language
from dashboard.query.bad_query import BadQuery
from dashboard.texts import say


class PageRefused(Exception):
    """The address asks for what cannot be shown; the message, for the reader, says what to do."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def unanswered(error: BadQuery) -> PageRefused:
    """What a report cannot answer, said to a reader; English takes the report's own words where there are no others."""
    if error.reason:
        return PageRefused(say(f"unanswered_{error.reason}"))
    if language() == DEFAULT:
        return PageRefused(say("bad_query", field=error.field, detail=error.detail))
    return PageRefused(say("unanswered", field=error.field))
