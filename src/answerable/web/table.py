"""The route table: every address of the desk, in the order in which it is looked for. The busiest come first."""

from __future__ import annotations

from answerable.web import (
    account_pages,
    event_routes,
    health,
    home,
    intake,
    list_routes,
    log_files,
    log_pages,
    looking,
    metrics,
    people_pages,
    published_pages,
    receipt_pages,
)
from answerable.web.access import public
from answerable.web.pages import PAGES
from answerable.web.routes import Route
from answerable.web.static_files import serve_static

ROUTES: tuple[Route, ...] = (
    *intake.ROUTES,
    *event_routes.ROUTES,
    *looking.ROUTES,
    *list_routes.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
    *log_files.ROUTES,
    *home.ROUTES,
    *PAGES,
    *account_pages.ROUTES,
    *receipt_pages.ROUTES,
    *log_pages.ROUTES,
    *people_pages.ROUTES,
    *published_pages.ROUTES,
    Route(
        method="GET",
        path="/static/{name:path}",
        handler=serve_static,
        access=public(),
        summary="A static file of the pages",
        keeps=True,
    ),
)
