"""The interface for reading: the board, one call, a request, a receipt. A look at what is private is logged first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, tzinfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.model.times import iso
from answerable.watch.roles import Sight
from answerable.watch.views import Board, Row, SubjectView
from answerable.web.access import sees
from answerable.web.bodies import JSON
from answerable.web.page import actor_of, check_owner, cited_line, desk_of, in_thread, looked, site_of
from answerable.web.problems import refused
from answerable.web.routes import Route

_encode = msgspec.json.Encoder().encode
RECEIPT = "text/plain; charset=utf-8"
COLUMNS = (
    "id", "kind", "number", "state", "late", "due_what", "due_at", "duty", "priority", "nature", "place", "agency",
    "waiting_since", "units",
)  # fmt: skip


async def board(request: Request) -> Response:
    """The board as JSON."""
    await looked(request, page="board", about="-")
    actor = actor_of(request)
    shown = await in_thread(lambda: desk_of(request).board(by=actor))
    return Response(_encode(shown), media_type=JSON)


async def board_csv(request: Request) -> Response:
    """The board's rows as CSV, safe to open in a spreadsheet."""
    await looked(request, page="board", about="-")
    zone = site_of(request).zone
    text = csv_text(COLUMNS, await in_thread(lambda: _flat(request, zone)))
    headers = {"content-disposition": 'attachment; filename="board.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


async def board_lines(request: Request) -> Response:
    """The board's rows, one JSON object a line."""
    await looked(request, page="board", about="-")
    rows = await in_thread(_flat, request)
    lines = b"".join(_encode(dict(zip(COLUMNS, row, strict=True))) + b"\n" for row in rows)
    return Response(lines, media_type="application/jsonl")


async def board_parquet(request: Request) -> Response:
    """The board's rows as Parquet."""
    await looked(request, page="board", about="-")
    from answerable.engines.write_rows import parquet_of  # noqa: PLC0415  the engine is loaded when it is needed

    cited = cited_line(site_of(request))

    def work() -> bytes:
        kinds = {name: "BIGINT" if name == "priority" else "VARCHAR" for name in COLUMNS}
        return parquet_of(kinds, [dict(zip(COLUMNS, row, strict=True)) for row in _flat(request)], cited=cited)

    headers = {"content-disposition": 'attachment; filename="board.parquet"'}
    return Response(await in_thread(work), media_type="application/vnd.apache.parquet", headers=headers)


async def call(request: Request) -> Response:
    """Everything of one call."""
    return await _subject(request, page="call")


async def request_for_assistance(request: Request) -> Response:
    """Everything of one request for assistance."""
    return await _subject(request, page="request")


async def receipt(request: Request) -> Response:
    """The receipt of a call or request in the state last signed, with its private fields, for whoever may see them."""
    view = await in_thread(_found, request, request.path_params["id"])
    await looked(request, page="receipt", about=view.row.id)
    text = await in_thread(desk_of(request).receipt, view.row.id)
    headers = {"content-disposition": f'attachment; filename="{view.row.id.replace(":", "_")}.tlog-proof"'}
    return Response(text, media_type=RECEIPT, headers=headers)


def _flat(request: Request, zone: tzinfo = UTC) -> list[tuple[object, ...]]:
    """The board's rows in the order of the board, by COLUMNS; times are those of `zone`, with their offset."""
    shown = desk_of(request).board(by=actor_of(request))
    return [_cells(row, zone) for row in (*shown.pending, *shown.active, *shown.closed)]


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV for people: a cell that a spreadsheet would compute begins with an apostrophe, and nothing is lost."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless("" if cell is None else str(cell)) for cell in row])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "'")) else cell


def _cells(row: Row, zone: tzinfo) -> tuple[object, ...]:
    due = row.due
    return (
        row.id, row.kind, row.number, row.state, "yes" if row.late else "no", due.what if due else None,
        iso(due.due_us, zone) if due else None, row.duty.code, row.priority, row.nature, row.place, row.agency,
        iso(row.waiting_since_us, zone), " ".join(row.units),
    )  # fmt: skip


async def _subject(request: Request, *, page: str) -> Response:
    view = await in_thread(_found, request, request.path_params["id"])
    await looked(request, page=page, about=view.row.id)
    return Response(_encode(view), media_type=JSON)


def _found(request: Request, id_: str) -> SubjectView:
    """The call or request, if there is one and it is theirs to see. Raises RefusedError 404."""
    desk, actor = desk_of(request), actor_of(request)
    view = desk.call(id_, by=actor) or desk.request(id_, by=actor)
    if view is None:
        raise refused(404, "not-found", "There is nothing here for you.")
    check_owner(request, agency=view.row.agency, seen_by=(Sight.BOARD,))
    return view


ROUTES = (
    Route(
        method="GET", path="/v1/board", handler=board, access=sees(Sight.BOARD), gives=Board, media=JSON,
        summary="The board", interface=True,
    ),
    Route(
        method="GET", path="/v1/board.json", handler=board, access=sees(Sight.BOARD), gives=Board, media=JSON,
        summary="The board", interface=True,
    ),
    Route(
        method="GET", path="/v1/board.jsonl", handler=board_lines, access=sees(Sight.BOARD), media="application/jsonl",
        summary="The board's rows, one a line", interface=True,
    ),
    Route(
        method="GET", path="/v1/board.parquet", handler=board_parquet, access=sees(Sight.BOARD),
        media="application/vnd.apache.parquet", summary="The board's rows as Parquet", interface=True,
    ),
    Route(
        method="GET", path="/v1/board.csv", handler=board_csv, access=sees(Sight.BOARD), media="text/csv",
        summary="The board's rows, for a spreadsheet", interface=True,
    ),
    Route(
        method="GET", path="/v1/calls/{id}", handler=call, access=sees(Sight.BOARD, owner=True), gives=SubjectView,
        media=JSON, summary="Everything of one call", answers={404: "No such call, or not yours."}, interface=True,
    ),
    Route(
        method="GET", path="/v1/calls/{id}/receipt", handler=receipt, access=sees(Sight.BOARD, owner=True),
        media="text/plain", summary="The receipt of one call", answers={404: "No such call, or not yours."},
        interface=True,
    ),
    Route(
        method="GET", path="/v1/requests/{id}", handler=request_for_assistance, access=sees(Sight.BOARD, owner=True),
        gives=SubjectView, media=JSON, summary="Everything of one request for assistance",
        answers={404: "No such request, or not yours."}, interface=True,
    ),
    Route(
        method="GET", path="/v1/requests/{id}/receipt", handler=receipt, access=sees(Sight.BOARD, owner=True),
        media="text/plain", summary="The receipt of one request", answers={404: "No such request, or not yours."},
        interface=True,
    ),
)  # fmt: skip
