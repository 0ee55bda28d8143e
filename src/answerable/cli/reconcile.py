"""`answerable reconcile`: a complainant's own list held against a record, with every weight."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import (
    EXISTING_FILE,
    FILE_OR_FOLDER,
    encoding_option,
    examples,
    json_option,
    sheet_option,
    source_option,
)
from answerable.cli.progress import watched
from answerable.model.listed import Found

if TYPE_CHECKING:
    from answerable.cli.printing import Page
    from answerable.model.listed import Identification
    from answerable.wiring import ListReconciled

_CANDIDATES = {Found.IDENTIFIED: 1, Found.POSSIBLE: 3, Found.NOT_FOUND: 0}
_COUNTED = {
    Found.IDENTIFIED: "identified",
    Found.POSSIBLE: "possible",
    Found.NOT_FOUND: "not found in what was supplied",
}


@click.command("reconcile", epilog=examples("answerable reconcile list.csv --against calls.csv --source san-diego-ca"))
@click.argument("listed", type=EXISTING_FILE, metavar="LIST.csv")
@click.option(
    "--against",
    required=True,
    multiple=True,
    type=FILE_OR_FOLDER,
    metavar="FILE|DIR",
    help="The record: a publisher's file, a folder, or what `answerable import` wrote. Repeatable.",
)
@source_option(required=False)
@encoding_option
@sheet_option
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VKEY|FILE",
    help="The key of the agency's log, or a file that holds it: receipts in the list identify exactly. Repeatable.",
)
@json_option
def reconcile_command(
    listed: Path,
    against: tuple[Path, ...],
    source: str | None,
    encoding: str | None,
    sheet: str | None,
    keys: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find the calls of a list that somebody kept in a record.

    Each entry is identified, possible (with the candidates, for a person to look at), or not found in what was
    supplied. Every weight is printed: +1 doubles the odds, -1 halves them. Exit code 1 where one is not identified.
    """
    from answerable import wiring  # noqa: PLC0415  help and completion must be quick

    with watched() as progress:
        found = wiring.reconcile_list(
            listed, against, source=source, encoding=encoding, sheet=sheet, keys=keys, progress=progress
        )
    states = {str(state): found.counted(state) for state in Found}
    if as_json:
        whole = {"source": found.source.source, "calls": found.source.calls, **states}
        print_json({**whole, "memory": found.memory, "entries": found.entries})
    else:
        _print(found)
    if states["identified"] < len(found.entries):
        raise click.exceptions.Exit(1)


def _print(found: ListReconciled) -> None:
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    for state, heading in (
        (Found.IDENTIFIED, "Identified"),
        (Found.POSSIBLE, "Possible: a person must look"),
        (Found.NOT_FOUND, "Not found in what was supplied"),
    ):
        entries = [one for one in found.entries if one.state is state]
        if entries:
            page.heading(f"{heading} ({len(entries)})")
            for one in entries:
                _print_entry(page, one, timezone=found.source.timezone)
    page.blank()
    counts = ", ".join(f"{found.counted(state)} {words}" for state, words in _COUNTED.items())
    page.say(f"{len(found.entries)} entries against {found.source.calls:,} calls: {counts}.", style="bold")
    page.say(_remembers(found))
    page.say("Weights are doublings of the odds. Not found does not mean not made: true calls are missed, too.")


def _remembers(found: ListReconciled) -> str:
    """How the people of this list remember, as far as the list itself shows it."""
    memory = found.memory
    right = ", ".join(
        f"the {what} in {100 * table[-1]:.0f}"
        for what, table in (("place", memory.place), ("beat", memory.area), ("kind of call", memory.kind))
    )
    return (
        f"The weights rest on how this list remembers, learned from it: of 100 entries it has {right} right; times are "
        f"off by {100 * memory.spread:.0f} % of what it says they may be; {100 * memory.in_record:.0f} of 100 are in "
        "the record."
    )


def _print_entry(page: Page, one: Identification, *, timezone: str) -> None:
    from answerable.report.spelling import moment, zone_of  # noqa: PLC0415

    said = f"{one.entry}: {one.call}, {one.how}" if one.call else f"{one.entry}: {one.how}"
    page.say(said, indent=2, lead=f"{page.mark} ")
    if one.call and not one.candidates:
        return
    zone = zone_of(timezone)
    for candidate in one.candidates[: _CANDIDATES[one.state]]:
        weights = "; ".join(f"{weight.what}: {weight.bits:+.1f}" for weight in candidate.weights)
        page.say(
            f"{candidate.call}, received {moment(candidate.received_us, zone)}: {candidate.probability / 10:g} % "
            f"(together {candidate.bits:+.1f})" + ("" if one.call else f". {weights}"),
            indent=6,
        )
    absent = f"{one.absent_probability / 10:g} % ({one.absent_bits:+.1f}, {one.nearby:,} calls near that time)"
    page.say(f"not in the record: {absent}", indent=6)
