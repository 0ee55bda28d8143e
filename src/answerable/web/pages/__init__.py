"""The desk's working pages: what each shows and takes. What anything means is said in `answerable.watch`."""

from __future__ import annotations

from answerable.web.pages import (
    allegations,
    board,
    calling,
    claims,
    declining,
    denials,
    doing,
    findings,
    log_readings,
    policies,
    redacting,
    subjects,
)
from answerable.web.routes import Route

PAGES: tuple[Route, ...] = (
    *board.ROUTES,
    *declining.ROUTES,
    *doing.ROUTES,
    *subjects.ROUTES,
    *calling.ROUTES,
    *denials.ROUTES,
    *policies.ROUTES,
    *allegations.ROUTES,
    *claims.ROUTES,
    *findings.ROUTES,
    *log_readings.ROUTES,
    *redacting.ROUTES,
)
