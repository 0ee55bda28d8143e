"""`answerable sample`: calls for an auditor to hold against the recordings, and what the answers say of the record."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.answer.sampling import LARGEST
from answerable.cli.json_text import print_json
from answerable.cli.options import EXISTING_FILE, FILE_OR_FOLDER, examples, json_option
from answerable.model.outcome import Outcome


@click.group("sample")
def sample_group() -> None:
    """Audit samples: draw calls by lot, read the answers back."""


@sample_group.command(
    "draw", epilog=examples("answerable sample draw report/ --size 200 --seed 481516 --out sample.csv")
)
@click.argument("record", type=FILE_OR_FOLDER, metavar="RESULT_DIR|CALLS.parquet")
@click.option(
    "--size", required=True, type=click.IntRange(min=1, max=LARGEST), metavar="N", help="How many calls to draw."
)
@click.option(
    "--seed", required=True, metavar="TEXT", help="What decides the draw: best a number drawn in front of all sides."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="SAMPLE.csv",
    help="Where the list goes. Beside it: SAMPLE.drawn.json, which seals it.",
)
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    type=click.Choice([outcome.value for outcome in Outcome]),
    metavar="OUTCOME",
    help="Draw only among calls with this outcome. Repeatable.",
)
@click.option("--claim", metavar="ID", help="Draw only among calls that this claim complains of.")
@json_option
def draw_command(
    record: Path, size: int, seed: str, out: Path, outcomes: tuple[str, ...], claim: str | None, as_json: bool
) -> None:
    """Draw calls by lot, for an auditor to check against recordings.

    The same record, seed and filters give the same calls on every machine. The list has blank columns to fill in;
    `answerable sample read` takes it back.
    """
    if out.suffix != ".csv":
        raise click.BadParameter(f"{out.name!r} does not end in .csv", param_hint="'--out'")
    if not seed.strip() or "\n" in seed:
        raise click.BadParameter("it must be one line that is not blank", param_hint="'--seed'")
    # the engine is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import sample_pages  # noqa: PLC0415

    drawn = wiring.draw_sample(record, size=size, seed=seed, out=out, outcomes=outcomes, claim=claim)
    if as_json:
        print_json(sample_pages.drawn_result(drawn))
    else:
        sample_pages.print_drawn(drawn)


@sample_group.command("read", epilog=examples("answerable sample read sample.csv --record report/"))
@click.argument("file", type=EXISTING_FILE, metavar="SAMPLE.csv")
@click.option(
    "--drawn",
    type=EXISTING_FILE,
    metavar="SAMPLE.drawn.json",
    help="What was written beside the sample when it was drawn, where it is not beside it any more.",
)
@click.option(
    "--record",
    type=FILE_OR_FOLDER,
    metavar="RESULT_DIR|CALLS.parquet",
    help="Repeat the draw from this record, and refuse a list that was not drawn from it.",
)
@json_option
def read_command(file: Path, drawn: Path | None, record: Path | None, as_json: bool) -> None:
    """Take a filled-in sample back, and say how many calls of the record are wrong, within which bounds.

    The list must be the one that was drawn: nothing added, removed or changed. Calls that were not checked are
    counted, and the bounds hold whatever they would have shown.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import sample_pages  # noqa: PLC0415

    read = wiring.read_sample(file, drawn_file=drawn, record=record)
    if as_json:
        print_json(wiring.sample_result(read))
    else:
        sample_pages.print_read(read)
