"""`answerable claim`: write a claim, register what will be compared before anybody looks, check that it still holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import (
    EXISTING_FILE,
    FILE_OR_FOLDER,
    FOLDER,
    as_of_option,
    examples,
    files_argument,
    json_option,
    memory_option,
    policies_option,
    source_option,
)
from answerable.cli.progress import watched
from answerable.model.claim import ClaimKind

if TYPE_CHECKING:
    from answerable.answer.compare.evidence import Evidence
    from answerable.wiring import Registered, RegistrationEntered

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("claim")
def claim_group() -> None:
    """Claims: a file to fill in, registering it, checking it, answering it."""


@claim_group.command("new", epilog=examples("answerable claim new pattern --out claim.toml"))
@click.argument("kind", type=click.Choice([kind.value for kind in ClaimKind]), metavar="KIND")
@click.option("--out", required=True, type=_FILE, metavar="CLAIM.toml", help="The file that is written.")
@json_option
def new_command(kind: str, out: Path, as_json: bool) -> None:
    """Write a claim file of this kind to fill in.

    KIND is calls_ignored, listed_calls, monitoring_lapse, pattern, policy_exists, request_denied, slower_response or
    statement.
    """
    from answerable import wiring  # noqa: PLC0415  help and completion must be quick

    wiring.new_claim(ClaimKind(kind), out)
    if as_json:
        print_json({"kind": kind, "out": str(out)})
    else:
        from answerable.cli.printing import Page  # noqa: PLC0415

        Page().say(f"{out}: fill it in, and read it with `answerable claim check {out}`.")


@claim_group.command(
    "register",
    epilog=examples(
        "answerable claim register claim.toml --policy policies/ --out claim.registered.json",
        "answerable claim register claim.toml --policy policies/ --out claim.registered.json --record desk --sealed",
    ),
)
@click.argument("claim", type=EXISTING_FILE, metavar="CLAIM.toml")
@policies_option("The response policy under which calls will count as late or unheard.", required=True)
@click.option("--out", required=True, type=_FILE, metavar="FILE.json", help="The registration that is written.")
@click.option(
    "--record",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="RECORD_DIR",
    help="Enter it in this record, so that anybody can see when it was registered.",
)
@click.option(
    "--sealed",
    is_flag=True,
    help="With --record: enter only a commitment, which shows nothing of the claim until you open it.",
)
@json_option
def register_command(
    claim: Path, policies: tuple[Path, ...], out: Path, folder: Path | None, sealed: bool, as_json: bool
) -> None:
    """Write down what will be compared, before anybody looks.

    Claimant, window, policy versions, how calls are matched, outcomes, the chance of a false alarm and the smallest
    difference that matters, with one digest over all of it. With --record a log keeps the day; without, give the digest
    to somebody who does: the other side, a court, a newspaper. Then name the file in the claim, as `registration` under
    [comparison].
    """
    if sealed and folder is None:
        raise click.UsageError("--sealed needs --record: a commitment is an entry in a record")
    from answerable import wiring  # noqa: PLC0415

    if folder is None:
        done, entered = wiring.register_claim(claim, policies=policies, out=out), None
    else:
        with wiring.open_record(folder) as record:
            seal, entered = wiring.seal_into(record, out, closed=sealed)
            done = wiring.register_claim(claim, policies=policies, out=out, seal=seal)
    if as_json:
        said = {"claim": done.claim, "digest": done.digest, "out": str(done.out), "sealed": entered is not None}
        print_json(said | {"entered": entered})
        return
    _print_registered(done, entered)


def _print_registered(done: Registered, entered: RegistrationEntered | None) -> None:
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    page.say(f"Registered {done.claim} in {done.out}:")
    page.verbatim(done.digest, indent=2)
    if entered is None or entered.entry is None:
        page.say("It is sealed in no log: give this digest to somebody who keeps the day.")
    elif entered.opening is None:
        page.say(f"Entered as {entered.entry.spoken}; the receipt is {entered.entry.receipt}.")
    else:
        page.say(f"A commitment to it was entered as {entered.entry.spoken}; it shows nothing of the claim.")
        page.say(
            f"Keep {entered.document} and {entered.opening}: only both together open it (`answerable evidence open`)."
        )
    page.say(f'Name it in the claim under [comparison]: registration = "{done.out.name}"')


@claim_group.command("check", epilog=examples("answerable claim check claim.toml --policy policies/"))
@click.argument("claim", type=EXISTING_FILE, metavar="CLAIM.toml")
@policies_option("Hold the claim to its registration under this policy, or folder of versions.")
@json_option
def check_command(claim: Path, policies: tuple[Path, ...], as_json: bool) -> None:
    """Read a claim with every document it names, and hold it to its registration.

    Exit code 2 where it cannot be used, or is not what was registered; the message names what changed.
    """
    from answerable import wiring  # noqa: PLC0415

    done = wiring.check_claim(claim, policies=policies)
    if as_json:
        print_json({"claim": done.claim, "registration": done.registration, "sealed": done.sealed})
        return
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    page.say(f"{claim.name}: a claim of kind {done.claim.kind}, and nothing in it is wrong.")
    if done.registration is not None:
        page.say("It says what was registered:")
        page.verbatim(done.registration, indent=2)
    elif done.claim.registered is not None:
        page.say("It names a registration; with --policy it is held to it.")


@claim_group.command("answer", epilog=examples("answerable claim answer claim.toml calls.parquet --policy policies/"))
@click.argument("claims", type=FILE_OR_FOLDER, metavar="CLAIM.toml|DIR")
@click.argument("calls", type=EXISTING_FILE, metavar="CALLS.parquet")
@policies_option(
    "The response policy, or a folder with its versions; the version then in force governs.", required=True
)
@as_of_option
@memory_option
@json_option
def answer_command(
    claims: Path, calls: Path, policies: tuple[Path, ...], as_of: str | None, memory: str | None, as_json: bool
) -> None:
    """Say at once what a large record says to a claim about a few of its calls.

    CALLS.parquet is what `answerable import` wrote. Only the part of it is read in which the claim's calls lie, and
    those that they are compared with; the finding is the one that `examine` gives. A claim that needs the whole record
    is refused. No result is written, and whether the files are still those that were imported is not looked at.
    """
    from answerable import wiring  # noqa: PLC0415  help and completion must be quick

    with watched() as progress:
        found = wiring.answer_claims([claims], calls, policies=policies, as_of=as_of, memory=memory, progress=progress)
    if as_json:
        print_json(
            {
                "claims": found.claims,
                "calls": found.source.calls,
                "calls_read": found.calls_read,
                "as_of_us": found.as_of_us,
                "parquet_sha256": found.source.parquet_sha256,
                "hashed": False,
            }
        )
        return
    from answerable.cli.findings import print_claims  # noqa: PLC0415
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    print_claims(page, found.claims)
    page.say(f"Read for this: {found.calls_read:,} of {found.source.calls:,} calls. {_NOT_A_REPORT}")


_NOT_A_REPORT = (
    "Whether the files are still those that were imported was not looked at, and no result was written. The report "
    "that others can check: answerable examine."
)


@claim_group.command(
    "watch", epilog=examples("answerable claim watch claim.toml calls.csv --policy policies/ --state evidence/")
)
@click.argument("claim", type=EXISTING_FILE, metavar="CLAIM.toml")
@files_argument
@source_option(required=False)
@policies_option("The response policy under which calls count as late or unheard.", required=True)
@click.option(
    "--state", required=True, type=FOLDER, metavar="DIR", help="Where the evidence is kept: one file a district."
)
@json_option
def watch_command(
    claim: Path, files: tuple[Path, ...], source: str | None, policies: tuple[Path, ...], state: Path, as_json: bool
) -> None:
    """Look again, as often as you like: evidence that a claimant's calls are late or unheard more often.

    Whole days of FILE that were not counted yet are counted. At 20 it is an alarm; if nothing is wrong, that ever
    happens with a chance of at most 1 in 20, however often one looks. Exit code 1 where there is an alarm.
    """
    from answerable.wiring.watching import watch_claim  # noqa: PLC0415

    with watched() as progress:
        found = watch_claim(claim, files, source=source, policies=policies, state=state, progress=progress)
    if as_json:
        print_json({"claim": claim.name, "districts": [_evidence(one) for one in found]})
    else:
        from answerable.cli.printing import Column, Page  # noqa: PLC0415

        page = Page()
        page.table(
            [Column("district"), *(Column(head, figures=True) for head in ("evidence", "most", "strata", "through"))],
            [
                (
                    one.district or "not named",
                    f"{one.value:.2f}",
                    f"{one.highest:.2f}",
                    str(one.strata),
                    one.through_day or "",
                )
                for one in found
            ],
            indent=0,
        )
        alarms = [one.district or "not named" for one in found if one.alarm]
        page.say(
            f"Alarm: {', '.join(alarms)}." if alarms else "No alarm: the evidence has not reached 20.", style="bold"
        )
    if any(one.alarm for one in found):
        raise click.exceptions.Exit(1)


def _evidence(one: Evidence) -> dict[str, object]:
    return {
        "district": one.district,
        "evidence": round(one.value, 4),
        "highest": round(one.highest, 4),
        "alarm": one.alarm,
        "strata": one.strata,
        "through_day": one.through_day,
    }
