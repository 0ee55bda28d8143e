"""`answerable policy`: a response policy is checked before it governs anything."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.backtest import backtest_command
from answerable.cli.handbook import handbook_command
from answerable.cli.json_text import print_json
from answerable.cli.options import FILE_OR_FOLDER, examples, json_option


@click.group("policy")
def policy_group() -> None:
    """Response policies: gaps, conflicts, promises."""


@policy_group.command("check", epilog=examples("answerable policy check policies/response.toml"))
@click.argument("path", type=FILE_OR_FOLDER, metavar="FILE|DIR")
@json_option
def check_command(path: Path, as_json: bool) -> None:
    """Check a response policy, or every version in a folder: each problem with its line and column.

    Gaps and conflicts between rules are searched over every possible call; every example is decided; every promise is
    proved or refuted by a call that breaks it. Exit code 0 where there is no error, 1 where there is one.
    """
    # the checker is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import policy_pages  # noqa: PLC0415

    checks = wiring.check_policies(path)
    if as_json:
        print_json(policy_pages.checks_result(checks))
    else:
        policy_pages.print_checks(checks)
    if any(policy_pages.errors_of(check) for check in checks):
        raise click.exceptions.Exit(1)


policy_group.add_command(backtest_command)
policy_group.add_command(handbook_command)
