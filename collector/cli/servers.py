"""byleave serve, collect and dashboard."""

import os
from collections.abc import Callable, Coroutine
from typing import Any

import click
import uvloop

from collector import server, workers
from collector.cli.options import data_option, settings_from
from collector.state.database import State

NICENESS = 10  # a report takes every core for seconds; at equal rights it raised the collectors' p99 by half

host_option = click.option("--host", help="Address to listen on [BYLEAVE_HOST, default 127.0.0.1].")
port_option = click.option("--port", type=int, help="Port to listen on [BYLEAVE_PORT, default 8000].")


@click.command()
@host_option
@port_option
@data_option
def serve(host: str | None, port: int | None, data: str | None) -> None:
    """Collect, store and show, all in one process."""
    settings = settings_from(host=host, port=port, data=data)
    sock = server.listen(settings)
    state = State.open(settings.data_path)
    until_stopped(state, lambda: server.serve(settings, state, sock, click.echo))


@click.command()
@host_option
@port_option
@data_option
@click.option("--workers", "count", type=int, help="Processes on the one port [BYLEAVE_WORKERS, default 1].")
def collect(host: str | None, port: int | None, data: str | None, count: int | None) -> None:
    """Collect only; needs a `byleave dashboard` on the same data directory to load what it collects."""
    settings = settings_from(host=host, port=port, data=data, workers=count)
    sock = server.reserve(settings) if settings.workers > 1 else server.listen(settings)
    state = State.open(settings.data_path)
    click.echo(f"Collecting on {server.address_of(settings, sock)} with {settings.workers} process(es)")
    if settings.workers > 1:
        workers.run(settings, sock)
    else:
        until_stopped(state, lambda: server.collect(settings, state, sock))


@click.command()
@host_option
@port_option
@data_option
def dashboard(host: str | None, port: int | None, data: str | None) -> None:
    """Own the store, load what was collected, and show it; gives way to collectors on the same machine."""
    os.nice(NICENESS)
    settings = settings_from(host=host, port=port, data=data)
    sock = server.listen(settings)
    state = State.open(settings.data_path)
    until_stopped(state, lambda: server.dashboard(settings, state, sock, click.echo))


def until_stopped(state: State, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a server until it is stopped, then close the state."""

    async def run() -> None:
        try:
            await work()
        finally:
            await state.close()

    uvloop.run(run())
