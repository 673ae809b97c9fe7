"""Nodes: the steps of a visit as journeys and lists of visits name them."""

from typing import NamedTuple


class Node(NamedTuple):
    """`kind`: page, click or event. `target_kind`: a click's (link, outbound, …), else ''. `label`: its text."""

    kind: str
    target_kind: str
    label: str


def read_key(key: str) -> Node:
    """The node of a key that sql/node_key.sql made: neither kind holds a colon, the label may."""
    return Node(*key.split(":", 2))
