"""One line of the table of numbers."""

from typing import NamedTuple


class Row(NamedTuple):
    """What was measured, what is to be reached, what it was, and whether that is enough."""

    what: str
    reach: str
    measured: str
    reached: bool

    @property
    def line(self) -> str:
        """As a row of a Markdown table."""
        return f"| {self.what} | {self.reach} | {self.measured} | {'yes' if self.reached else 'no'} |"
