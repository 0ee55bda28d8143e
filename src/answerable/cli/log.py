"""`answerable log`: a record that nobody can edit unseen, and proofs of what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import FOLDER, Decorator, examples, json_option
from answerable.cli.progress import watched
from answerable.model.times import parse_duration_s

_BLOCK_BYTES = 1 << 20

record_argument: Decorator = click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
"""The folder of a record, made by `answerable log init`."""

embargo_option: Decorator = click.option(
    "--embargo",
    default="72 h",
    show_default=True,
    metavar="DURATION|none",
    help="How old an entry must be before it can be read; until then only its hash is public.",
)
witnesses_option: Decorator = click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="TRUST",
    help="The witnesses to ask, with their addresses, and how many must cosign (C2SP tlog-policy).",
)


@click.group("log")
def log_group() -> None:
    """The record itself: append, prove, publish, check.

    What is entered can never be changed or taken out unseen. It proves what was entered, not that everything was.
    """


@log_group.command("init", epilog=examples("answerable log init desk --origin alder.example/desk/2018h1"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--origin",
    required=True,
    metavar="NAME",
    help="The log's name for ever: host, agency, half-year, as in alder.example/desk/2018h1.",
)
@click.option(
    "--after",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CHECKPOINT",
    help="The last checkpoint of the log that this one continues.",
)
@click.option(
    "--database",
    metavar="URL",
    help="A PostgreSQL server, postgresql://…, where one machine is not enough. Without it: files in DIR.",
)
@click.option(
    "--high-water",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the guard against old backups is kept; best on another disk. Without it: in DIR.",
)
@json_option
def init_command(
    folder: Path, origin: str, after: Path | None, database: str | None, high_water: Path | None, as_json: bool
) -> None:
    """Make a record in DIR: its signing key, its database, and its first entry."""
    # the record is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import log_pages  # noqa: PLC0415

    state = wiring.make_record(
        folder,
        origin=origin,
        database=database,
        high_water=high_water.absolute() if high_water else None,
        after=after.read_bytes() if after else None,
    )
    log_pages.show_made(state, folder=folder, as_json=as_json)


@log_group.command("append", epilog=examples("answerable log append desk entries.jsonl --receipts receipts/"))
@record_argument
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.option(
    "--receipts", type=FOLDER, metavar="OUT_DIR", help="Write the receipt of each entry there, one file each."
)
@json_option
def append_command(folder: Path, file: BinaryIO, receipts: Path | None, as_json: bool) -> None:
    """Record entries: one line of JSON each, from FILE or (-) from standard input.

    An entry has an id of yours, a type, and fields that are public or private. Sending the same entry again is safe: it
    gets the same place and the same proof. The same id with other content is refused (exit code 2).
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import log_pages  # noqa: PLC0415

    with watched() as progress:
        appended = wiring.append_lines(
            folder,
            _blocks(file),
            name="standard input" if getattr(file, "name", "-") in ("-", "<stdin>", 0) else file.name,
            receipts=receipts,
            told=lambda done: progress("recording", done, None),
        )
    log_pages.show_appended(appended, receipts=receipts, as_json=as_json)
    if appended.refused:
        raise click.exceptions.Exit(2)


@log_group.command("checkpoint", epilog=examples("answerable log checkpoint desk > checkpoint"))
@record_argument
@json_option
def checkpoint_command(folder: Path, as_json: bool) -> None:
    """Print the last signed checkpoint, exactly as it is published."""
    from answerable import wiring  # noqa: PLC0415

    state = wiring.state_of(folder)
    if as_json:
        print_json(state)
    else:
        click.echo(state.note, nl=False)


