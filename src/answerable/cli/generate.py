"""`answerable generate`: exports of made-up cities at any size, as dirty as real ones."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from answerable.cli.json_text import print_json
from answerable.cli.options import FOLDER, examples, json_option
from answerable.cli.progress import watched

if TYPE_CHECKING:
    from answerable.generated import Generated

MOST_ROWS = 10**10


@click.command(
    "generate",
    short_help="Made-up calls at any size, as dirty as real ones.",
    epilog=examples(
        "answerable generate --rows 1000000 --out generated/",
        "answerable generate --rows 240000000 --seed 1 --out generated/",
    ),
)
@click.option(
    "--rows",
    required=True,
    type=click.IntRange(min=1, max=MOST_ROWS),
    metavar="N",
    help="How many lines, in all files.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**63 - 1),
    default=1,
    show_default=True,
    metavar="S",
    help="Another seed, other calls.",
)
@click.option(
    "--out", required=True, type=FOLDER, metavar="DIR", help="A new folder, or one begun by the same command."
)
@json_option
def generate_command(rows: int, seed: int, out: Path, as_json: bool) -> None:
    """Write the exports of six made-up cities in CSV, each with the source profile that reads it.

    They have what real exports have: waits with a long tail, arrivals that nobody wrote down, lines that stand twice or
    are broken, clocks that were wrong, the hours when clocks change. Six agencies in five time zones, over one year.

    The same rows and seed give the same bytes. A run that was stopped goes on when the same command is given again;
    no file is ever there by half. A million lines need about 150 MB.
    """
    # the engine is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415

    with watched() as progress:
        generated = wiring.generate_calls(out, rows=rows, seed=seed, progress=progress)
    if as_json:
        cities = [msgspec.to_builtins(city) | {"calls": city.calls} for city in generated.cities]
        print_json({"out": out, "rows": rows, "seed": seed, "cities": cities})
        return
    _print(generated, out=out)


def _print(generated: Generated, *, out: Path) -> None:
    from answerable.cli.printing import Column, Page  # noqa: PLC0415
    from answerable.cli.text import counted  # noqa: PLC0415

    page = Page()
    cities = generated.cities
    page.say(
        f"{counted(generated.terms.rows, 'row')} of {counted(len(cities), 'made-up city', 'made-up cities')} "
        f"in {out} (seed {generated.terms.seed})."
    )
    page.blank()
    page.table(
        [
            Column("Folder"), Column("Time zone"), *(
                Column(heading, figures=True) for heading in ("Files", "Rows", "Calls", "Repeated", "Broken")
            ),
        ],
        [
            (city.folder, city.timezone, *(
                f"{figure:,}" for figure in (city.files, city.rows, city.calls, city.duplicates, city.quarantined)
            ))
            for city in cities
        ],
    )  # fmt: skip
    page.blank()
    first = cities[0]
    words = ["answerable", "examine", str(out / first.folder), "--source", str(out / first.profile)]
    page.verbatim(f"Next  {shlex.join(words)}")
