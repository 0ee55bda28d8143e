"""The board: the page, what changed since an entry, and the wall."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.watch.roles import Sight
from answerable.watch.views import Board, FeedHealth, Row
from answerable.web.access import sees
from answerable.web.page import actor_of, desk_of, render
from answerable.web.pages import board_rows
from answerable.web.pages.clock import brief_time
from answerable.web.pages.spans import span
from answerable.web.routes import Route
from answerable.wiring.desk import Desk

WITHOUT_CONTENT = ("call.", "assistance.", "decision.", "unit.", "alarm.", "watch.heartbeat", "feed.heard")
"""Events that change nothing but the row they are about. After any other, every row is sent again."""

JSON = msgspec.json.Encoder()


async def show_board(request: Request) -> Response:
    """The board."""
    return _page(request, wall=False)


async def show_wall(request: Request) -> Response:
    """The board for a wall: nothing to press, places of sensitive calls masked."""
    return _page(request, wall=True)


def _page(request: Request, *, wall: bool) -> Response:
    shown = _shown(request, wall=wall, after=-1)
    by_id = {row.id: row for row in shown.rows}
    groups = [[by_id[one] for one in ids] for ids in shown.order]
    return render(
        request,
        "board.html",
        shown=shown,
        groups=groups,
        wall=wall,
        whole=is_whole(request),
        span=span,
        waits=board_rows.waits,
        state=msgspec.to_builtins(shown),
    )


async def show_rows(request: Request) -> Response:
    """What changed on the board after an entry: `?after=INDEX`; all of it without one."""
    return _rows(request, wall=False)


async def show_wall_rows(request: Request) -> Response:
    """The same for the wall."""
    return _rows(request, wall=True)


def _rows(request: Request, *, wall: bool) -> Response:
    said = request.query_params.get("after", "-1")
    after = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else -1
    return Response(JSON.encode(_shown(request, wall=wall, after=after)), media_type="application/json")


def _shown(request: Request, *, wall: bool, after: int) -> board_rows.ShownBoard:
    desk, actor = desk_of(request), actor_of(request)
    board = desk.board(by=actor)
    return board_rows.shown_board(
        board, role=actor.role, wall=wall, say_time=brief_time(request), changed=_changed(desk, board, after),
        whole=is_whole(request),
    )  # fmt: skip


def is_whole(request: Request) -> bool:
    """Whether every row is asked for (`?all=1`), however many there are."""
    return request.query_params.get("all") == "1"


def _any_row(_row: Row) -> bool:
    return True


def _changed(desk: Desk, board: Board, after: int) -> Callable[[Row], bool]:
    """Which rows must be drawn again for a board that knows everything up to `after`."""
    if after < 0 or after > board.index:
        return _any_row
    changes = desk.changes(after)
    reached = changes[-1].index if changes else after
    if reached < board.index or any(not one.event.startswith(WITHOUT_CONTENT) for one in changes):
        return _any_row
    about = {one.about for one in changes}
    return lambda row: row.id in about or row.version > after or row.gap_kind is FeedHealth.GAP


ROUTES = (
    Route(method="GET", path="/board", handler=show_board, access=sees(Sight.BOARD), summary="The board."),
    Route(
        method="GET",
        path="/board/rows",
        handler=show_rows,
        access=sees(Sight.BOARD),
        media="application/json",
        summary="What changed on the board.",
        query={"after": "index of the last entry the board knows", "all": "1: every row, however many there are"},
    ),
    Route(method="GET", path="/wall", handler=show_wall, access=sees(Sight.BOARD), summary="The board for a wall."),
    Route(
        method="GET",
        path="/wall/rows",
        handler=show_wall_rows,
        access=sees(Sight.BOARD),
        media="application/json",
        summary="What changed on the wall.",
        query={"after": "index of the last entry the board knows", "all": "1: every row, however many there are"},
    ),
)
