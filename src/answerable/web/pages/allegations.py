"""Allegations: opened, put to the record as it stands, answered with a proposed finding and the calls it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from answerable.report.words import FINDINGS, OUTCOMES, PROPOSED, VERDICTS
from answerable.watch.beside_calls import Allegation
from answerable.watch.commands import OpenAllegation
from answerable.watch.people import Role
from answerable.watch.roles import Sight, may_do
from answerable.watch.views import SubjectView
from answerable.web.access import may, roles, sees
from answerable.web.page import actor_of, desk_of, form_of, in_thread, looked, render, see_other, site_of, who_of
from answerable.web.pages.clock import brief_time
from answerable.web.pages.command_forms import FormError, Typed, command_of
from answerable.web.pages.doing import fresh_id, give
from answerable.web.problems import refused
from answerable.web.routes import Route
from answerable.wiring.desk_examined import Examined, read_examined
from answerable.wiring.folders import made

if TYPE_CHECKING:
    from answerable.wiring.desk_findings import FindingAtDesk

KINDS = {"calls_ignored": "calls were left without an answer", "request_denied": "a request was refused, and wrongly"}
"""What can be put to the record from here, in words. Any other kind takes `answerable examine`."""

HELD = "examinations"
"""Folder beside the record in which the results lie."""


async def show_allegations(request: Request) -> Response:
    """Every allegation."""
    views = desk_of(request).allegations(by=actor_of(request))
    may_open = any(may_do(role, OpenAllegation) for role in who_of(request).roles)
    return render(request, "allegations.html", views=views, at=brief_time(request), may_open=may_open, kinds=KINDS)


async def show_new(request: Request) -> Response:
    """The form of an allegation; `?call=ID` begins it with a call."""
    return _form(request, values={"calls": request.query_params.get("call", "")})


async def open_allegation(request: Request) -> Response:
    """Somebody says that calls were ignored."""
    fields = dict(await form_of(request))
    given = fields.pop("id", "") or fresh_id(request)
    calls = tuple(fields.get("calls", "").replace(",", " ").split())
    try:
        plain = {name: value for name, value in fields.items() if name in ("kind", "by", "text")}
        command = command_of(
            "open-allegation", plain, id=given, about=None, now_us=site_of(request).now_us(), calls=calls
        )
    except FormError as fault:
        return _form(request, values=fields, errors=fault.errors, status=422)
    done = await give(request, command)
    return see_other(f"/allegations/{done.id}", notice="The allegation is in the record.")


async def show_allegation(request: Request) -> Response:
    """One allegation: what is said, the calls with their outcomes so far, what the record says to it, who signed."""
    return await show_with(request)


async def show_with(request: Request, *, wrong: str = "", status: int = 200) -> Response:
    """The page of an allegation, with what went wrong where a step was refused."""
    view = _view(request)
    calls = [_subject(request, one) for one in view.calls]
    await looked(request, page="allegation", about=view.id)
    last = _last(request, view)
    examined = None if last is None else read_examined(last)
    rested_on = {one.call for finding in examined.findings for one in finding.calls} if examined else set()
    return render(
        request,
        "allegation.html",
        status=status,
        wrong=wrong,
        finding=await _finding(last),
        fields=Typed(await form_of(request)) if status != 200 else Typed(),
        view=view,
        at=brief_time(request),
        kind=KINDS.get(view.kind, view.kind),
        calls=list(zip(view.calls, calls, strict=True)),
        examined=examined,
        numbers={one: found.row.number for one in rested_on if (found := _subject(request, one)) is not None},
        may_examine=Role.AUDITOR in who_of(request).roles and view.kind in KINDS,
        proposed=PROPOSED,
        outcomes=OUTCOMES,
        findings=FINDINGS | VERDICTS,
    )


async def examine(request: Request) -> Response:
    """Put it to the record as it stands now. A finding of before is kept beside the new one."""
    view, desk = _view(request), desk_of(request)
    held = _held(request, view)
    at_us = site_of(request).now_us()

    # the engine is loaded only when an allegation is examined
    from answerable.wiring.desk_examining import examine_allegation  # noqa: PLC0415

    def work() -> Examined:
        with made(held):
            number = len(list(held.iterdir())) + 1
            return examine_allegation(
                view, store=desk.record.store, origin=desk.origin, out=held / f"{number:04d}", at_us=at_us
            )

    await in_thread(work)
    return see_other(
        f"/allegations/{view.id}", notice="The record was examined. What it supports is proposed, unsigned."
    )


def _form(
    request: Request, *, values: dict[str, str], errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    return render(
        request,
        "allegation_new.html",
        status=status,
        values=Typed(values),
        errors=errors,
        fresh=fresh_id(request),
        kinds=KINDS,
    )


async def _finding(examination: Path | None) -> FindingAtDesk | None:
    """How far the finding has come that was proposed from an examination."""
    if examination is None:
        return None
    from answerable.wiring.desk_findings import finding_of  # noqa: PLC0415  loads the report

    return await in_thread(finding_of, examination)


def newest_examination(request: Request) -> Path | None:
    """Where the newest result of this allegation lies, if it was put to the record."""
    return _last(request, _view(request))


def _view(request: Request) -> Allegation:
    wanted = request.path_params["id"]
    found = next((one for one in desk_of(request).allegations(by=actor_of(request)) if one.id == wanted), None)
    if found is None:
        raise refused(404, "not-found", "There is no allegation under this id.")
    return found


def _subject(request: Request, subject: str) -> SubjectView | None:
    desk, actor = desk_of(request), actor_of(request)
    return desk.call(subject, by=actor) or desk.request(subject, by=actor)


def _held(request: Request, view: Allegation) -> Path:
    return desk_of(request).record.folder.path / HELD / view.id


def _last(request: Request, view: Allegation) -> Path | None:
    """The newest result that is whole."""
    held = _held(request, view)
    results = sorted(held.iterdir()) if held.is_dir() else []
    return next((one for one in reversed(results) if (one / "result" / "finding.json").is_file()), None)


ROUTES = (
    Route(
        method="GET",
        path="/allegations",
        handler=show_allegations,
        access=sees(Sight.ALLEGATIONS),
        summary="Allegations.",
    ),
    Route(
        method="GET",
        path="/allegations/new",
        handler=show_new,
        access=may(OpenAllegation),
        summary="Form of an allegation.",
    ),
    Route(
        method="POST",
        path="/allegations/new",
        handler=open_allegation,
        access=may(OpenAllegation),
        form=True,
        status=303,
        summary="Open an allegation.",
    ),
    Route(
        method="GET",
        path="/allegations/{id}",
        handler=show_allegation,
        access=sees(Sight.ALLEGATIONS),
        summary="An allegation and what the record says to it.",
    ),
    Route(
        method="POST",
        path="/allegations/{id}/examine",
        handler=examine,
        access=roles(Role.AUDITOR),
        form=True,
        status=303,
        summary="Put an allegation to the record.",
    ),
)
