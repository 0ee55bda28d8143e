"""`answerable finding`: from what the program proposes to what a person signs and publishes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.options import EXISTING_FILE, FOLDER, NEW_FILE, Decorator, examples, json_option

if TYPE_CHECKING:
    from answerable.wiring import FindingTold
    from answerable.wiring.recording import OpenRecord

result_argument: Decorator = click.argument(
    "result", metavar="RESULT_DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
record_option: Decorator = click.option(
    "--record",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="RECORD_DIR",
    help="Enter this step in that record. A finding that was begun in a record is kept there in every step.",
)


@click.group("finding")
def finding_group() -> None:
    """Findings: propose, ask those concerned, sign, publish. The program proposes; a person signs."""


@finding_group.command("propose", epilog=examples("answerable finding propose report/ --record desk"))
@result_argument
@click.option(
    "--supersedes",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="RESULT_DIR",
    help="The result of the finding whose place this one takes; it stays as it is.",
)
@click.option("--because", default="", metavar="TEXT", help="With --supersedes: why.")
@record_option
@json_option
def propose_command(result: Path, supersedes: Path | None, because: str, folder: Path | None, as_json: bool) -> None:
    """Propose what a result shows, and draft the letter.

    RESULT_DIR is the folder that `examine` wrote. The finding's life is kept in its folder `dossier`: the letter, a
    draft to be edited, and one file a step. Nothing there is a finding before somebody signs.
    """
    from answerable import wiring  # noqa: PLC0415  help and completion must be quick

    if because and supersedes is None:
        raise click.UsageError("--because needs --supersedes: it says why the earlier finding no longer stands")
    with _record(folder) as record:
        told = wiring.propose_finding(result, supersedes=supersedes, because=because, record=record)
    _show(told, as_json=as_json)


@finding_group.command(
    "ask",
    epilog=examples("answerable finding ask report/ --who 'Police Bureau, Office of the Chief' --by 2018-08-25"),
)
@result_argument
@click.option("--who", required=True, metavar="OFFICE", help="Whom you asked: an office or a party, not a name.")
@click.option(
    "--by", required=True, metavar="DAY|TIME", help="Until when they may reply: 2018-08-25, or a time with offset."
)
@click.option("--how", default="", metavar="TEXT", help="How they were asked, such as 'by letter, with the draft'.")
@record_option
@json_option
def ask_command(result: Path, who: str, by: str, how: str, folder: Path | None, as_json: bool) -> None:
    """Note that somebody concerned was asked for a reply, and until when they have.

    Ask them yourself, with the draft; this notes it. Nobody signs before everybody asked has replied or their time is
    over, and silence is never taken as consent.
    """
    from answerable import wiring  # noqa: PLC0415

    with _record(folder) as record:
        told = wiring.ask_for_reply(result, who=who, by=by, how=how, record=record)
    _show(told, as_json=as_json)


@finding_group.command(
    "reply",
    epilog=examples("answerable finding reply report/ reply.pdf --who 'Police Bureau, Office of the Chief'"),
)
@result_argument
@click.argument("document", metavar="DOCUMENT", type=EXISTING_FILE)
@click.option("--who", required=True, metavar="OFFICE", help="Who replied, as they were asked.")
@click.option("--received", metavar="TIME", help="When it came in, with offset; otherwise now.")
@click.option("--in-confidence", is_flag=True, help="Publish only that it came in and its digest, not the document.")
@record_option
@json_option
def reply_command(
    result: Path,
    document: Path,
    who: str,
    received: str | None,
    in_confidence: bool,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Take in a reply: the document is copied, and its digest stands in the finding.

    A reply that comes in after the signature is taken in too, and shown as one the letter could not deal with.
    """
    from answerable import wiring  # noqa: PLC0415

    with _record(folder) as record:
        told = wiring.enter_reply(
            result, who=who, document=document, received=received, published=not in_confidence, record=record
        )
    _show(told, as_json=as_json)


