"""byleave schema and doctor: what is stored, and whether all is well."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from collector import control
from collector.cli.failure import explained
from collector.cli.options import data_option, json_option, print_json, settings_of_data, with_state
from collector.consent import removal
from collector.consent.keys import Keys
from collector.consent.record import iso
from collector.enrich.place import Places, find_database
from collector.retention import last_run, utc_now
from collector.settings import Settings
from collector.standalone import described
from collector.state import sites, tables
from collector.state.database import State, StateError
from collector.statics import Statics

RED = 3
LATE = timedelta(days=2)  # the owner of the store lets expired rows go daily
LOW_DISK = 1024**3  # bytes; a rewrite of the store needs room for a second copy


class Finding(NamedTuple):
    """One thing that was looked at; `problem` says what to do, empty when all is well."""

    what: str
    problem: str
    detail: str = ""


@click.command()
@data_option
@json_option
def schema(data: str | None, as_json: bool) -> None:
    """Print what is stored of an event, from the running store, in words fit for a privacy notice."""
    settings = settings_of_data(data)
    columns = asyncio.run(described(settings))
    if as_json:
        print_json(columns)
        return
    width = max(len(column["name"]) for column in columns)
    table = ""
    for column in columns:
        if column["table"] != table:
            table = column["table"]
            click.echo(f"\n{table}")
        click.echo(f"  {column['name']:<{width}}  {column['type']:<13}  {column['about']}")


@click.command()
@data_option
@json_option
def doctor(data: str | None, as_json: bool) -> None:
    """Look whether all is well; exits with 3 when something needs a hand."""
    try:
        settings = settings_of_data(data)
        findings = [finding for what, look in LOOKS.items() for finding in _looked(what, look, settings)]
    except StateError as error:
        findings = [Finding("data directory", str(error))]
    if as_json:
        print_json([{"what": f.what, "ok": not f.problem, "problem": f.problem, "detail": f.detail} for f in findings])
    else:
        for found in findings:
            click.echo(f"{'✗' if found.problem else '✓'} {found.what}: {found.problem or found.detail or 'well'}")
    if any(found.problem for found in findings):
        raise SystemExit(RED)


def _data(settings: Settings) -> list[Finding]:
    with_state(settings, _nothing)
    free = shutil.disk_usage(settings.data_path).free
    problem = f"Only {free // 1024**2} MiB are free: make room." if free < LOW_DISK else ""
    return [Finding("data directory", problem, f"{settings.data_path}, {free // 1024**3} GiB free")]


def _keys(settings: Settings) -> list[Finding]:
    keys = Keys.open(settings.data_path)
    mode = (settings.data_path / "keys.json").stat().st_mode & 0o077
    problem = "Others can read keys.json: run chmod 600 on it." if mode else ""
    return [Finding("keys", problem, f"{len(keys.token_keys)} for tokens, {len(keys.public)} for receipts")]


def _scripts(settings: Settings) -> list[Finding]:
    statics = Statics.open(settings.data_path)
    return [Finding("scripts", "", f"tag {statics.tag.sha256[:12]}")]


def _places(settings: Settings) -> list[Finding]:
    files = find_database(settings.geo, settings.data_path)
    places = Places(files)
    return [Finding("place database", places.problem() or "", ", ".join(file.name for file in files))]


def _store(settings: Settings) -> list[Finding]:
    asyncio.run(described(settings))
    status = asyncio.run(_owner_status(settings))
    return [Finding("event store", "", open_in(status))]


def open_in(status: dict[str, Any] | None) -> str:
    """How the store stands, from what its owner says of itself; None where none runs."""
    if status is None:
        return "can be opened; no owner is running"
    work = status["rewriting"]
    return "open in a running process" + (f", which rewrites it: {work['phase']}, {work['share']:.0%}" if work else "")


def _spool(settings: Settings) -> list[Finding]:
    damaged = sorted((settings.data_path / "spool" / "damaged").glob("*.sqlite3"))
    if not damaged:
        return [Finding("spool", "")]
    problem = f"{len(damaged)} damaged file(s) lie in {damaged[0].parent}: restore them from a backup, or delete them."
    return [Finding("spool", problem)]


def _retention(settings: Settings) -> list[Finding]:
    try:
        last = with_state(settings, last_run)
    except (StateError, SQLAlchemyError):
        return []  # said already
    if last is None:
        return [Finding("retention", "", "has not run yet; a server does it once a day")]
    late = utc_now() - last > LATE
    problem = "Expired rows were last let go {}. Start the server, or run: byleave retention run" if late else ""
    return [Finding("retention", problem.format(iso(int(last.timestamp()))), f"last run {iso(int(last.timestamp()))}")]


def _sites(settings: Settings) -> list[Finding]:
    try:
        found = with_state(settings, _standing) + with_state(settings, _unfinished)
    except (StateError, SQLAlchemyError):
        return []  # said already
    if not found:
        return [Finding("sites", "There is none yet. Add one with: byleave site add example.com")]
    return found


async def _standing(state: State) -> list[Finding]:
    latest = select(tables.notice.c.site, tables.notice.c.draft, tables.notice.c.id).order_by(tables.notice.c.seq)
    async with state.read() as connection:
        notice = {row.site: row for row in await connection.execute(latest)}
        every = await sites.every(connection)
    findings = []
    for site in every:
        row = notice.get(site.name)
        if row is None or row.draft:
            problem = f'Its notice is a draft: byleave notice publish {site.name} --controller "…" --contact "…"'
            findings.append(Finding(f"site {site.name}", problem))
        else:
            findings.append(Finding(f"site {site.name}", "", f"notice {row.id[:12]}"))
    return findings


async def _unfinished(state: State) -> list[Finding]:
    """Sites whose removal was cut short."""
    async with state.read() as connection:
        left = {name: await removal.left_of(connection, name) for name in await sites.removed(connection)}
    return [
        Finding(f"site {name}", f"Its removal was cut short. Finish it: byleave site remove {name}")
        for name, people in left.items()
        if people
    ]


async def _owner_status(settings: Settings) -> dict[str, Any] | None:
    try:
        status: dict[str, Any] = await control.call(settings.data_path, "status")
    except control.NoOwner:
        return None
    return status


async def _nothing(_state: State) -> None:
    return None


def _looked(what: str, look: Callable[[Settings], list[Finding]], settings: Settings) -> list[Finding]:
    """What a look finds; that it could not look at all is a finding too."""
    try:
        return look(settings)
    except OSError as error:
        return [Finding(what, f"Cannot look: {error.strerror} ({error.filename}). Give this user access to it.")]
    except Exception as error:
        told = explained(error)
        if told is None:
            raise
        return [Finding(what, told)]


LOOKS: dict[str, Callable[[Settings], list[Finding]]] = {
    "data directory": _data,
    "keys": _keys,
    "scripts": _scripts,
    "place database": _places,
    "spool": _spool,
    "event store": _store,
    "retention": _retention,
    "sites": _sites,
}
