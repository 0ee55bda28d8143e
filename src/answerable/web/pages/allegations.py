"""Allegations: opened, split into claims, put to the record as it stands, answered with a proposed finding."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.errors import AnswerableError, ClaimError, InputError, PolicyError
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
from answerable.wiring.desk_erasing import CASES, HELD
from answerable.wiring.desk_examined import RESULT, Examined, read_examined
from answerable.wiring.folders import made

if TYPE_CHECKING:
    from answerable.wiring.desk_findings import FindingAtDesk
    from answerable.wiring.desk_log_reading import ReadingAtDesk

KINDS = {
    "calls_ignored": "calls were left without an answer",
    "request_denied": "a request was refused, and wrongly",
    "listed_calls": "these calls, on a list of our own, were ignored",
    "policy_exists": "a policy allows something",
    "statement": "somebody said several things in public",
    "slower_response": "somebody waits longer than others",
    "pattern": "somebody's calls are late or unheard more often",
    "monitoring_lapse": "a watch that was promised was not kept",
}
"""The kinds of claim, in words; what each is held against: docs/formats/claim.md."""

LOG_READ = "log-read"
"""The section of the page about what somebody outside read of the log."""

_NUMBER = re.compile(r"[0-9]{4,9}")
_OPTION = re.compile(r"\A--[a-z-]+: | \(--[a-z-]+\)")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One time that it was put to the record: its number, and how its finding stands where one was proposed."""

    number: str
    finding: str
    standing: str


async def show_allegations(request: Request) -> Response:
    """Every allegation."""
    desk, actor = desk_of(request), actor_of(request)
    views = await in_thread(lambda: desk.allegations(by=actor))
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
        _check_kind(plain)
        command = command_of(
            "open-allegation", plain, id=given, about=None, now_us=site_of(request).now_us(), calls=calls
        )
    except FormError as fault:
        return _form(request, values=fields, errors=fault.errors, status=422)
    done = await give(request, command)
    if actor_of(request, command=OpenAllegation).role is Role.REQUESTER:
        return see_other("/requests", notice="Your allegation is in the record. An auditor puts it to the record.")
    return see_other(f"/allegations/{done.id}", notice="The allegation is in the record.")


async def show_allegation(request: Request) -> Response:
    """One allegation: what is said, the calls with their outcomes so far, what the record says to it, who signed."""
    return await show_with(request)


async def show_with(request: Request, *, wrong: str = "", at: str = "", status: int = 200) -> Response:
    """The page of an allegation; `wrong`: why a step was refused, which is said in the section `at`."""
    view = view_of(request)
    calls = [_subject(request, one) for one in view.calls]
    await looked(request, page="allegation", about=view.id)
    typed = await form_of(request) if status != 200 else {}
    chosen = chosen_examination(request, typed)
    examined = None if chosen is None else read_examined(chosen)
    rested_on = {one.call for finding in examined.findings for one in finding.calls} if examined else set()
    finding = await _finding(chosen)
    auditor = Role.AUDITOR in who_of(request).roles
    results = await in_thread(_results, held_of(request, view))
    return render(
        request,
        "allegation.html",
        status=status,
        wrong=wrong,
        wrong_at=at,
        finding=finding,
        fields=Typed(typed),
        view=view,
        at=brief_time(request),
        kinds=KINDS,
        calls=list(zip(view.calls, calls, strict=True)),
        claims=await _claims(request, view),
        log_read=await _log_read(request, view),
        zone=site_of(request).settings.zone,
        rests_on_a_log={"policy_exists", "statement", "listed_calls"},
        examined=examined,
        chosen="" if chosen is None else chosen.name,
        results=results,
        replaces=_replaces(results, chosen, finding),
        numbers={one: found.row.number for one in rested_on if (found := _subject(request, one)) is not None},
        auditor=auditor,
        may_redact=Role.RECORDS_OFFICER in who_of(request).roles,
        proposed=PROPOSED,
        outcomes=OUTCOMES,
        findings=FINDINGS | VERDICTS,
    )


