"""`answerable policy`: a response policy is checked before it governs anything."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import EXISTING_FILE, FILE_OR_FOLDER, examples, json_option


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
