"""Errors as they go out: problem details for programs (RFC 9457), a page for people, and no word of what was sent."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from answerable.errors import AnswerableError, InputError, RecordError, StorageError

MEDIA = "application/problem+json"
RETRY_AFTER_S = 2


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457. `code` is stable and meant for programs, `detail` for people; `hint` says what to do."""

    title: str
    status: int
    code: str
    type: str = "about:blank"
    detail: str = ""
    hint: str = ""


class RefusedError(AnswerableError):
    """The door refuses: see what it says. It carries its problem, and headers to send with it."""

    code = "refused"

    def __init__(self, problem: Problem, *, headers: dict[str, str] | None = None) -> None:
        self.problem, self.headers = problem, headers or {}
        super().__init__(problem.detail, hint=problem.hint or None)


def refused(status: int, code: str, detail: str, *, hint: str = "", **headers: str) -> RefusedError:
    """A refusal; `headers` with `_` for `-`."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, hint=hint)
    return RefusedError(problem, headers={name.replace("_", "-"): value for name, value in headers.items()})


def as_refusal(fault: AnswerableError) -> RefusedError:
    """What to answer for any error of ours. What could not be recorded now may be sent again: 503, never 500."""
    if isinstance(fault, RefusedError):
        return fault
    status = _status(fault)
    again = {"Retry_After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return refused(status, fault.code, fault.message, hint=fault.hint or "", **again)


def _status(fault: AnswerableError) -> int:
    said = getattr(fault, "http_status", None)
    if isinstance(fault, RecordError) and said == HTTPStatus.INTERNAL_SERVER_ERROR:
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(said, int):
        return said
    if isinstance(fault, StorageError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(fault, InputError) else HTTPStatus.INTERNAL_SERVER_ERROR
