"""The log as its formats want it (C2SP tlog-tiles): checkpoint and hashes for anybody, entries after an embargo.

Whoever may see the log here reads entries at once; the public reads them once they are old enough, for live calls must
not leak. What an entry says openly is never a place or a name; those are sealed in it.
"""

from __future__ import annotations

import json
import sys

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from answerable.errors import MalformedError
from answerable.proof.tiles import TILE_HASHES, Tile, encode_bundle, parse_path, width_at
from answerable.proof.tree import HASH_BYTES
from answerable.record.ports import StoredEntry
from answerable.record.sequencer import Snapshot
from answerable.watch.people import Role
from answerable.watch.roles import Sight, may_see
from answerable.web.access import public
from answerable.web.page import in_thread, site_of, who_of
from answerable.web.problems import refused
from answerable.web.routes import Route
from answerable.web.site import Site

MOST_ENTRIES = 1_000
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
_SECOND = {"cache-control": "no-cache"}
READS_AT_ONCE = frozenset(role for role in Role if may_see(role, Sight.LOG) and role not in {Role.CALLER, Role.FEED})
"""Who need not wait for the embargo."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it may be read now: `body` is null while it is under embargo."""

    index: int
    leaf: str
    recorded_at_us: int
    body: object | None


async def checkpoint(request: Request) -> Response:
    """The last signed state."""
    head = site_of(request).desk.head()
    return Response(head.note, media_type=TEXT, headers=_SECOND)


async def keys(request: Request) -> Response:
    """The keys that sign this log now: one line each."""
    site = site_of(request)
    signing = site.desk.record.keyring.signing(now_us=site.now_us())
    return PlainTextResponse("".join(f"{one.verifier}\n" for one in signing), headers=_SECOND)


async def tile(request: Request) -> Response:
    """Hashes, or a bundle of entries."""
    try:
        wanted = parse_path(f"tile/{request.path_params['path']}")
    except MalformedError as fault:
        raise refused(404, "not-found", fault.message) from None
    site = site_of(request)
    if wanted.level is None:
        content = await in_thread(_bundle, site, wanted, may_read_now(request))
    else:
        content = await in_thread(_hashes, site, wanted, wanted.level)
    return Response(content, media_type=BYTES, headers=_FOR_EVER if wanted.level is not None else {})


async def entries(request: Request) -> Response:
    """Entries as lines of JSON, from `after` on."""
    asked = request.query_params.get("after", "-1")
    if not (asked.lstrip("-").isascii() and asked.lstrip("-").isdigit() and len(asked) < 16):
        raise refused(422, "not-valid", "after is the index of an entry.")
    site, first, now = site_of(request), max(int(asked) + 1, 0), may_read_now(request)
    limit_us = readable_before_us(site, now=now)

    def lines() -> bytes:
        found = site.desk.record.store.entries(first, MOST_ENTRIES)
        return b"".join(msgspec.json.encode(shown(entry, limit_us=limit_us)) + b"\n" for entry in found)

    return Response(await in_thread(lines), media_type="application/jsonl")


def shown(entry: StoredEntry, *, limit_us: int) -> Shown:
    """An entry with its body, where it may be read."""
    readable = entry.recorded_at_us < limit_us
    return Shown(
        index=entry.index,
        leaf=entry.leaf.hex(),
        recorded_at_us=entry.recorded_at_us,
        body=json.loads(entry.body) if readable else None,
    )


def readable_before_us(site: Site, *, now: bool) -> int:
    """Before when an entry must have been recorded to be read; `now`: by somebody who need not wait."""
    return sys.maxsize if now else site.now_us() - site.settings.embargo_s * 1_000_000


def may_read_now(request: Request) -> bool:
    """Whether whoever asks need not wait for the embargo."""
    who = who_of(request)
    return who.known and bool(who.roles & READS_AT_ONCE)


def snapshot_of(site: Site) -> Snapshot:
    """The state last signed, with what proves entries in it."""
    return site.desk.record.writing.sequencer.snapshot


def _hashes(site: Site, wanted: Tile, level: int) -> bytes:
    """The hashes of a tile; a narrower one is the beginning of the wider one that came after it."""
    snapshot = snapshot_of(site)
    width = width_at(level, wanted.index, snapshot.head.size)
    if width < wanted.width or width == 0:
        raise refused(404, "not-found", "The log is not that long.")
    if width == TILE_HASHES:
        stored = site.desk.record.store.tile(level, wanted.index)
        content = b"" if stored is None else stored.hashes
    else:
        content = b"".join(snapshot.edge.partial(level))
    if len(content) < wanted.width * HASH_BYTES:
        raise refused(503, "not-yet", "This tile is being written.", Retry_After="1")
    return content[: wanted.width * HASH_BYTES]


def _bundle(site: Site, wanted: Tile, now: bool) -> bytes:
    limit_us = readable_before_us(site, now=now)
    found = list(site.desk.record.store.entries(wanted.index * TILE_HASHES, wanted.width))
    if len(found) < wanted.width:
        raise refused(404, "not-found", "The log is not that long.")
    if any(entry.recorded_at_us >= limit_us for entry in found):
        raise refused(403, "embargo", "These entries are too young to be shown; their hashes are public.")
    return encode_bundle(entry.body for entry in found)


_LATER = {403: "Under embargo: the hashes are public, the entries later.", 404: "The log is not that long."}

ROUTES = (
    Route(
        method="GET", path="/v1/log/checkpoint", handler=checkpoint, access=public(), media="text/plain",
        summary="The last signed state of the log (C2SP tlog-checkpoint)", interface=True,
    ),
    Route(
        method="GET", path="/v1/log/log.vkey", handler=keys, access=public(), media="text/plain",
        summary="The keys that sign the log", interface=True,
    ),
    Route(
        method="GET", path="/v1/log/tile/{path:path}", handler=tile, access=public(), media=BYTES, answers=_LATER,
        summary="Hashes, or a bundle of entries after their embargo (C2SP tlog-tiles)", interface=True, keeps=True,
    ),
    Route(
        method="GET", path="/v1/log/entries.jsonl", handler=entries, access=public(), media="application/jsonl",
        summary="Entries, 1,000 at most; the body is null under embargo",
        query={"after": "The index after which to begin."}, answers={422: "Not an index."}, interface=True,
    ),
)  # fmt: skip
