"""The columns of a journey report, with a name, a number and an onward address for each of their nodes."""

import re
import unicodedata
from typing import Any

import msgspec

from dashboard.numbers import whole
from dashboard.pages.figures import percent
from dashboard.pages.view import View
from dashboard.query.patterns import escape_glob
from dashboard.texts import say, word

_FOLDER = re.compile(r"/[^/]+/\*")  # as the reports name a folder
_JOINED = frozenset(map(chr, (0x200D, *range(0x1F3FB, 0x1F400))))  # the joiner, and tones of skin
OPENED = 100  # nodes listed of an opened *other* at once
TAIL = 12  # characters at the end of a name, which the picture keeps longest


class Stop(msgspec.Struct, frozen=True):
    """One node: what it is called, how many took it, where a click on it leads.

    `head` and `tail` are the two parts of a long name: where there is no room, the end of the head is left out.
    """

    key: str
    kind: str
    name: str
    head: str
    tail: str
    visits: int
    count: str
    share: str
    bar: str
    url: str
    help: str
    about: str = ""
    """The address of the panel about it; empty where there is none."""
    step: str = ""


class Column(msgspec.Struct, frozen=True):
    """One step: its nodes with *other* last, and those who left before it or had not begun (`gone`)."""

    title: str
    stops: list[Stop]
    gone: int
    gone_count: str
    gone_share: str
    gone_bar: str
    gone_name: str
    gone_help: str
    gone_key: str
    total: str


class Opened(msgspec.Struct, frozen=True):
    """Some of what one column's *other* holds; `withheld` says what stays hidden, or nothing."""

    title: str
    stops: list[Stop]
    withheld: str
    earlier: str
    later: str
    close: str


def columns_of(report: dict[str, Any], view: View, chosen: dict[str, Any]) -> list[Column]:
    """The report's columns; each one's numbers add up to `matched`."""
    columns = report["columns"]
    here = _here(chosen["anchor"], len(columns))
    return [_column(report, index, index - here, view, chosen) for index in range(len(columns))]


def names_of(columns: list[Column]) -> dict[str, str]:
    """What every key of a link is called, with its step."""
    names = {}
    for column in columns:
        for stop in column.stops:
            names[stop.key] = f"{stop.name} ({column.title})"
        names[column.gone_key] = column.gone_name
    return names


