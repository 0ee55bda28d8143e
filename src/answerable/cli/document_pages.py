"""What the commands about documents say, on the terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from answerable.cli.json_text import print_json
from answerable.cli.printing import Page
from answerable.cli.text import listed

if TYPE_CHECKING:
    from answerable.wiring import Committed, Recorded, Sealed


def show_sealed(sealed: Sealed, *, as_json: bool) -> None:
    """The seal, and where it is."""
    if as_json:
        print_json(sealed)
        return
    page = Page()
    page.say(f"{sealed.file} is sealed.")
    page.pairs([*_seal_pairs(sealed), *_read_pairs(sealed), ("Seal", str(sealed.written))])
    _entered(page, sealed.entry)


def show_filed(sealed: Sealed, *, as_json: bool) -> None:
    """A document that was filed."""
    if as_json:
        print_json(sealed)
        return
    page = Page()
    page.say(f"{sealed.file} is filed with its seal.")
    page.pairs(_seal_pairs(sealed))
    _entered(page, sealed.entry)


def show_committed(done: Committed, *, as_json: bool) -> None:
    """A commitment, and what must be kept."""
    if as_json:
        print_json(done)
        return
    page = Page()
    page.say("The commitment is entered. It shows nothing of the document.")
    _entered(page, done.entry, ("Opening", str(done.opening)))
    page.say(
        "Keep the document, unchanged, and the opening: both are needed to open it, and nobody can make them again."
    )


def show_opened(sealed: Sealed, *, as_json: bool) -> None:
    """A commitment that was opened."""
    if as_json:
        print_json(sealed)
        return
    page = Page()
    page.say(
        f"The commitment is opened: {sealed.file} is the document that was committed to, unchanged.", style="green"
    )
    page.pairs(_seal_pairs(sealed))
    _entered(page, sealed.entry)


def show_redacted(done: Recorded, *, fields: tuple[str, ...], as_json: bool) -> None:
    """What was taken out."""
    if as_json:
        print_json(done)
        return
    page = Page()
    page.say(f"{listed(list(fields))} of {done.id}: taken out. The redaction is entry {done.index}, {done.spoken}.")
    page.say(
        "Every receipt stays valid. Destroy the vault's backups from before, or keep them no longer than you must."
    )


def _seal_pairs(sealed: Sealed) -> list[tuple[str, str]]:
    return [("SHA-256", str(sealed.seal["sha256"])), ("Bytes", f"{sealed.seal['size_bytes']:,}")]


def _read_pairs(sealed: Sealed) -> list[tuple[str, str]]:
    """Of calls that were imported: how many rows were read, and by which profile."""
    read = sealed.read
    if read is None:
        return []
    rows = "{rows_read:,} read: {rows_imported:,} imported, {rows_quarantined:,} quarantined, {rows_duplicate:,} twice"
    return [("Rows", rows.format_map(read)), ("Profile", str(read["profile"]))]


def _entered(page: Page, entry: Recorded | None, *more: tuple[str, str]) -> None:
    if entry is not None:
        pairs = [("Entry", f"{entry.index} ({entry.id})"), ("Number", entry.spoken)]
        page.pairs([*pairs, *([("Receipt", str(entry.receipt))] if entry.receipt else []), *more])
