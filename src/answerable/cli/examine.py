"""`answerable examine`: what a file shows by itself; with a policy, what became of every call and every claim."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from answerable.cli.json_result import examination_result, several_sources_result
from answerable.cli.json_text import print_json
from answerable.cli.options import (
    EXISTING_FILE,
    FILE_OR_FOLDER,
    FOLDER,
    as_of_option,
    encoding_option,
    examples,
    files_argument,
    json_option,
    memory_option,
    policies_option,
    sheet_option,
    source_option,
)
from answerable.cli.progress import watched
from answerable.model.examination import Examination

if TYPE_CHECKING:
    from answerable.wiring import Bundled


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for, by the names of the options."""

    files: tuple[Path, ...]
    source: str | None
    encoding: str | None
    sheet: str | None
    as_of: str | None
    policies: tuple[Path, ...]
    facts: Path | None
    decisions: Path | None
    claims: tuple[Path, ...]
    log: Path | None
    out: Path | None
    record: Path | None
    memory: str | None
    as_json: bool

    def command(self) -> str:
        """The command line that gives the same result again, quoted for a shell."""
        return shlex.join(["answerable", "examine", *map(str, self.files), *self._options()])

    def _options(self) -> Iterable[str]:
        single = {
            "--source": self.source,
            "--encoding": self.encoding,
            "--sheet": self.sheet,
            "--as-of": self.as_of,
            "--facts": self.facts,
            "--decisions": self.decisions,
            "--log": self.log,
        }
        pairs = [(option, value) for option, value in single.items() if value is not None]
        pairs += [("--policy", policy) for policy in self.policies]
        pairs += [("--claim", claim) for claim in self.claims]
        pairs += [("--out", self.out)] if self.out is not None else []
        pairs += [("--record", self.record)] if self.record is not None else []
        return (str(part) for pair in pairs for part in pair)


@click.command(
    "examine",
    epilog=examples(
        "answerable examine calls.csv",
        "answerable examine calls.csv --source san-diego-ca --policy policies/ --claim claim.toml --out report/",
        "answerable examine imported/ --policy policies/ --out report/ --memory 1GB",
        "answerable examine san-diego.parquet alder-city.parquet",
    ),
)
@files_argument
@source_option(required=False)
@encoding_option
@sheet_option
@as_of_option
@policies_option("A response policy, or a folder with its versions; the version then in force governs.")
@click.option(
    "--facts",
    type=EXISTING_FILE,
    metavar="FACTS.csv",
    help="Facts asserted beside the calls: call, fact, value, asserted_by, occurred_at, recorded_at.",
)
@click.option(
    "--decisions",
    type=EXISTING_FILE,
    metavar="DECISIONS.csv",
    help="Decisions: call, at, recorded_at, actor, rank, decision, clause, reason, conditions, review_due and so on.",
)
@click.option(
    "--claim",
    "claims",
    multiple=True,
    type=FILE_OR_FOLDER,
    metavar="CLAIM.toml|DIR",
    help="A claim to test, or a folder of them. Repeatable.",
)
@click.option(
    "--log",
    type=EXISTING_FILE,
    metavar="LOG.json",
    help="What `answerable log versions` read in the agency's log: whether there were other versions; its receipts.",
)
@click.option("--out", type=FOLDER, metavar="DIR", help="The folder for the report; needed with --policy.")
@click.option(
    "--record",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="RECORD_DIR",
    help="Enter the seals of everything given, and of the result, into this record: the result becomes a bundle.",
)
@memory_option
@json_option
def examine_command(**given: Any) -> None:
    """Say what FILE shows, and what it cannot show.

    Alone: how many calls, which clock points are recorded, how long things took under several definitions, how calls
    ended, and which questions the file can answer at all. With a policy: the outcome of every call under the version
    then in force, a finding for every claim, and a report.

    FILE is a publisher's file (CSV, TSV, JSON lines, Parquet, Excel; also packed with gzip, zstd or ZIP), several of
    them, a folder, or the .parquet that `answerable import` wrote; or several such files of one source, or a folder of
    them, as if the publisher's files had been imported together. Alone, imported files of several sources are measured
    side by side and all together.
    """
    asked = Asked(**given)
    if asked.policies:
        _examine(asked)
    else:
        _describe(asked)


