"""Figures for whoever watches the machine (Prometheus text format). Counts and sizes, never a call."""

from __future__ import annotations

import resource
import sys

from starlette.requests import Request
from starlette.responses import Response

from answerable.web.access import roles
from answerable.web.page import in_thread, site_of
from answerable.web.routes import Route
from answerable.wiring.people import Scope

TEXT = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(request: Request) -> Response:
    """Gauges and counters of this process."""
    site = site_of(request)
    counts, health = await in_thread(site.desk.counts), site.desk.health()
    figures = (
        ("answerable_log_entries", "counter", "Entries of the log.", site.desk.head().size),
        ("answerable_pending", "gauge", "Calls and requests that wait.", counts["pending"]),
        ("answerable_late", "gauge", "Of these, past their deadline.", counts["late"]),
        ("answerable_alarms", "gauge", "Alarms that ring.", counts["alarms"]),
        ("answerable_denials_standing", "gauge", "Refusals that stand.", counts["denials"]),
        ("answerable_spooled", "gauge", "Taken, and not yet in the record.", health.waiting),
        ("answerable_record_writing", "gauge", "1 while the record can be written.", int(health.writing)),
        ("answerable_files_checked", "gauge", "1 once the record's whole files were checked.", int(health.files.whole)),
        ("answerable_files_damaged", "gauge", "1 where damage was found in them.", int(health.files.fault is not None)),
        ("answerable_boards", "gauge", "Open live lines.", site.hub.boards),
        ("answerable_events_told_total", "counter", "Events told to boards.", site.hub.told),
        ("answerable_memory_peak_bytes", "gauge", "The most memory this process has held.", _peak_bytes()),
    )
    lines = [f"# HELP {name} {says}\n# TYPE {name} {kind}\n{name} {value}\n" for name, kind, says, value in figures]
    return Response("".join(lines), media_type=TEXT)


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1_024


ROUTES = (
    Route(
        method="GET", path="/metrics", handler=metrics, access=roles("administrator", scope=Scope.METRICS),
        media="text/plain", summary="Figures for Prometheus", interface=True,
    ),
)  # fmt: skip
