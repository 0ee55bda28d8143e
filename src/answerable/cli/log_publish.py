"""`answerable log publish`: a record that is published, second by second, until somebody ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from answerable.cli.log import embargo_option, embargo_s, record_argument, witnesses_option
from answerable.cli.options import FOLDER, examples, json_option

ENDS = (signal.SIGINT, signal.SIGTERM)


@click.command("publish", epilog=examples("answerable log publish desk --out /srv/log --policy witnesses.txt"))
@record_argument
@click.option(
    "--out", required=True, type=FOLDER, metavar="PUB", help="The public folder; any web server can serve it."
)
@embargo_option
@witnesses_option
@click.option(
    "--every",
    default=1,
    show_default=True,
    metavar="SECONDS",
    type=click.IntRange(min=1, max=60),
    help="How often to look whether the log has grown.",
)
@click.option("--once", is_flag=True, help="One heartbeat, one publication, and end: for a timer of your own.")
@json_option
def publish_command(
    folder: Path, out: Path, embargo: str, policy: Path | None, every: int, once: bool, as_json: bool
) -> None:
    """Keep the log published until Ctrl-C: whenever it has grown, and cosigned anew at least each minute.

    Enters a heartbeat each minute, without which silence cannot be told from a dead feed. Then as `log export`: tiles
    first, witnesses, and the checkpoint last. What fails is said once and tried again; exit code 4 where the public
    folder shows another history.
    """
    # the record is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import publish_pages  # noqa: PLC0415

    trust = wiring.read_trust(policy, ())
    page = publish_pages.RoundsPage(as_json=as_json)
    with _ended() as ended, wiring.open_publisher(folder, out=out, embargo_s=embargo_s(embargo), trust=trust) as it:
        while True:
            done = it.round()
            page.show(done)
            if once or ended.wait(every):
                break
    if once and done.trouble:
        raise click.exceptions.Exit(4)


@contextmanager
def _ended() -> Iterator[threading.Event]:
    """Set by Ctrl-C or SIGTERM, so that a round is finished first; the second time ends at once."""
    event = threading.Event()
    before = {number: signal.getsignal(number) for number in ENDS}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def heard(_number: int, _frame: FrameType | None) -> None:
        event.set()
        restore()

    for number in ENDS:
        signal.signal(number, heard)
    try:
        yield event
    finally:
        restore()
