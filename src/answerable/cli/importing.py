"""`answerable import`: a publisher's file becomes canonical calls, and every row is accounted for."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.json_result import import_result
from answerable.cli.json_text import print_json
from answerable.cli.options import (
    as_of_option,
    encoding_option,
    examples,
    files_argument,
    json_option,
    sheet_option,
    source_option,
)
from answerable.cli.progress import watched
from answerable.model.source import SourceManifest


@click.command(
    "import",
    epilog=examples(
        "answerable import calls.csv --source san-diego-ca --out calls.parquet",
        "answerable import june.csv --source san-diego-ca --onto may.parquet --out june.parquet",
    ),
)
@files_argument
@source_option(required=True)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="CALLS.parquet",
    help="Where the calls go. Beside it: what was quarantined, and the manifest that seals both.",
)
@click.option(
    "--onto",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    metavar="EARLIER.parquet",
    help="The calls of earlier exports of the same source: FILE is a later one, and OUT says what it changed.",
)
@encoding_option
@sheet_option
@as_of_option
@json_option
def import_command(
    files: tuple[Path, ...],
    source: str,
    out: Path,
    onto: Path | None,
    encoding: str | None,
    sheet: str | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Read FILE, several files or a folder by their source profile and write canonical calls.

    Every row of FILE is imported, quarantined with line, column, value and reason, or counted as byte-identical to
    another: the three add up to what was read. FILE may be CSV, TSV, JSON lines, Parquet or an Excel workbook, also
    packed with gzip, zstd or ZIP.

    With --onto FILE is a later export of the same source. CALLS.parquet then has every call as it was last seen, also
    those that FILE no longer has; beside it stand the history of every observation and the list of what changed. The
    earlier files stay as they are.
    """
    _refuse_odd_target(files, out, onto)
    # the engine is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415

    with watched() as progress:
        manifest = wiring.import_file(
            files, source=source, out=out, onto=onto, encoding=encoding, sheet=sheet, as_of=as_of, progress=progress
        )
    quarantine, seal = (out.with_name(f"{out.stem}.{kind}") for kind in ("quarantine.csv", "manifest.json"))
    if as_json:
        print_json(import_result(manifest, out=out, quarantine=quarantine, seal=seal, later=onto is not None))
    else:
        _print(manifest, out=out, quarantine=quarantine, seal=seal)


def _refuse_odd_target(files: tuple[Path, ...], out: Path, onto: Path | None) -> None:
    if out.suffix != ".parquet":
        raise click.BadParameter(f"{out.name!r} does not end in .parquet", param_hint="'--out'")
    if out.exists() and any(out.samefile(file) for file in files):
        raise click.BadParameter("this is FILE itself, which an import never changes", param_hint="'--out'")
    if onto is not None and out.resolve() in (onto.resolve(), onto.resolve().with_name(f"{onto.stem}.history.parquet")):
        raise click.BadParameter(
            "this belongs to the calls of --onto, which are never written over; name a new file", param_hint="'--out'"
        )


def _print(manifest: SourceManifest, *, out: Path, quarantine: Path, seal: Path) -> None:
    from answerable.cli.describing import print_flaws, print_source, rows_sentence  # noqa: PLC0415
    from answerable.cli.printing import Page  # noqa: PLC0415
    from answerable.cli.snapshots import print_last_snapshot  # noqa: PLC0415

    page = Page()
    print_source(page, manifest)
    if len(manifest.parts) > 1:
        page.heading("Files")
        page.bullets(f"{part.name}: {rows_sentence(part.rows)}" for part in manifest.parts)
    if manifest.snapshots is not None:
        print_last_snapshot(page, manifest.snapshots)
    print_flaws(page, manifest)
    page.blank()
    pairs = [("Calls", str(out)), ("Manifest", str(seal)), ("Coded record", str(out.with_suffix(".coded")))]
    if manifest.snapshots is not None:
        pairs.insert(1, ("History", f"{out.with_name(out.stem)}.history.parquet (every observation of every call)"))
        pairs.insert(2, ("Changes", f"{out.with_name(out.stem)}.changes.csv (has places and names: not to publish)"))
    if manifest.rows.quarantined:
        pairs.insert(1, ("Quarantine", f"{quarantine} (each row with its line and the reason)"))
    page.pairs([*pairs, ("Next", f"answerable examine {out}")])
