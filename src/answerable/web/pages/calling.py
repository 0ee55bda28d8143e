"""Forms by which something begins: a call, a request for assistance, and one that came by telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from answerable.model.vocabulary import FACTS, FactValue
from answerable.watch.commands import ReceiveCall, RequestAssistance
from answerable.watch.people import Role
from answerable.watch.roles import Sight
from answerable.web.access import may, roles, sees
from answerable.web.page import actor_of, desk_of, form_of, render, see_other, site_of
from answerable.web.pages.clock import brief_time
from answerable.web.pages.command_forms import FormError, Typed, command_of, whole_number
from answerable.web.pages.doing import done_words, fresh_id, give_form
from answerable.web.pages.spans import span
from answerable.web.routes import Route

CALL_FACTS = ("life_safety", "officer_assaulted", "safe_exit_needed", "requester", "place", "priority")
REQUEST_FACTS = (
    "life_safety",
    "officer_assaulted",
    "safe_exit_needed",
    "asks_for",
    "requester",
    "place",
    "alternatives_exhausted",
    "own_service_used",
)
"""What is asked at once. What the policy needs beside it, it asks for in the row of the board."""

FACT = "fact."
AT_THE_TELEPHONE = roles(Role.CALL_TAKER, Role.DISPATCHER, Role.WATCH_COMMANDER)


async def show_new_call(request: Request) -> Response:
    """The form of a new call."""
    return _form(request, "call_new.html", CALL_FACTS)


async def receive_call(request: Request) -> Response:
    """A call for help was taken."""
    fields = dict(await form_of(request))
    given = fields.pop("id", "") or fresh_id(request)
    plain, facts = _split(fields, CALL_FACTS)
    try:
        command = command_of(
            "receive-call",
            plain,
            id=given,
            about=None,
            now_us=site_of(request).now_us(),
            facts={"kind": "call", "asks_for": "help"} | _facts(facts),
        )
        done = await give_form(request, command)
    except FormError as fault:
        return _form(request, "call_new.html", CALL_FACTS, values=fields, errors=fault.errors, status=fault.status)
    return see_other(f"/c/{done.id}", notice=f"Call received. Receipt {done.spoken or 'follows'}.")


async def show_new_request(request: Request) -> Response:
    """The form by which an agency asks for assistance."""
    return _form(request, "request_new.html", REQUEST_FACTS)


async def request_assistance(request: Request) -> Response:
    """An agency asks for assistance: in its own name, never in another's."""
    fields = dict(await form_of(request))
    given = fields.pop("id", "") or fresh_id(request)
    plain, facts = _split(fields, REQUEST_FACTS)
    actor = actor_of(request, command=RequestAssistance)
    if actor.role is Role.REQUESTER:
        plain["agency"] = actor.agency or ""
    try:
        command = command_of(
            "request-assistance",
            plain,
            id=given,
            about=None,
            now_us=site_of(request).now_us(),
            facts={"kind": "request_for_assistance"} | _facts(facts),
        )
        done = await give_form(request, command)
    except FormError as fault:
        return _form(
            request, "request_new.html", REQUEST_FACTS, values=fields, errors=fault.errors, status=fault.status
        )
    return see_other(f"/c/{done.id}", notice=f"Your request is recorded. Receipt {done.spoken or 'follows'}.")


async def show_telephone(request: Request) -> Response:
    """The two-field form of a request that comes by telephone."""
    return _form(request, "request_telephone.html", ())


async def log_telephone(request: Request) -> Response:
    """A request by telephone: who asks, and what for. The answer is the reference that is read back."""
    fields = dict(await form_of(request))
    given = fields.pop("id", "") or fresh_id(request)
    try:
        command = command_of(
            "request-assistance",
            fields,
            id=given,
            about=None,
            now_us=site_of(request).now_us(),
            facts={"kind": "request_for_assistance"},
            by_telephone=True,
        )
        done = await give_form(request, command)
    except FormError as fault:
        return _form(request, "request_telephone.html", (), values=fields, errors=fault.errors, status=fault.status)
    return see_other(
        f"/requests/telephone/{done.id}", notice=done_words("request-assistance", done, number=done.spoken or done.id)
    )


async def show_read_back(request: Request) -> Response:
    """What to say before hanging up: the reference, and what was understood."""
    view = desk_of(request).request(request.path_params["id"], by=actor_of(request))
    return render(request, "request_read_back.html", view=view, at=brief_time(request))


async def show_requests(request: Request) -> Response:
    """Requests for assistance: an agency's own, or all."""
    actor = actor_of(request)
    rows = desk_of(request).requests(by=actor)
    return render(
        request,
        "requests.html",
        rows=rows,
        at=brief_time(request),
        span=span,
        now_us=site_of(request).now_us(),
        owner=actor.role is Role.REQUESTER,
        agency=actor.agency or "",
    )


def _form(
    request: Request,
    name: str,
    asked: Sequence[str],
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    questions = [(fact, FACTS[fact]) for fact in asked]
    actor = actor_of(request)
    return render(
        request,
        name,
        status=status,
        questions=questions,
        values=Typed(values or {}),
        errors=errors,
        fresh=fresh_id(request),
        owner=actor.role is Role.REQUESTER,
        agency=actor.agency or "",
    )


def _split(fields: Mapping[str, str], asked: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The command's own fields, and the answers to questions."""
    facts = {name: fields[FACT + name] for name in asked if fields.get(FACT + name)}
    return {name: value for name, value in fields.items() if not name.startswith(FACT)}, facts


def _facts(answers: Mapping[str, str]) -> dict[str, FactValue]:
    """Answers as values; what was not answered is not there: unknown, never no. Raises FormError."""
    made = dict[str, FactValue]()
    for fact, text in answers.items():
        kind = FACTS[fact]
        value: FactValue = text
        if kind.yes_no and text in {"yes", "no"}:
            value = text == "yes"
        elif kind.kind == "number":
            value = whole_number(text, name=FACT + fact, most=kind.last or 0)
        if not kind.admits(value):
            raise FormError({FACT + fact: "Choose one of these."})
        made[fact] = value
    return made


ROUTES = (
    Route(
        method="GET", path="/calls/new", handler=show_new_call, access=may(ReceiveCall), summary="Form of a new call."
    ),
    Route(
        method="POST",
        path="/calls/new",
        handler=receive_call,
        access=may(ReceiveCall),
        form=True,
        status=303,
        summary="Take a call.",
    ),
    Route(
        method="GET",
        path="/requests",
        handler=show_requests,
        access=sees(Sight.BOARD, owner=True),
        summary="Requests for assistance.",
    ),
    Route(
        method="GET",
        path="/requests/new",
        handler=show_new_request,
        access=may(RequestAssistance),
        summary="Form of a request for assistance.",
    ),
    Route(
        method="POST",
        path="/requests/new",
        handler=request_assistance,
        access=may(RequestAssistance),
        form=True,
        status=303,
        summary="Ask for assistance.",
    ),
    Route(
        method="GET",
        path="/requests/telephone",
        handler=show_telephone,
        access=AT_THE_TELEPHONE,
        summary="Form of a request by telephone.",
    ),
    Route(
        method="POST",
        path="/requests/telephone",
        handler=log_telephone,
        access=AT_THE_TELEPHONE,
        form=True,
        status=303,
        summary="Log a request by telephone.",
    ),
    Route(
        method="GET",
        path="/requests/telephone/{id}",
        handler=show_read_back,
        access=sees(Sight.BOARD),
        summary="What to read back to whoever asked.",
    ),
)
