"""`answerable policy`: a response policy is checked before it governs anything."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.backtest import backtest_command
from answerable.cli.handbook import handbook_command
from answerable.cli.json_text import print_json
from answerable.cli.options import EXISTING_FILE, FILE_OR_FOLDER, NEW_FILE, examples, json_option


@click.group("policy")
def policy_group() -> None:
    """Response policies: gaps, conflicts, promises."""


@policy_group.command("check", epilog=examples("answerable policy check policies/response.toml"))
@click.argument("path", type=FILE_OR_FOLDER, metavar="FILE|DIR")
@json_option
def check_command(path: Path, as_json: bool) -> None:
    """Check a response policy, or every version in a folder: each problem with its line and column.

    Gaps and conflicts between rules are searched over every possible call; every example is decided; every promise is
    proved or refuted by a call that breaks it. Exit code 0 where there is no error, 1 where there is one.
    """
    # the checker is loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import policy_pages  # noqa: PLC0415

    checks = wiring.check_policies(path)
    if as_json:
        print_json(policy_pages.checks_result(checks))
    else:
        policy_pages.print_checks(checks)
    if any(policy_pages.errors_of(check) for check in checks):
        raise click.exceptions.Exit(1)


@policy_group.command(
    "explain",
    epilog=examples(
        "answerable policy explain policy.toml --fact kind=call --fact life_safety=yes",
        "answerable policy explain policy.toml --calls calls.parquet --call-id 18-004711 --json > receipt.json",
        "answerable policy explain policy.toml --recompute receipt.json",
    ),
)
@click.argument("path", type=EXISTING_FILE, metavar="POLICY")
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="NAME=VALUE",
    help="A fact of the call; repeatable. yes and no, not 1 and 0.",
)
@click.option("--given", type=EXISTING_FILE, metavar="FACTS.json|toml", help="The facts of the call, as one table.")
@click.option(
    "--calls", type=EXISTING_FILE, metavar="CALLS.parquet", help="Take the facts from these calls (or a .csv of them)."
)
@click.option("--call-id", metavar="ID", help="Which of the calls: its number, or its row_key.")
@click.option(
    "--recompute", type=EXISTING_FILE, metavar="RECEIPT.json", help="Work a decision receipt out again and compare."
)
@json_option
def explain_command(
    path: Path,
    facts: tuple[str, ...],
    given: Path | None,
    calls: Path | None,
    call_id: str | None,
    recompute: Path | None,
    as_json: bool,
) -> None:
    """Say what POLICY decides about one call, and why: rule by rule, clause by clause, clock by clock.

    A fact that is not given is unknown. With --json the decision is a receipt that anybody who has the policy can
    recompute; --recompute exits with 0 where it comes out the same, and with 1 where it does not.
    """
    from answerable import wiring  # noqa: PLC0415  loaded only when a command works
    from answerable.cli import explain_pages  # noqa: PLC0415

    if recompute is not None:
        if facts or given or calls or call_id:
            raise click.UsageError("--recompute takes the facts from the receipt; leave the others out")
        again = wiring.recompute_receipt(recompute, path)
        if as_json:
            print_json({"same": not again.differences, "differences": again.differences})
        else:
            explain_pages.print_recomputed(again)
        raise click.exceptions.Exit(1 if again.differences else 0)
    if (calls is None) != (call_id is None):
        raise click.UsageError("--calls and --call-id go together")
    explained = wiring.explain_call(path, facts=facts, given=given, calls=calls, call_id=call_id)
    if as_json:
        print_json(explained.receipt)
    else:
        explain_pages.print_explained(explained)


@policy_group.command(
    "diff", epilog=examples("answerable policy diff policies/2018-01-01.toml policies/2018-06-01.toml")
)
@click.argument("before", type=EXISTING_FILE, metavar="BEFORE")
@click.argument("after", type=EXISTING_FILE, metavar="AFTER")
@json_option
def diff_command(before: Path, after: Path, as_json: bool) -> None:
    """Say in sentences for whom what changes between two versions of a policy.

    Every possible call is compared, not the text: where nothing is listed, nothing changes, and that is proved. Then
    come the texts, dates, facts, ranks, conditions and promises that are said differently.
    """
    from answerable import wiring  # noqa: PLC0415  loaded only when a command works
    from answerable.cli import compare_pages  # noqa: PLC0415

    diff = wiring.compare_policy_files(before, after)
    if as_json:
        print_json(compare_pages.diff_result(diff))
    else:
        compare_pages.print_diff(diff)


@policy_group.command(
    "fmt", epilog=examples("answerable policy fmt policies/", "answerable policy fmt --check policies/")
)
@click.argument("paths", type=FILE_OR_FOLDER, metavar="FILE|DIR…", nargs=-1, required=True)
@click.option("--check", "check_only", is_flag=True, help="Write nothing; exit with 1 where a file would be changed.")
@json_option
def fmt_command(paths: tuple[Path, ...], check_only: bool, as_json: bool) -> None:
    """Bring policy files into the canonical layout, in place. Comments stay, and what they decide never changes.

    The seal of the text changes with the layout: lay a version out before it is issued, not after.
    """
    from answerable import wiring  # noqa: PLC0415  loaded only when a command works
    from answerable.cli import policy_pages  # noqa: PLC0415

    found = wiring.lay_out(paths, check_only=check_only)
    if as_json:
        print_json({"changed": [one.file for one in found if one.is_changed], "files": [one.file for one in found]})
    else:
        policy_pages.print_laid_out(found, check_only=check_only)
    if check_only and any(one.is_changed for one in found):
        raise click.exceptions.Exit(1)


@policy_group.command("new", epilog=examples("answerable policy new --out policy.toml"))
@click.option("--out", type=NEW_FILE, metavar="FILE", help="Where it is written; a file that is there is left alone.")
@json_option
def new_command(out: Path | None, as_json: bool) -> None:
    """Write a policy to begin with: commented, sound, and nobody's. Without --out it is printed."""
    from answerable import wiring  # noqa: PLC0415  loaded only when a command works

    _hand_out(wiring.starter_policy(), out, as_json=as_json, key="policy")


@policy_group.command("schema", epilog=examples("answerable policy schema --out answerable-policy.schema.json"))
@click.option("--out", type=NEW_FILE, metavar="FILE", help="Where it is written; a file that is there is left alone.")
@json_option
def schema_command(out: Path | None, as_json: bool) -> None:
    """Write the JSON Schema of the policy format, with which an editor completes and underlines. Without --out: print.

    Name it in the policy's first line: #:schema ./answerable-policy.schema.json
    """
    from answerable import wiring  # noqa: PLC0415  loaded only when a command works

    _hand_out(wiring.schema_text(), out, as_json=as_json, key="schema")


def _hand_out(text: str, out: Path | None, *, as_json: bool, key: str) -> None:
    """A text to a new file, or to standard output."""
    from answerable import wiring  # noqa: PLC0415  loaded only when a command works

    if out is not None:
        wiring.write_new(out, text)
    if as_json:
        print_json({"out": None if out is None else str(out), key: text})
    else:
        click.echo(text if out is None else f"Written: {out}", nl=out is not None)


policy_group.add_command(backtest_command)
policy_group.add_command(handbook_command)
