"""Instants as pages say them, in the desk's time zone: the time alone where it is today's."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from answerable.report.spelling import day, wall_clock
from answerable.web.page import site_of


def brief_time(request: Request) -> Callable[[int], str]:
    """`14:05:09` of today, `19 Jun 2018, 14:05:09` of another day."""
    site = site_of(request)
    zone = site.zone
    today = day(site.now_us(), zone)

    def said(us: int) -> str:
        on, at = day(us, zone), f"{wall_clock(us, zone):%H:%M:%S}"
        return at if on == today else f"{on}, {at}"

    return said
