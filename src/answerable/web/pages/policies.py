"""Response policies: the versions in the record, a draft with its check, comparison and trial, and its approval."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from answerable.policy import free_version
from answerable.report.diff_words import (
    NOTHING,
    NOTHING_DECIDED,
    binds_beside,
    changes_in_words,
    example_in_words,
    in_words,
)
from answerable.watch.commands import ApprovePolicy, DraftPolicy
from answerable.watch.roles import Sight, may_do
from answerable.watch.views import PolicyView
from answerable.web.access import may, sees
from answerable.web.page import desk_of, form_of, in_thread, render, see_other, site_of, who_of
from answerable.web.pages.clock import brief_time
from answerable.web.pages.command_forms import FormError, Typed, command_of
from answerable.web.pages.doing import fresh_id, give, give_form
from answerable.web.problems import refused
from answerable.web.routes import Route
from answerable.wiring import starter_policy
from answerable.wiring.desk import Desk
from answerable.wiring.policy_drafts import DraftJudged, PastSubject, judge_draft

MOST_SHOWN = 40
"""Past calls that would be owed something else, of which each is shown; the number of all is always said."""


async def show_policies(request: Request) -> Response:
    """Every version, the one in force on top."""
    views = sorted(desk_of(request).policies(), key=lambda one: one.state != "in_force")
    return render(
        request,
        "policies.html",
        views=views,
        at=brief_time(request),
        may_draft=_may(request, DraftPolicy),
        may_approve=_may(request, ApprovePolicy),
    )


async def show_policy(request: Request) -> Response:
    """One version: its text, and of a draft what it would change."""
    view = _view(request)
    judged = await _judged(request, view.text)
    who = who_of(request)
    return render(
        request,
        "policy.html",
        view=view,
        at=brief_time(request),
        judged=judged,
        words=_words(judged),
        fresh=fresh_id(request),
        may_approve=_may(request, ApprovePolicy) and view.state == "draft",
        own=view.drafted_by.id == who.id,
    )


async def show_draft(request: Request) -> Response:
    """The form of a draft, begun from what is in force, or from the starter."""
    in_force = _in_force(desk_of(request))
    text = in_force.text if in_force is not None else starter_policy()
    return _draft_page(request, text, judged=None)


async def draft(request: Request) -> Response:
    """A text: looked at again (`act=check`), or entered as a draft."""
    fields = await form_of(request)
    text = fields.get("text", "")
    judged = await _judged(request, text)
    if fields.get("act") == "check" or not judged.sound:
        taken = _taken(request, judged)
        return _draft_page(request, text, judged=judged, errors=taken, status=200 if judged.sound else 422)
    plain = {"text": text, "file": fields.get("file", "")}
    given = fields.get("id") or fresh_id(request)
    try:
        command = command_of("draft-policy", plain, id=given, about=None, now_us=site_of(request).now_us(), text=text)
        done = await give_form(request, command)
    except FormError as fault:
        return _draft_page(request, text, judged=judged, errors=fault.errors, status=fault.status)
    return see_other(f"/policies/{done.id}", notice="The draft is in the record. Somebody else approves it.")


async def approve(request: Request) -> Response:
    """A second person approves a draft, or refuses it."""
    fields = await form_of(request)
    view = _view(request)
    if view.drafted_by.id == who_of(request).id:
        raise refused(403, "own-draft", "Nobody approves their own draft. Somebody else with this role has to.")
    accepted = fields.get("approve") == "true"
    command = ApprovePolicy(
        id=fields.get("id") or fresh_id(request),
        about=view.id,
        approve=accepted,
        reason_text=fields.get("reason_text") or None,
    )
    await give(request, command)
    return see_other(
        f"/policies/{view.id}", notice="Approved." if accepted else "Refused; the reason is in the record."
    )


def _draft_page(
    request: Request, text: str, *, judged: DraftJudged | None, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    return render(
        request,
        "policy_draft.html",
        status=status,
        text=text,
        judged=judged,
        errors=errors,
        fresh=fresh_id(request),
        words=None if judged is None else _words(judged),
        values=Typed(),
    )


def _taken(request: Request, judged: DraftJudged) -> dict[str, str] | None:
    """That this version is in the record already, said beside the text before anybody enters it."""
    there = {
        one.version
        for one in desk_of(request).policies()
        if one.state != "refused" and one.name == f"{judged.check.id} {one.version}"
    }
    if judged.check.version not in there:
        return None
    free = free_version(judged.check.version, taken=there)
    return {"text": f'Version {judged.check.version} is in the record already. version = "{free}" is free.'}


async def _judged(request: Request, text: str) -> DraftJudged:
    """What can be said of a text, worked out beside the loop that serves everybody."""
    desk = desk_of(request)
    in_force = _in_force(desk)
    return await in_thread(
        lambda: judge_draft(text, in_force=None if in_force is None else in_force.text, past=_past(desk))
    )


def _past(desk: Desk) -> Iterator[PastSubject]:
    """Every call and request of the record, with its facts. No place, no name: facts alone."""
    for subject in desk.subjects():
        view = desk.call(subject) or desk.request(subject)
        if view is not None:
            yield PastSubject(
                id=subject, name=view.row.number or subject, facts={one.fact: one.value for one in view.facts}
            )


def _words(judged: DraftJudged) -> dict[str, object]:
    """The sentences of a comparison and of a trial."""
    diff, tried = judged.diff, judged.tried
    if diff is None or tried is None:
        return {}
    regions = [
        (
            changes_in_words(changes),
            [
                (
                    in_words(one.region.where),
                    example_in_words(one.region.example, before=one.before.rule, after=one.after.rule),
                )
                for one in group
            ],
        )
        for changes, group in groupby(diff.regions, key=lambda one: one.region.changes)
    ]
    nothing = NOTHING_DECIDED if binds_beside(diff.revisions) else NOTHING
    return {
        "regions": regions,
        "nothing": nothing if not regions and diff.differences.decided else "",
        "undecided": not diff.differences.decided,
        "changed": [
            (one.subject, changes_in_words(one.changes), one.before, one.after) for one in tried.changed[:MOST_SHOWN]
        ],
    }


def _view(request: Request) -> PolicyView:
    wanted = request.path_params["id"]
    found = next((one for one in desk_of(request).policies() if one.id == wanted), None)
    if found is None:
        raise refused(404, "not-found", "There is no version of a policy under this id.")
    return found


def _in_force(desk: Desk) -> PolicyView | None:
    return next((one for one in desk.policies() if one.state == "in_force"), None)


def _may(request: Request, command: type[DraftPolicy | ApprovePolicy]) -> bool:
    return any(may_do(role, command) for role in who_of(request).roles)


ROUTES = (
    Route(
        method="GET", path="/policies", handler=show_policies, access=sees(Sight.POLICIES), summary="Response policies."
    ),
    Route(method="GET", path="/policies/new", handler=show_draft, access=may(DraftPolicy), summary="Form of a draft."),
    Route(
        method="POST",
        path="/policies/new",
        handler=draft,
        access=may(DraftPolicy),
        form=True,
        status=303,
        summary="Check a draft, or enter it.",
    ),
    Route(
        method="GET",
        path="/policies/{id}",
        handler=show_policy,
        access=sees(Sight.POLICIES),
        summary="One version: text, check, comparison, trial.",
    ),
    Route(
        method="POST",
        path="/policies/{id}/approve",
        handler=approve,
        access=may(ApprovePolicy),
        form=True,
        status=303,
        summary="Approve or refuse a draft.",
    ),
)
