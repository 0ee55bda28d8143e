"""Commands as they come from buttons and small forms: one route a command, so that each says who may use it."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.errors import AnswerableError, DeskError
from answerable.record.ids import new_id
from answerable.watch.commands import AcknowledgeAlarm, Command, Mute, ReportFact
from answerable.watch.people import Role
from answerable.watch.roles import Sight
from answerable.watch.views import FactView, SubjectView
from answerable.web.access import may
from answerable.web.page import actor_of, awaited, check_owner, desk_of, form_of, local_path, render, see_other, site_of
from answerable.web.pages.act_forms import FORMS, Field
from answerable.web.pages.acts import KINDS
from answerable.web.pages.board_rows import condition_words
from answerable.web.pages.clock import brief_time
from answerable.web.pages.command_forms import COMMANDS, FormError, Typed, command_of, whole_number
from answerable.web.problems import MEDIA, as_refusal, refused
from answerable.web.routes import Handler, Route
from answerable.wiring.desk import Done

PAST = {
    "decide-respond": "Response recorded",
    "accept-request": "Accepted",
    "acknowledge-request": "Acknowledged; it is not accepted yet",
    "report-fact": "Answer recorded",
    "decline": "Refusal recorded",
    "close": "Closed",
}
"""What is said when it is done; of any other command: recorded."""


async def give(request: Request, command: Command) -> Done:
    """Give a command as whoever asks, in the role that may give it; answered when it is durable."""
    return await awaited(desk_of(request).do(command, by=actor_of(request, command=type(command))))


async def give_form(request: Request, command: Command) -> Done:
    """As `give`, for a form that is shown again with what the desk says. Raises FormError."""
    try:
        return await give(request, command)
    except DeskError as fault:
        raise FormError({"": " ".join(filter(None, (fault.message, fault.hint)))}, status=fault.http_status) from fault


def _own_voice(request: Request, tag: str, fields: dict[str, str]) -> None:
    """A requester speaks for themselves alone, whatever the form says."""
    if "asserted_by" in fields and actor_of(request, command=COMMANDS[tag]).role is Role.REQUESTER:
        fields["asserted_by"] = "requester"


def fresh_id(request: Request) -> str:
    """An id for what a form without script sends: sending the form again is another act."""
    site = site_of(request)
    return new_id(site.now_us, site.chance)


def subject_for(request: Request, subject: str) -> SubjectView:
    """A call or request that whoever asks may see. Raises Refused 404."""
    view = desk_of(request).call(subject, by=actor_of(request)) or desk_of(request).request(
        subject, by=actor_of(request)
    )
    if view is None:
        raise refused(404, "not-found", "There is nothing here for you.")  # as of one that is another agency's
    check_owner(request, agency=view.row.agency, seen_by=(Sight.BOARD,))
    return view


def done_words(tag: str, done: Done, *, number: str) -> str:
    """What is said when it is done."""
    past = PAST.get(tag, "Recorded")
    if done.spooled:
        return f"{past} for {number}, and done. The record cannot take it yet: it is entered late."
    receipt = f" Receipt {done.spoken}." if done.spoken else ""
    return f"{past} for {number}.{receipt}"


async def answer(request: Request, said: str, *, done: Done, to: str) -> Response:
    """To a script in JSON, to a person as the page they came from."""
    if "application/json" in request.headers.get("accept", ""):
        return Response(
            msgspec.json.encode({"said": said, "id": done.id, "index": done.index, "spooled": done.spooled}),
            media_type="application/json",
        )
    fields = await form_of(request)
    return see_other(local_path(fields.get("next"), otherwise=to), notice=said)


def wants_json(request: Request) -> bool:
    """Whether a script asks."""
    return "application/json" in request.headers.get("accept", "")


def told_to_script(fault: AnswerableError) -> Response:
    """A refusal, for a script."""
    refusal = as_refusal(fault)
    return Response(
        msgspec.json.encode(refusal.problem),
        status_code=refusal.problem.status,
        media_type=MEDIA,
        headers=refusal.headers,
    )


def giver(tag: str) -> Handler:
    """The handler of one command about a call or request."""
    slug = next((name for name, form in FORMS.items() if form.tag == tag), None)

    async def handle(request: Request) -> Response:
        fields = dict(await form_of(request))
        subject = request.path_params["id"]
        view = subject_for(request, subject)
        given = fields.pop("id", "") or fresh_id(request)
        _own_voice(request, tag, fields)
        try:
            command = command_of(tag, fields, id=given, about=subject, now_us=site_of(request).now_us())
            done = await give_form(request, command)
        except FormError as fault:
            if slug is None or wants_json(request):
                raise refused(fault.status, "not-done", str(fault)) from None
            return _form_page(request, slug, view, values=fields, errors=fault.errors, status=fault.status)
        return await answer(request, done_words(tag, done, number=_number(view)), done=done, to=f"/c/{subject}")

    return handle


async def answer_question(request: Request) -> Response:
    """An answer to one of the policy's questions: POST value, and who says so."""
    fields = await form_of(request)
    subject, fact = request.path_params["id"], request.path_params["fact"]
    view = subject_for(request, subject)
    known = next((one for one in view.facts if one.fact == fact), None)
    if known is None:
        raise refused(422, "not-valid", f"The policy does not ask for {fact!r}.")
    actor = actor_of(request, command=ReportFact)
    command = ReportFact(
        id=fields.get("id") or fresh_id(request),
        about=subject,
        fact=fact,
        value=_value(known, fields.get("value", "")),
        asserted_by="requester" if actor.role is Role.REQUESTER else fields.get("asserted_by") or str(actor.role),
    )
    done = await give(request, command)
    return await answer(request, done_words("report-fact", done, number=_number(view)), done=done, to=f"/c/{subject}")


