"""`answerable demo`: the whole story on calls that the program makes, start to finish."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.json_result import examination_result
from answerable.cli.json_text import print_json
from answerable.cli.options import FOLDER, examples, json_option
from answerable.cli.progress import watched


@click.command(
    "demo",
    short_help="The whole story, start to finish, on made-up calls.",
    epilog=examples("answerable demo --out demo/"),
)
@click.option(
    "--out", type=FOLDER, default=Path("answerable-demo"), show_default=True, metavar="DIR", help="Where it is written."
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=2018,
    show_default=True,
    metavar="N",
    help="Another seed, other calls.",
)
@json_option
def demo_command(out: Path, seed: int, as_json: bool) -> None:
    """Make a city's calls, a policy, a decision and an allegation, and answer the allegation from the record.

    City and calls are made up; the same seed makes the same ones. Nothing is downloaded.
    """
    # the engine is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.report.out_folder import replaces_earlier_demo  # noqa: PLC0415

    replaces = replaces_earlier_demo(out)

    with watched() as progress:
        played = wiring.play_demo(out, seed=seed, progress=progress)
    if as_json:
        told = {"seed": seed, "city": str(out / "city"), "record": played.record}
        print_json(examination_result(played.examination, out=played.out) | told)
        return
    from answerable.cli.demo_page import print_demo  # noqa: PLC0415
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    print_demo(page, played.examination, out=played.out, requests=len(played.story.requests), record=played.record)
    if replaces:
        page.say(f"The earlier result in {out} was replaced.")
