"""byleave demo."""

from datetime import UTC, datetime

import click

from collector import server
from collector.cli.options import settings_from
from collector.cli.servers import host_option, port_option, until_stopped
from collector.demo import fill as demos
from collector.settings import Settings, load
from collector.state.database import State


@click.command()
@click.option("--events", type=click.IntRange(1, demos.MOST_EVENTS), help=f"About how many [default {demos.EVENTS:,}].")
@click.option("--seed", type=click.IntRange(0, demos.SEEDS - 1), default=1, show_default=True, help="Which year.")
@click.option("--data", help="Folder of the demo alone [default: BYLEAVE_DATA with -demo, so data-demo].")
@host_option
@port_option
def demo(events: int | None, seed: int, data: str | None, host: str | None, port: int | None) -> None:
    """Fill a demo site with a believable year of made-up visits, then serve it."""
    settings = settings_from(host=host, port=port, data=data or f"{load().data.rstrip('/')}-demo")
    sock = server.listen(settings)
    state = State.open(settings.data_path)

    async def run() -> None:
        await _fill(settings, state, events, seed)
        await server.serve(settings, state, sock, click.echo)

    until_stopped(state, run)


async def _fill(settings: Settings, state: State, events: int | None, seed: int) -> None:
    if await demos.is_filled(settings, state):
        if events is not None:
            raise demos.DemoError(
                f"{settings.data_path} holds a demo already: leave --events out to see it, or remove the folder."
            )
        click.echo(f"The demo in {settings.data_path} as it is.")
        return
    wanted = events or demos.EVENTS
    today = datetime.now(UTC).date()
    with click.progressbar(length=demos.visits_of(wanted), label=f"Making up {demos.SITE}") as bar:
        made = await demos.fill(settings, state, wanted, seed, today, bar.update)
    click.echo(f"{made:,} made-up events of the site {demos.SITE}, in {settings.data_path}")
