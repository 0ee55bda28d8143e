"""`answerable witness` and `answerable monitor`: for whoever does not take a log's word for it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from answerable.cli.options import EXISTING_FILE, FOLDER, Decorator, examples, host_and_port, json_option

_key_option: Decorator = click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VKEY|FILE",
    help="The key of a log, name+id+base64, or a file that holds it.",
)


@click.group("witness")
def witness_group() -> None:
    """Cosign what continues, and nothing else: so that no log can show two people two histories."""


@witness_group.command(
    "serve", epilog=examples("answerable witness serve keeper --name witness.press.example --key log.vkey")
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--name", metavar="NAME", help="The witness's name for ever; needed the first time, when its key is made."
)
@_key_option
@click.option(
    "--listen",
    default="127.0.0.1:8089",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen. Put a web server with TLS in front before others are to reach it.",
)
@json_option
def serve_command(folder: Path, name: str | None, keys: tuple[str, ...], listen: str, as_json: bool) -> None:
    """Run a witness (C2SP tlog-witness) until Ctrl-C. DIR keeps its key, and what it has cosigned.

    It remembers one size and root a log. Run it on a machine that the log's keeper cannot reach.
    """
    # the witness is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import witness_pages  # noqa: PLC0415
    from answerable.cli.witness_server import serve  # noqa: PLC0415

    host, port = host_and_port(listen)
    logs = [party.key for party in wiring.read_trust(None, keys).logs]
    if not logs:
        raise click.UsageError("--key is needed: a witness cosigns only logs that it knows")
    with wiring.open_witness(folder, name=name, logs=logs) as witness:

        def ready(at: str) -> None:
            witness_pages.show_witness(witness, at=at, as_json=as_json)
            sys.stdout.flush()  # whoever started it may be waiting for this

        serve(witness, host=host, port=port, ready=ready)


@click.command(
    "monitor",
    epilog=examples(
        "answerable monitor https://log.alder.example --key log.vkey --state alder.json",
        "answerable monitor public/ --key log.vkey --state alder.json --receipt call-17.tlog-proof",
    ),
)
@click.argument("place", metavar="URL|DIR")
@_key_option
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="TRUST",
    help="Whom you believe, and how many witnesses must have cosigned (C2SP tlog-policy).",
)
@click.option(
    "--state",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What is remembered from one look to the next.",
)
@click.option(
    "--receipt",
    "receipts",
    multiple=True,
    type=EXISTING_FILE,
    metavar="FILE",
    help="A receipt to hold against the log.",
)
@click.option("--every", metavar="SECONDS", type=click.IntRange(min=1), help="Look again and again, until Ctrl-C.")
@json_option
def monitor_command(
    place: str,
    keys: tuple[str, ...],
    policy: Path | None,
    state: Path,
    receipts: tuple[Path, ...],
    every: int | None,
    as_json: bool,
) -> None:
    """Follow a published log, and alarm when it is not what it was.

    It recomputes the root from the tiles, looks that the last state seen is where this one begins, hashes every entry
    that is shown, holds your receipts against it, and alarms when the head is older than two minutes. Exit code 1 at
    an alarm.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import witness_pages  # noqa: PLC0415

    trust = wiring.read_trust(policy, keys)
    if not trust.logs:
        raise click.UsageError("--key or --policy is needed: a key that the log itself shows proves nothing")
    while True:
        seen = wiring.look_at_log(place, trust=trust, state=state, receipts=receipts)
        witness_pages.show_seen(seen, place=place, as_json=as_json)
        sys.stdout.flush()
        if every is None:
            break
        time.sleep(every)
    if seen.alarms:
        raise click.exceptions.Exit(1)
