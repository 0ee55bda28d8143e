"""`answerable sources`: which publishers' files are known, what a profile says, what an unknown file is, and how to
describe one."""

from __future__ import annotations

from pathlib import Path

import click

from answerable.cli.json_text import print_json
from answerable.cli.options import encoding_option, examples, files_argument, json_option, sheet_option
from answerable.cli.progress import watched


@click.group("sources", short_help="Known publishers' files, and what an unknown file is.")
def sources_group() -> None:
    """Known publishers of calls for service, and what an unknown file is."""


@sources_group.command("list", epilog=examples("answerable sources list"))
@json_option
def list_command(as_json: bool) -> None:
    """List the built-in source profiles: name, which calls get in, and whether real rows were checked."""
    # the readers are loaded only when a command works: help and completion must be quick
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import source_pages  # noqa: PLC0415

    profiles = wiring.list_profiles()
    if as_json:
        print_json({"profiles": [source_pages.profile_summary(profile) for profile in profiles]})
    else:
        source_pages.print_profiles(profiles)


@sources_group.command("show", epilog=examples("answerable sources show san-diego-ca"))
@click.argument("name", metavar="NAME|PROFILE.toml")
@click.option("--toml", "as_toml", is_flag=True, help="Print the profile's own file, to start one of your own from.")
@json_option
def show_command(name: str, as_toml: bool, as_json: bool) -> None:
    """Show what a source profile says: who publishes, which calls get in, the clock, what it can answer."""
    if as_toml and as_json:
        raise click.UsageError("--toml and --json exclude each other")
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import source_pages  # noqa: PLC0415

    profile = wiring.find_profile(name)
    if as_toml:
        click.echo(profile.text, nl=False)
    elif as_json:
        print_json(source_pages.profile_details(profile))
    else:
        source_pages.print_profile(profile)


@sources_group.command(
    "draft", epilog=examples("answerable sources draft calls.csv", "answerable sources draft calls.csv --out town.toml")
)
@files_argument
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PROFILE.toml",
    help="Where the draft goes; `NAME.profile.toml` in this folder if not said. A file that exists is never replaced.",
)
@encoding_option
@sheet_option
@json_option
def draft_command(
    files: tuple[Path, ...], out: Path | None, encoding: str | None, sheet: str | None, as_json: bool
) -> None:
    """Draft the source profile of FILE, which no profile describes yet, from its rows.

    Each guess stands in the draft with its evidence. What only a person can answer is a numbered question there, and
    nothing is read by the draft before each is answered. If a built-in profile fits FILE, that is said and no draft is
    made. Of a big file the first rows and blocks spread over the rest are looked at, and which is said.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import draft_pages  # noqa: PLC0415

    with watched() as progress:
        drafted = wiring.draft_file(files, out=out, encoding=encoding, sheet=sheet, progress=progress)
    if as_json:
        print_json(draft_pages.draft_result(drafted, files=files))
    else:
        draft_pages.print_draft(drafted, files=files)


@sources_group.command(
    "check", epilog=examples("answerable sources check calls.csv", "answerable sources check town.profile.toml")
)
@files_argument
@encoding_option
@sheet_option
@json_option
def check_command(files: tuple[Path, ...], encoding: str | None, sheet: str | None, as_json: bool) -> None:
    """Say whose file FILE is, by its header, and what such a file can and cannot answer.

    Exit code 0 where one profile fits, 1 where none does (or more than one): then the nearest are named, with the
    columns they miss. Of a profile (a FILE that ends in .toml) say which questions of a draft are still open, or what
    is wrong with it: exit code 1 while a question is open, 0 once it can be used.
    """
    if len(files) == 1 and files[0].suffix == ".toml" and files[0].is_file():
        _check_profile(files[0], as_json=as_json)
        return
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import source_pages  # noqa: PLC0415

    recognition = wiring.recognise(files, encoding=encoding, sheet=sheet)
    profile = None if recognition.profile is None else wiring.find_profile(recognition.profile)
    if as_json:
        print_json(source_pages.recognition_result(recognition, profile))
    else:
        source_pages.print_recognition(recognition, profile)
    if profile is None:
        raise click.exceptions.Exit(1)


@sources_group.command("reconcile", epilog=examples("answerable sources reconcile downloads/"))
@files_argument
@json_option
def reconcile_command(files: tuple[Path, ...], as_json: bool) -> None:
    """Show, file by file, that every row is accounted for.

    Each FILE, and each file below a folder, is imported by the profile that its header has, and nothing is kept: rows
    read = imported + quarantined + byte-identical duplicates, and what was written is counted again. Exit code 0 where
    all files reconcile, 1 where one does not or is not recognised.
    """
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import reconcile_page  # noqa: PLC0415

    with watched() as progress:
        reconciliation = wiring.reconcile(files, progress=progress)
    if as_json:
        print_json(reconciliation)
    else:
        reconcile_page.print_reconciliation(reconciliation)
    if not reconciliation.ok:
        raise click.exceptions.Exit(1)


def _check_profile(file: Path, *, as_json: bool) -> None:
    from answerable import wiring  # noqa: PLC0415
    from answerable.cli import draft_pages  # noqa: PLC0415

    checked = wiring.check_profile(file)
    if as_json:
        print_json(draft_pages.checked_result(checked))
    else:
        draft_pages.print_checked(checked)
    if checked.profile is None:
        raise click.exceptions.Exit(1)
