"""byleave notice publish and list."""

import time
from typing import Any

import click
import msgspec
from sqlalchemy import select

from collector.cli.options import data_option, json_option, print_json, settings_from, with_state
from collector.cli.sites import listed
from collector.consent import notice as notices
from collector.consent.record import iso
from collector.state import sites, tables
from collector.state.database import State


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
@click.option("--languages", help="Languages of banner and notice, such as en,de.")
@data_option
@json_option
def publish(host: str, data: str | None, as_json: bool, **given: Any) -> None:
    """Publish a new notice for HOST; what is not given stays as it was.

    The server decides whether the change is material: then every visitor is asked again. Rows already stored keep
    the notice under which they were collected.
    """
    result = with_state(settings_from(data=data), lambda state: _publish(state, host, given))
    if as_json:
        print_json(result)
        return
    kind = (
        "a material change: visitors will be asked again"
        if result["material"]
        else "a minor change: consents stay valid"
    )
    click.echo(f"Published {result['id']} for {result['site']} ({kind}).")
    if result["draft"]:
        click.echo("It is still a draft: give --controller and --contact.")


@notice.command("list")
@click.argument("host")
@data_option
@json_option
def list_(host: str, data: str | None, as_json: bool) -> None:
    """List the notices of HOST, the one in force last."""
    rows = with_state(settings_from(data=data), lambda state: _list(state, host))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        marks = [name for name in ("draft", "material") if row[name]]
        click.echo(f"{row['published']}  {row['id']}  {', '.join(marks) or 'minor'}")


async def _publish(state: State, host: str, given: dict[str, Any]) -> dict[str, Any]:
    now = int(time.time())
    async with state.write() as connection:
        site = await sites.named(connection, host)
        latest = select(tables.notice.c.body).where(tables.notice.c.site == site.name)
        body = (await connection.execute(latest.order_by(tables.notice.c.seq.desc()).limit(1))).scalar()
        before = notices.draft_of(msgspec.json.decode(body)) if body else notices.Draft()
        published = await notices.publish(connection, site.name, _changed(before, given), iso(now), now)
    return {"site": site.name, **published}


def _changed(before: notices.Draft, given: dict[str, Any]) -> notices.Draft:
    changes = {name: value for name, value in given.items() if value is not None and value != ()}
    for name in ("purposes", "languages"):
        if name in changes:
            changes[name] = listed(changes[name])
    return msgspec.structs.replace(before, **changes)


async def _list(state: State, host: str) -> list[dict[str, Any]]:
    async with state.read() as connection:
        site = await sites.named(connection, host)
        query = select(tables.notice).where(tables.notice.c.site == site.name).order_by(tables.notice.c.seq)
        rows = (await connection.execute(query)).all()
    return [
        {"id": row.id, "published": iso(row.published_at), "draft": row.draft, "material": row.material} for row in rows
    ]
