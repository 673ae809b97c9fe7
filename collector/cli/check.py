"""byleave check: is the tag on the live page, silent before a yes, and fair?"""

import asyncio
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import click

from collector.check import chromium
from collector.check.chromium import CheckError
from collector.check.finding import Finding
from collector.check.look import look
from collector.cli.options import json_option, print_json, settings_from

RED = 3
SIGNS = {True: "✓", False: "✗", None: "·"}


@click.command()
@click.argument("url")
@click.option(
    "--collector", default="", help="Address that the tag should come from, such as https://hello.example.com."
)
@click.option("--trial", is_flag=True, help="Also say yes: counts one real visit, and withdraws it again.")
@click.option(
    "--timeout", "seconds", default=30.0, type=click.FloatRange(5, 300), help="Seconds at most.", show_default=True
)
@json_option
def check(url: str, collector: str, trial: bool, seconds: float, as_json: bool) -> None:
    """Open a page as a browser does: is the tag there, silent before a yes, and fair? Needs Chromium.

    Looks with browsers that say nothing, say no, and send Global Privacy Control, each in a new profile that is
    removed afterwards. Exits with 3 when something is red, with 1 when the page could not be looked at.
    """
    for address in filter(None, (url, collector)):
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            raise CheckError(f"'{address}' is no address of a page: write it with https://")
    executable = chromium.find(settings_from().chromium)
    agent = chromium.agent(executable)
    with tempfile.TemporaryDirectory(prefix="byleave-check-", ignore_cleanup_errors=True) as profile:
        found = asyncio.run(
            look(executable, agent, Path(profile), url, collector=collector, trial=trial, seconds=seconds)
        )
    if as_json:
        print_json([one._asdict() for one in found])
    else:
        for one in found:
            click.echo(_line(one))
    if any(one.ok is False for one in found):
        raise SystemExit(RED)


def _line(one: Finding) -> str:
    return f"{SIGNS[one.ok]} {one.what}: {one.problem or one.detail}"
