"""Links below k fold into *other*, so that every sum stays true.

A link between two named nodes that fewer than k subjects took is not shown. Its visits are exchanged with as many that
go from *other* to *other*: `A → B` and `other → other` become `A → other` and `other → B`. What leaves and what enters
each node, *other* included, stays the same, and so do the columns. Where *other* has too few visits for that, the
smallest node at such a link, on the side away from the anchor, joins *other* first.

A link from or to *other* or *left* names one step only, which k subjects took: it stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

OTHER = "other"
LEFT = "left"


@dataclass
class Column:
    """One column: visits by named node (its key, as in nodes.py), the largest first; the rest in *other*."""

    nodes: dict[str, int] = field(default_factory=dict)
    other_visits: int = 0
    other_nodes: int = 0

    def join(self, key: str) -> None:
        """Move a node, if the column has it, into *other*."""
        if key in self.nodes:
            self.other_visits += self.nodes.pop(key)
            self.other_nodes += 1


def read_columns(rows: Iterable[tuple[Any, ...]], count: int) -> list[Column]:
    """The columns before anything is folded: the named nodes, and in *other* what is left of each sum.

    `rows`: of `column` and `node` (sql/journeys.sql, sql/funnel.sql), each with its number, key, visits and nodes.
    """
    columns = [Column() for _ in range(count)]
    found = [(row[0], row[1], row[2], *row[-2:]) for row in rows if row[0] in ("column", "node")]
    for kind, number, _, visits, nodes in found:
        if kind == "column":
            columns[number].other_visits, columns[number].other_nodes = visits, nodes
    for _, number, key, visits, _ in sorted((row for row in found if row[0] == "node"), key=_by_size):
        columns[number].nodes[key] = visits
        columns[number].other_visits -= visits
        columns[number].other_nodes -= 1
    return columns


def _by_size(row: tuple[Any, ...]) -> tuple[int, int, str]:
    return row[1], -row[3], row[2]


@dataclass
class Withheld:
    """What was left out under a filter on the city: numbers of fewer than k subjects, and the visits they counted.

    A visit counts at each number it stands behind.
    """

    rows: int = 0
    visits: int = 0

    def keeps(self, visits: int, subjects: int, k: int) -> bool:
        """Whether a number may be told; one that may not is counted."""
        if subjects >= k or not visits:
            return True
        self.rows += 1
        self.visits += visits
        return False

    def told(self) -> dict[str, int]:
        """As it is answered."""
        return {"rows": self.rows, "visits": self.visits}


@dataclass(frozen=True)
class Link:
    """How many visits and distinct subjects went from a node of column `number` to one of the next."""

    number: int
    source: str
    target: str
    visits: int
    subjects: int


def fold_links(columns: list[Column], links: list[Link], k: int, anchor: int) -> list[Link]:
    """The links to show, in order; moves nodes of `columns` into *other* where it must."""
    while (folded := _first_without_room(links, k)) is not None:
        links = _join_other(columns, links, *_smallest(columns, folded, anchor))
    visits = {(link.number, link.source, link.target): link.visits for link in links}
    for link in _too_small(links, k):
        del visits[link.number, link.source, link.target]
        for source, target, more in ((link.source, OTHER, 1), (OTHER, link.target, 1), (OTHER, OTHER, -1)):
            key = (link.number, source, target)
            visits[key] = visits.get(key, 0) + more * link.visits
    rank = [_ranks(column) for column in columns]
    shown = sorted(visits, key=lambda key: (key[0], rank[key[0]][key[1]], rank[key[0] + 1][key[2]]))
    return [Link(*key, visits[key], 0) for key in shown if visits[key]]


def hold_column(column: Column, left: tuple[int, int], other: int, k: int) -> list[str]:
    """What must join *other* so that neither it nor *left* is of fewer than k subjects, under a filter on the city.

    `left`: its visits and subjects. `other`: at least so many subjects are in *other*. A node has k subjects already,
    so one is enough; where there is none, *left* joins, and *other* is all there is.
    """
    joins = [LEFT] if 0 < left[1] < k else []
    other = max(other, left[1]) if joins else other
    if (column.other_visits or joins) and other < k:
        if column.nodes:
            joins.append(min(column.nodes, key=lambda key: (column.nodes[key], key)))
        elif left[0] and not joins:
            joins.append(LEFT)
    return joins


def hold_links(
    columns: list[Column], links: list[Link], rest: dict[tuple[int, str], tuple[int, int]], k: int, withheld: Withheld
) -> list[Link]:
    """The links to show under a filter on the city, in order: columns are held to k first, then each link is.

    `rest`: visits and subjects of `other` and `left` of each column. A link of fewer than k subjects is left out, so
    what leads into a node or out of it may add up to less than the node.
    """
    for number, column in enumerate(columns):
        left, other = rest.get((number, LEFT), (0, 0)), rest.get((number, OTHER), (0, 0))
        for key in hold_column(column, left, other[1], k):
            if key == LEFT:
                column.other_visits += left[0]
            links = _join_other(columns, links, number, key)
    rank = [_ranks(column) for column in columns]
    kept = [link for link in links if withheld.keeps(link.visits, link.subjects, k)]
    return sorted(
        kept, key=lambda link: (link.number, rank[link.number][link.source], rank[link.number + 1][link.target])
    )


def _ranks(column: Column) -> dict[str, int]:
    return {key: place for place, key in enumerate([*column.nodes, OTHER, LEFT])}


def _too_small(links: list[Link], k: int) -> Iterator[Link]:
    for link in links:
        if link.subjects < k and not {link.source, link.target} & {OTHER, LEFT}:
            yield link


def _first_without_room(links: list[Link], k: int) -> list[Link] | None:
    """The small links of the first pair of columns whose *other* cannot take them."""
    room = {link.number: link.visits for link in links if link.source == link.target == OTHER}
    small: dict[int, list[Link]] = {}
    for link in _too_small(links, k):
        small.setdefault(link.number, []).append(link)
    for number, found in sorted(small.items()):
        if sum(link.visits for link in found) > room.get(number, 0):
            return found
    return None


def _smallest(columns: list[Column], folded: list[Link], anchor: int) -> tuple[int, str]:
    """The node to join *other*, with its column."""
    number = folded[0].number
    forward = number >= anchor
    keys = {link.target if forward else link.source for link in folded}
    column = number + 1 if forward else number
    nodes = columns[column].nodes
    return column, min(keys, key=lambda key: (nodes[key], key))


def _join_other(columns: list[Column], links: list[Link], number: int, key: str) -> list[Link]:
    columns[number].join(key)
    merged: dict[tuple[int, str, str], tuple[int, int]] = {}
    for link in links:
        source = OTHER if (link.number, link.source) == (number, key) else link.source
        target = OTHER if (link.number + 1, link.target) == (number, key) else link.target
        visits, subjects = merged.get((link.number, source, target), (0, 0))
        # At least so many subjects: who is behind both links counts once.
        merged[link.number, source, target] = (visits + link.visits, max(subjects, link.subjects))
    return [Link(*ends, *counts) for ends, counts in merged.items()]
