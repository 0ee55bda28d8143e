"""What somebody outside read of the log: taken in with an allegation, so that a finding can rest on it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from answerable.errors import InputError
from answerable.watch.people import Role
from answerable.web.access import roles
from answerable.web.bodies import read_files
from answerable.web.page import desk_of, form_of, in_thread, see_other, site_of
from answerable.web.pages.allegations import LOG_READ, case_of, in_words, show_with, view_of
from answerable.web.routes import Route


async def take_in(request: Request) -> Response:
    """A file of `answerable log versions`, with who read it and when."""
    view, fields, files = view_of(request), await form_of(request), await read_files(request, "file")
    from answerable.wiring.desk_log_reading import take_in_reading  # noqa: PLC0415  a board needs none of this

    def work() -> None:
        if len(files) != 1:
            raise InputError("Choose one file.")
        take_in_reading(
            case_of(request, view), fields, name=files[0].name, content=files[0].content,
            record=desk_of(request).record, zone=site_of(request).zone,
        )  # fmt: skip

    try:
        await in_thread(work)
    except InputError as fault:
        return await show_with(request, wrong=in_words(fault), at=LOG_READ, status=422)
    return see_other(f"/allegations/{view.id}#{LOG_READ}", notice="What was read of the log is taken in.")


async def remove(request: Request) -> Response:
    """Take it out again."""
    view = view_of(request)
    from answerable.wiring.desk_log_reading import remove_reading  # noqa: PLC0415

    await in_thread(remove_reading, case_of(request, view))
    return see_other(f"/allegations/{view.id}#{LOG_READ}", notice="Taken out.")


ROUTES = (
    Route(
        method="POST",
        path="/allegations/{id}/log",
        handler=take_in,
        access=roles(Role.AUDITOR),
        form=True,
        uploads=True,
        status=303,
        summary="What somebody outside read of the log.",
    ),
    Route(
        method="POST",
        path="/allegations/{id}/log/remove",
        handler=remove,
        access=roles(Role.AUDITOR),
        form=True,
        status=303,
        summary="Take out what was read of the log.",
    ),
)
