"""`answerable policy backtest`: which past calls would have had another duty, limit or outcome under a policy."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import (
    EXISTING_FILE,
    FILE_OR_FOLDER,
    FOLDER,
    as_of_option,
    examples,
    json_option,
    policies_option,
    source_option,
)
from answerable.cli.progress import watched
from answerable.cli.text import counted

if TYPE_CHECKING:
    from answerable.cli.printing import Page
    from answerable.model.backtest import Backtest

MOST_ROWS = 12
"""Rows of a table on the terminal; the page has all of them."""


@click.command(
    "backtest",
    epilog=examples(
        "answerable policy backtest new.toml --against calls.parquet --base old.toml",
        "answerable policy backtest new.toml --against calls.csv --policy policies/ --out backtest/",
    ),
)
@click.argument("policy", type=EXISTING_FILE, metavar="V2.toml")
@click.option(
    "--against",
    required=True,
    type=FILE_OR_FOLDER,
    metavar="CALLS.parquet|FILE",
    help="Past calls: what `answerable import` wrote, or a publisher's file.",
)
@click.option(
    "--base",
    type=EXISTING_FILE,
    metavar="V1.toml",
    help="Compare with this version, applied to every call in the same way, whatever its dates.",
)
@policies_option("Compare with the versions that were in force when each call came in.")
@source_option(required=False)
@click.option(
    "--facts", type=EXISTING_FILE, metavar="FACTS.csv", help="Facts asserted beside the calls, as for `examine`."
)
@click.option(
    "--decisions", type=EXISTING_FILE, metavar="DECISIONS.csv", help="Decisions that people took, as for `examine`."
)
@as_of_option
@click.option("--out", type=FOLDER, metavar="DIR", help="A folder for the page, the list of calls and the figures.")
@json_option
def backtest_command(
    policy: Path, against: Path, base: Path | None, policies: tuple[Path, ...], as_json: bool, **given: Any
) -> None:
    """Apply the policy V2 to past calls as if it had been in force, and say what would have been different.

    Every call is judged twice: under --base or --policy, and under V2. What differs is a duty, a limit or an outcome.
    An outcome that the record leaves undetermined is not compared. Nobody's conduct is judged by a policy that was
    not theirs.
    """
    if (base is None) == (not policies):
        raise click.UsageError("Say what V2 is compared with: --base V1.toml, or --policy FILE|DIR (one of the two).")
    # the engine and the printer are loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.report.out_folder import replaces_earlier_backtest  # noqa: PLC0415

    out: Path | None = given["out"]
    if out is not None:
        replaces_earlier_backtest(out)
    asked = {"base": base, "policies": policies, **given}
    with watched() as progress:
        found = wiring.backtest_policy(
            policy, against=against, progress=progress, command=_command(policy, against, asked), **asked
        )
    if as_json:
        print_json({"backtest": found, "out": out})
    else:
        _print(found, out=out)


def _command(policy: Path, against: Path, asked: dict[str, Any]) -> str:
    """The command line that gives the same figures again."""
    words = ["answerable", "policy", "backtest", str(policy), "--against", str(against)]
    for name in ("base", "source", "facts", "decisions", "as_of"):
        words += [f"--{name.replace('_', '-')}", str(asked[name])] if asked[name] is not None else []
    return shlex.join([*words, *(str(word) for one in asked["policies"] for word in ("--policy", one))])


def _print(found: Backtest, *, out: Path | None) -> None:
    from answerable.cli.printing import Page  # noqa: PLC0415
    from answerable.report.backtest_words import name_of, what_it_is  # noqa: PLC0415

    page = Page()
    page.say(f"{name_of(found.policy)} applied to {counted(found.calls, 'past call')}", style="bold")
    page.bullets(what_it_is(found))
    page.heading("What would have been different")
    page.pairs(
        [
            ("another outcome", counted(found.changed, "call")),
            ("owed more, or something sooner", counted(found.sooner, "call")),
            ("owed less, or something later", counted(found.later, "call")),
            ("same outcome", counted(found.same, "call")),
            ("outcome not comparable", counted(found.untold_both + found.untold_before + found.untold_after, "call")),
        ],
        indent=2,
    )
    _print_changes(page, found)
    page.blank()
    if out is not None:
        page.pairs([("Page", str(out / "backtest.html")), ("Calls", f"{out / 'changed.csv'} ({found.listed:,})")])
    elif found.listed:
        page.say(f"{counted(found.listed, 'call differs', 'calls differ')}; --out DIR lists them.")


def _print_changes(page: Page, found: Backtest) -> None:
    from answerable.cli.printing import Column  # noqa: PLC0415
    from answerable.report.backtest_words import LIMITS, duty_text, limit_text  # noqa: PLC0415
    from answerable.report.words import OUTCOMES, said  # noqa: PLC0415

    tables = {
        "Outcome": [
            (said(OUTCOMES, one.before).label, said(OUTCOMES, one.after).label, one.calls)
            for one in found.outcome_changes
        ],
        "Duty": [(duty_text(one.before), duty_text(one.after), one.calls) for one in found.duty_changes],
        "Limit": [
            (f"{LIMITS[one.kind]} {limit_text(one.before_s)}", limit_text(one.after_s), one.calls)
            for one in found.limit_changes
        ],
    }
    for heading, rows in tables.items():
        if rows:
            page.blank()
            columns = (Column(heading), Column("would have been"), Column("Calls", figures=True))
            page.table(columns, [(before, after, f"{calls:,}") for before, after, calls in rows[:MOST_ROWS]])
            if len(rows) > MOST_ROWS:
                page.say(f"and {len(rows) - MOST_ROWS} more sorts of change; --out DIR has them all.", indent=2)
