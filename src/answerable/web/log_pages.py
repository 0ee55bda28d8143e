"""The log as people read it: its state, its entries, one entry; and what can be said of an entry to anybody."""

from __future__ import annotations

import json

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.errors import AnswerableError, InputError, MalformedError
from answerable.proof.note import Note
from answerable.proof.receipt import Receipt, Spoken
from answerable.record.ports import StoredEntry
from answerable.record.proving import find_entry, prove
from answerable.web.access import public
from answerable.web.log_files import may_read_now, readable_before_us, shown, snapshot_of
from answerable.web.page import in_thread, render, site_of
from answerable.web.problems import refused
from answerable.web.routes import Route
from answerable.web.site import Site

ON_A_PAGE = 50


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An entry on the log's page. `event` and `type` are None while it is under embargo."""

    index: int
    leaf: str
    recorded_at_us: int
    event: str | None
    type: str | None
    spoken: str


async def log_page(request: Request) -> Response:
    """Origin, size, root, key, who signed, and the newest entries."""
    site, head = site_of(request), site_of(request).desk.head()
    asked = request.query_params.get("before", "")
    before = min(int(asked), head.size) if asked.isascii() and asked.isdigit() and len(asked) < 16 else head.size
    first = max(0, before - ON_A_PAGE)
    limit_us = readable_before_us(site, now=may_read_now(request))
    stored = await in_thread(lambda: list(site.desk.record.store.entries(first, before - first)))
    return render(
        request,
        "log.html",
        lines=[_line(site, one, limit_us=limit_us) for one in reversed(stored)],
        older=first or None,
        note=head.note.decode(),
        files=site.desk.health().files,
        signed_by=_signers(head.note, own=site.desk.origin),
        keys=[str(one.verifier) for one in site.desk.record.keyring.signing(now_us=site.now_us())],
        embargo_h=site.settings.embargo_s // 3_600,
    )


async def entry_page(request: Request) -> Response:
    """One entry: its place, its hash, its proof in the state last signed, and what it says openly."""
    site = site_of(request)
    entry = await in_thread(_found, site, request.path_params["entry"])
    told = shown(entry, limit_us=readable_before_us(site, now=may_read_now(request)))
    receipt = await in_thread(
        lambda: prove(entry, snapshot=snapshot_of(site), store=site.desk.record.store, vault=None)
    )
    body = told.body if isinstance(told.body, dict) else None
    return render(
        request,
        "entry.html",
        entry=told,
        spoken=str(Spoken.of(origin=site.desk.origin, index=entry.index, leaf=entry.leaf)),
        says=_said(body),
        about=body.get("about") if body else None,
        receipt=(receipt.text() if body else _hidden(receipt.text())),
        raw=json.dumps(body, indent=2, ensure_ascii=False) if body else None,
        embargo_h=site.settings.embargo_s // 3_600,
    )


def _proved(site: Site, entry: StoredEntry) -> Receipt:
    return prove(entry, snapshot=snapshot_of(site), store=site.desk.record.store, vault=None)


def _hidden(receipt: str) -> str:
    """A receipt without the entry that it would bring along."""
    return "".join(line for line in receipt.splitlines(keepends=True) if not line.startswith("extra "))


def _said(body: dict[str, object] | None) -> list[tuple[str, str]]:
    """What an entry says openly: names and values."""
    if body is None:
        return []
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in sorted(body.items())
        if name != "_sd"
    ]


def _found(site: Site, asked: str) -> StoredEntry:
    """The entry of an index, an id, or a receipt's number."""
    store = site.desk.record.store
    try:
        spoken = Spoken.parse(asked)
    except MalformedError:
        spoken = None
    try:
        if (
            spoken.index if spoken else int(asked) if asked.isascii() and asked.isdigit() else 0
        ) >= site.desk.head().size:
            raise refused(404, "not-found", "The log is not that long.")
        entry = find_entry(str(spoken.index) if spoken else asked, store=store)
        if spoken and Spoken.of(origin=site.desk.origin, index=entry.index, leaf=entry.leaf) != spoken:
            raise refused(404, "not-found", "No entry of this log is called that: a letter may be misheard.")
    except InputError as fault:
        raise refused(404, "not-found", fault.message) from None
    return entry


def _line(site: Site, entry: StoredEntry, *, limit_us: int) -> Line:
    body = shown(entry, limit_us=limit_us).body
    said = body if isinstance(body, dict) else {}
    return Line(
        index=entry.index,
        leaf=entry.leaf.hex(),
        recorded_at_us=entry.recorded_at_us,
        event=said.get("event"),
        type=said.get("type"),
        spoken=str(Spoken.of(origin=site.desk.origin, index=entry.index, leaf=entry.leaf)),
    )


def _signers(note: bytes, *, own: str) -> list[tuple[str, bool]]:
    """Who signed a state, and whether it is the log itself."""
    try:
        return [(one.name, one.name == own) for one in Note.parse(note).signatures]
    except AnswerableError:
        return []


ROUTES = (
    Route(
        method="GET", path="/log", handler=log_page, access=public(), summary="The log: its state, who signed, entries"
    ),
    Route(
        method="GET", path="/e/{entry}", handler=entry_page, access=public(),
        summary="One entry, by index, id or a receipt's number: its hash and its proof",
    ),
)  # fmt: skip
