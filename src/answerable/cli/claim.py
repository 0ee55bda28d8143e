"""`answerable claim`: write a claim, register what will be compared before anybody looks, check that it still holds."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import EXISTING_FILE, FILE_OR_FOLDER, examples, json_option
from answerable.model.claim import ClaimKind

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("claim")
def claim_group() -> None:
    """Claims: a file to fill in, registering it, checking it."""


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
    epilog=examples("answerable claim register claim.toml --policy policies/ --out claim.registered.json"),
)
@click.argument("claim", type=EXISTING_FILE, metavar="CLAIM.toml")
@click.option(
    "--policy",
    "policies",
    required=True,
    multiple=True,
    type=FILE_OR_FOLDER,
    metavar="FILE|DIR",
    help="The response policy under which calls will count as late or unheard. Repeatable.",
)
@click.option("--out", required=True, type=_FILE, metavar="FILE.json", help="The registration that is written.")
@json_option
def register_command(claim: Path, policies: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Write down what will be compared, before anybody looks.

    Claimant, window, policy versions, how calls are matched, outcomes, the chance of a false alarm and the smallest
    difference that matters, with one digest over all of it. Give the digest to somebody who keeps the day: the other
    side, a court, a newspaper. Then name the file in the claim, as `registration` under [comparison].
    """
    from answerable import wiring  # noqa: PLC0415

    done = wiring.register_claim(claim, policies=policies, out=out)
    if as_json:
        print_json({"claim": done.claim, "digest": done.digest, "out": str(done.out), "sealed": False})
        return
    from answerable.cli.printing import Page  # noqa: PLC0415

    page = Page()
    page.say(f"Registered {done.claim} in {done.out}:")
    page.verbatim(done.digest, indent=2)
    page.say("It is sealed in no log: give this digest to somebody who keeps the day.")
    page.say(f'Name it in the claim under [comparison]: registration = "{done.out.name}"')


@claim_group.command("check", epilog=examples("answerable claim check claim.toml --policy policies/"))
@click.argument("claim", type=EXISTING_FILE, metavar="CLAIM.toml")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    type=FILE_OR_FOLDER,
    metavar="FILE|DIR",
    help="Hold the claim to its registration under this policy, or folder of versions. Repeatable.",
)
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
