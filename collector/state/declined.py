"""Why a change that somebody asked for cannot be made."""


class Declined(ValueError):
    """The message says what to do, in English; `reason` and `values` let a page say it in its reader's language."""

    def __init__(self, message: str, reason: str = "", **values: str | int) -> None:
        super().__init__(message)
        self.reason = reason
        self.values = values
