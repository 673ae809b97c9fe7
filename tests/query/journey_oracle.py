"""Journeys and funnels in plain Python, from their meaning alone: a visit as the list of its collapsed steps."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from tests.query.oracle import Report
from tests.query.oracle_visit import Event, Visit, glob, is_step

Node = tuple[str, str, str]
"""Kind, target kind, label."""
Counted = tuple[int, int]
"""Visits, and the distinct subjects behind them."""
Key = TypeVar("Key")
KINDS = {"pageview": "page", "click": "click", "event": "event"}


@dataclass
class Turn:
    """One collapsed step: the node, and the rows that were collapsed into it."""

    node: Node
    rows: list[Event] = field(default_factory=list)

    def is_step(self, step: Any) -> bool:
        return any(is_step(row, step) for row in self.rows)


def grouped(path: str, group: str, patterns: tuple[str, ...]) -> str:
    if group == "folder":
        parts = path.split("/")
        return f"/{parts[1]}/*" if len(parts) > 2 and parts[0] == "" and parts[1] else path
    if group == "pattern":
        return next((pattern for pattern in patterns if glob(pattern, path)), path)
    return path


def node_of(row: Event, group: str, patterns: tuple[str, ...]) -> Node:
    if row.kind == "pageview":
        return ("page", "", grouped(row.path, group, patterns))
    return (KINDS[row.kind], (row.target_kind or "") if row.kind == "click" else "", row.target or "")


def turns_of(visit: Visit, query: dict[str, Any], patterns: tuple[str, ...]) -> list[Turn]:
    turns: list[Turn] = []
    for row in visit.rows:
        if KINDS.get(row.kind) not in query["include"]:
            continue
        node = node_of(row, query["group"], patterns)
        if not turns or turns[-1].node != node:
            turns.append(Turn(node))
        turns[-1].rows.append(row)
    return turns


class Journeys:
    """What one request is about: the visits of the range, the matched ones, and where each is in each column."""

    def __init__(self, events: list[Event], query: dict[str, Any], site: str, zone: str, k: int, patterns: Any) -> None:
        report = Report(events, query, site, zone, k, shared=False)
        self.visits = [visit for visit in report.kept if visit.began and report.start <= visit.began < report.end]
        self.routes = [(visit.subject, turns_of(visit, query, patterns)) for visit in self.visits]
        steps = query.get("steps", 5)
        before, after = 0, steps - 1
        if "end" in query:
            before, after = steps - 1, 0
        if "through" in query:
            before, after = steps, steps
        self.walks: list[tuple[UUID, list[Node | None]]] = []
        self.turns: list[list[Turn | None]] = []
        """What the walks are made of, in the same order."""
        for subject, turns in self.routes:
            at = _anchor(turns, query)
            if at is not None:
                spots = range(at - before, at + after + 1)
                taken = [turns[spot] if 0 <= spot < len(turns) else None for spot in [*spots, at + after + 1]]
                self.turns.append(taken)
                self.walks.append((subject, [turn and turn.node for turn in taken[:-1]]))

    def nodes(self, column: int) -> dict[Node, Counted]:
        """Visits and distinct subjects of each node of a column."""
        here = ((walk[column], subject) for subject, walk in self.walks)
        return _counted((node, subject) for node, subject in here if node is not None)

    def spent(self, column: int, node: Node) -> list[tuple[UUID, float]]:
        """Whoever is at a node and goes on: the subject, and the seconds from that step to the next."""
        found = []
        for (subject, _), turns in zip(self.walks, self.turns, strict=True):
            here, following = turns[column : column + 2]
            if here and following and here.node == node:
                seconds = (following.rows[0].occurred_at - here.rows[0].occurred_at).total_seconds()
                found.append((subject, max(seconds, 0)))
        return found

    def links(self, column: int) -> dict[tuple[Node | None, Node | None], Counted]:
        """Visits and distinct subjects of each link from a column to the next; None is *left*."""
        return _counted(((walk[column], walk[column + 1]), subject) for subject, walk in self.walks)


def _anchor(turns: list[Turn], query: dict[str, Any]) -> int | None:
    for name in ("start", "end", "through"):
        if name in query:
            hits = [number for number, turn in enumerate(turns) if turn.is_step(query[name])]
            return (hits[-1] if name == "end" else hits[0]) if hits else None
    return 0 if turns else None


def _counted(pairs: Iterable[tuple[Key, UUID]]) -> dict[Key, Counted]:
    visits: Counter[Key] = Counter()
    subjects: dict[Key, set[UUID]] = defaultdict(set)
    for key, subject in pairs:
        visits[key] += 1
        subjects[key].add(subject)
    return {key: (count, len(subjects[key])) for key, count in visits.items()}


def funnel(journeys: Journeys, query: dict[str, Any]) -> tuple[list[Counted], list[dict[Node | None, Counted]]]:
    """Who is at each step, and for each step but the last where those who went no further went: node or None."""
    reached: list[list[UUID]] = [[] for _ in query["steps"]]
    dropped: list[list[tuple[Node | None, UUID]]] = [[] for _ in query["steps"]]
    for subject, turns in journeys.routes:
        at = -1
        for number, step in enumerate(query["steps"]):
            later = range(at + 1, len(turns))
            if number and query["mode"] == "strict":
                later = later[:1]
            spot = next((spot for spot in later if turns[spot].is_step(step)), None)
            if spot is None:
                if number:
                    following = turns[at + 1].node if at + 1 < len(turns) else None
                    dropped[number - 1].append((following, subject))
                break
            at = spot
            reached[number].append(subject)
    return [(len(each), len(set(each))) for each in reached], [_counted(each) for each in dropped[:-1]]
