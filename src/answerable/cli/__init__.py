"""The command line: one module per verb group, no rules of the field here."""

from __future__ import annotations

from typing import NoReturn

import click

from answerable import __version__
from answerable.cli.audit import audit_command
from answerable.cli.claim import claim_group
from answerable.cli.defaults import defaults_of
from answerable.cli.demo import demo_command
from answerable.cli.doctor import doctor_command
from answerable.cli.documents import evidence_group, redact_command, seal_command
from answerable.cli.door import Door
from answerable.cli.examine import examine_command
from answerable.cli.export import export_command
from answerable.cli.finding import finding_group
from answerable.cli.generate import generate_command
from answerable.cli.importing import import_command
from answerable.cli.log import log_group
from answerable.cli.log_publish import publish_command
from answerable.cli.log_versions import versions_command
from answerable.cli.options import examples
from answerable.cli.people import role_group, token_group, user_group
from answerable.cli.policy import policy_group
from answerable.cli.reconcile import reconcile_command
from answerable.cli.sample import sample_group
from answerable.cli.serve import serve_command
from answerable.cli.sources import sources_group
from answerable.cli.verify import verify_command
from answerable.cli.witness import monitor_command, witness_group
from answerable.logs import set_up_logs


@click.group(
    "answerable",
    cls=Door,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("answerable demo", "answerable examine calls.csv"),
)
@click.option("--verbose", "-v", is_flag=True, help="Tell each step on standard error; show the trace of a fault.")
@click.version_option(__version__, prog_name="answerable", message="%(prog)s %(version)s")
@click.pass_context
def app(context: click.Context, verbose: bool) -> None:
    """Was a call for help ignored? Answer it from the record, with proof.

    Begin with `demo`, the whole thing on made-up calls in a minute, or with `examine` and a city's own file: what it
    shows, and what it cannot show.
    """
    set_up_logs(verbose=verbose)
    context.default_map = defaults_of(context.invoked_subcommand)


for command in (
    examine_command,
    audit_command,
    import_command,
    sources_group,
    policy_group,
    claim_group,
    finding_group,
    reconcile_command,
    sample_group,
    export_command,
    log_group,
    redact_command,
    seal_command,
    evidence_group,
    witness_group,
    monitor_command,
    demo_command,
    generate_command,
    doctor_command,
    serve_command,
    user_group,
    token_group,
    role_group,
    verify_command,
):
    app.add_command(command)
log_group.add_command(publish_command)
log_group.add_command(versions_command)


def main() -> NoReturn:
    """The entry point of the `answerable` command."""
    app.main()
