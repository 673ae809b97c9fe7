"""byleave site add, list, show and set."""

import textwrap
import time
from typing import Any

import click
import msgspec
from sqlalchemy import select

from collector import embedding
from collector.cli import confirm
from collector.cli.options import (
    data_option,
    json_option,
    print_json,
    settings_from,
    settings_of_data,
    visits_option,
    with_state,
)
from collector.consent import notice as notices
from collector.consent.counts import counts
from collector.consent.founding import found_site
from collector.consent.record import iso
from collector.consent.republishing import replan, republish
from collector.settings import Settings
from collector.state import sites, tables
from collector.state.audit import COMMAND_LINE
from collector.state.database import State
from collector.state.site import Site


@click.group()
def site() -> None:
    """The websites that are collected for."""


@site.command("add")
@click.argument("host")
@click.option("--title", default="", help="What the dashboard calls it [default: the hostname].")
@click.option("--controller", default="", help="Who is responsible: the name that visitors read.")
@click.option("--contact", default="", help="Where visitors write: an e-mail address or a page.")
@click.option("--timezone", "zone", default="UTC", show_default=True, help="IANA time zone of the reports.")
@click.option("--alias", "aliases", multiple=True, help="Another hostname, such as www.example.com or *.example.com.")
@click.option(
    "--purposes", default="measure,returning", show_default=True, help="What to ask for: measure,returning,ads."
)
@click.option(
    "--retention-months", type=int, default=notices.RETENTION_MONTHS, show_default=True, help="How long rows are kept."
)
@click.option(
    "--k", type=int, default=notices.K, show_default=True, help="Fewest people a city or step must have to be named."
)
@click.option("--query-keep", multiple=True, help="A query name whose value is part of the page, such as p.")
@click.option("--path-keep", multiple=True, help="Pages whose numbers are no secret and stay, such as /product/*.")
@click.option("--pattern", "patterns", multiple=True, help="Pages that journeys show as one, such as /product/*.")
@visits_option
@click.option("--languages", default="", help="Languages of banner and notice, such as en,de [default: all].")
@click.option("--if-missing", is_flag=True, help="Do nothing when the site is there.")
@data_option
@json_option
def add(data: str | None, as_json: bool, if_missing: bool, **given: Any) -> None:
    """Add the site HOST and publish its first notice.

    Without --controller and --contact the notice is a draft, and only local pages can ask for consent under it.
    """
    lists = (given["path_keep"], given["patterns"])
    new = sites.checked(given["host"], given["aliases"], given["zone"], *lists, given["title"])
    draft = draft_from(given)
    settings = settings_from(data=data)
    result = with_state(settings, lambda state: _add(state, new, draft, if_missing))
    if result["added"]:
        result["snippet"] = embedding.by_name(settings, new.name)
    if as_json:
        print_json(result)
    elif not result["added"]:
        click.echo(f"{new.name} is already there.")
    else:
        click.echo(f"Added {new.name}. Paste this into its pages:\n  {result['snippet']}")
        if result["notice"]["draft"]:
            click.echo(
                "Its notice is a draft: name who is responsible with\n"
                f'  byleave notice publish {new.name} --controller "…" --contact "…"'
            )


@site.command("list")
@data_option
@json_option
def list_(data: str | None, as_json: bool) -> None:
    """List the sites and the notice in force."""
    rows = with_state(settings_of_data(data), _list)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("No site yet. Add one with: byleave site add example.com")
    for row in [] if as_json else rows:
        aliases = f" ({', '.join(row['aliases'])})" if row["aliases"] else ""
        notice = row["notice"]
        standing = (
            "no notice" if notice is None else f"notice {notice['id'][:12]}{' (draft)' if notice['draft'] else ''}"
        )
        title = f" “{row['title']}”" if row["title"] else ""
        click.echo(f"{row['name']}{title}{aliases} · {row['timezone']} · {standing}")


@site.command("show")
@click.argument("host")
@click.option("--sri", is_flag=True, help="The tag pinned to the bytes of this version (subresource integrity).")
@data_option
@json_option
def show(host: str, sri: bool, data: str | None, as_json: bool) -> None:
    """Show the settings of the site HOST, its notice, its tag, and how much of it there is."""
    settings = settings_of_data(data)
    found = with_state(settings, lambda state: _show(state, host))
    found["snippet"] = (embedding.pinned if sri else embedding.by_name)(settings, found["name"])
    if as_json:
        print_json(found)
        return
    click.echo(found["name"])
    for label, value in _shown(found):
        click.echo(f"  {label:<12} {value}")
    click.echo("\n" + textwrap.indent(found["snippet"], "  "))


@site.command("set")
@click.argument("host")
@click.option("--title", help='What the dashboard calls it; "" for the hostname.')
@click.option("--alias", "aliases", multiple=True, help="Another hostname, such as www.example.com or *.example.com.")
@click.option("--timezone", "zone", help="IANA time zone of the reports.")
@click.option("--path-keep", multiple=True, help="Pages whose numbers are no secret and stay, such as /product/*.")
@click.option("--pattern", "patterns", multiple=True, help="Pages that journeys show as one, such as /product/*.")
@visits_option
@click.option("--yes", is_flag=True, help="Do not ask before a change after which visitors are asked again.")
@data_option
@json_option
def set_(host: str, visits: str | None, yes: bool, data: str | None, as_json: bool, **given: Any) -> None:
    """Change settings of the site HOST.

    What is given takes the place of all there was of it; repeat an option for several, and give "" for none. The name
    cannot change, for every token and every row carries it: --title renames the site for those who read its reports,
    and --alias adds its new hostname when the website moves. What visitors are told changes with notice publish; of
    that, --visits alone can be set here, and publishes a notice that says so.
    """
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    if not changes and visits is None:
        raise click.UsageError("Give what to change: --title, --alias, --timezone, --path-keep, --pattern or --visits.")
    settings = settings_of_data(data)
    before, after = with_state(settings, lambda state: _set(state, host, changes))
    told = sites.differences(before, after)
    if visits is not None:
        told |= _set_visits(settings, after.name, visits, yes)
    if as_json:
        print_json(msgspec.to_builtins(after) | ({"visits": visits} if visits else {}))
        return
    for label, change in told.items():
        click.echo(f"{label}: {change}")
    if not told:
        click.echo("Nothing changed.")


