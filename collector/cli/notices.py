"""byleave notice publish, list and show."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec
from sqlalchemy import Row, select

from collector.cli import confirm, notice_text
from collector.cli.options import data_option, json_option, print_json, settings_of_data, visits_option, with_state
from collector.cli.sites import listed
from collector.consent.difference import Difference, difference
from collector.consent.notice import NoticeError, Planned
from collector.consent.record import iso
from collector.consent.republishing import replan, republish
from collector.state import sites, tables
from collector.state.audit import COMMAND_LINE
from collector.state.database import State

IN_FORCE = "in-force"
PREFIX = 6  # digits of an id that are enough, where they fit one notice alone


@click.group()
def notice() -> None:
    """What visitors are told: immutable versions, each row kept under its own."""


@notice.command("publish")
@click.argument("host")
@click.option("--controller", help="Who is responsible: the name that visitors read.")
@click.option("--contact", help="Where visitors write: an e-mail address or a page.")
@click.option("--authority", help="The authority that visitors may complain to.")
@click.option("--recipient", "recipients", multiple=True, help="Who else receives the data; repeat for several.")
@click.option("--purposes", help="What to ask for: measure,returning,ads.")
@click.option("--retention-months", type=int, help="How long rows are kept.")
@click.option("--k", type=int, help="Fewest people a city or step must have to be named.")
@click.option("--query-keep", multiple=True, help="A query name whose value is part of the page, such as p.")
@visits_option
@click.option("--languages", help="Languages of banner and notice, such as en,de.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and publish nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before a change after which visitors are asked again.")
@data_option
@json_option
def publish(host: str, data: str | None, as_json: bool, dry_run: bool, yes: bool, **given: Any) -> None:
    """Publish a new notice for HOST; what is not given stays as it was, and "" takes away.

    The server decides whether the change is material: then every visitor is asked again. Rows already stored keep
    the notice under which they were collected.
    """
    settings = settings_of_data(data)
    name, planned = with_state(settings, lambda state: _planned(state, host, given))
    if not as_json:
        click.echo("\n".join(_told(name, planned)))
    if not dry_run:
        confirm.asking_again(planned, yes)
        planned = with_state(settings, lambda state: _publish(state, name, given, planned.before))
    if as_json:
        print_json(_as_json(name, planned, published=not dry_run))
    elif dry_run:
        click.echo("Nothing was published.")
    else:
        click.echo(f"Published {planned.id} for {name}.")
        if planned.draft:
            click.echo("It is still a draft: give --controller and --contact.")


@notice.command("list")
@click.argument("host")
@data_option
@json_option
def list_(host: str, data: str | None, as_json: bool) -> None:
    """List the notices of HOST with what each changed, the one in force last."""
    rows = with_state(settings_of_data(data), lambda state: _notices(state, host))
    found = [_listed(number, row, rows[number - 2] if number > 1 else None) for number, row in enumerate(rows, 1)]
    found[-1]["in_force"] = True
    if as_json:
        print_json([{**one, "changes": msgspec.to_builtins(one["changes"])} for one in found])
        return
    for one in found:
        marks = [name for name in ("draft", "material", "in_force") if one[name]]
        click.echo(f"{one['number']}  {one['published']}  {one['id']}  {', '.join(marks).replace('_', ' ')}".rstrip())
        for change in one["changes"]:
            click.echo(f"     {notice_text.term(change)}")


@notice.command("show")
@click.argument("host")
@click.argument("which", default=IN_FORCE)
@click.option("--language", help="Which of its languages to show [default: en].")
@data_option
@json_option
def show(host: str, which: str, language: str | None, data: str | None, as_json: bool) -> None:
    """Show a notice of HOST as visitors read it: WHICH is in-force, its number in the list, or its id."""
    rows = with_state(settings_of_data(data), lambda state: _notices(state, host))
    number = _chosen(rows, which)
    row = rows[number - 1]
    body = msgspec.json.decode(row.body)
    if language is not None and language not in body["texts"]:
        raise NoticeError(f"This notice has no texts in '{language}'; it has {', '.join(sorted(body['texts']))}.")
    if as_json:
        texts = {language: body["texts"][language]} if language else body["texts"]
        print_json({**_facts(number, row), "in_force": number == len(rows), "body": {**body, "texts": texts}})
        return
    marks = [*(["draft"] if row.draft else []), *(["in force"] if number == len(rows) else [])]
    click.echo(f"Notice {number} of {row.site}, published {iso(row.published_at)}{''.join(f', {m}' for m in marks)}")
    click.echo(f"SHA-256 {row.id}")
    click.echo("\n".join(notice_text.said(body, language or notice_text.reading_language(body["texts"]))))


async def _planned(state: State, host: str, given: dict[str, Any]) -> tuple[str, Planned]:
    async with state.read() as connection:
        site = await sites.named(connection, host)
        return site.name, await replan(connection, site.name, _changes(given), int(time.time()))


async def _publish(state: State, name: str, given: dict[str, Any], shown: str | None) -> Planned:
    async with state.write() as connection:
        await sites.named(connection, name)
        return await republish(connection, name, _changes(given), int(time.time()), COMMAND_LINE, shown)


def _changes(given: Mapping[str, Any]) -> dict[str, Any]:
    changes = {key: value for key, value in given.items() if value is not None and value != ()}
    return changes | {key: listed(changes[key]) for key in ("purposes", "languages") if key in changes}


async def _notices(state: State, host: str) -> Sequence[Row[Any]]:
    """The notices of a site, removed ones too: they are served for ever. Raises UnknownSite."""
    async with state.read() as connection:
        gone = host.strip().lower() in await sites.removed(connection)
        name = host.strip().lower() if gone else (await sites.named(connection, host)).name
        query = select(tables.notice).where(tables.notice.c.site == name).order_by(tables.notice.c.seq)
        found = (await connection.execute(query)).all()
    if not found:
        raise NoticeError(f"{name} has no notice yet. Publish one with: byleave notice publish {name}")
    return found


def _told(name: str, planned: Planned) -> list[str]:
    if planned.difference is None:
        return [f"The first notice of {name}."]
    standing = (
        "A material change: every visitor is asked again."
        if planned.material
        else "A minor change: consents stay valid, and rows keep the notice they have."
    )
    return [f"Against the notice in force ({planned.before}):", *notice_text.changed(planned.difference), "", standing]


def _as_json(name: str, planned: Planned, *, published: bool) -> dict[str, Any]:
    found = planned.difference or Difference()
    return {
        "site": name,
        "id": planned.id if published else None,
        "draft": planned.draft,
        "material": planned.material,
        "before": planned.before,
        **msgspec.to_builtins(found),
    }


def _facts(number: int, row: Row[Any]) -> dict[str, Any]:
    return {
        "number": number,
        "id": row.id,
        "site": row.site,
        "published": iso(row.published_at),
        "draft": row.draft,
        "material": row.material,
    }


def _listed(number: int, row: Row[Any], before: Row[Any] | None) -> dict[str, Any]:
    body = msgspec.json.decode(row.body)
    changes = difference(msgspec.json.decode(before.body), body).terms if before is not None else ()
    return {**_facts(number, row), "in_force": False, "changes": changes}


def _chosen(rows: Sequence[Row[Any]], which: str) -> int:
    """The number of a notice, from 1. Raises NoticeError."""
    if which == IN_FORCE:
        return len(rows)
    if which.isdecimal() and len(which) < PREFIX:
        found = [int(which)] if 1 <= int(which) <= len(rows) else []
    else:
        wanted = which.lower()
        found = [number for number, row in enumerate(rows, 1) if row.id.startswith(wanted) and len(wanted) >= PREFIX]
    if len(found) != 1:
        raise NoticeError(f"There is no one notice '{which}': give in-force, a number up to {len(rows)}, or an id.")
    return found[0]
