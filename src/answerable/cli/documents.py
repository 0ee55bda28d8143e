"""`answerable seal`, `answerable redact` and `answerable evidence`: documents, and what is taken out again."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.log import record_argument
from answerable.cli.options import EXISTING_FILE, Decorator, examples, json_option
from answerable.cli.progress import watched

about_option: Decorator = click.option(
    "--about", metavar="ENTRY", help="The entry that the document belongs to, by id or index."
)
receipt_option: Decorator = click.option(
    "--receipt", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the receipt there."
)


@click.command(
    "seal",
    epilog=examples(
        "answerable seal calls.csv",
        "answerable seal calls.csv --record desk",
        "answerable seal policies/2018-07-16.toml --record desk",
    ),
)
@click.argument("file", metavar="FILE", type=EXISTING_FILE)
@click.option(
    "--record",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Enter the seal into this record too: of a response policy as a version of it, else as a data set.",
)
@receipt_option
@json_option
def seal_command(file: Path, folder: Path | None, receipt: Path | None, as_json: bool) -> None:
    """Seal a file of any size: its SHA-256, and a tree by which one row can be proved without the rest.

    The seal is written beside it, as FILE.seal.json; whoever has both can check them with `answerable verify`. Calls
    that `answerable import` wrote are entered with what was read in them: rows, profile, hashes. A response policy is
    entered as a version: do it on the day it is issued, before it takes effect.
    """
    if receipt is not None and folder is None:
        raise click.UsageError("--receipt needs --record: only what is entered has a receipt")
    # the record is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import document_pages  # noqa: PLC0415

    with watched() as progress:
        sealed = wiring.seal_file(file, folder=folder, receipt=receipt, progress=progress)
    document_pages.show_sealed(sealed, as_json=as_json)


@click.command(
    "redact",
    epilog=examples(
        "answerable redact desk call-17 --field caller_name --ground 'court order 18-112' \\",
        "    --by clerk --approved-by 'records officer'",
    ),
)
@record_argument
@click.argument("entry", metavar="ENTRY")
@click.option(
    "--field", "fields", required=True, multiple=True, metavar="NAME", help="A private field to take out. Repeatable."
)
@click.option("--ground", required=True, metavar="TEXT", help="Why; it stands in the record for ever.")
@click.option("--by", required=True, metavar="WHO", help="Who takes it out: an office or a rank, not a name.")
@click.option("--approved-by", required=True, metavar="WHO", help="Who approved it: somebody else.")
@json_option
def redact_command(
    folder: Path, entry: str, fields: tuple[str, ...], ground: str, by: str, approved_by: str, as_json: bool
) -> None:
    """Take private fields of ENTRY out, for good: the value, its salt and its key are in no file afterwards.

    That they were taken out, why and by whom is an entry of its own. No hash changes: every receipt stays valid, and
    what is gone is shown as withheld or erased. Backups of the vault must be destroyed by whoever keeps them.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import document_pages  # noqa: PLC0415

    done = wiring.redact_fields(folder, entry, fields=fields, ground=ground, by=by, approved_by=approved_by)
    document_pages.show_redacted(done, fields=fields, as_json=as_json)


@click.group("evidence")
def evidence_group() -> None:
    """Documents: filed openly, or committed to unseen and opened later."""


@evidence_group.command("file", epilog=examples("answerable evidence file desk letter.pdf --about call-17"))
@record_argument
@click.argument("file", metavar="FILE", type=EXISTING_FILE)
@about_option
@receipt_option
@json_option
def file_command(folder: Path, file: Path, about: str | None, receipt: Path | None, as_json: bool) -> None:
    """Enter a document's name and seal. The document itself stays where it is."""
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import document_pages  # noqa: PLC0415

    filed = wiring.file_evidence(folder, file, about=about, receipt=receipt)
    document_pages.show_filed(filed, as_json=as_json)


@evidence_group.command(
    "commit", epilog=examples("answerable evidence commit desk memo.pdf --opening memo.opening.json")
)
@record_argument
@click.argument("file", metavar="FILE", type=EXISTING_FILE)
@click.option(
    "--opening",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OPENING",
    help="Where to write what opens the commitment. Keep it: without it nobody can.",
)
@about_option
@receipt_option
@json_option
def commit_command(
    folder: Path, file: Path, opening: Path, about: str | None, receipt: Path | None, as_json: bool
) -> None:
    """Commit to a document without showing anything of it, not even its name or size.

    Whoever opens the commitment later had the document now, unchanged.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import document_pages  # noqa: PLC0415

    done = wiring.commit_evidence(folder, file, about=about, opening=opening, receipt=receipt)
    document_pages.show_committed(done, as_json=as_json)


@evidence_group.command("open", epilog=examples("answerable evidence open desk memo.pdf --opening memo.opening.json"))
@record_argument
@click.argument("file", metavar="FILE", type=EXISTING_FILE)
@click.option("--opening", required=True, type=EXISTING_FILE, metavar="OPENING", help="What `evidence commit` wrote.")
@receipt_option
@json_option
def open_command(folder: Path, file: Path, opening: Path, receipt: Path | None, as_json: bool) -> None:
    """Open a commitment: enter what shows that FILE is the document committed to. Exit code 1 where it is not."""
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import document_pages  # noqa: PLC0415

    document_pages.show_opened(wiring.open_evidence(folder, file, opening=opening, receipt=receipt), as_json=as_json)
