"""Static files from the package, each under an address that changes with its content, so that it may be kept."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.web.problems import refused

MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
DIGITS = 16


class StaticFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file's content, its media type, and the beginning of its SHA-256."""

    content: bytes
    media: str
    digest: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Every file of the package's folder `static`, by name."""
    return {name: _read(file) for name, file in _walk(resources.files("answerable.web") / "static", "")}


def static_address(name: str) -> str:
    """Where a file is, with its digest. Raises KeyError for a name that no file has: a template's mistake."""
    return f"/static/{name}?v={static_files()[name].digest}"


async def serve_static(request: Request) -> Response:
    """A static file: kept for ever under its digest, asked for again without it."""
    found = static_files().get(request.path_params["name"])
    if found is None:
        raise refused(404, "not-found", "There is no such file.")
    tag = f'"{found.digest}"'
    kept = request.query_params.get("v") == found.digest
    headers = {"cache-control": "public, max-age=31536000, immutable" if kept else "no-cache", "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.media, headers=headers)


def _walk(folder: Traversable, before: str) -> list[tuple[str, Traversable]]:
    found = list[tuple[str, Traversable]]()
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        if one.is_dir():
            found.extend(_walk(one, f"{before}{one.name}/"))
        elif _suffix(one.name) in MEDIA:
            found.append((before + one.name, one))
    return found


def _read(file: Traversable) -> StaticFile:
    content = file.read_bytes()
    return StaticFile(
        content=content, media=MEDIA[_suffix(file.name)], digest=hashlib.sha256(content).hexdigest()[:DIGITS]
    )


def _suffix(name: str) -> str:
    return name[name.rfind(".") :] if "." in name else ""