def draft_from(given: dict[str, Any]) -> notices.Draft:
    """The owner's decisions about a notice, from the options of a command."""
    return notices.Draft(
        controller=given["controller"],
        contact=given["contact"],
        purposes=listed(given["purposes"]),
        retention_months=given["retention_months"],
        k=given["k"],
        query_keep=tuple(given["query_keep"]),
        visits=given["visits"] or notices.SHOWN,
        languages=listed(given["languages"]),
    )


def listed(text: str) -> tuple[str, ...]:
    """Words separated by commas."""
    return tuple(filter(None, (part.strip() for part in text.split(","))))


async def _add(state: State, new: Site, draft: notices.Draft, if_missing: bool) -> dict[str, Any]:
    now = int(time.time())
    async with state.write() as connection:
        if if_missing and any(other.name == new.name for other in await sites.every(connection)):
            return {"site": new.name, "added": False}
        published = await found_site(connection, new, draft, now, COMMAND_LINE)
    told = {"id": published.id, "draft": published.draft, "material": published.material}
    return {"site": new.name, "added": True, "notice": told}


def _set_visits(settings: Settings, name: str, visits: str, yes: bool) -> dict[str, str]:
    """Publish a notice that says so, unless the one in force does; what changed, in words."""

    async def planned(state: State) -> notices.Planned | None:
        async with state.read() as connection:
            row = await notices.in_force(connection, name)
            if row and msgspec.json.decode(row.body).get("visits", notices.SHOWN) == visits:
                return None
            return await replan(connection, name, {"visits": visits}, int(time.time()))

    async def publish(state: State, before: str | None) -> None:
        async with state.write() as connection:
            await republish(connection, name, {"visits": visits}, int(time.time()), COMMAND_LINE, before)

    plan = with_state(settings, planned)
    if plan is None:
        return {}
    confirm.asking_again(plan, yes)
    with_state(settings, lambda state: publish(state, plan.before))
    asked = "every visitor is asked again" if plan.material else "consents stay valid"
    return {"visits": f"{visits}, as a new notice says: {asked}"}


async def _set(state: State, host: str, changes: dict[str, Any]) -> tuple[Site, Site]:
    async with state.write() as connection:
        before = await sites.named(connection, host)
        wanted = {**msgspec.structs.asdict(before), **changes}
        wanted["timezone"] = changes.get("zone", before.timezone)
        lists = (wanted["path_keep"], wanted["patterns"])
        aliases = tuple(filter(None, wanted["aliases"]))
        checked = sites.checked(before.name, aliases, wanted["timezone"], *lists, wanted["title"])
        settings = {name: getattr(checked, name) for name in ("aliases", "timezone", "path_keep", "patterns", "title")}
        return await sites.alter(connection, before.name, int(time.time()), COMMAND_LINE, **settings)


async def _show(state: State, host: str) -> dict[str, Any]:
    async with state.read() as connection:
        found = await sites.named(connection, host)
        row = await notices.in_force(connection, found.name)
        counted = await counts(connection, found.name)
    body = msgspec.json.decode(row.body) if row else {}
    notice = {"id": row.id, "draft": row.draft, "published": iso(row.published_at)} if row else None
    terms = {field: body.get(field) for field in _TERMS}
    return {
        **msgspec.to_builtins(found),
        "created_at": iso(found.created_at),
        "notice": notice and {**notice, **terms},
        "counts": counted,
    }


_TERMS = (
    "controller",
    "contact",
    "authority",
    "recipients",
    "purposes",
    "retention_months",
    "k",
    "query_keep",
    "visits",
)


def _shown(found: dict[str, Any]) -> list[tuple[str, str]]:
    notice, counted = found["notice"], found["counts"]
    lines = [*sites.settings_of(found), ("added", found["created_at"])]
    if notice:
        lines.append(("notice", notice["id"]))
        lines.append(("", f"published {notice['published']}{', a draft' if notice['draft'] else ', in force'}"))
        lines += [(name.replace("_", " ").removesuffix(" months"), _term(name, notice[name])) for name in _TERMS]
    lines.append(("consents", ", ".join(f"{number} {kind}" for kind, number in counted["consents"].items())))
    lines += [(name, str(counted[name])) for name in ("asks", "notices", "tokens")]
    return lines


def _term(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return f"{value} months" if name == "retention_months" else str(value) or "none"


async def _list(state: State) -> list[dict[str, Any]]:
    async with state.read() as connection:
        found = await sites.every(connection)
        latest = select(tables.notice.c.site, tables.notice.c.id, tables.notice.c.draft).order_by(tables.notice.c.seq)
        notice = {row.site: {"id": row.id, "draft": row.draft} for row in await connection.execute(latest)}
    return [msgspec.to_builtins(one) | {"notice": notice.get(one.name)} for one in found]
