"""What every answer carries: a policy under which no page runs foreign code, and nothing that leaks where one was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.types import Scope

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)

# not no-referrer: with it a browser sends `Origin: null` with every form, and nobody could tell whose form it is
_ALWAYS: Mapping[str, str] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_ENCODED = tuple((name.encode(), value.encode()) for name, value in _ALWAYS.items())


def with_security(headers: list[tuple[bytes, bytes]], *, https: bool) -> list[tuple[bytes, bytes]]:
    """`headers` of an answer with those that every answer has; what a page says itself stays."""
    said = {name for name, _ in headers}
    added = [pair for pair in _ENCODED if pair[0] not in said]
    return [*headers, *added, *([_STRICT_TRANSPORT] if https else [])]


WHOLE_BODY: Final = "answerable.whole-body"
"""In a request's scope: its body came with its head, and nothing of it has to be waited for."""

TELL: Final = "answerable.tell"
"""In the scope of a request that another process handed over: what is told by it goes there at once, as a part of the
answer, and those whom the same is told share one frame."""

_BY_NAME: Final = "answerable.headers"


def header(scope: Scope, name: bytes) -> str | None:
    """A header of a request, its name in small letters; of one that was sent twice the first. None where it was not."""
    found = scope.get(_BY_NAME)
    if found is None:
        found = scope[_BY_NAME] = {}
        for one, value in scope["headers"]:
            found.setdefault(one, value)
    value = found.get(name)
    return None if value is None else value.decode("latin-1")
