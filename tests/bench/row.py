"""One line of the table of numbers."""

from typing import NamedTuple


class Row(NamedTuple):
    """What was measured, what is to be reached (empty: nothing), what it was, and whether that is enough."""

    what: str
    reach: str
    measured: str
    reached: bool

    @property
    def line(self) -> str:
        """As a row of a Markdown table."""
        reached = ("yes" if self.reached else "no") if self.reach else ""
        return f"| {self.what} | {self.reach} | {self.measured} | {reached} |"
