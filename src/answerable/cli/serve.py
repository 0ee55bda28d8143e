"""`answerable serve`: the desk, on an embedded store or on a PostgreSQL server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from answerable.cli.options import FILE_OR_FOLDER, FOLDER, examples, host_and_port, json_option

ALDER_CITY = "America/Los_Angeles"
"""The time zone of a rehearsal, where none is said."""


@click.command(
    "serve",
    short_help="The live desk: calls, duties, decisions, receipts.",
    epilog=examples("answerable serve desk --policy policies/", "answerable serve desk --demo"),
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--policy",
    "policies",
    type=FILE_OR_FOLDER,
    envvar="ANSWERABLE_POLICY",
    metavar="FILE|DIR",
    help="Response policies to file in the record, where it does not have them yet.",
)
@click.option(
    "--listen",
    default="127.0.0.1:8040",
    show_default=True,
    envvar="ANSWERABLE_LISTEN",
    metavar="HOST:PORT",
    help="Where to listen. Put a web server with TLS in front before others are to reach it.",
)
@click.option(
    "--url",
    envvar="ANSWERABLE_URL",
    metavar="URL",
    help="How browsers reach it, https://desk.alder.example; it stands in receipts and their QR codes.",
)
@click.option(
    "--zone",
    default="UTC",
    show_default=True,
    envvar="ANSWERABLE_ZONE",
    metavar="ZONE",
    help="Time zone in which pages say times, such as America/Los_Angeles.",
)
@click.option(
    "--origin",
    metavar="NAME",
    help="For a new record, its name for ever: host, agency, half-year. Without it, this machine's name.",
)
@click.option(
    "--database",
    metavar="URL",
    help="For a new record, a PostgreSQL server, postgresql://…, where one machine is not enough.",
)
@click.option(
    "--demo",
    is_flag=True,
    help="Rehearse: the made-up summer of Alder City is played on the desk, and people of it log in.",
)
@click.option(
    "--speed",
    default=60.0,
    show_default=True,
    type=click.FloatRange(1, 3_600),
    metavar="N",
    help="With --demo, how many times as fast as it was.",
)
@click.option(
    "--shadow",
    type=FILE_OR_FOLDER,
    envvar="ANSWERABLE_SHADOW",
    metavar="FILE|DIR",
    help="Beside a dispatch system: read its file, or a folder of its files, again and again; nothing is typed twice.",
)
@click.option(
    "--source", envvar="ANSWERABLE_SOURCE", metavar="NAME|PROFILE.toml", help="With --shadow, what its files mean."
)
@click.option(
    "--feed",
    default="cad",
    show_default=True,
    envvar="ANSWERABLE_FEED",
    metavar="NAME",
    help="With --shadow, the feed's name.",
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    envvar="ANSWERABLE_PROCESSES",
    metavar="N",
    help="With 2 or more, so many processes speak with clients and hand over to this one, which has the record.",
)
@click.option(
    "--alarm-to",
    multiple=True,
    envvar="ANSWERABLE_ALARM_TO",
    metavar="URL|mailto:ADDRESS",
    help="Who else is told of each alarm: a system by a signed message (Standard Webhooks), or somebody by e-mail, "
    "through the server of [smtp] in answerable.toml. Repeatable.",
)
@json_option
def serve_command(folder: Path, listen: str, as_json: bool, **options: Any) -> None:
    """Serve the desk until Ctrl-C. On an empty DIR it makes keys and an embedded store first.

    It prints where to log in; the first time, with a one-time link for the first administrator.
    """
    # the server is loaded only when a command works: help and completion must be quick
    from answerable.cli import serve_pages  # noqa: PLC0415
    from answerable.web.serving import Opened, Served, serve_desk  # noqa: PLC0415

    own = ("shadow", "policies", "origin", "database")
    if options["demo"] and any(_is_said(name) for name in own):
        raise click.UsageError("--demo has a record and policies of its own: leave the other options out")
    if options["demo"]:
        options |= dict.fromkeys((*own, "source"))  # what a file of settings says is for the real desk
        if not _is_said("zone"):
            options["zone"] = ALDER_CITY
    if (options["shadow"] is None) != (options["source"] is None):
        raise click.UsageError("--shadow and --source belong together: a file, and what it means")
    speed = options.pop("speed") if options.pop("demo") else None
    options.pop("speed", None)
    host, port = host_and_port(listen)

    def ready(opened: Opened) -> None:
        serve_pages.show_opened(opened, folder=folder, as_json=as_json)
        sys.stdout.flush()  # whoever started it may be waiting for this

    serve_desk(Served(folder=folder, host=host, port=port, speed=speed, **options), ready=ready)


def _is_said(name: str) -> bool:
    """Whether the command line itself says an option."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
