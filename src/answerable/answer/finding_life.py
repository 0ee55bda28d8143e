"""What may happen to a finding, and in which order: proposed, asked, signed, published, superseded.

A life is its steps, each naming the digest of the one before; nothing is taken back. The table is in
`tests/spec/test_finding_life.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NoReturn

import msgspec

from answerable.errors import FindingError
from answerable.model.canonical import canonical_bytes, digest
from answerable.model.finding_life import (
    Asked,
    Proposed,
    Published,
    Replied,
    Signed,
    Standing,
    Step,
    Superseded,
)
from answerable.notation import NotationError, json_as


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was asked for a reply, with what came of it."""

    asked: Asked
    replies: tuple[Replied, ...]

    def open_at(self, at_us: int) -> bool:
        """Whether a reply is still awaited: none has come in, and there is time left."""
        return not self.replies and at_us <= self.asked.reply_by_us


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """Every step so far, in order, and the SHA-256 of each as it is written."""

    steps: tuple[Step, ...]
    digests: tuple[str, ...]

    @property
    def finding(self) -> str:
        """The finding's id."""
        return self.proposed.finding

    @property
    def head(self) -> str:
        """The SHA-256 of the last step, on which the next one follows."""
        return self.digests[-1]

    @property
    def proposed(self) -> Proposed:
        """The first step."""
        first = self.steps[0]
        assert isinstance(first, Proposed)  # noqa: S101  `after` lets nothing else begin a life
        return first

    @property
    def signed(self) -> Signed | None:
        """Who signed, once somebody has."""
        return next((step for step in self.steps if isinstance(step, Signed)), None)

    @property
    def published(self) -> Published | None:
        """The last publication."""
        return next((step for step in reversed(self.steps) if isinstance(step, Published)), None)

    @property
    def superseded(self) -> Superseded | None:
        """What took its place, if anything has."""
        return next((step for step in self.steps if isinstance(step, Superseded)), None)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Everybody who was asked, in the order of asking."""
        replies = [step for step in self.steps if isinstance(step, Replied)]
        return tuple(
            Question(asked=step, replies=tuple(one for one in replies if one.who == step.who))
            for step in self.steps
            if isinstance(step, Asked)
        )

    @property
    def standing(self) -> Standing:
        """How far it has come."""
        for standing, reached in (
            (Standing.SUPERSEDED, self.superseded),
            (Standing.PUBLISHED, self.published),
            (Standing.SIGNED, self.signed),
            (Standing.ASKED, self.questions),
        ):
            if reached:
                return standing
        return Standing.PROPOSED

    def came_after_signing(self, reply: Replied) -> bool:
        """Whether a reply was entered when the letter was signed already, and so could not be dealt with in it."""
        return self.signed is not None and reply.number > self.signed.number


def step_bytes(step: Step) -> bytes:
    """The one spelling of a step, which is hashed and written: canonical JSON (RFC 8785)."""
    return canonical_bytes(msgspec.to_builtins(step))


def read_step(content: bytes) -> Step:
    """The step that `step_bytes` wrote. Raises FindingError for anything else, also for another spelling."""
    try:
        step: Step = json_as(content, Step)  # type: ignore[arg-type]  # a union, which msgspec takes
    except NotationError as fault:
        raise FindingError(f"This is no step of a finding: {fault}") from fault
    if step_bytes(step) != content:
        raise FindingError("This step of a finding is not spelled as it was written; it was edited.")
    return step


def after(life: Life | None, step: Step) -> Life:
    """The life with one more step. Raises FindingError, with what to do, where that step may not be taken now."""
    if life is None:
        if not isinstance(step, Proposed) or step.number != 1 or step.previous is not None:
            _refuse("There is no such finding yet.", "`answerable finding propose RESULT_DIR` begins one.")
        return Life(steps=(step,), digests=(digest(msgspec.to_builtins(step)),))
    if (step.finding, step.number, step.previous) != (life.finding, len(life.steps) + 1, life.head):
        _refuse(f"Step {step.number} does not follow on step {len(life.steps)} of finding {life.finding}.", "")
    _check(life, step)
    return Life(steps=(*life.steps, step), digests=(*life.digests, digest(msgspec.to_builtins(step))))


def replayed(contents: Iterable[bytes]) -> Life:
    """The life whose steps, as they are written, are these. Raises FindingError naming the step at fault."""
    life = None
    for number, content in enumerate(contents, start=1):
        try:
            life = after(life, read_step(content))
        except FindingError as fault:
            raise FindingError(f"Step {number}: {fault.message}", hint=fault.hint) from fault
        if life.head != hashlib.sha256(content).hexdigest():
            raise FindingError(f"Step {number}: its digest is not that of its bytes.")
    if life is None:
        raise FindingError("There is no step of any finding.")
    return life


def _check(life: Life, step: Step) -> None:
    match step:
        case Proposed():
            _refuse(f"Finding {life.finding} was proposed already.", "A changed finding is a new one: --supersedes.")
        case Asked():
            _check_asked(life, step)
        case Replied():
            _check_replied(life, step)
        case Signed():
            _check_signed(life, step)
        case Published():
            _check_published(life)
        case Superseded():
            _check_superseded(life, step)


def _check_asked(life: Life, step: Asked) -> None:
    if life.superseded:
        _refuse_superseded(life)
    if life.signed:
        _refuse(
            f"Finding {life.finding} is signed: what a reply would change in it can change no more.",
            "Propose a new finding that supersedes it, and ask there.",
        )
    if any(question.asked.who == step.who for question in life.questions):
        _refuse(f"{step.who} was asked already.", "Enter the reply when it comes: `answerable finding reply`.")
    if step.reply_by_us <= step.at_us:
        _refuse("The time to reply must end after the asking.", "Give those concerned time: --by DATE.")


def _check_replied(life: Life, step: Replied) -> None:
    if life.superseded:
        _refuse_superseded(life)
    asked = [question.asked for question in life.questions]
    if step.who not in {one.who for one in asked}:
        names = "; ".join(one.who for one in asked) or "nobody"
        _refuse(f"{step.who} was not asked. Asked were: {names}.", "Ask first: `answerable finding ask`.")
    if any(one.who == step.who and step.received_us < one.at_us for one in asked):
        _refuse(f"A reply of {step.who} cannot have come in before they were asked.", "")


def _check_signed(life: Life, step: Signed) -> None:
    if life.superseded:
        _refuse_superseded(life)
    if life.signed:
        _refuse(f"Finding {life.finding} is signed already.", "A changed finding is a new one: --supersedes.")
    if not life.questions:
        _refuse(
            "Nobody has been asked for a reply, so nobody may sign.",
            "Ask those concerned: `answerable finding ask RESULT_DIR --who OFFICE --by DATE`.",
        )
    if waiting := [question.asked.who for question in life.questions if question.open_at(step.at_us)]:
        _refuse(
            f"The time to reply still runs for: {'; '.join(waiting)}.",
            "Wait until it is over, or enter the reply: `answerable finding reply`. Silence is never taken as consent.",
        )
    if step.not_on_record and not step.states_decided_none:
        _refuse(
            f"That {step.signer.name} decided none of the calls does not follow from the record: "
            f"{'; '.join(step.not_on_record)}.",
            "Whoever signs must state it: --i-decided-none. The statement is published with the finding.",
        )


def _check_published(life: Life) -> None:
    if not life.signed:
        _refuse(
            f"Finding {life.finding} is not signed, and nothing unsigned is published as a finding.",
            "Sign it: `answerable finding sign`; to look at the pages before, use --draft.",
        )


def _check_superseded(life: Life, step: Superseded) -> None:
    if life.superseded:
        _refuse_superseded(life)
    if step.by.finding == life.finding:
        _refuse("A finding cannot supersede itself.", "")
    if life.signed and not step.by_signed:
        _refuse(
            f"Finding {life.finding} is signed, and {step.by.finding} is not: a proposal supersedes no signed finding.",
            f"Sign {step.by.finding} first.",
        )


def _refuse_superseded(life: Life) -> NoReturn:
    by = life.superseded.by.finding if life.superseded else ""
    _refuse(f"Finding {life.finding} was superseded by {by}.", f"Go on with {by}.")


def _refuse(message: str, hint: str) -> NoReturn:
    raise FindingError(message, hint=hint or None)
