"""`answerable log versions`: a whole log read for the versions of a policy that it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import EXISTING_FILE, NEW_FILE, examples, json_option

if TYPE_CHECKING:
    from answerable.model.log_reading import LogReading


@click.command(
    "versions",
    epilog=examples(
        "answerable log versions public/ --policy trust.txt --out log.json",
        "answerable log versions https://log.alder.example/2018h1 --key log.vkey",
    ),
)
@click.argument("place", metavar="PUB|URL")
@click.option(
    "--policy",
    type=EXISTING_FILE,
    metavar="TRUST",
    help="Whom you believe: the log's key and its witnesses (C2SP tlog-policy).",
)
@click.option(
    "--key", "keys", multiple=True, metavar="VKEY|FILE", help="The log's key, or a file that holds it. Repeatable."
)
@click.option("--out", type=NEW_FILE, metavar="FILE.json", help="Write down what was read, for `examine --log`.")
@json_option
def versions_command(place: str, policy: Path | None, keys: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Read a published log, entry by entry: every version of a response policy it holds, and since when.

    Only so can be shown that there was no other version. Each entry is hashed, and all must lead to the root that the
    log signed under a key that you give; of entries under embargo the hashes are read. A version entered later than it
    says it took effect shows.
    """
    from answerable import wiring  # noqa: PLC0415  help and completion must be quick

    reading = wiring.read_log_versions(place, trust=wiring.read_trust(policy, keys), out=out)
    if as_json:
        print_json(reading)
    else:
        _print(reading, out=out)


def _print(reading: LogReading, *, out: Path | None) -> None:
    from answerable.cli.printing import Column, Page  # noqa: PLC0415
    from answerable.cli.text import counted  # noqa: PLC0415
    from answerable.report.spelling import moment, zone_of  # noqa: PLC0415

    page, utc = Page(), zone_of("UTC")
    entries = counted(reading.size, "entry", "entries")
    if reading.unread:
        page.say(
            f"{reading.origin} was read up to number {reading.size - reading.unread:,} of {entries}, hashed anew up "
            "to the signed root. The rest is under embargo: only its hashes are public.",
            style="green",
        )
    else:
        page.say(f"{reading.origin} was read whole: {entries}, hashed anew up to the signed root.", style="green")
    page.pairs(
        [
            ("From", moment(reading.opened_us, utc)),
            ("To", moment(reading.through_us, utc)),
            ("Cosigned by", ", ".join(reading.witnesses) or "no witness: nobody but its keeper vouches for it"),
        ]
    )
    if reading.versions:
        page.table(
            [Column("entry", figures=True), Column("entered"), Column("version"), Column("SHA-256")],
            [
                (f"{one.index:,}", moment(one.entered_us, utc), one.file or "no file", one.sha256[:16])
                for one in reading.versions
            ],
        )
    else:
        page.say("It holds no version of a policy.")
    if out is not None:
        page.say(f"Written to {out}, for `answerable examine --log`.")
