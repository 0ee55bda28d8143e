"""Lists of the interface, by suffix: `.json`, `.jsonl`, `.csv`, `.parquet`. What each holds is in `desk_lists`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from answerable.watch.roles import Sight
from answerable.web.access import sees
from answerable.web.bodies import JSON
from answerable.web.page import cited_line, desk_of, in_thread, site_of
from answerable.web.routes import Handler, Route

if TYPE_CHECKING:
    from answerable.wiring.desk_lists import Listed

LISTS = {
    "calls": "Calls and requests with their times, without anything private",
    "facts": "What was said of calls, by whom and when",
    "decisions": "Decisions, with actor, rank, clause and reason",
}
MEDIA = {
    "json": JSON,
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
AFTER = {"after": "The id of the call or request after which to begin; `Link: rel=next` names the next one."}


def lister(what: str, suffix: str) -> Handler:
    """The handler of one list in one spelling."""

    async def handle(request: Request) -> Response:
        # the export's columns, and with Parquet the engine: a board needs none of it
        from answerable.wiring import desk_lists  # noqa: PLC0415

        spellings: dict[str, Callable[[Listed], bytes]] = {
            "json": desk_lists.as_json,
            "jsonl": desk_lists.as_lines,
            "csv": desk_lists.as_csv,
            "parquet": desk_lists.as_parquet,
        }
        desk, after = desk_of(request), request.query_params.get("after", "")[:128]
        cited = cited_line(site_of(request))
        zone = site_of(request).zone if suffix == "csv" else UTC  # a spreadsheet is for people

        def work() -> tuple[Listed, bytes]:
            found = desk_lists.listed(desk, what, after=after, cited=cited, zone=zone)
            return found, spellings[suffix](found)

        found, content = await in_thread(work)
        headers = dict[str, str]()
        if found.next is not None:
            headers["link"] = f'<{request.url.path}?after={found.next}>; rel="next"'
        if suffix in ("csv", "parquet"):
            headers["content-disposition"] = f'attachment; filename="{what}.{suffix}"'
        return Response(content, media_type=MEDIA[suffix], headers=headers)

    return handle


ROUTES = tuple(
    Route(
        method="GET",
        path=path,
        handler=lister(what, suffix),
        access=sees(Sight.BOARD),
        summary=said,
        media=MEDIA[suffix].partition(";")[0],
        gives=list if suffix == "json" else None,
        query=AFTER,
        interface=True,
    )
    for what, said in LISTS.items()
    for path, suffix in (
        (f"/v1/{what}", "json"),
        *((f"/v1/{what}.{suffix}", suffix) for suffix in MEDIA),
    )
)
