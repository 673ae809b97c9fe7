"""The picture of journeys: in proportion, nothing overlapping, bands as wide as what they carry."""

import itertools
import re

import pytest

from dashboard.charts.sankey import PITCH, Node, draw_sankey

COLUMNS = [
    [Node("a", 60), Node("b", 30), Node("other:0", 10)],
    [Node("c", 45), Node("d", 15)],
    [Node("e", 20)],
]
LINKS = [
    ("a", "c", 40), ("a", "d", 5), ("a", "left:1", 15), ("b", "c", 5), ("b", "d", 10), ("b", "left:1", 15),
    ("other:0", "left:1", 10), ("c", "e", 20), ("c", "left:2", 25), ("d", "left:2", 15), ("left:1", "left:2", 40),
]  # fmt: skip


def ends(path: str) -> tuple[float, float, float, float]:
    """Top and bottom of a band at its start and at its end."""
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]
    return numbers[1], numbers[-1], numbers[7], numbers[8]


def test_heights_are_in_proportion_and_nodes_do_not_overlap() -> None:
    picture = draw_sankey(COLUMNS, LINKS)
    assert picture.boxes["a"].height / picture.boxes["b"].height == pytest.approx(2, rel=0.01)
    for nodes in COLUMNS:
        boxes = [picture.boxes[node.key] for node in nodes]
        for upper, lower in itertools.pairwise(boxes):
            assert lower.y >= upper.y + max(upper.height, PITCH - 1)


def test_the_bands_into_and_out_of_a_node_fill_it() -> None:
    picture = draw_sankey(COLUMNS, LINKS)
    bands = [band for ribbons in picture.ribbons for band in ribbons if not band.leaves]
    into_c = sorted(ends(band.path)[2:] for band in bands if band.target == "c")
    box = picture.boxes["c"]
    assert into_c[0][0] == pytest.approx(box.y, abs=0.2)
    assert into_c[0][1] == pytest.approx(into_c[1][0], abs=0.2)
    assert into_c[1][1] == pytest.approx(box.y + box.height, abs=0.4)


def test_who_left_is_a_stub_and_who_had_left_before_is_not_drawn() -> None:
    picture = draw_sankey(COLUMNS, LINKS)
    stubs = [(band.source, band.target) for ribbons in picture.ribbons for band in ribbons if band.leaves]
    assert sorted(stubs) == [("a", "left:1"), ("b", "left:1"), ("c", "left:2"), ("d", "left:2"), ("other:0", "left:1")]


def test_who_had_not_begun_is_a_stub_before_the_node() -> None:
    picture = draw_sankey([[Node("a", 5)], [Node("b", 20)]], [("a", "b", 5), ("left:0", "b", 15)])
    assert [(band.source, band.leaves) for band in picture.ribbons[0]] == [("a", False), ("left:0", True)]


@pytest.mark.parametrize(
    "columns", [[], [[]], [[Node("a", 0)]], [[Node(str(n), 1) for n in range(31)]], [[Node("a", 10**12)], []]]
)
def test_any_columns_can_be_drawn(columns: list[list[Node]]) -> None:
    picture = draw_sankey(columns, [])
    assert picture.height >= PITCH
    assert len(picture.boxes) == sum(len(nodes) for nodes in columns)
