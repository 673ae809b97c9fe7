"""Groups of fewer than k subjects are found, however many they are and whatever their marks have in common."""

import random

import duckdb
import pytest

from dashboard.query.plan import below_k

GROUPS = 40


def facts(chance: random.Random, k: int, alike: int) -> list[tuple[str, str, int]]:
    """Facts (group, visit, mark) of groups of around k subjects, some with several; `alike` last bits are shared."""
    found = []
    for group in range(GROUPS):
        people = max(0, k + (-3, -1, 0, 1, 2, 80)[group % 6])
        marks = chance.sample(range(2 ** (32 - alike)), people)
        found += [(f"g{group % 30}", f"v{mark}", mark << alike) for mark in marks]
    found += [(group, f"{visit} again", mark) for group, visit, mark in found if chance.random() < 0.5]
    chance.shuffle(found)
    return found


@pytest.mark.parametrize("alike", [0, 3, 5, 6, 20])
@pytest.mark.parametrize("k", [1, 2, 5, 63, 64, 65, 200])
def test_groups_below_k(k: int, alike: int) -> None:
    rows = facts(random.Random(k * 100 + alike), k, alike)
    people: dict[str, set[int]] = {}
    for group, _, mark in rows:
        people.setdefault(group, set()).add(mark)
    # A fact of nothing, such as an empty bucket, is of nobody and folds nowhere.
    values = ", ".join(f"('{group}', '{visit}', {mark}::UINTEGER)" for group, visit, mark in rows)
    statement = (
        f"WITH fact(d0, visit, mark) AS (VALUES {values}, ('empty', NULL, NULL)), {below_k('small', 'd0', 'fact')}"
        " FROM small ORDER BY d0"
    )
    with duckdb.connect() as db:
        small = [name for (name,) in db.execute(statement, {"k": k}).fetchall()]
    assert small == sorted(group for group, marks in people.items() if len(marks) < k)
    assert 0 < len(small) < len(people) or k == 1
