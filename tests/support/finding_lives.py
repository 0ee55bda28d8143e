"""Lives of findings, step by step, for tests: times are days after the proposal."""

from __future__ import annotations

from typing import Any

import msgspec

from answerable.answer.finding_life import Life, after
from answerable.model.finding_life import (
    Asked,
    ClaimFound,
    Document,
    OtherFinding,
    Proposed,
    Published,
    Replied,
    Signed,
    Signer,
    Step,
    Superseded,
)

DAY_US = 86_400_000_000
NOON_US = 1_533_150_000_000_000
FINDING = "finding-2018-08-01-0123abcd"
CHIEF, UNION = "Police Bureau, Office of the Chief", "Counsel for the officers' union"
SIGNER = Signer(name="Ana Reyes", office="City Ombudsman", rank="director", body="City of Alder, Ombudsman")
OTHER = OtherFinding(finding="finding-2018-09-01-4567cdef", step_sha256="b" * 64, because="a later export")


def proposed(**more: Any) -> Proposed:
    given: dict[str, Any] = {
        "program": "answerable 0.1.0", "timezone": "America/Los_Angeles", "result_sha256": "1" * 64,
        "finding_sha256": "2" * 64, "bundle_sha256": None, "log": None,
        "claims": (ClaimFound(id="gate-calls", finding="not_sustained", cannot_be_determined=False),),
        "supersedes": None, **more,
    }  # fmt: skip
    return Proposed(finding=FINDING, number=1, at_us=NOON_US, previous=None, **given)


def grown(life: Life | None, kind: type[Step], day: float, **more: Any) -> Life:
    """The life with a step of this kind, `day` days after the proposal."""
    if life is None:
        return after(None, proposed(**more))
    return after(life, following(life, kind, day, **more))


def following(life: Life, kind: Any, day: float, **more: Any) -> Any:
    """A step that follows on the life by number, id and digest, whether it is allowed or not."""
    at_us = NOON_US + int(day * DAY_US)
    given = {**DEFAULTS.get(kind, {}), **more}
    return kind(finding=life.finding, number=len(life.steps) + 1, at_us=at_us, previous=life.head, **given)


DEFAULTS: dict[Any, dict[str, Any]] = {
    Asked: {"who": CHIEF, "how": "by letter", "reply_by_us": NOON_US + 10 * DAY_US},
    Replied: {
        "who": CHIEF, "received_us": NOON_US + 5 * DAY_US,
        "document": Document(file="reply.txt", sha256="3" * 64, size_bytes=12, published=True),
    },
    Signed: {
        "signer": SIGNER, "key": "ombudsman.alder.example+00000000+AQ==", "letter_sha256": "4" * 64,
        "deciders_compared": 2, "not_on_record": (), "states_decided_none": False,
    },
    Published: {"url": None},
    Superseded: {"by": OTHER, "by_signed": True},
    Proposed: {name: getattr(proposed(), name) for name in (
        "program", "timezone", "result_sha256", "finding_sha256", "bundle_sha256", "log", "claims", "supersedes")},
}  # fmt: skip


def life(*steps: tuple[type[Step], float], **first: Any) -> Life:
    """A proposed finding and these further steps, each with its day."""
    found = after(None, proposed(**first))
    for kind, day in steps:
        found = grown(found, kind, day)
    return found


def with_question(found: Life, *, who: str, day: float) -> Life:
    """The life in which somebody else was asked too."""
    return after(found, msgspec.structs.replace(following(found, Asked, day), who=who))
