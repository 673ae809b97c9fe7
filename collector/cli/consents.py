"""byleave consent verify, head and export: what is stored can be proved, and the proof can be handed on."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from sqlalchemy.exc import SQLAlchemyError

from collector import control
from collector.cli.checks import RED
from collector.cli.options import data_option, json_option, print_json, settings_of_data, with_state
from collector.consent.export import Wanted, lines
from collector.consent.head import head as head_of
from collector.consent.head import jws_of, missing, read
from collector.consent.keys import Keys
from collector.consent.proof_words import in_words
from collector.consent.verify import Finding, Proof
from collector.proof import verifier
from collector.settings import Settings
from collector.standalone import own_store
from collector.state import sites
from collector.state.audit import COMMAND_LINE, note
from collector.state.database import State, StateError
from collector.state.site import hostname

POLL_SECONDS = 0.3
T = TypeVar("T")
day = click.DateTime(["%Y-%m-%d"])
site_argument = click.argument("host", required=False)


@click.group()
def consent() -> None:
    """The consent log: prove that every stored row leads to a yes, and hand on the proof."""


@consent.command("verify")
@site_argument
@click.option("--head", "heads", multiple=True, help="A deposited head or receipt, or a file with one; repeatable.")
@data_option
@json_option
def verify(host: str | None, heads: tuple[str, ...], data: str | None, as_json: bool) -> None:
    """Prove that the log is whole and that every stored row (of HOST, or of all sites) leads to a consent in force.

    Also while the server runs. Exits with 3 when anything is wrong, and names the first thing that is.
    """
    settings = settings_of_data(data)
    texts = [_text_of(given) for given in heads]
    with _bar(as_json) as told:
        proof = with_state(settings, lambda state: _verify(settings, state, host, texts, told))
    _note_proof(settings, host)
    if as_json:
        print_json({"ok": not proof.problem, "problem": proof.problem or None, **msgspec.to_builtins(proof)})
    else:
        click.echo("\n".join(in_words(proof)))
    if proof.problem:
        raise SystemExit(RED)


@consent.command("head")
@data_option
@json_option
def head(data: str | None, as_json: bool) -> None:
    """Print the signed head of the consent log, to be deposited where this machine cannot reach it."""
    settings = settings_of_data(data)
    found = with_state(settings, lambda state: head_of(state, int(time.time())))
    signed = jws_of(Keys.open(settings.data_path), found)
    if as_json:
        print_json({**msgspec.structs.asdict(found), "jws": signed})
    else:
        click.echo(signed)


@consent.command("export")
@site_argument
@click.option("--from", "start", type=day, help="First day (UTC) of the records whose content is exported.")
@click.option("--to", "end", type=day, help="Last day (UTC) of them.")
@data_option
def export(host: str | None, start: datetime | None, end: datetime | None, data: str | None) -> None:
    """Print keys, notices, records and the signed head as NDJSON, for a third party to check alone (docs/proof.md).

    Records of other sites and days are there as hashes, so that the chain can be followed.
    """
    settings = settings_of_data(data)
    keys = Keys.open(settings.data_path)

    async def work(state: State) -> None:
        limits = {}
        if start:
            limits["start"] = _seconds(start)
        if end:
            limits["end"] = _seconds(end + timedelta(days=1))
        wanted = Wanted(await _name(state, host), **limits)
        async with state.write(followed=False) as connection:
            await note(connection, int(time.time()), COMMAND_LINE, "consent exported", wanted.site)
        async for line in lines(state, keys, wanted, int(time.time())):
            click.echo(json.dumps(line))

    with_state(settings, work)


def _note_proof(settings: Settings, host: str | None) -> None:
    """Note in the log of changes that a proof was made; one of a copy that cannot be written to holds all the same."""

    async def work(state: State) -> None:
        name = await _name(state, host)
        async with state.write(followed=False) as connection:
            await note(connection, int(time.time()), COMMAND_LINE, "proof made", name)

    with suppress(SQLAlchemyError, StateError, OSError):
        with_state(settings, work)


async def _verify(
    settings: Settings, state: State, host: str | None, texts: list[str], told: Callable[[float], None]
) -> Proof:
    site = await _name(state, host)
    data = settings.data_path
    try:
        answer = await _watched(control.call(data, "consent_verify", site=site), lambda: _share(data), told)
        proof = msgspec.convert(answer, Proof)
    except control.NoOwner:
        async with own_store(settings) as store, store.snapshot() as snapshot:
            alone = await verifier(data, state, snapshot, site)
            proof = await _watched(alone.run(), alone.done, told)
    if texts:
        keys = await asyncio.to_thread(Keys.open, data)
        for deposited in [read(keys, text) for text in texts]:
            said = f"the log still holds all {deposited.sequence:,} records up to it"
            proof.findings.append(Finding("deposited head", said, await missing(state, deposited)))
    return proof


async def _watched(
    work: Coroutine[Any, Any, T], share: Callable[[], Awaitable[float]], told: Callable[[float], None]
) -> T:
    """What the work comes to; meanwhile it is told how far it is."""
    asked = asyncio.create_task(work)
    while not (await asyncio.wait({asked}, timeout=POLL_SECONDS))[0]:
        told(await share())
    return await asked


async def _share(data: Path) -> float:
    try:
        return float(await control.call(data, "consent_verify_share"))
    except (control.NoOwner, control.ControlError):
        return 0.0  # it went away: the work itself says so


async def _name(state: State, host: str | None) -> str:
    if host is None:
        return ""
    async with state.read() as connection:
        name = hostname(host)
        if name in await sites.removed(connection):
            return name  # its rows are gone, but what was recorded is kept for its time
        return (await sites.named(connection, host)).name


def _text_of(given: str) -> str:
    """A JWS, given as such or as a file that holds one."""
    if given.startswith("eyJ"):  # how every JWS begins: {" in base64url
        return given
    try:
        return Path(given).read_text("ascii", errors="replace")
    except OSError as error:
        raise click.ClickException(f"Cannot read {given}: {error.strerror}. Give a file or the head itself.") from None


@contextmanager
def _bar(as_json: bool) -> Iterator[Callable[[float], None]]:
    """A progress bar on a terminal; told the share that is done."""
    if as_json or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # here, since it takes every other command 40 ms to import
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Verifying", total=1.0)
        yield lambda share: progress.update(task, completed=share)


def _seconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())
