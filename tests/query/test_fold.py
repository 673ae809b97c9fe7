"""Links below k: exchanged with *other*, and what happens when it is too small for that."""

from dashboard.journeys.fold import Column, Link, fold_links


def shown(links: list[Link]) -> dict[tuple[str, str], int]:
    return {(link.source, link.target): link.visits for link in links}


def test_a_small_link_is_exchanged_with_other() -> None:
    columns = [Column({"A": 12}, 5, 1), Column({"B": 11}, 4, 1)]
    links = [
        Link(0, "A", "B", 2, 2),
        Link(0, "A", "left", 10, 9),
        Link(0, "other", "B", 1, 1),
        Link(0, "other", "other", 4, 4),
    ]
    assert shown(fold_links(columns, links, 3, 0)) == {
        ("A", "other"): 2,
        ("A", "left"): 10,
        ("other", "B"): 3,
        ("other", "other"): 2,
    }
    assert (columns[0].nodes, columns[1].nodes) == ({"A": 12}, {"B": 11})


def test_without_room_the_smallest_node_away_from_the_anchor_joins_other() -> None:
    columns = [Column({"A": 9, "B": 9}, 0, 0), Column({"C": 10, "D": 8}, 0, 0)]
    links = [Link(0, "A", "C", 8, 8), Link(0, "A", "D", 1, 1), Link(0, "B", "C", 2, 2), Link(0, "B", "D", 7, 7)]
    forward = fold_links(columns, links, 3, 0)
    # D joins first; then B → C finds seven visits from B, none from other, to go with: C joins too.
    assert (columns[1].nodes, columns[1].other_visits, columns[1].other_nodes) == ({}, 18, 2)
    assert shown(forward) == {("A", "other"): 9, ("B", "other"): 9}


def test_towards_the_anchor_the_source_joins_other() -> None:
    columns = [Column({"A": 9, "B": 4}, 0, 0), Column({"C": 13}, 0, 0)]
    links = [Link(0, "A", "C", 9, 9), Link(0, "B", "C", 4, 2)]
    assert shown(fold_links(columns, links, 3, 1)) == {("A", "C"): 9, ("other", "C"): 4}
    assert (columns[0].nodes, columns[0].other_visits) == ({"A": 9}, 4)


def test_links_that_name_one_step_only_stay() -> None:
    columns = [Column({"A": 3}, 0, 0), Column({}, 1, 1)]
    links = [Link(0, "A", "other", 1, 1), Link(0, "A", "left", 2, 1)]
    assert shown(fold_links(columns, links, 3, 0)) == {("A", "other"): 1, ("A", "left"): 2}
