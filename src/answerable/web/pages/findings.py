"""A finding at the desk, step by step: proposed, those concerned asked, replies entered, the letter, the signature,
publication, and another finding in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from answerable.errors import FindingError, InputError
from answerable.watch.people import Role
from answerable.web.access import roles
from answerable.web.bodies import Upload, read_files
from answerable.web.page import desk_of, form_of, in_thread, see_other, site_of, who_of
from answerable.web.pages.allegations import chosen_examination, held_of, in_words, show_with, view_of
from answerable.web.problems import refused
from answerable.web.routes import Handler, Route
from answerable.wiring.recording import OpenRecord


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a step works with: the examination and those beside it, the form, the record, now, and who sends it."""

    examination: Path
    among: Path
    fields: dict[str, str]
    files: tuple[Upload, ...]
    record: OpenRecord
    at_us: int
    person: str
    url: str
    zone: str

    def said(self, name: str) -> str:
        """A field of the form, without blanks around it."""
        return self.fields.get(name, "").strip()


def _propose(taken: Taken) -> None:
    from answerable.wiring.desk_findings import propose  # noqa: PLC0415  loads the engine and the report

    named = taken.said("supersedes")
    if named and named not in {one.name for one in taken.among.iterdir()}:
        raise InputError("There is no such earlier result.")
    earlier = taken.among / named if named else None
    propose(
        taken.examination, record=taken.record, at_us=taken.at_us, supersedes=earlier, because=taken.said("because")
    )


def _ask(taken: Taken) -> None:
    from answerable.wiring.desk_findings import ask  # noqa: PLC0415

    said = {name: taken.said(name) for name in ("who", "by", "how")}
    ask(taken.examination, **said, zone=taken.zone, record=taken.record, at_us=taken.at_us)


def _reply(taken: Taken) -> None:
    from answerable.wiring.desk_findings import Reply, reply  # noqa: PLC0415

    said = Reply(
        who=taken.said("who"),
        text=taken.fields.get("text", ""),
        document=next(((one.name, one.content) for one in taken.files), None),
        received=taken.said("received"),
        in_confidence=taken.said("in_confidence") == "true",
    )
    reply(taken.examination, said, record=taken.record, at_us=taken.at_us)


def _letter(taken: Taken) -> None:
    from answerable.wiring.desk_findings import write_letter  # noqa: PLC0415

    write_letter(taken.examination, taken.fields.get("letter", ""))


def _sign(taken: Taken) -> None:
    from answerable.model.finding_life import Signer  # noqa: PLC0415
    from answerable.wiring.desk_findings import Letterhead, sign  # noqa: PLC0415

    sign(
        taken.examination,
        person=taken.person,
        signer=Signer(**{name: taken.said(name) for name in ("name", "office", "rank", "body")}),
        head=Letterhead(addressee=taken.said("addressee"), place_and_date=taken.said("place_and_date")),
        key=_key(taken),
        states_decided_none=taken.said("decided_none") == "true",
        record=taken.record,
        at_us=taken.at_us,
    )


def _key(taken: Taken) -> str:
    """The signing key as it was pasted, or in the key file that was chosen instead. It is kept nowhere."""
    if taken.files:
        return taken.files[0].content.decode("ascii", "replace").strip()
    return taken.said("key")


def _publish(taken: Taken) -> None:
    from answerable.wiring.desk_publishing import publish  # noqa: PLC0415

    publish(
        taken.examination,
        among=taken.among,
        url=taken.url,
        with_inputs=taken.said("with_inputs") == "true",
        record=taken.record,
        at_us=taken.at_us,
    )


STEPS: dict[str, tuple[Callable[[Taken], None], str]] = {
    "propose": (_propose, "Proposed. Nothing is published before those concerned were asked and a person signs."),
    "ask": (_ask, "Noted that they were asked."),
    "reply": (_reply, "The reply is part of the finding now."),
    "letter": (_letter, "The letter is kept."),
    "sign": (_sign, "Signed. The signature covers the letter, the finding and every step before."),
    "publish": (_publish, "Published. Anybody can read it and check it under its permalink."),
}
"""By the last part of the address: what it does, and what is said when it is done."""

FILES = {"reply": "document", "sign": "key_file"}
"""Steps that take a file, and the field that brings it."""


def taker(name: str) -> Handler:
    """The handler of one step."""
    step, said = STEPS[name]

    async def handle(request: Request) -> Response:
        fields = await form_of(request)
        examination = chosen_examination(request, fields)
        if examination is None:
            raise refused(409, "not-examined", "Put the allegation to the record first.")
        taken = Taken(
            examination=examination,
            among=held_of(request, view_of(request)),
            fields=fields,
            files=await read_files(request, FILES[name]) if name in FILES else (),
            record=desk_of(request).record,
            at_us=site_of(request).now_us(),
            person=str(who_of(request).id),
            url=site_of(request).settings.url,
            zone=site_of(request).settings.zone,
        )
        try:
            await in_thread(step, taken)
        except (FindingError, InputError) as fault:
            return await show_with(request, wrong=in_words(fault), at="finding", status=422)
        return see_other(f"/allegations/{request.path_params['id']}?result={examination.name}", notice=said)

    return handle


async def draft(request: Request) -> Response:
    """The pages as they will be, marked as a draft: what is sent to those who are asked for a reply."""
    examination = chosen_examination(request, {})
    if examination is None:
        raise refused(409, "not-examined", "Put the allegation to the record first.")
    from answerable.wiring.desk_publishing import draft_as_zip  # noqa: PLC0415

    try:
        packed = await in_thread(draft_as_zip, examination)
    except (FindingError, InputError) as fault:
        raise refused(409, "not-proposed", in_words(fault)) from None
    return FileResponse(
        packed,
        media_type="application/zip",
        filename="draft-of-a-finding.zip",
        background=BackgroundTask(packed.unlink),
    )


ROUTES = (
    *(
        Route(
            method="POST",
            path=f"/allegations/{{id}}/{name}",
            handler=taker(name),
            access=roles(Role.AUDITOR),
            summary=f"A finding, step by step: {name}.",
            form=True,
            uploads=name in FILES,
            status=303,
        )
        for name in STEPS
    ),
    Route(
        method="GET",
        path="/allegations/{id}/draft.zip",
        handler=draft,
        access=roles(Role.AUDITOR),
        summary="The pages of a finding as a draft, for those who are asked.",
        media="application/zip",
    ),
)