@log_group.command(
    "prove",
    epilog=examples(
        "answerable log prove desk call-17 --out call-17.tlog-proof",
        "answerable log prove desk call-17 --from /srv/log --out call-17.tlog-proof",
    ),
)
@record_argument
@click.argument("entry", metavar="ENTRY")
@click.option("--private", is_flag=True, help="Carry the private fields too, for whoever may see them.")
@click.option(
    "--from",
    "published",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="PUB",
    help="Prove it in the state that is public there, with the witnesses' cosignatures.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there instead of printing."
)
@json_option
def prove_command(
    folder: Path, entry: str, private: bool, published: Path | None, out: Path | None, as_json: bool
) -> None:
    """Give the receipt of ENTRY (its id, or its index from 0): anybody can check it without the record.

    With --from it is a witnessed receipt, for whoever asks for a quorum of witnesses (`answerable verify --policy`).
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import log_pages  # noqa: PLC0415

    proved = wiring.receipt_for(folder, entry, private=private, published=published, out=out)
    log_pages.show_receipt(proved, as_json=as_json)


@log_group.command("export", epilog=examples("answerable log export desk --out public/ --policy witnesses.txt"))
@record_argument
@click.option(
    "--out", required=True, type=FOLDER, metavar="PUB", help="The public folder; any web server can serve it."
)
@embargo_option
@witnesses_option
@json_option
def export_log_command(folder: Path, out: Path, embargo: str, policy: Path | None, as_json: bool) -> None:
    """Publish the log: hash tiles, entries past their embargo, log.vkey, and last of all the checkpoint.

    Run it again whenever the log has grown: only what is missing is written, and nothing public is ever changed.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import log_pages  # noqa: PLC0415

    trust = wiring.read_trust(policy, ())
    with watched() as progress:
        published = wiring.publish_record(
            folder, out=out, embargo_s=embargo_s(embargo), trust=trust, told=_step(progress, "publishing")
        )
    log_pages.show_published(published, as_json=as_json)


@log_group.command("fsck", epilog=examples("answerable log fsck desk"))
@record_argument
@click.option(
    "--resume",
    is_flag=True,
    help="Where nothing is wrong: let the record sign again after it stopped on a fault, or lost its high-water mark.",
)
@json_option
def fsck_command(folder: Path, resume: bool, as_json: bool) -> None:
    """Hash every entry anew and open every private field; name whatever is not as it was signed.

    Exit code 0 where everything is whole, 1 where something is not. Without --resume nothing is changed.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import log_pages  # noqa: PLC0415

    with watched() as progress:
        examined = wiring.examine_record(folder, resume=resume, told=_step(progress, "hashing"))
    log_pages.show_examined(examined, as_json=as_json)
    if examined.faults:
        raise click.exceptions.Exit(1)


@log_group.command("rotate-key", epilog=examples("answerable log rotate-key desk"))
@record_argument
@json_option
def rotate_key_command(folder: Path, as_json: bool) -> None:
    """Make a new signing key. It is entered under the old one, and both sign for thirty days."""
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import log_pages  # noqa: PLC0415

    log_pages.show_rotated(wiring.rotate_key(folder), as_json=as_json)


@log_group.command("close", epilog=examples("answerable log close desk --next alder.example/desk/2018h2"))
@record_argument
@click.option(
    "--next", "next_origin", required=True, metavar="NAME", help="The origin of the log that continues this one."
)
@json_option
def close_command(folder: Path, next_origin: str, as_json: bool) -> None:
    """Enter the last entry. Nothing can be recorded after it; receipts and proofs remain."""
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import log_pages  # noqa: PLC0415

    state = wiring.close_record(folder, next_origin=next_origin)
    log_pages.show_closed(state, folder=folder, next_origin=next_origin, as_json=as_json)


@log_group.command(
    "export-calls",
    epilog=examples(
        "answerable log export-calls desk --out desk-calls",
        "answerable examine desk-calls/calls.csv --source desk-calls/profile.toml --policy desk-calls/policies "
        "--facts desk-calls/facts.csv --decisions desk-calls/decisions.csv --out result",
    ),
)
@record_argument
@click.option(
    "--out", required=True, type=FOLDER, metavar="DIR", help="The folder to write; what is in it is replaced."
)
@click.option(
    "--zone",
    metavar="ZONE",
    help="Time zone of the times in the files, each with its offset.  [default: the desk's, from the settings]",
)
@json_option
def export_calls_command(folder: Path, out: Path, zone: str | None, as_json: bool) -> None:
    """Write the calls, facts, decisions and policies of a desk's record as files that `answerable examine` reads.

    Only what is public goes out: no place, no name, no words of anybody. The desk may go on meanwhile.
    """
    from answerable.cli import log_pages  # noqa: PLC0415
    from answerable.config import read_said  # noqa: PLC0415
    from answerable.wiring.desk_export import export_record  # noqa: PLC0415

    local = read_said()["serve.zone"].text if zone is None else zone
    log_pages.show_exported_calls(export_record(folder, out, zone=local), as_json=as_json)


def embargo_s(text: str) -> int:
    """The embargo as it is given on the command line, in seconds."""
    if text == "none":
        return -1  # what was entered this very second may be read too
    try:
        return parse_duration_s(text)
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="'--embargo'") from fault


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """What is there to be read, as soon as it is there."""
    read = getattr(file, "read1", file.read)
    while block := read(_BLOCK_BYTES):
        yield block


def _step(progress: Callable[[str, int, int | None], None], name: str) -> Callable[[int], None]:
    return lambda done: progress(name, done, None)