def _describe(asked: Asked) -> None:
    given = {"--claim": asked.claims, "--facts": asked.facts, "--decisions": asked.decisions, "--out": asked.out}
    given |= {"--record": asked.record, "--log": asked.log}
    if useless := [option for option, value in given.items() if value]:
        raise click.UsageError(
            f"{', '.join(useless)} without --policy FILE|DIR: without a policy nothing is owed, so there is no finding."
        )
    # the engine and the printer are loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415

    with watched() as progress:
        found = wiring.describe_files(
            asked.files,
            source=asked.source,
            encoding=asked.encoding,
            sheet=asked.sheet,
            as_of=asked.as_of,
            progress=progress,
            memory=asked.memory,
        )
    if asked.as_json:
        print_json(examination_result(found) if isinstance(found, Examination) else several_sources_result(found))
        return
    from answerable.cli.describing import print_description  # noqa: PLC0415
    from answerable.cli.printing import Page  # noqa: PLC0415

    if isinstance(found, Examination):
        print_description(Page(), found)
        return
    from answerable.cli.several_sources import print_sources  # noqa: PLC0415

    print_sources(Page(), found)


def _examine(asked: Asked) -> None:
    if asked.out is None:
        raise click.UsageError("--policy needs --out DIR: the folder into which the report is written.")
    from answerable import wiring  # noqa: PLC0415
    from answerable.report.out_folder import replaces_earlier_result  # noqa: PLC0415

    replaces = replaces_earlier_result(asked.out)

    with watched() as progress:
        examination = wiring.examine_file(
            asked.files,
            source=asked.source,
            encoding=asked.encoding,
            sheet=asked.sheet,
            policies=asked.policies,
            facts=asked.facts,
            decisions=asked.decisions,
            claims=asked.claims,
            log=asked.log,
            out=asked.out,
            as_of=asked.as_of,
            progress=progress,
            command=asked.command(),
            memory=asked.memory,
        )
    bundled = None if asked.record is None else _bundled(asked, asked.out, asked.record)
    if asked.as_json:
        print_json(
            examination_result(examination, out=asked.out) | {"replaced_earlier_result": replaces, "bundle": bundled}
        )
    else:
        _print_examination(examination, out=asked.out, replaces=replaces, bundled=bundled)


def _bundled(asked: Asked, out: Path, record: Path) -> Bundled:
    from answerable import wiring  # noqa: PLC0415

    options = {
        "--source": asked.source,
        "--encoding": asked.encoding,
        "--sheet": asked.sheet,
        "--as-of": asked.as_of,
        "--log": None if asked.log is None else str(asked.log),
    }
    given = wiring.Given(
        files=asked.files,
        policies=asked.policies,
        facts=asked.facts,
        decisions=asked.decisions,
        claims=asked.claims,
        options=tuple((option, value) for option, value in options.items() if value is not None),
    )
    with wiring.open_record(record) as opened:
        return wiring.bundle_result(out, given, record=opened)


def _print_examination(examination: Examination, *, out: Path, replaces: bool, bundled: Bundled | None) -> None:
    from answerable.cli.describing import print_can_answer, print_source  # noqa: PLC0415
    from answerable.cli.findings import print_findings, print_where  # noqa: PLC0415
    from answerable.cli.printing import Page  # noqa: PLC0415
    from answerable.cli.snapshots import print_snapshots  # noqa: PLC0415

    page = Page()
    print_findings(page, examination)
    page.blank()
    print_source(page, examination.source)
    print_can_answer(page, examination.source.can_answer)
    if examination.source.snapshots is not None:
        print_snapshots(page, examination.source.snapshots)
    print_where(page, examination, out)
    if bundled is not None:
        page.say(f"A bundle of {bundled.files} files, sealed in the record as entry {bundled.entry.spoken}.")
        page.command("Verify", shlex.join(["answerable", "verify", str(out), "--key", "LOG.vkey"]))
    if replaces:
        page.say(f"The earlier result in {out} was replaced.")
