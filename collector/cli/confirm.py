"""Asking before something that cannot be undone."""

import sys

import click

from collector.consent.notice import Planned


def interactive() -> bool:
    """Whether somebody sits at a terminal and can be asked."""
    return sys.stdin.isatty()


def confirm(what: str, word: str, yes: bool) -> None:
    """Go on only when `word` is typed, or `yes` was given; without a terminal `yes` alone will do."""
    if yes:
        return
    if not interactive():
        raise click.ClickException(f"{what} Nothing was done: without a terminal, say that you mean it with --yes.")
    typed = click.prompt(f"{what}\nType {word} to go on", default="", show_default=False, err=True)
    if typed.strip() != word:
        raise click.ClickException("That is something else: nothing was done.")


def asking_again(planned: Planned, yes: bool) -> None:
    """Ask before a notice after which visitors are asked again; under a draft there are none."""
    if planned.material and not planned.over_draft and not yes and interactive():
        click.confirm("Publish it, and ask every visitor again?", abort=True, err=True)
