"""The interface for feeds and programs: what is sent becomes an entry, and is answered with its receipt.

201 new; 200 the same again, with the same receipt; 202 taken, and not yet in the record (it waits in the spool); 409
the id is another entry's; 503 too much is waiting. Sending again with the same id is always safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.watch import commands as do
from answerable.web.access import Access, may
from answerable.web.bodies import JSON, read_json
from answerable.web.page import actor_of, recorded, site_of
from answerable.web.routes import Handler, Route
from answerable.wiring.desk import Done
from answerable.wiring.people import Scope

_encode = msgspec.json.Encoder().encode

Decision: TypeAlias = (
    do.DecideRespond
    | do.Decline
    | do.Review
    | do.AcknowledgeRequest
    | do.AcceptRequest
    | do.Reopen
    | do.Close
    | do.Merge
)
"""What people decide, by the field `do`."""

_DECISIONS = (
    do.DecideRespond, do.Decline, do.Review, do.AcknowledgeRequest, do.AcceptRequest, do.Reopen, do.Close, do.Merge,
)  # fmt: skip

ANSWERS: Mapping[int, str] = {
    200: "The same again: it is recorded already. The same entry; its receipt leads to the log as it is now.",
    201: "Recorded.",
    202: "Taken, and shown to everybody; it waits in the spool until the record can be written.",
    400: "No JSON in UTF-8.",
    404: "There is no such call or request.",
    408: "The body did not arrive in time.",
    409: "The id is another entry's, or the call is in a state in which this cannot be.",
    413: "More than 64 KiB.",
    415: "Not application/json.",
    422: "JSON, but not what is asked for: `detail` says where.",
    503: "Too much is waiting, or the record cannot be written: send it again, with the same id, after Retry-After.",
}


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `index` and `spoken` are the entry's place and its number on the telephone, null while it waits in
    the spool. `receipt` is the full proof (C2SP tlog-proof); `secret`, with the number, asks how the call stands."""

    id: str
    index: int | None
    spoken: str | None
    receipt: str | None
    secret: str | None
    spooled: bool
    promise: str | None
    """Of what waits in the spool: signed word that it will be recorded; null where that cannot be promised."""


def answered(done: Done, *, address: str | None) -> Response:
    """What was done, with its receipt."""
    taken = Taken(
        id=done.id,
        index=done.index,
        spoken=done.spoken,
        receipt=None if done.receipt is None else done.receipt.decode(),
        secret=done.secret,
        spooled=done.spooled,
        promise=None if done.promise is None else done.promise.decode(),
    )
    status = 202 if done.spooled else 200 if done.again else 201
    headers = {} if address is None else {"location": address}
    return Response(_encode(taken), status_code=status, media_type=JSON, headers=headers)


def takes(kind: type, *, at: Callable[[str], str] | None = None) -> Handler:
    """A handler that gives the desk a command of `kind`; `at` is where what it makes can be seen."""

    async def take(request: Request) -> Response:
        command: do.Command = await read_json(request, kind)
        actor = actor_of(request, command=type(command))
        with site_of(request).turnstile:
            done = await recorded(request, command, by=actor)
        return answered(done, address=None if at is None else at(done.id))

    return take


def _route(path: str, kind: type, *, access: Access, summary: str, at: Callable[[str], str] | None = None) -> Route:
    return Route(
        method="POST",
        path=path,
        handler=takes(kind, at=at),
        access=access,
        summary=summary,
        status=201,
        takes=kind,
        gives=Taken,
        media=JSON,
        answers=ANSWERS,
        interface=True,
    )


ROUTES = (
    _route(
        "/v1/calls", do.ReceiveCall, access=may(do.ReceiveCall, scope=Scope.CALLS), summary="A call for help",
        at=lambda id_: f"/v1/calls/{id_}",
    ),
    _route("/v1/facts", do.ReportFact, access=may(do.ReportFact, scope=Scope.FACTS), summary="A fact about a call"),
    _route("/v1/units", do.RecordUnit, access=may(do.RecordUnit, scope=Scope.UNITS), summary="A unit's movement"),
    _route(
        "/v1/requests", do.RequestAssistance, access=may(do.RequestAssistance, scope=Scope.REQUESTS),
        summary="A request for assistance", at=lambda id_: f"/v1/requests/{id_}",
    ),
    _route(
        "/v1/decisions", Decision, access=may(*_DECISIONS),  # type: ignore[arg-type]  # a union, which msgspec takes
        summary="A decision of a person: the field `do` says which",
    ),
    _route("/v1/feeds", do.HearFeed, access=may(do.HearFeed, scope=Scope.FEED), summary="That a feed is alive"),
)  # fmt: skip