async def examine(request: Request) -> Response:
    """Put it to the record as it stands now. A finding of before is kept beside the new one."""
    view, desk = view_of(request), desk_of(request)
    held, case = held_of(request, view), case_of(request, view)
    at_us, zone = site_of(request).now_us(), site_of(request).settings.zone

    # the engine is loaded only when an allegation is examined
    from answerable.wiring.desk_examining import examine_allegation  # noqa: PLC0415

    def work() -> Examined:
        with made(held):
            out = _next(held)
            try:
                return examine_allegation(
                    view, store=desk.record.store, origin=desk.origin, out=out, at_us=at_us, zone=zone, case=case
                )
            except BaseException:
                shutil.rmtree(out, ignore_errors=True)  # no result came of it
                raise

    try:
        await in_thread(work)
    except (ClaimError, InputError, PolicyError) as fault:
        return await show_with(request, wrong=in_words(fault), at="claims", status=422)
    return see_other(
        f"/allegations/{view.id}", notice="The record was examined. What it supports is proposed, unsigned."
    )


def _check_kind(fields: dict[str, str]) -> None:
    if fields.get("kind") not in KINDS:
        raise FormError({"kind": "Choose one of these."})


def in_words(fault: AnswerableError) -> str:
    """What went wrong and what to do, on one line, without the options of the command line."""
    return _OPTION.sub("", " ".join(filter(None, (fault.message, fault.hint))))


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


async def _claims(request: Request, view: Allegation) -> object:
    from answerable.wiring.desk_claims import claims_of  # noqa: PLC0415  loads the readers of claims

    return await in_thread(claims_of, case_of(request, view))


async def _log_read(request: Request, view: Allegation) -> ReadingAtDesk | None:
    from answerable.wiring.desk_log_reading import reading_of  # noqa: PLC0415

    return await in_thread(lambda: reading_of(case_of(request, view), origin=desk_of(request).origin))


async def _finding(examination: Path | None) -> FindingAtDesk | None:
    """How far the finding has come that was proposed from an examination."""
    if examination is None:
        return None
    from answerable.wiring.desk_findings import finding_of  # noqa: PLC0415  loads the report

    return await in_thread(finding_of, examination)


def _results(held: Path) -> tuple[Result, ...]:
    """Every time that it was put to the record, newest first."""
    from answerable.wiring.desk_findings import finding_of  # noqa: PLC0415

    found = list[Result]()
    for one in _whole(held):
        finding = finding_of(one)
        found.append(
            Result(
                number=one.name,
                finding="" if finding is None else finding.life.finding,
                standing="" if finding is None else finding.life.standing.value,
            )
        )
    return tuple(found)


def _replaces(results: tuple[Result, ...], chosen: Path | None, finding: FindingAtDesk | None) -> tuple[Result, ...]:
    """The signed findings of earlier results, whose place one that is proposed now can take."""
    if chosen is None or finding is not None:
        return ()
    return tuple(one for one in results if one.standing in ("signed", "published") and one.number < chosen.name)


def view_of(request: Request) -> Allegation:
    """The allegation of an address. Raises RefusedError 404."""
    found = desk_of(request).allegation(request.path_params["id"], by=actor_of(request))
    if found is None:
        raise refused(404, "not-found", "There is no allegation under this id.")
    return found


def held_of(request: Request, view: Allegation) -> Path:
    """Where the results of an allegation lie."""
    return desk_of(request).record.folder.path / HELD / view.id


def case_of(request: Request, view: Allegation) -> Path:
    """Where its claims are worked out."""
    return desk_of(request).record.folder.path / CASES / view.id


def chosen_examination(request: Request, fields: dict[str, str]) -> Path | None:
    """The result that is looked at (`result` in the form or the address), or else the newest that is whole."""
    there = _whole(held_of(request, view_of(request)))
    wanted = fields.get("result") or request.query_params.get("result", "")
    return next((one for one in there if one.name == wanted), there[0] if there and not wanted else None)


def _next(held: Path) -> Path:
    """A new folder for a result, this request's alone."""
    number = max((int(one.name) for one in held.iterdir() if _NUMBER.fullmatch(one.name)), default=0) + 1
    while True:
        out = held / f"{number:04d}"
        try:
            out.mkdir()
        except FileExistsError:
            number += 1
        else:
            return out


def _whole(held: Path) -> list[Path]:
    results = [one for one in held.iterdir() if _NUMBER.fullmatch(one.name)] if held.is_dir() else []
    return [one for one in sorted(results, reverse=True) if (one / RESULT / "finding.json").is_file()]


def _subject(request: Request, subject: str) -> SubjectView | None:
    desk, actor = desk_of(request), actor_of(request)
    return desk.call(subject, by=actor) or desk.request(subject, by=actor)


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
