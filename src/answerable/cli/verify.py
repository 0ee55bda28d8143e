"""`answerable verify`: what a receipt, checkpoint, log, seal, bundle or finding proves, and what it does not."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import EXISTING_FILE, FILE_OR_FOLDER, examples, json_option
from answerable.cli.progress import watched

REFUTED, CANNOT_TELL = 1, 3


@click.command(
    "verify",
    epilog=examples(
        "answerable verify receipt.tlog-proof --key log.vkey",
        "answerable verify bundle/ --policy trust.txt",
        "answerable verify public/ --key signer.key.vkey --key log.vkey",
        "answerable verify receipt.tlog-proof --policy trust.txt --entry entry.json --json",
    ),
)
@click.argument("files", metavar="FILE|DIR…", nargs=-1, required=True, type=FILE_OR_FOLDER)
@click.option(
    "--policy",
    type=EXISTING_FILE,
    metavar="TRUST",
    help="Whom you believe: the keys of logs and witnesses, and how many witnesses (C2SP tlog-policy).",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VKEY|FILE",
    help="The key of a log, or of a finding's signer, that you believe: name+id+base64, or a file. Repeatable.",
)
@click.option(
    "--entry",
    type=EXISTING_FILE,
    metavar="FILE",
    help="The entry of a receipt whose holder left it out of the receipt.",
)
@json_option
def verify_command(
    files: tuple[Path, ...], policy: Path | None, keys: tuple[str, ...], entry: Path | None, as_json: bool
) -> None:
    """Check proofs without the log and without a network: what is proved, what is refuted, and what is not proved.

    FILE is a receipt (.tlog-proof), a promise, a checkpoint, a seal (beside the file it seals), or an entry with
    disclosures; DIR is a finding, published or not, a bundle, or a whole log as tiles. Several are also held against
    each other: a promise against receipts; and a log that has signed two states of one size has shown two histories.

    Keys come from you: a key that lies beside a receipt proves nothing. Exit code 0: proved. 1: refuted, something
    contradicts itself or a key you trust. 3: cannot tell, something needed is not there.
    """
    # the engines are loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import verify_pages  # noqa: PLC0415

    with watched() as progress:
        judged = wiring.verify_paths(files, trust=wiring.read_trust(policy, keys), entry=entry, progress=progress)
    if as_json:
        print_json(verify_pages.judged_result(judged))
    else:
        verify_pages.print_judged(judged, trusts_nobody=not keys and policy is None)
    if code := {"refuted": REFUTED, "cannot_tell": CANNOT_TELL}.get(judged.verdict):
        raise click.exceptions.Exit(code)
