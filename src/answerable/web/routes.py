"""What a route is. Every one says who may use it; the guard, the interface's description and the tests read that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.web.access import Access

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


class Limit(StrEnum):
    """How often one address may use a route; the figures are in `limits.py`."""

    NONE = "none"
    LOG_IN = "log-in"
    PUBLIC_FORM = "public-form"
    LOOK_UP = "look-up"


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path. `access` has no default: a route that does not say who may use it cannot be written.

    `takes` is the type of a JSON body, `form` says that it is an HTML form; `answers` are the statuses beside 200 (or
    `status`) and those that every route of its kind has, each with what it means. `interface` puts it into the
    description of the interface (`/openapi.json`).
    """

    method: str
    path: str
    handler: Handler
    access: Access
    summary: str
    status: int = 200
    takes: type | None = None
    gives: type | None = None
    media: str = "text/html"
    form: bool = False
    uploads: bool = False
    """Whether its form may bring files (`answerable.web.bodies.MOST_UPLOAD_BYTES`)."""
    query: Mapping[str, str] = {}
    answers: Mapping[int, str] = {}
    limit: Limit = Limit.NONE
    interface: bool = False
    keeps: bool = False
    """Whether what it answers may be kept by a browser; else it is sent with `no-store`."""

    @property
    def unsafe(self) -> bool:
        """Whether it changes something."""
        return self.method not in {"GET", "HEAD"}
