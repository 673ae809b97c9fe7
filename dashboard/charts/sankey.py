"""Journeys as bands between columns. Across in percent, down in pixels: words keep their size at any width.

A column's height is its nodes and *other*; who left is told by a bar at the column's foot and by a grey stub where they
leave, so that the many who leave do not push the few who stay out of sight.
"""

from collections.abc import Mapping, Sequence

import msgspec

HEIGHT = 430.0  # pixels that the fullest column takes
PITCH = 20.0  # pixels between the tops of two nodes, at least: their words must not touch
GAP = 8.0  # pixels between two nodes
THIN = 2.0  # pixels of the smallest node
BAND = 100.0  # units across between two columns
STUB = 34.0  # units across of a stub of those who leave


class Node(msgspec.Struct, frozen=True):
    """One node to draw; `key` is what links name."""

    key: str
    visits: int


class Box(msgspec.Struct, frozen=True):
    """A node's place: percent across, pixels down."""

    x: float
    y: float
    height: float


class Ribbon(msgspec.Struct, frozen=True):
    """A link's outline in a box of BAND × the picture's height; `leaves` for a stub of those who leave or come."""

    source: str
    target: str
    visits: int
    path: str
    leaves: bool = False


class Sankey(msgspec.Struct, frozen=True):
    """The whole picture: places by key, ribbons by the column they start from, width of a column in percent."""

    boxes: dict[str, Box]
    ribbons: list[list[Ribbon]]
    width: float
    height: float


def draw_sankey(columns: Sequence[Sequence[Node]], links: Sequence[tuple[str, str, int]]) -> Sankey:
    """Place nodes (in the order given) and links (from key, to key, visits); a key in no column is someone who left."""
    width = 100 / max(1, len(columns))
    scale = _pixels_a_visit(columns)
    boxes = {
        key: box for index, nodes in enumerate(columns) for key, box in _column(nodes, index * width, scale).items()
    }
    home = {node.key: index for index, nodes in enumerate(columns) for node in nodes}
    height = max((box.y + max(box.height, PITCH) for box in boxes.values()), default=PITCH)
    return Sankey(boxes, _ribbons(links, boxes, home, len(columns), scale), width, height)


def _pixels_a_visit(columns: Sequence[Sequence[Node]]) -> float:
    fullest = max((sum(node.visits for node in nodes) for nodes in columns), default=0)
    most = max((len(nodes) for nodes in columns), default=0)
    return (HEIGHT - most * GAP) / fullest if fullest else 0.0


def _column(nodes: Sequence[Node], x: float, scale: float) -> dict[str, Box]:
    y, boxes = 0.0, {}
    for node in nodes:
        height = max(THIN, node.visits * scale)
        boxes[node.key] = Box(round(x, 3), round(y, 1), round(height, 1))
        y += max(height + GAP, PITCH)
    return boxes


def _ribbons(
    links: Sequence[tuple[str, str, int]],
    boxes: Mapping[str, Box],
    home: Mapping[str, int],
    columns: int,
    scale: float,
) -> list[list[Ribbon]]:
    """Bands leave and reach a node in the order of the nodes at their other end; stubs lie below all bands."""
    out_at = {key: box.y for key, box in boxes.items()}
    in_at = dict(out_at)
    drawn: list[list[Ribbon]] = [[] for _ in range(columns)]
    far = float("inf")

    def order(link: tuple[str, str, int]) -> tuple[float, float]:
        source, target, _ = link
        return (boxes[source].y if source in boxes else far, boxes[target].y if target in boxes else far)

    for source, target, visits in sorted(links, key=order):
        thick = max(0.5, visits * scale)
        if source in boxes and target in boxes:
            path = _band(out_at[source], in_at[target], thick)
            drawn[home[source]].append(Ribbon(source, target, visits, path))
        elif source in boxes:
            drawn[home[source]].append(Ribbon(source, target, visits, _leaving(out_at[source], thick), leaves=True))
        elif target in boxes and home[target] > 0:
            drawn[home[target] - 1].append(Ribbon(source, target, visits, _coming(in_at[target], thick), leaves=True))
        if source in boxes:
            out_at[source] += thick
        if target in boxes:
            in_at[target] += thick
    return drawn


def _band(start: float, end: float, thick: float) -> str:
    middle = BAND / 2
    return (
        f"M0,{start:.1f}C{middle:g},{start:.1f} {middle:g},{end:.1f} {BAND:g},{end:.1f}V{end + thick:.1f}"
        f"C{middle:g},{end + thick:.1f} {middle:g},{start + thick:.1f} 0,{start + thick:.1f}Z"
    )


def _leaving(start: float, thick: float) -> str:
    """A stub that narrows to nothing just below the node."""
    middle, end = start + thick / 2, start + thick + GAP
    return f"M0,{start:.1f}C{STUB / 2:g},{start:.1f} {STUB:g},{middle:.1f} {STUB:g},{end:.1f}L0,{start + thick:.1f}Z"


def _coming(end: float, thick: float) -> str:
    """The same, mirrored: visits that begin here."""
    from_x, middle, start = BAND - STUB, BAND - STUB / 2, end + thick + GAP
    return (
        f"M{BAND:g},{end:.1f}C{middle:g},{end:.1f} {from_x:g},{end + thick / 2:.1f} {from_x:g},{start:.1f}"
        f"L{BAND:g},{end + thick:.1f}Z"
    )
