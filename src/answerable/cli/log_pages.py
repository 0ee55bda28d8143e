"""What the commands of the log say, on the terminal and as JSON."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from answerable.cli.json_text import print_json
from answerable.cli.printing import Page
from answerable.cli.text import counted, shown

if TYPE_CHECKING:
    from answerable.record.fsck import Examined, Fault
    from answerable.wiring import Appended, Made, Proved, Published, Rotated, State
    from answerable.wiring.desk_export import DeskFiles

MOST_SHOWN = 20
"""Lines of a long list on a terminal; `--json` has all."""


def show_made(made: Made, *, folder: Path, as_json: bool) -> None:
    """A new record, its public key, and what must be kept."""
    if as_json:
        print_json(made)
        return
    page = Page()
    page.say(f"A record was made in {folder}, with its first entry.", style="green")
    page.pairs([("Origin", made.origin), ("Root", made.root)])
    page.verbatim(f"Key     {made.key}")
    page.say(
        "Whoever checks a receipt needs this key, from a place that does not depend on you. `answerable log export` "
        "writes it as log.vkey."
    )
    page.say(
        f"Back up {folder / 'keys'} and the vault apart from the record and from each other: whoever has the keys can "
        "sign, and whoever has the vault can open what is private."
    )
    page.command("Next", shlex.join(["answerable", "log", "append", str(folder), "entries.jsonl"]))


def show_appended(appended: Appended, *, receipts: Path | None, as_json: bool) -> None:
    """What was recorded, what had been before, and what was refused."""
    if as_json:
        print_json(appended)
        return
    page = Page()
    new = [one for one in appended.entries if not one.again]
    again = len(appended.entries) - len(new)
    page.say(f"{counted(len(new), 'entry', 'entries')} recorded; {appended.origin} now has {appended.size:,}.")
    for one in new[:MOST_SHOWN]:
        page.say(f"{one.id}: entry {one.index}, receipt {one.spoken}", lead=f"{page.mark} ", indent=2)
    if len(new) > MOST_SHOWN:
        page.say(f"and {len(new) - MOST_SHOWN:,} more", indent=2)
    if again:
        page.say(f"{counted(again, 'entry was', 'entries were')} there already, and can be proved as before.")
    if receipts is not None and appended.entries:
        page.pairs([("Receipts", str(receipts))])
    for refused in appended.refused:
        click.echo(f"Refused: {shown(refused.message)}", err=True)


def show_exported_calls(files: DeskFiles, *, as_json: bool) -> None:
    """Where the files of a desk's record lie, and how they are examined."""
    if as_json:
        print_json(files)
        return
    page = Page()
    page.say(f"{counted(files.subjects, 'call or request', 'calls and requests')} written to {files.folder}.")
    if files.gaps:
        page.say(
            f"Feeds were silent, or never told of dispatches ({files.gaps}): a blank then means nothing, and the "
            "profile says so."
        )
    options = [
        "answerable", "examine", files.calls, "--source", files.profile, "--policy", files.policies, "--facts",
        files.facts, "--decisions", files.decisions, "--out", files.folder / "result",
    ]  # fmt: skip
    page.command("Next", shlex.join(map(str, options)))


def show_receipt(proved: Proved, *, as_json: bool) -> None:
    """The receipt itself, or where it was written."""
    if as_json:
        print_json(proved)
    elif proved.written is None:
        click.echo(proved.receipt, nl=False)
    else:
        page = Page()
        page.say(f"Entry {proved.index} of {proved.origin} is proved in {proved.written}.")
        page.pairs([("Number", proved.spoken), ("State", counted(proved.size, "entry", "entries"))])
        if proved.cosigned:
            page.pairs([("Cosigned", ", ".join(proved.cosigned))])


def show_published(published: Published, *, as_json: bool) -> None:
    """What is public now, and who cosigned it."""
    if as_json:
        print_json(published)
        return
    page = Page()
    page.say(f"{published.origin} is published with {counted(published.size, 'entry', 'entries')}; {_read(published)}.")
    page.pairs([("Folder", str(published.out)), ("New files", f"{published.files_written:,}")])
    if published.witnesses:
        page.pairs([("Cosigned", ", ".join(published.witnesses))])
    for name, reason in published.silent.items():
        page.say(f"{name} did not cosign: {reason}", lead=f"{page.mark} ", indent=2)
    if not published.witnesses:
        page.say(
            "No witness has cosigned. Without one a log could show two people two histories; ask somebody who is not "
            "under the same roof to run `answerable witness serve`."
        )


def show_examined(examined: Examined, *, as_json: bool) -> None:
    """Every fault, then the sum."""
    if as_json:
        print_json({"ok": not examined.faults, **_plain(examined)})
        return
    page = Page()
    for fault in examined.faults:
        page.verbatim(_line(fault))
    looked = (
        f"{counted(examined.entries, 'entry', 'entries')} hashed anew, "
        f"{counted(examined.private_fields, 'private value')} opened, {examined.erased_fields:,} erased."
    )
    if examined.faults:
        page.say(f"{counted(len(examined.faults), 'fault')}. {looked}")
        page.say("Stop the record and keep these files as they are; a backup or a witness can tell what was there.")
    else:
        page.say(f"Everything is as it was signed. {looked}", style="green")
        page.pairs([("Root", examined.root)])


def show_rotated(rotated: Rotated, *, as_json: bool) -> None:
    """The new key, and until when the old ones sign."""
    if as_json:
        print_json(rotated)
        return
    page = Page()
    page.say(f"A new key signs from now on; the old one signs beside it until {rotated.old_sign_until}.")
    page.verbatim(f"New key  {rotated.key}")
    page.say("Give the new key to everybody who checks this log: witnesses, monitors, holders of receipts.")


def show_closed(state: State, *, folder: Path, next_origin: str, as_json: bool) -> None:
    """The final state of a log, and how the next one begins."""
    if as_json:
        print_json(state)
        return
    page = Page()
    page.say(f"{state.origin} is closed with {counted(state.size, 'entry', 'entries')}.")
    page.pairs([("Root", state.root)])
    page.say("Keep its last checkpoint, have it witnessed, and cite it in the next log:")
    page.verbatim(f"  {shlex.join(['answerable', 'log', 'checkpoint', str(folder)])} > last-checkpoint")
    page.verbatim(f"  answerable log init NEXT_DIR --origin {shlex.quote(next_origin)} --after last-checkpoint")


def _read(published: Published) -> str:
    if published.entries == published.size:
        return "all can be read"
    if not published.entries:
        return "none can be read yet: hashes stand for them until their embargo is over"
    return f"{published.entries:,} can be read, hashes stand for the rest until their embargo is over"


def _plain(examined: Examined) -> dict[str, object]:
    return {name: getattr(examined, name) for name in examined.__struct_fields__}


def _line(fault: Fault) -> str:
    place = f"entry {fault.index}" if fault.index is not None else "the record"
    return f"{place}{f' ({fault.id})' if fault.id else ''}: {fault.what}"
