"""The command `byleave`: one group, a file for each family of commands, one way to say what went wrong."""

import click

from collector import __version__
from collector.cli.accounts import token, user
from collector.cli.audit import audit
from collector.cli.check import check
from collector.cli.checks import doctor, schema
from collector.cli.consents import consent
from collector.cli.demo import demo
from collector.cli.erase import erase
from collector.cli.failure import ExplainedGroup
from collector.cli.geo import geo
from collector.cli.keys import keys
from collector.cli.notices import notice
from collector.cli.removal import remove
from collector.cli.servers import collect, dashboard, serve
from collector.cli.sites import site
from collector.cli.upkeep import backup, restore, retention


@click.group(cls=ExplainedGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="byleave")
def main() -> None:
    """Analytics that asks first: collect with consent, look at visits and journeys, prove every promise.

    Settings come from BYLEAVE_* variables or byleave.toml; BYLEAVE_DATA names the folder that holds everything.
    Exit codes: 0 done, 1 refused or failed (the message says what to do), 2 wrong usage, 3 found and red
    (doctor, check, consent verify).
    """


site.add_command(remove)
COMMANDS = (
    *(serve, collect, dashboard, demo),
    *(site, notice, consent, user, token, audit, keys, erase),
    *(geo, retention, backup, restore),
    *(schema, doctor, check),
)
for command in COMMANDS:
    main.add_command(command)
