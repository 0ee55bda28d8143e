"""`answerable doctor`: what this machine has, what the settings say and where from, how a record stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import examples, json_option
from answerable.model.times import iso

if TYPE_CHECKING:
    from answerable.wiring.doctoring import Doctored, InClear, RecordSeen

NOTHING = "–"


@click.command("doctor", epilog=examples("answerable doctor", "answerable doctor desk"))
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@json_option
def doctor_command(folder: Path | None, as_json: bool) -> None:
    """Look at this machine: settings and where each comes from, optional parts, and the record in DIR.

    Settings are read from answerable.toml in this folder (or where ANSWERABLE_CONFIG says); a variable ANSWERABLE_…
    stands above it, and the command line above both. Exit code 1 where something will not work as it is.
    """
    # loaded only when the command works: help and completion must be quick
    from answerable.wiring.doctoring import look_around  # noqa: PLC0415

    found = look_around(folder)
    if as_json:
        print_json(found)
    else:
        _show(found, folder)
    if found.troubles:
        raise click.exceptions.Exit(1)


def _show(found: Doctored, folder: Path | None) -> None:
    from answerable.cli.printing import Column, Page  # noqa: PLC0415

    page = Page()
    page.pairs(
        [
            ("Program", found.program),
            ("Python", found.python),
            ("SQLite", found.sqlite),
            ("Machine", found.platform),
            ("Disk", f"{found.free_bytes / (1 << 30):,.1f} GB free"),
        ]
    )
    page.heading("Settings")
    rows = [(one.name, one.text or NOTHING, one.by or "default") for one in found.settings]
    page.table((Column("Name"), Column("Value"), Column("From")), rows)
    page.heading("Optional parts")
    parts = [
        (one.extra, one.version or f"not installed: pip install 'answerable[{one.extra}]'", one.what_for)
        for one in found.parts
    ]
    page.table((Column("Extra"), Column("Version"), Column("For")), parts)
    if found.record is not None:
        page.heading("Record")
        page.pairs(_record(found.record, found.in_clear, folder), indent=2)
    page.blank()
    if not found.troubles:
        page.say("Nothing is wrong here.", style="green")
    for one in found.troubles:
        page.say(one.message, style="bold yellow")
        if one.hint:
            page.say(one.hint, indent=2)


def _record(record: RecordSeen, in_clear: InClear | None, folder: Path | None) -> list[tuple[str, str]]:
    newest = NOTHING if record.newest_us is None else iso(record.newest_us)
    return [
        ("Folder", str(folder)),
        ("Log", record.origin),
        ("Entries", f"{record.entries:,}"),
        ("Newest", newest),
        ("Written now", "yes, by another program" if record.written_now else "no"),
        ("Store", record.database),
        ("In clear", _files(in_clear)),
    ]


def _files(in_clear: InClear | None) -> str:
    """What lies beside the record and is not encrypted."""
    if in_clear is None or not in_clear.files:
        return "nothing: there are no documents of allegations"
    size = f"{in_clear.bytes / 1_000_000:,.1f} MB"
    return f"{in_clear.files:,} files of allegations, {size}: the folder's rights and the disk protect them"
