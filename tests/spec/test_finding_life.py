"""The life of a finding: which step may follow on which, and in what words the others are refused.

Everybody is asked on day 1 until day 10; a reply comes on day 5, or not at all.
"""

from __future__ import annotations

import msgspec
import pytest
from tests.support.finding_lives import CHIEF, OTHER, UNION, following, life, with_question

from answerable.answer.finding_life import Life, after, read_step, replayed, step_bytes
from answerable.errors import FindingError
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

ASKED, REPLIED, SIGNED = (Asked, 1), (Replied, 5), (Signed, 6)
LIVES: dict[str, Life] = {
    "proposed": life(),
    "asked": life(ASKED),
    "replied": life(ASKED, REPLIED),
    "replied, another is asked too": with_question(life(ASKED, REPLIED), who=UNION, day=5.5),
    "signed": life(ASKED, REPLIED, SIGNED),
    "signed without a reply": life(ASKED, (Signed, 11)),
    "published": life(ASKED, REPLIED, SIGNED, (Published, 7)),
    "superseded unsigned": life(ASKED, (Superseded, 7)),
    "superseded signed": life(ASKED, REPLIED, SIGNED, (Superseded, 7)),
    "superseded published": life(ASKED, REPLIED, SIGNED, (Published, 7), (Superseded, 8)),
}
ITSELF = msgspec.structs.replace(OTHER, finding=life().finding)
OTHERS_PROPOSAL: dict[str, object] = {"by_signed": False}

# life, step, day, what is given beside it, where it leads: a standing, or the words of the refusal
TABLE: tuple[tuple[str, type[Step], float, dict[str, object], Standing | str], ...] = (
    ("proposed", Proposed, 1, {}, "was proposed already"),
    ("proposed", Asked, 1, {}, Standing.ASKED),
    ("proposed", Asked, 12, {}, "must end after the asking"),
    ("proposed", Replied, 5, {}, "was not asked"),
    ("proposed", Signed, 5, {}, "Nobody has been asked for a reply"),
    ("proposed", Published, 5, {}, "is not signed"),
    ("proposed", Superseded, 5, OTHERS_PROPOSAL, Standing.SUPERSEDED),
    ("asked", Asked, 2, {}, "was asked already"),
    ("asked", Asked, 2, {"who": UNION}, Standing.ASKED),
    ("asked", Replied, 5, {}, Standing.ASKED),
    ("asked", Replied, 5, {"who": UNION}, f"Asked were: {CHIEF}"),
    ("asked", Replied, 5, {"received_us": 0}, "before they were asked"),
    ("asked", Replied, 12, {}, Standing.ASKED),
    ("asked", Signed, 5, {}, "time to reply still runs"),
    ("asked", Signed, 11, {}, Standing.SIGNED),
    ("asked", Published, 11, {}, "is not signed"),
    ("replied", Signed, 6, {}, Standing.SIGNED),
    ("replied", Replied, 7, {}, Standing.ASKED),
    ("replied", Signed, 6, {"not_on_record": ("no decider",)}, "decided none of the calls does not follow"),
    ("replied", Signed, 6, {"not_on_record": ("no decider",), "states_decided_none": True}, Standing.SIGNED),
    ("replied, another is asked too", Signed, 6, {}, f"still runs for: {UNION}"),
    ("replied, another is asked too", Signed, 11, {}, Standing.SIGNED),
    ("signed", Asked, 7, {"who": UNION}, "is signed: what a reply would change"),
    ("signed", Replied, 7, {}, Standing.SIGNED),
    ("signed", Signed, 7, {}, "is signed already"),
    ("signed", Published, 7, {}, Standing.PUBLISHED),
    ("signed", Superseded, 7, {}, Standing.SUPERSEDED),
    ("signed", Superseded, 7, OTHERS_PROPOSAL, "a proposal supersedes no signed finding"),
    ("signed", Superseded, 7, {"by": ITSELF}, "cannot supersede itself"),
    ("signed without a reply", Replied, 12, {}, Standing.SIGNED),
    ("signed without a reply", Published, 12, {}, Standing.PUBLISHED),
    ("published", Asked, 8, {"who": UNION}, "is signed: what a reply would change"),
    ("published", Replied, 8, {}, Standing.PUBLISHED),
    ("published", Published, 8, {}, Standing.PUBLISHED),
    ("published", Superseded, 8, {}, Standing.SUPERSEDED),
    ("superseded unsigned", Asked, 8, {"who": UNION}, "was superseded by"),
    ("superseded unsigned", Replied, 8, {}, "was superseded by"),
    ("superseded unsigned", Signed, 11, {}, "was superseded by"),
    ("superseded unsigned", Published, 11, {}, "is not signed"),
    ("superseded unsigned", Superseded, 11, {}, "was superseded by"),
    ("superseded signed", Signed, 8, {}, "was superseded by"),
    ("superseded signed", Published, 8, {}, Standing.SUPERSEDED),
    ("superseded published", Published, 9, {}, Standing.SUPERSEDED),
    ("superseded published", Superseded, 9, {}, "was superseded by"),
)  # fmt: skip


@pytest.mark.parametrize(("begun", "step", "day", "given", "leads_to"), TABLE)
def test_each_step_leads_on_or_is_refused_in_words(
    begun: str, step: type[Step], day: float, given: dict[str, object], leads_to: Standing | str
) -> None:
    before = LIVES[begun]
    taken = following(before, step, day, **given)
    if isinstance(leads_to, Standing):
        assert after(before, taken).standing is leads_to
    else:
        with pytest.raises(FindingError, match=leads_to):
            after(before, taken)


@pytest.mark.parametrize("kind", [Asked, Replied, Signed, Published, Superseded])
def test_nothing_but_a_proposal_begins_a_life(kind: type[Step]) -> None:
    with pytest.raises(FindingError, match="no such finding yet"):
        after(None, following(life(), kind, 1))


@pytest.mark.parametrize("begun", LIVES)
def test_a_life_is_read_again_from_its_bytes(begun: str) -> None:
    before = LIVES[begun]
    assert replayed(map(step_bytes, before.steps)) == before


def test_a_step_left_out_is_named() -> None:
    steps = [step_bytes(step) for step in LIVES["published"].steps]
    with pytest.raises(FindingError, match=r"Step 2: .*does not follow"):
        replayed([steps[0], *steps[2:]])


def test_a_step_of_another_finding_does_not_follow() -> None:
    taken = msgspec.structs.replace(following(life(), Asked, 1), finding=OTHER.finding)
    with pytest.raises(FindingError, match="does not follow"):
        after(life(), taken)


def test_another_spelling_of_a_step_is_refused() -> None:
    content = step_bytes(life().steps[0])
    with pytest.raises(FindingError, match="edited"):
        read_step(content.replace(b":", b": ", 1))
    with pytest.raises(FindingError, match="no step"):
        read_step(content[:-20])


def test_a_late_reply_is_told_apart_from_one_the_letter_could_deal_with() -> None:
    before = LIVES["signed"]
    late = after(before, following(before, Replied, 8))
    first, second = late.questions[0].replies
    assert (late.came_after_signing(first), late.came_after_signing(second)) == (False, True)
