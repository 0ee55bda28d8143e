"""The claims that an allegation comes to: begun, filled in by a form, with their documents, until they can be put."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from answerable.errors import ClaimError, InputError, PolicyError
from answerable.model.claim import PassageTest
from answerable.model.decision import DecisionKind
from answerable.model.outcome import Outcome
from answerable.model.vocabulary import FACTS
from answerable.report.words import OUTCOMES
from answerable.watch.beside_calls import Allegation
from answerable.watch.people import Role
from answerable.web.access import roles
from answerable.web.bodies import Upload, read_files
from answerable.web.page import desk_of, form_of, in_thread, looked, render, see_other, site_of
from answerable.web.pages.allegations import KINDS, case_of, in_words, show_with, view_of
from answerable.web.pages.command_forms import Typed
from answerable.web.problems import refused
from answerable.web.routes import Handler, Route
from answerable.wiring.recording import OpenRecord

if TYPE_CHECKING:
    from answerable.wiring.desk_claims import ClaimAtDesk

TESTS = {
    PassageTest.EVERY_CALL: "every call in scope has one of these outcomes",
    PassageTest.NO_CALL: "no call in scope has one of these outcomes",
    PassageTest.SOME_CALL: "some call in scope has one of these outcomes",
    PassageTest.SOME_DECISION: "a decision of this kind is on record",
    PassageTest.NO_VERSION_PERMITS: "no version of the policy permits it, for calls with these facts",
    PassageTest.SOME_VERSION_PERMITS: "some version of the policy permits it, for calls with these facts",
    PassageTest.NOT_IN_THE_RECORD: "no record can show it: motives, unnamed sources",
}
"""What a passage of a statement is held against, in words."""

POLICY_STATES = ("filed", "approved", "in_force", "superseded")


class Worked(msgspec.Struct, frozen=True, kw_only=True):
    """What a change of a claim works with."""

    case: Path
    claim: str
    fields: dict[str, str]
    files: tuple[Upload, ...]
    zone: ZoneInfo
    policies: tuple[str, ...]
    record: OpenRecord


def _frame(work: Worked) -> None:
    from answerable.wiring.claim_form import with_frame  # noqa: PLC0415  a board needs none of this
    from answerable.wiring.desk_claims import change_claim  # noqa: PLC0415

    change_claim(work.case, work.claim, lambda text: with_frame(text, work.fields, zone=work.zone))


def _passage(work: Worked) -> None:
    from answerable.wiring.claim_form import with_passage  # noqa: PLC0415
    from answerable.wiring.desk_claims import change_claim  # noqa: PLC0415

    change_claim(work.case, work.claim, lambda text: with_passage(text, work.fields))


def _document(work: Worked) -> None:
    from answerable.wiring.desk_claims import add_document  # noqa: PLC0415

    one = _one_file(work)
    add_document(work.case, work.claim, work.fields, name=one.name, content=one.content, zone=work.zone)


def _list(work: Worked) -> None:
    from answerable.wiring.desk_claims import set_list  # noqa: PLC0415

    pasted = work.fields.get("list_text", "").strip()
    files = [(one.name, one.content) for one in work.files]
    if pasted:
        files.insert(0, ("list.csv", f"{pasted}\n".encode()))
    # of several files the list is the table; the others are the receipts that it names
    files.sort(key=lambda one: not one[0].casefold().endswith(".csv"))
    if not files:
        raise InputError("Choose the list, or paste it.")
    set_list(work.case, work.claim, files)


def _watch(work: Worked) -> None:
    from answerable.wiring.desk_claims import set_watch_log  # noqa: PLC0415

    one = _one_file(work)
    set_watch_log(work.case, work.claim, one.name, one.content)


def _text(work: Worked) -> None:
    from answerable.wiring.desk_claims import change_claim  # noqa: PLC0415

    change_claim(work.case, work.claim, lambda _: work.fields.get("source", "").strip() + "\n")


def _drop(work: Worked) -> None:
    from answerable.wiring.desk_claims import drop  # noqa: PLC0415

    table, number = work.fields.get("table", ""), work.fields.get("number", "")
    if table not in ("evidence", "passage") or not (number.isascii() and number.isdigit() and len(number) < 5):
        raise InputError("That is not there any more.")
    drop(work.case, work.claim, table, int(number))


def _register(work: Worked) -> None:
    from answerable.wiring.desk_claims import register  # noqa: PLC0415

    register(work.case, work.claim, policies=work.policies, record=work.record)


def _remove(work: Worked) -> None:
    from answerable.wiring.desk_claims import remove_claim  # noqa: PLC0415

    remove_claim(work.case, work.claim)


def _one_file(work: Worked) -> Upload:
    if len(work.files) != 1:
        raise InputError("Choose one file.")
    return work.files[0]


CHANGES: dict[str, tuple[Callable[[Worked], None], str]] = {
    "frame": (_frame, "The claim is kept."),
    "passage": (_passage, "The passage is part of the claim."),
    "document": (_document, "The document is taken in."),
    "list": (_list, "The list is taken in."),
    "watch": (_watch, "The log is taken in."),
    "text": (_text, "The claim is kept."),
    "drop": (_drop, "Taken out."),
    "register": (_register, "Registered: what will be compared is an entry of the record, before anybody looked."),
    "remove": (_remove, "The claim is taken away."),
}
"""By the last part of the address: what it does, and what is said when it is done."""

WITH_FILES = frozenset({"document", "list", "watch"})


async def show_claim(request: Request) -> Response:
    """One claim, with the forms that fill it in."""
    return await _page(request)


async def begin(request: Request) -> Response:
    """Begin a claim of a kind."""
    view, fields = view_of(request), await form_of(request)
    from answerable.wiring.desk_claims import begin_claim  # noqa: PLC0415

    try:
        made = await in_thread(begin_claim, case_of(request, view), view, fields.get("kind", ""))
    except InputError as fault:
        return await show_with(request, wrong=in_words(fault), at="claims", status=422)
    return see_other(f"/allegations/{view.id}/claims/{made}")


def changer(name: str) -> Handler:
    """The handler of one change."""
    change, said = CHANGES[name]

    async def handle(request: Request) -> Response:
        view, claim = view_of(request), request.path_params["claim"]
        work = Worked(
            case=case_of(request, view),
            claim=claim,
            fields=await form_of(request),
            files=await read_files(request, "file") if name in WITH_FILES else (),
            zone=site_of(request).zone,
            policies=_policies(request),
            record=desk_of(request).record,
        )
        try:
            await in_thread(change, work)
        except (ClaimError, InputError, PolicyError) as fault:
            return await _page(request, wrong=in_words(fault), at=name, status=422)
        return see_other(_after(name, view, claim), notice=said)

    return handle


def _after(name: str, view: Allegation, claim: str) -> str:
    return f"/allegations/{view.id}" if name == "remove" else f"/allegations/{view.id}/claims/{claim}"


async def _page(request: Request, *, wrong: str = "", at: str = "", status: int = 200) -> Response:
    view = view_of(request)
    await looked(request, page="allegation", about=view.id)
    claim = await in_thread(_found, request, view, _policies(request))
    typed = await form_of(request) if wrong else {}
    fields = claim.fields | typed if at == "frame" else claim.fields
    return render(
        request,
        "claim.html",
        status=status,
        view=view,
        claim=claim,
        kind=KINDS.get(claim.kind, claim.kind),
        fields=Typed(fields),
        typed=Typed(typed),
        source=typed.get("source", claim.text) if at == "text" else claim.text,
        wrong=wrong,
        wrong_at=at,
        facts=_facts(),
        tests=TESTS,
        outcomes={one.value: OUTCOMES[one].label for one in Outcome},
        decisions=[one.value for one in DecisionKind],
        others=[name for name, fact in FACTS.items() if fact.one_of],
        zone=site_of(request).settings.zone,
    )


def _facts() -> list[dict[str, Any]]:
    """The facts of the vocabulary, each with its question and the values that it can have, in words."""
    return [
        {"name": name, "ask": kind.ask, "values": _values(name)}
        for name, kind in FACTS.items()
        if name not in ("hour_of_week", "holiday")
    ]


def _values(fact: str) -> list[str]:
    kind = FACTS[fact]
    if kind.yes_no:
        return ["yes", "no"]
    if kind.one_of:
        return list(kind.one_of)
    return [str(one) for one in range(kind.first or 0, (kind.last or 0) + 1)]


def _policies(request: Request) -> tuple[str, ...]:
    """The versions that an examination is made under."""
    return tuple(one.text for one in desk_of(request).policies() if one.state in POLICY_STATES)


def _found(request: Request, view: Allegation, policies: tuple[str, ...]) -> ClaimAtDesk:
    from answerable.wiring.desk_claims import claim_of, why_not_as_registered  # noqa: PLC0415

    wanted = request.path_params["claim"]
    found = claim_of(case_of(request, view), wanted)
    if found is None:
        raise refused(404, "not-found", "There is no such claim. It may have been taken away.")
    if found.registration and not found.wrong:
        changed = why_not_as_registered(case_of(request, view), wanted, policies=policies)
        return msgspec.structs.replace(found, wrong=changed)
    return found


ROUTES = (
    Route(
        method="POST",
        path="/allegations/{id}/claims",
        handler=begin,
        access=roles(Role.AUDITOR),
        form=True,
        status=303,
        summary="Begin a claim of an allegation.",
    ),
    Route(
        method="GET",
        path="/allegations/{id}/claims/{claim}",
        handler=show_claim,
        access=roles(Role.AUDITOR),
        summary="A claim, as far as it was worked out.",
    ),
    *(
        Route(
            method="POST",
            path=f"/allegations/{{id}}/claims/{{claim}}/{name}",
            handler=changer(name),
            access=roles(Role.AUDITOR),
            form=True,
            uploads=name in WITH_FILES,
            status=303,
            summary=f"A claim, worked out: {name}.",
        )
        for name in CHANGES
    ),
)
