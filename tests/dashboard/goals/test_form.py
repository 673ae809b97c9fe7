"""Goals and funnels are added, changed and removed by forms: by whom they may be, noted, and refused with a reason."""

import time

import httpx2
import pytest

from collector.state.accounts import create_account
from collector.state.audit import entries
from collector.state.funnels import keep_funnel, list_funnels
from collector.state.goals import Goal, keep_goal, list_goals
from dashboard.pages.journey_steps import parse_step, write_step
from tests.dashboard.believable import SITE
from tests.dashboard.conftest import OTHER, PASSWORD, House, csrf_of, sign_in
from tests.dashboard.goals.test_page import PAGE, rows
from tests.dashboard.pages.test_overview import Elements

THANKS = {"page": "/thanks"}


async def send(browser: httpx2.AsyncClient, what: str, state: str = "", **fields: str) -> httpx2.Response:
    """Fill in the form of a goal or a funnel, and send it."""
    address = f"{PAGE}/{what}{state}"
    proof = csrf_of((await browser.get(address)).text)
    return await browser.post(address, data={"csrf": proof, **fields})


async def kept(house: House, site: str = SITE) -> list[Goal]:
    async with house.state.read() as connection:
        return await list_goals(connection, site)


async def test_a_goal_is_added_changed_and_removed(visited: House, owner: httpx2.AsyncClient) -> None:
    added = await send(owner, "goal", "?period=7d", name=" Signed  up ", step=" event: signup ", valued="on")
    assert (added.status_code, added.headers["location"]) == (303, f"{PAGE}?period=7d&done=goal_kept")
    html = (await owner.get(added.headers["location"])).text
    assert "The goal is saved." in html
    assert "Signed up" in html and "event:signup" in html
    (goal,) = await kept(visited)
    assert goal == Goal(goal.id, "Signed up", {"event": "signup"}, True)
    form = Elements((await owner.get(f"{PAGE}/goal?id={goal.id}")).text)
    inputs = {one["name"]: one for tag, one in form.found if tag == "input" and "name" in one}
    assert (inputs["name"]["value"], inputs["step"]["value"], "checked" in inputs["valued"]) == (
        "Signed up",
        "event:signup",
        True,
    )
    await send(owner, "goal", f"?id={goal.id}", name="Thanked", step="/thanks")
    assert await kept(visited) == [Goal(goal.id, "Thanked", THANKS, False)]
    asked = (await owner.get(f"{PAGE}/goal?id={goal.id}")).text
    assert "Yes, remove Thanked" in asked
    removed = await send(owner, "goal", f"?id={goal.id}", do="remove")
    assert removed.headers["location"].endswith("done=goal_removed")
    assert await kept(visited) == []
    assert (await owner.get(f"{PAGE}/goal?id={goal.id}")).status_code == 404
    async with visited.state.read() as connection:
        noted = [(one.actor, one.action, one.site, one.detail) for one in await entries(connection, 3)]
    assert [action for _, action, _, _ in noted] == ["goal removed", "goal changed", "goal added"]
    assert noted[2] == ("owner@example.com", "goal added", SITE, {"name": "Signed up", "steps": "event:signup"})


async def test_a_funnel_is_added_changed_and_removed(visited: House, owner: httpx2.AsyncClient) -> None:
    fields = {"step1": "/", "step2": "", "step3": "/pricing", "step5": "click: start-free-trial"}
    await send(owner, "funnel", name="Trial", mode="strict", **fields)
    async with visited.state.read() as connection:
        (funnel,) = await list_funnels(connection, SITE)
    assert (funnel.name, funnel.mode) == ("Trial", "strict")
    assert funnel.steps == ({"page": "/"}, {"page": "/pricing"}, {"click": "start-free-trial"})
    html = (await owner.get(f"{PAGE}/funnel?id={funnel.id}")).text
    assert 'value="click:start-free-trial"' in html
    assert '<option value="strict" selected>' in html
    await send(owner, "funnel", f"?id={funnel.id}", name="Trial", mode="loose", step1="/", step2="/signup")
    async with visited.state.read() as connection:
        assert (await list_funnels(connection, SITE))[0].mode == "loose"
    await send(owner, "funnel", f"?id={funnel.id}", do="remove")
    async with visited.state.read() as connection:
        assert await list_funnels(connection, SITE) == []
        noted = [(one.action, one.detail["steps"]) for one in await entries(connection, 3)]
    assert noted == [
        ("funnel removed", "/ → /signup"),
        ("funnel changed", "/ → /signup"),
        ("funnel added", "/ → /pricing → click:start-free-trial"),
    ]


