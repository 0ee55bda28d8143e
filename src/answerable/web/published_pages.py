"""What the desk publishes: signed findings under permalinks, for anybody; and small pages that other sites may frame.

A finding's pages are files that were made once and are checked byte for byte by whoever verifies them; they are served
as they lie, each under the policy that it says itself. Nothing here knows a session.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from answerable.report.words import FINDINGS, VERDICTS
from answerable.web.access import public
from answerable.web.page import cited, environment, in_thread, render, say_time, site_of
from answerable.web.problems import refused
from answerable.web.routes import Route

if TYPE_CHECKING:
    from answerable.wiring.desk_publishing import Standing

PACKED = "finding.zip"
MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".toml": "text/plain; charset=utf-8",
    ".note": "text/plain; charset=utf-8",
    ".vkey": "text/plain; charset=utf-8",
    ".tlog-proof": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What is shown by a browser; anything else (a reply as it came) is handed over as a file."""

STATUS_WORDS = {
    "signed": "Signed", "published": "Signed and published", "superseded": "Superseded: another finding took its place",
}  # fmt: skip
FRAMED = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
"""The policy of a page that any site may frame: it runs no script, takes no form, and knows nobody's log-in."""

_POLICY = re.compile(rb"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\">")
_LOCKED = "default-src 'none'; sandbox; frame-ancestors 'none'"


async def findings(request: Request) -> Response:
    """Every finding that was published here."""
    found = await in_thread(_all, _folder(request))
    return render(request, "published.html", found=found, words=STATUS_WORDS, labels=FINDINGS | VERDICTS)


async def finding(request: Request) -> Response:
    """The permalink of a finding: on to its pages."""
    return RedirectResponse(f"/f/{_known(request)}/", status_code=308)


async def finding_file(request: Request) -> Response:
    """A page or a file of a published finding, word for word as it was published; or all of it as a ZIP."""
    id_, name = _known(request), request.path_params["name"] or "index.html"
    if name == PACKED:
        return await _packed(request, id_)
    from answerable.wiring.desk_publishing import published_file  # noqa: PLC0415  a board needs none of this

    content = await in_thread(published_file, _folder(request), id_, name)
    if content is None:
        raise refused(404, "not-found", "There is no such file in this finding.")
    suffix = name[name.rfind(".") :] if "." in name else ""
    headers = {"content-security-policy": _policy_of(content) if suffix == ".html" else _LOCKED}
    if suffix not in MEDIA:
        headers["content-disposition"] = "attachment"
    return Response(content, media_type=MEDIA.get(suffix, "application/octet-stream"), headers=headers)


async def embedded_finding(request: Request) -> Response:
    """How a finding stands, small, for a page of another site to frame."""
    id_ = _known(request)
    from answerable.wiring.desk_publishing import standing_of  # noqa: PLC0415

    standing = await in_thread(standing_of, _folder(request), id_)
    if standing is None:
        raise refused(404, "not-found", "There is no such finding.")
    return _framed(request, "embed_finding.html", standing=standing, words=STATUS_WORDS, labels=FINDINGS | VERDICTS)


async def embedded_log(request: Request) -> Response:
    """How the record stands, small, for a page of another site to frame."""
    desk = site_of(request).desk
    return _framed(request, "embed_log.html", health=desk.health(), now_us=desk.now_us())


def _framed(request: Request, name: str, **context: object) -> Response:
    site = site_of(request)
    shared = {
        "cite": cited(site, request.url.path),
        "moment": say_time(request),
        "url": site.settings.url,
        "theme": "light" if request.query_params.get("theme") == "light" else "dark",
        "demo": site.settings.demo,
    }
    text = environment().get_template(name).render(shared | context)
    headers = {"content-security-policy": FRAMED, "cross-origin-resource-policy": "cross-origin"}
    return Response(text, media_type="text/html; charset=utf-8", headers=headers)


async def _packed(request: Request, id_: str) -> Response:
    from answerable.wiring.desk_publishing import as_zip, published_folder  # noqa: PLC0415

    folder = published_folder(_folder(request), id_)
    if folder is None:
        raise refused(404, "not-found", "There is no such finding.")
    packed = await in_thread(as_zip, folder)
    return FileResponse(
        packed, media_type="application/zip", filename=f"{id_}.zip", background=BackgroundTask(packed.unlink)
    )


def _all(folder: Path) -> list[Standing]:
    from answerable.wiring.desk_publishing import PUBLISHED, standing_of  # noqa: PLC0415

    held = folder / PUBLISHED
    names = sorted((one.name for one in held.iterdir()), reverse=True) if held.is_dir() else []
    return [found for name in names if (found := standing_of(folder, name)) is not None]


def _known(request: Request) -> str:
    """The finding of an address. Raises RefusedError 404."""
    from answerable.wiring.desk_publishing import published_folder  # noqa: PLC0415

    id_ = str(request.path_params["id"])
    if published_folder(_folder(request), id_) is None:
        raise refused(404, "not-found", "No finding was published here under this name.")
    return id_


def _folder(request: Request) -> Path:
    return site_of(request).desk.record.folder.path


def _policy_of(page: bytes) -> str:
    """The policy that a page says itself, and that nobody frames it."""
    found = _POLICY.search(page)
    return _LOCKED if found is None else f"{html.unescape(found[1].decode())}; frame-ancestors 'none'"


ROUTES = (
    Route(method="GET", path="/f", handler=findings, access=public(), summary="Published findings"),
    Route(
        method="GET", path="/f/{id}", handler=finding, access=public(), status=308, summary="The permalink of a finding"
    ),
    Route(
        method="GET", path="/f/{id}/{name:path}", handler=finding_file, access=public(),
        summary="A page or file of a published finding; finding.zip is all of it",
    ),
    Route(
        method="GET", path="/embed/f/{id}", handler=embedded_finding, access=public(),
        summary="How a finding stands, for other sites to frame",
    ),
    Route(
        method="GET", path="/embed/log", handler=embedded_log, access=public(),
        summary="How the record stands, for other sites to frame",
    ),
)  # fmt: skip
