"""`answerable audit`: what became of very many calls, counted; here, on a cluster, or call by call."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from answerable.cli.json_text import print_json
from answerable.cli.options import (
    FOLDER,
    as_of_option,
    examples,
    files_argument,
    json_option,
    memory_option,
    policies_option,
)
from answerable.cli.progress import watched
from answerable.model.audit import Audit


@click.command(
    "audit",
    short_help="What became of very many calls, counted.",
    epilog=examples(
        "answerable audit calls.parquet --policy policies/ --out audit/",
        "answerable audit imported/ --policy policies/ --out audit/ --memory 1GB",
        "answerable audit imported/ --policy policies/ --engine spark://head:7077",
    ),
)
@files_argument
@policies_option("A response policy, or a folder with its versions; the version then in force governs.", required=True)
@as_of_option
@click.option(
    "--engine",
    default="duckdb",
    show_default=True,
    metavar="NAME",
    help="Who counts: duckdb, spark (as it is configured), spark://HOST:PORT, or reference, slow, which defines it.",
)
@click.option("--out", type=FOLDER, metavar="DIR", help="Write audit.json and ignored.csv there.")
@memory_option
@json_option
def audit_command(
    files: tuple[Path, ...],
    policies: tuple[Path, ...],
    as_of: str | None,
    engine: str,
    out: Path | None,
    memory: str | None,
    as_json: bool,
) -> None:
    """Count what became of every call in FILE, by month, district and priority, and list the ignored ones.

    FILE is calls that `answerable import` wrote, several such files, or folders of them, also of several sources. There
    is no page, no claim and no row a call: for these use `examine`, which says without a policy how long things took.
    Whichever engine counts, the digest is the same.
    """
    # the engine is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415

    with watched() as progress:
        audit = wiring.audit_files(
            files, policies=policies, engine=engine, as_of=as_of, out=out, progress=progress, memory=memory
        )
    if as_json:
        print_json(msgspec.to_builtins(audit) | {"out": out})
        return
    _print(audit, out=out)


def _print(audit: Audit, *, out: Path | None) -> None:
    from answerable.cli.printing import Column, Page  # noqa: PLC0415
    from answerable.cli.text import counted  # noqa: PLC0415
    from answerable.report.spelling import share  # noqa: PLC0415
    from answerable.report.words import OUTCOMES, said  # noqa: PLC0415

    page = Page()
    page.say(f"{counted(audit.calls, 'call')} in {counted(len(audit.files), 'file')}; {audit.ignored:,} were ignored.")
    page.blank()
    page.table(
        [Column("Outcome"), Column("Calls", figures=True), Column("Share", figures=True)],
        [
            (said(OUTCOMES, outcome).label, f"{calls:,}", share(calls, audit.calls))
            for outcome, calls in audit.outcomes.items()
            if calls
        ],
    )
    page.blank()
    page.say(f"Digest {audit.digest}")
    if out is not None:
        page.say(f"By month, district and priority: {out / 'audit.json'}. The ignored calls: {out / 'ignored.csv'}.")