STEPS = {f"step{number}": "/" for number in range(1, 10)}
REFUSED: dict[str, tuple[str, dict[str, str], str]] = {
    "no name": ("goal", {"name": " ", "step": "/"}, "A goal needs a name"),
    "a long name": ("goal", {"name": "x" * 65, "step": "/"}, "at most 64 characters"),
    "a name that is there": ("goal", {"name": "kept", "step": "/"}, "Another goal has this name"),
    "no step": ("goal", {"name": "x", "step": " "}, "Step 1 is empty"),
    "a click without a name": ("goal", {"name": "x", "step": "click:"}, "Step 1 is empty"),
    "a NUL": ("goal", {"name": "x", "step": "/\0"}, "characters that no name holds"),
    "a whole address": ("goal", {"name": "x", "step": f"https://{SITE}/thanks"}, "Step 1 is no path"),
    "a path without its slash": ("goal", {"name": "x", "step": "thanks"}, "Step 1 is no path"),
    "amounts of a page": ("goal", {"name": "x", "step": "/", "valued": "on"}, "Only events have amounts"),
    "1 step": ("funnel", {"name": "x", "step1": "/"}, "A funnel has 2 to 8 steps"),
    "9 steps": ("funnel", {"name": "x", **STEPS}, "A funnel has 2 to 8 steps"),
    "a bad third step": ("funnel", {"name": "x", "step1": "/", "step4": "/a", "step6": "b"}, "Step 3 is no path"),
    "a funnel's name that is there": ("funnel", {"name": "Kept", "step1": "/", "step2": "/a"}, "Another funnel has"),
    "a funnel without a name": ("funnel", {"step1": "/", "step2": "/a"}, "A funnel needs a name"),
    "a mode that is none": (
        "funnel",
        {"name": "x", "mode": "quick", "step1": "/", "step2": "/a"},
        "anything or nothing",
    ),
}


async def test_what_cannot_be_kept_is_told_and_can_be_mended(visited: House, owner: httpx2.AsyncClient) -> None:
    async with visited.state.write() as connection:
        await keep_goal(connection, SITE, "Kept", THANKS, False)
        await keep_funnel(connection, SITE, "kept", "loose", [THANKS, THANKS])
    for case, (what, fields, told) in REFUSED.items():
        answer = await send(owner, what, **fields)
        assert answer.status_code == 400, case
        assert told in answer.text, case
        inputs = [one.get("value", "") for tag, one in Elements(answer.text).found if tag == "input"]
        for name, text in fields.items():
            assert name in ("valued", "mode", "step9") or text.strip() in inputs, f"{case}: {name} is there to mend"
    assert len(await kept(visited)) == 1
    async with visited.state.read() as connection:
        assert len(await list_funnels(connection, SITE)) == 1
        assert await entries(connection, 1) == [], "what was refused is no change"


async def test_what_is_typed_can_be_what_visits_did(visited: House, owner: httpx2.AsyncClient) -> None:
    for what in ("goal", "funnel"):
        found = Elements((await owner.get(f"{PAGE}/{what}")).text).found
        offered = [one["value"] for tag, one in found if tag == "option" and one.get("value", "")]
        assert {"/pricing", "click:start-free-trial", "event:signup"} <= set(offered)


async def test_goals_are_their_own_sites_and_a_viewer_only_reads(visited: House, owner: httpx2.AsyncClient) -> None:
    async with visited.state.write() as connection:
        await create_account(connection, "viewer@example.com", PASSWORD, "viewer", int(time.time()), [SITE])
        theirs = await keep_goal(connection, OTHER, "Theirs", THANKS, False)
        await keep_goal(connection, SITE, "Ours", THANKS, False)
    assert (await owner.get(f"{PAGE}/goal?id={theirs}")).status_code == 404
    html = (await owner.get(PAGE)).text
    assert "Theirs" not in html
    forged = {"csrf": csrf_of(html), "do": "remove", "name": "Ours now", "step": "/"}
    assert (await owner.post(f"{PAGE}/goal?id={theirs}", data=forged)).status_code == 404
    assert [one.name for one in await kept(visited, OTHER)] == ["Theirs"]
    async with visited.browser() as viewer:
        await sign_in(viewer, "viewer@example.com")
        html = (await viewer.get(PAGE)).text
        assert "Ours" in html
        assert f"{PAGE}/" not in html, "no way to a form"
        proof = csrf_of(html)
        answer = await viewer.post(f"{PAGE}/goal", data={"csrf": proof, "name": "Forged", "step": "/"})
        assert answer.status_code == 403
    assert (await owner.post(f"{PAGE}/goal", data={"name": "Forged", "step": "/"})).status_code == 403
    assert [one.name for one in await kept(visited)] == ["Ours"]


async def test_emptiness_teaches(house: House, owner: httpx2.AsyncClient) -> None:
    html = (await owner.get(PAGE)).text
    assert "What should a visit lead to?" in html
    assert f'href="{PAGE}/goal"' in html
    assert f'href="{PAGE}/funnel"' in html
    async with house.state.write() as connection:
        await keep_goal(connection, SITE, "Thanks", {"page": "/thanks"}, False)
        await keep_funnel(connection, SITE, "Shop", "loose", [{"page": "/"}, {"page": "/thanks"}])
    html = (await owner.get(PAGE)).text
    assert rows(html) == [["0", "–"]]
    assert "No visit took the first step" in html
    assert "style=" not in html


@pytest.mark.parametrize("text", ["/blog/*", "click:Sign up", "event:a:b", "event:*", "*"])
def test_a_step_is_read_as_it_was_written(text: str) -> None:
    assert write_step(parse_step(text)) == text
