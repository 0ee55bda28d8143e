"""`answerable export`: a result in another form, for whoever wants to query or publish it."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import examples, json_option
from answerable.cli.text import counted


@click.command("export", epilog=examples("answerable export report/ --sqlite public/calls.db"))
@click.argument("result", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="RESULT_DIR")
@click.option(
    "--sqlite",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.db",
    help="The SQLite file. Beside it goes metadata.json, which Datasette reads.",
)
@json_option
def export_command(result: Path, sqlite: Path, as_json: bool) -> None:
    """Write a result as one SQLite file: calls, claims, findings, and where they come from.

    Only the columns of a result that may be published are in it.
    """
    if sqlite.suffix != ".db":
        raise click.BadParameter(f"{sqlite.name!r} does not end in .db", param_hint="'--sqlite'")
    # the engine is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415

    done = wiring.export_sqlite(result, out=sqlite)
    if as_json:
        print_json(done)
        return
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    page.say(f"{counted(done.calls, 'call')} and {counted(done.claims, 'claim')} with their findings.")
    page.pairs([("SQLite", str(done.sqlite)), ("Metadata", str(done.metadata))])
    page.command("Look", shlex.join(["datasette", str(done.sqlite), "--metadata", str(done.metadata)]))
