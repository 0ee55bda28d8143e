"""A finding at the desk, step by step: proposed, those concerned asked, replies entered, the letter, the signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from answerable.errors import AnswerableError, FindingError, InputError
from answerable.watch.people import Role
from answerable.web.access import roles
from answerable.web.page import desk_of, form_of, in_thread, see_other, site_of, who_of
from answerable.web.pages.allegations import newest_examination, show_with
from answerable.web.problems import refused
from answerable.web.routes import Handler, Route
from answerable.wiring.recording import OpenRecord

Step = Callable[[Path, Mapping[str, str], OpenRecord, int, str], None]
"""What a form does: examination, fields, record, now, and the id of whoever sends it."""


def _propose(examination: Path, _: Mapping[str, str], record: OpenRecord, at_us: int, __: str) -> None:
    from answerable.wiring.desk_findings import propose  # noqa: PLC0415  loads the engine and the report

    propose(examination, record=record, at_us=at_us)


def _ask(examination: Path, fields: Mapping[str, str], record: OpenRecord, at_us: int, _: str) -> None:
    from answerable.wiring.desk_findings import ask  # noqa: PLC0415

    ask(
        examination,
        who=fields.get("who", ""),
        by=fields.get("by", ""),
        how=fields.get("how", ""),
        record=record,
        at_us=at_us,
    )


def _reply(examination: Path, fields: Mapping[str, str], record: OpenRecord, at_us: int, _: str) -> None:
    from answerable.wiring.desk_findings import reply  # noqa: PLC0415

    reply(examination, who=fields.get("who", ""), text=fields.get("text", ""), record=record, at_us=at_us)


def _letter(examination: Path, fields: Mapping[str, str], _: OpenRecord, __: int, ___: str) -> None:
    from answerable.wiring.desk_findings import write_letter  # noqa: PLC0415

    write_letter(examination, fields.get("letter", ""))


def _sign(examination: Path, fields: Mapping[str, str], record: OpenRecord, at_us: int, person: str) -> None:
    from answerable.model.finding_life import Signer  # noqa: PLC0415
    from answerable.wiring.desk_findings import Letterhead, sign  # noqa: PLC0415

    signer = Signer(**{name: fields.get(name, "").strip() for name in ("name", "office", "rank", "body")})
    head = Letterhead(addressee=fields.get("addressee", ""), place_and_date=fields.get("place_and_date", ""))
    sign(
        examination,
        person=person,
        signer=signer,
        head=head,
        key=fields.get("key", ""),
        states_decided_none=fields.get("decided_none") == "true",
        record=record,
        at_us=at_us,
    )


STEPS: dict[str, tuple[Step, str]] = {
    "propose": (_propose, "Proposed. Nothing is published before those concerned were asked and a person signs."),
    "ask": (_ask, "Noted that they were asked."),
    "reply": (_reply, "The reply is part of the finding now."),
    "letter": (_letter, "The letter is kept."),
    "sign": (_sign, "Signed. The signature covers the letter, the finding and every step before."),
}
"""By the last part of the address: what it does, and what is said when it is done."""


def taker(name: str) -> Handler:
    """The handler of one step."""
    step, said = STEPS[name]

    async def handle(request: Request) -> Response:
        fields = await form_of(request)
        examination = newest_examination(request)
        if examination is None:
            raise refused(409, "not-examined", "Put the allegation to the record first.")
        record, at_us, person = desk_of(request).record, site_of(request).now_us(), str(who_of(request).id)
        try:
            await in_thread(step, examination, fields, record, at_us, person)
        except (FindingError, InputError) as fault:
            return await show_with(request, wrong=_words(fault), status=422)
        return see_other(f"/allegations/{request.path_params['id']}", notice=said)

    return handle


def _words(fault: AnswerableError) -> str:
    return " ".join(filter(None, (fault.message, fault.hint)))


ROUTES = tuple(
    Route(
        method="POST",
        path=f"/allegations/{{id}}/{name}",
        handler=taker(name),
        access=roles(Role.AUDITOR),
        summary=f"A finding, step by step: {name}.",
        form=True,
        status=303,
    )
    for name in STEPS
)