def _value(fact: FactView, text: str) -> bool | int | str | None:
    """What a form says, as a value of the fact's type; empty takes back. Raises Refused 422."""
    if text == "":
        return None
    if fact.type.yes_no and text in {"yes", "no"}:
        return text == "yes"
    if fact.type.kind == "number":
        try:
            value: bool | int | str = whole_number(text, name=fact.fact, most=fact.type.last or 0)
        except FormError as fault:
            raise refused(422, "not-valid", str(fault)) from None
    else:
        value = text
    if not fact.type.admits(value):
        raise refused(422, "not-valid", f"{text!r} is no answer to: {fact.ask}")
    return value


async def acknowledge_alarm(request: Request) -> Response:
    """Somebody has heard an alarm."""
    fields = await form_of(request)
    command = AcknowledgeAlarm(id=fields.get("id") or fresh_id(request), alarm=request.path_params["id"])
    done = await give(request, command)
    return await answer(request, "Alarm acknowledged. What it rings for is not over by that.", done=done, to="/board")


async def mute(request: Request) -> Response:
    """Ten minutes of silence for whoever asks."""
    fields = await form_of(request)
    done = await give(request, Mute(id=fields.get("id") or fresh_id(request)))
    said = "Your alarms are silent for 10 minutes. A call about to go unheard still rings."
    return await answer(request, said, done=done, to="/board")


async def show_form(request: Request) -> Response:
    """The form of a command that needs more than a press."""
    view = subject_for(request, request.path_params["id"])
    return _form_page(request, request.url.path.rpartition("/")[2], view)


def _form_page(
    request: Request,
    slug: str,
    view: SubjectView,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    form = FORMS[slug]
    return render(
        request,
        "act_form.html",
        status=status,
        form=form,
        fields=[_filled(field, view, request) for field in form.fields],
        view=view,
        values=Typed(values or {}),
        errors=errors,
        fresh=fresh_id(request),
    )


def _filled(field: Field, view: SubjectView, request: Request) -> Field:
    """A field whose choices depend on the call: the conditions of its refusal."""
    if field.name != "condition" or view.denial is None:
        return field
    conditions = view.denial.conditions
    choices = tuple((str(one.number), condition_words(one, say_time=brief_time(request))) for one in conditions)
    return msgspec.structs.replace(field, choices=choices)


def _number(view: SubjectView) -> str:
    return view.row.number or f"…{view.row.id[-6:]}"


def _routes() -> list[Route]:
    found = list[Route]()
    for slug, form in FORMS.items():
        access = may(COMMANDS[form.tag])
        found.append(
            Route(
                method="GET",
                path=f"/c/{{id}}/{slug}",
                handler=show_form,
                access=access,
                summary=f"Form: {form.title.lower()}.",
            )
        )
    for tag in KINDS:
        if tag != "decline":
            found.append(
                Route(
                    method="POST",
                    path=f"/c/{{id}}/do/{tag}",
                    handler=giver(tag),
                    access=may(COMMANDS[tag]),
                    summary=f"Give the command {tag}.",
                    form=True,
                    status=303,
                )
            )
    return found


ROUTES = (
    *_routes(),
    Route(
        method="POST",
        path="/c/{id}/fact/{fact}",
        handler=answer_question,
        access=may(ReportFact),
        summary="Answer a question of the policy.",
        form=True,
        status=303,
    ),
    Route(
        method="POST",
        path="/alarms/{id}/acknowledge",
        handler=acknowledge_alarm,
        access=may(AcknowledgeAlarm),
        summary="Acknowledge an alarm.",
        form=True,
        status=303,
    ),
    Route(
        method="POST",
        path="/alarms/mute",
        handler=mute,
        access=may(Mute),
        summary="Mute one's own alarms.",
        form=True,
        status=303,
    ),
)
