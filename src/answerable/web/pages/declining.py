"""Declining: a form that the clause has already filled, or the sentence that says why this person cannot."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from answerable.policy.known import STANDS_UNTIL_RESOLVED
from answerable.watch.commands import ConditionAsked, Decline
from answerable.watch.views import DeclineForm
from answerable.web.access import may
from answerable.web.page import actor_of, desk_of, form_of, render, see_other, site_of
from answerable.web.pages.acts import answers_to
from answerable.web.pages.clock import brief_time
from answerable.web.pages.command_forms import FormError, Typed, command_of
from answerable.web.pages.doing import done_words, fresh_id, give_form, subject_for
from answerable.web.pages.spans import until
from answerable.web.routes import Route

OWN_CONDITIONS = 3
"""Conditions that can be written beside those of the clause."""


async def show_decline(request: Request) -> Response:
    """The form of a refusal."""
    return _page(request)


async def decline(request: Request) -> Response:
    """A refusal. What the desk refuses is said on the form, with what was filled in."""
    fields = dict(await form_of(request))
    subject = request.path_params["id"]
    form = _form(request)
    if form.refused is not None:
        return _page(request, status=403 if form.rank_too_low else 409)
    given = fields.pop("id", "") or fresh_id(request)
    try:
        _seen(form, fields)
        command = command_of(
            "decline",
            _plain(fields),
            id=given,
            about=subject,
            now_us=site_of(request).now_us(),
            **_review(form, fields),
            conditions=[*_conditions(form, fields)],
            still_answered=fields.get("still_answered", "").split(),
            notice_sent_at_us=site_of(request).now_us(),
        )
        done = await give_form(request, command)
    except FormError as fault:
        return _page(request, values=fields, errors=fault.errors, status=fault.status)
    number = subject_for(request, subject).row.number or subject
    return see_other(f"/c/{subject}", notice=done_words("decline", done, number=number))


def _page(
    request: Request,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    view = subject_for(request, request.path_params["id"])
    form = _form(request)
    now_us = site_of(request).now_us()
    return render(
        request,
        "decline.html",
        status=status,
        view=view,
        form=form,
        values=Typed(values or {}),
        errors=errors,
        at=brief_time(request),
        until=until,
        now_us=now_us,
        fresh=fresh_id(request),
        clause_conditions=clause_conditions(form),
        own_conditions=range(1, OWN_CONDITIONS + 1),
        questions=[(one, answers_to(one, view.row, first=False)) for one in form.open_questions],
    )


def _form(request: Request) -> DeclineForm:
    return desk_of(request).decline_form(request.path_params["id"], by=actor_of(request, command=Decline))


def _seen(form: DeclineForm, fields: Mapping[str, str]) -> None:
    """That it is this clause, as it was read, that the refusal rests on. Raises FormError."""
    if (fields.get("clause"), fields.get("policy_version")) != (form.clause, form.policy_version):
        raise FormError({"": "What is owed has changed since this form was opened. Read it again before you decide."})
    if not fields.get("seen"):
        raise FormError({"seen": "Say that this is your decision, and that the notice goes out."})


def _review(form: DeclineForm, fields: Mapping[str, str]) -> dict[str, object]:
    """Where nobody says when the review is due: at the latest that the clause allows."""
    return (
        {} if fields.get("review_in_h") or form.review_latest_us is None else {"review_due_us": form.review_latest_us}
    )


def _plain(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that are the command's own as they stand."""
    own = ("policy_version", "clause", "reason_code", "reason_text", "review_in_h", "notice_text")
    return {name: fields[name] for name in own if name in fields}


def clause_conditions(form: DeclineForm) -> list[tuple[str, str]]:
    """Fact and words of what the clause itself would take the request up again for. What reopens it at once is no
    condition: nobody has to wait for a review of that."""
    return [
        (fact, f"“{ask}” is answered with yes.") for fact, ask in form.conditions if fact not in STANDS_UNTIL_RESOLVED
    ]


def _conditions(form: DeclineForm, fields: Mapping[str, str]) -> list[ConditionAsked]:
    """Conditions ticked among the clause's, then those written by hand."""
    ticked = set(fields.get("clause_condition", "").split())
    of_clause = [ConditionAsked(text=words, fact=fact) for fact, words in clause_conditions(form) if fact in ticked]
    own = [fields.get(f"condition_{number}", "").strip() for number in range(1, OWN_CONDITIONS + 1)]
    return of_clause + [ConditionAsked(text=text) for text in own if text]


ROUTES = (
    Route(
        method="GET",
        path="/c/{id}/decline",
        handler=show_decline,
        access=may(Decline),
        summary="Form of a refusal, filled by the clause.",
    ),
    Route(
        method="POST",
        path="/c/{id}/decline",
        handler=decline,
        access=may(Decline),
        form=True,
        status=303,
        summary="Decline.",
    ),
)