@finding_group.command("key", epilog=examples("answerable finding key ombudsman.alder.example --out signer.key"))
@click.argument("name", metavar="NAME")
@click.option("--out", required=True, type=NEW_FILE, metavar="FILE", help="The secret key, for its owner alone.")
@json_option
def key_command(name: str, out: Path, as_json: bool) -> None:
    """Make a key to sign findings with (Ed25519), under the NAME of whoever signs. FILE.vkey is its public half.

    Publish the public half where readers find it without the finding: on your own site, in print.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import finding_pages  # noqa: PLC0415

    finding_pages.show_key(wiring.make_signer_key(name, out=out), as_json=as_json)


@finding_group.command(
    "sign",
    epilog=examples(
        "answerable finding sign report/ --key signer.key --name 'Ana Reyes' --office 'City Ombudsman' \\",
        "    --rank director --body 'City of Alder, Ombudsman' --i-decided-none",
    ),
)
@result_argument
@click.option("--key", required=True, type=EXISTING_FILE, metavar="FILE", help="Your key, from `finding key`.")
@click.option("--name", required=True, metavar="NAME", help="Your name.")
@click.option("--office", required=True, metavar="OFFICE", help="Your office.")
@click.option("--rank", required=True, metavar="RANK", help="Your rank, or grade.")
@click.option("--body", required=True, metavar="BODY", help="The body for which you sign.")
@click.option(
    "--i-decided-none",
    "states_decided_none",
    is_flag=True,
    help="You state that you decided none of the calls, where the record does not show who did.",
)
@record_option
@json_option
def sign_command(
    result: Path, key: Path, states_decided_none: bool, folder: Path | None, as_json: bool, **signer: str
) -> None:
    """Sign the letter, and with it the finding and every step before.

    Refused while a reply is awaited, while the letter has blanks or lacks a line it must have, where the signer decided
    a call in scope, and where the record cannot show that they did not and they do not state it.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.model.finding_life import Signer  # noqa: PLC0415

    with _record(folder) as record:
        told = wiring.sign_finding(
            result,
            signer=Signer(**signer),
            key=wiring.read_signer_key(key),
            states_decided_none=states_decided_none,
            record=record,
        )
    _show(told, as_json=as_json)


@finding_group.command(
    "publish", epilog=examples("answerable finding publish report/ --out public/finding-1 --url https://example.org/1")
)
@result_argument
@click.option(
    "--out", required=True, type=FOLDER, metavar="DIR", help="The folder that is written, to be served as it is."
)
@click.option("--url", metavar="URL", help="The address under which it will lie, for the machine-readable reviews.")
@click.option(
    "--with-inputs",
    is_flag=True,
    help="Publish the examined file, facts, decisions and documents too; without it only their seals.",
)
@click.option("--draft", is_flag=True, help="Make the pages before anybody signed, marked as a draft.")
@record_option
@json_option
def publish_command(
    result: Path, out: Path, url: str | None, with_inputs: bool, draft: bool, folder: Path | None, as_json: bool
) -> None:
    """Write a signed finding as pages for everybody: overview, letter, claims, calls with proofs, methods, certificate.

    What may name people is left out unless --with-inputs: then anybody can compute the finding again from the folder
    alone. `answerable verify DIR` checks all of it.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import finding_pages  # noqa: PLC0415

    with _record(folder) as record:
        done = wiring.publish_finding(result, out=out, url=url, with_inputs=with_inputs, draft=draft, record=record)
    finding_pages.show_published(done, as_json=as_json)


@finding_group.command("supersede", epilog=examples("answerable finding supersede report/ --by report-2/"))
@result_argument
@click.option(
    "--by",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="RESULT_DIR",
    help="The result of the finding that takes its place; it was proposed with --supersedes.",
)
@record_option
@json_option
def supersede_command(result: Path, by: Path, folder: Path | None, as_json: bool) -> None:
    """Mark a finding as superseded. It stays as it is; publish it again, so that its pages say what took its place."""
    from answerable import wiring  # noqa: PLC0415

    with _record(folder) as record:
        told = wiring.supersede_finding(result, by=by, record=record)
    _show(told, as_json=as_json)


@finding_group.command("show", epilog=examples("answerable finding show report/"))
@result_argument
@json_option
def show_command(result: Path, as_json: bool) -> None:
    """Say where a finding stands: what it says, who was asked, what they replied, who signed, what comes next."""
    from answerable import wiring  # noqa: PLC0415

    _show(wiring.show_finding(result), as_json=as_json)


@finding_group.command("schema", epilog=examples("answerable finding schema"))
@json_option
def schema_command(as_json: bool) -> None:  # noqa: ARG001  it is JSON in any case
    """Print the JSON Schema of finding.json."""
    from answerable.cli.json_text import print_json  # noqa: PLC0415
    from answerable.report.finding_document import finding_schema  # noqa: PLC0415

    print_json(finding_schema())


@contextmanager
def _record(folder: Path | None) -> Iterator[OpenRecord | None]:
    """The record, open for writing; None where none is named."""
    if folder is None:
        yield None
        return
    from answerable import wiring  # noqa: PLC0415

    with wiring.open_record(folder) as record:
        yield record


def _show(told: FindingTold, *, as_json: bool) -> None:
    from answerable.cli import finding_pages  # noqa: PLC0415

    finding_pages.show_told(told, as_json=as_json)