def _here(anchor: str, count: int) -> int:
    return {"end": count - 1, "through": count // 2}.get(anchor, 0)


def _column(report: dict[str, Any], index: int, offset: int, view: View, chosen: dict[str, Any]) -> Column:
    raw, matched = report["columns"][index], report["matched"]
    longest = max([*(node["visits"] for node in raw["nodes"]), raw["other"]["visits"], 1])
    stops = [_stop(node, longest, matched, view, chosen) for node in raw["nodes"]]
    if raw["other"]["visits"]:
        stops.append(_other(raw["other"], index, longest, matched, view))
    begun = offset >= 0
    numbers = {"visits": whole(raw["left"]), "matched": whole(matched)}
    return Column(
        title=_title(chosen["anchor"], offset),
        stops=stops,
        gone=raw["left"],
        gone_count=whole(raw["left"]),
        gone_share=percent(raw["left"] / matched) if matched else "",
        gone_bar=f"{raw['left'] / matched * 100:.2f}" if matched else "0",
        gone_name=say("left" if begun else "not_begun"),
        gone_help=say("left_help" if begun else "not_begun_help", **numbers),
        gone_key=f"left:{index}",
        total=whole(sum(stop.visits for stop in stops) + raw["left"]),
    )


def _title(anchor: str, offset: int) -> str:
    if offset == 0:
        return say({"entry": "column_entry", "end": "column_exit"}.get(anchor, "column_here"))
    if anchor == "entry":
        return say("column_step", number=offset + 1)
    return say("column_after" if offset > 0 else "column_before", number=abs(offset))


def _stop(node: dict[str, Any], longest: int, matched: int, view: View, chosen: dict[str, Any]) -> Stop:
    kind = node["kind"]
    shown = node_called(node)
    head, tail = halves(shown)
    visits = whole(node["visits"])
    step = step_of(node, chosen)
    return Stop(
        key=node["id"],
        kind=kind,
        name=shown,
        head=head,
        tail=tail,
        visits=node["visits"],
        count=visits,
        share=percent(node["visits"] / matched) if matched else "",
        bar=f"{node['visits'] / longest * 100:.2f}",
        url=view.url(anchor="start", step=step, open=None, after=None, focus=None),
        help=say("node_help", visits=visits, share=percent(node["visits"] / matched) if matched else ""),
        about=view.url(focus=node["id"]) + "#focus",
        step=step,
    )


def step_of(node: dict[str, Any], chosen: dict[str, Any]) -> str:
    """The step that a node stands for, as parse_step reads it: its own characters, but for a group's glob."""
    kind, name = node["kind"], node["label"]
    if kind != "page":
        return f"{kind}:{escape_glob(name)}"
    if chosen["group"] == "pattern" and name in chosen["patterns"]:
        return str(name)
    if chosen["group"] == "folder" and _FOLDER.fullmatch(name):
        return f"{escape_glob(name[:-1])}*"
    return escape_glob(name)


def _other(other: dict[str, Any], index: int, longest: int, matched: int, view: View) -> Stop:
    name = say("other", count=whole(other["distinct"]))
    return Stop(
        key=f"other:{index}",
        kind="other",
        name=name,
        head=name,
        tail="",
        visits=other["visits"],
        count=whole(other["visits"]),
        share=percent(other["visits"] / matched) if matched else "",
        bar=f"{other['visits'] / longest * 100:.2f}",
        url=view.url(open=str(index), after=None) + "#opened",
        help=say("other_help", count=whole(other["distinct"])),
    )


def opened_of(report: dict[str, Any], columns: list[Column], view: View, chosen: dict[str, Any]) -> Opened | None:
    """What an opened *other* holds; None when none is open."""
    if "opened" not in report:
        return None
    raw, column = report["opened"], columns[report["opened"]["column"]]
    longest = max((node["visits"] for node in raw["nodes"]), default=1)
    hidden = {"visits": whole(raw["withheld"]["visits"]), "count": whole(raw["withheld"]["distinct"])}
    begin, told = int(view.state.get("after", "0")), len(raw["nodes"])
    named = report["columns"][raw["column"]]["other"]["distinct"] - raw["withheld"]["distinct"]
    return Opened(
        title=say("opened", column=column.title),
        stops=[_stop(node, longest, report["matched"], view, chosen) for node in raw["nodes"]],
        withheld=say("opened_withheld", **hidden) if raw["withheld"]["distinct"] else "",
        earlier=_opened_from(view, max(0, begin - OPENED)) if begin else "",
        later=_opened_from(view, begin + told) if told and begin + told < named else "",
        close=view.url(open=None, after=None),
    )


def _opened_from(view: View, begin: int) -> str:
    return view.url(after=str(begin) if begin else None) + "#opened"


def node_called(node: dict[str, Any]) -> str:
    """What a node is called: a page by its path, anything else with its kind."""
    if node["kind"] == "page":
        return str(node["label"])
    kind = node.get("target_kind", node["kind"])
    return f"{word('kind', kind)}: {node['label']}"


def halves(text: str) -> tuple[str, str]:
    """A name before and from its last characters: the end of a path tells more than its middle."""
    cut = len(text) - TAIL
    if cut < TAIL:
        return text, ""
    while cut < len(text) and _joins(text[cut - 1 : cut + 1]):
        cut += 1
    return text[:cut], text[cut:]


def _joins(pair: str) -> bool:
    """Whether a cut between two characters would break one sign: a letter with its marks, an emoji made of several."""
    flags = all("\U0001f1e6" <= letter <= "\U0001f1ff" for letter in pair)
    return flags or pair[0] == "\u200d" or pair[-1] in _JOINED or unicodedata.category(pair[-1]).startswith("M")
