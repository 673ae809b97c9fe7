"""Why a page cannot be shown."""


class PageRefused(Exception):
    """The address asks for what cannot be shown; the message, for the reader, says what to do."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
