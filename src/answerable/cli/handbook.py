"""`answerable policy handbook`: a response policy as one page for the people who must follow it."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import EXISTING_FILE, examples, json_option
from answerable.cli.text import counted


@click.command("handbook", epilog=examples("answerable policy handbook policies/response.toml --out response.html"))
@click.argument("policy", type=EXISTING_FILE, metavar="POLICY.toml")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.html",
    help="Where the page goes; an earlier one there is replaced.",
)
@json_option
def handbook_command(policy: Path, out: Path, as_json: bool) -> None:
    """Write POLICY as one web page: duties, clocks, who may decline, questions, promises, examples.

    The page needs no network and runs no script. Printed, it is a card on one sheet. A policy with errors has no
    handbook.
    """
    if out.suffix != ".html":
        raise click.BadParameter(f"{out.name!r} does not end in .html", param_hint="'--out'")
    # the checker and the templates are loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415

    written = wiring.write_handbook(policy, out=out)
    if as_json:
        print_json(written)
        return
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    page.say(
        f"{written.id} {written.version}: {counted(written.rules, 'rule')}, {written.proved} of "
        f"{counted(written.promises, 'promise')} proved for every possible call."
    )
    page.pairs([("Page", str(out))])
