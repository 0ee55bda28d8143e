"""The findings table of claims that compare (slower_response, pattern): which comparison leads to which finding.

Every row but the first names the one thing in which it differs from a record that would sustain, exonerate or refute.
"""

from __future__ import annotations

import pytest
from tests.support.cases import case, claim, counted, declined, judged
from tests.support.comparisons import NOTHING, PLAIN, comparison, figures, placebos

from answerable.answer.claims import answer_claim
from answerable.model.call import Inclusion
from answerable.model.claim import Claim, ClaimKind
from answerable.model.comparison import Comparison, Registration
from answerable.model.finding import Finding
from answerable.model.outcome import Outcome, Reason

PATTERN = claim(ClaimKind.PATTERN, independent_count=counted(2))
SLOWER = claim(ClaimKind.SLOWER_RESPONSE, independent_count=counted(2))
UNCOUNTED = claim(ClaimKind.PATTERN)

OK, OK_TOO = judged("1", Outcome.ANSWERED), judged("2", Outcome.ANSWERED)
LATE = judged("3", Outcome.ANSWERED_LATE)
UNHEARD = judged("4", Outcome.UNHEARD)
WITHIN = declined("5")
SELF_RECORDED = declined("6", recorder_is_decider=True)
UNKNOWN = judged("7", Outcome.UNDETERMINED, reason=Reason.TIME_NOT_RECORDED)

ONLY_SLOWER = figures(p_late=0.7, gamma_late=1.0)
ONLY_LATE = figures(p_slower=0.3, gamma_time=1.0)
MARGIN = figures(NOTHING, ratio_high=2.4)

TABLE: list[tuple[str, Claim, tuple[object, ...], dict[str, object], Comparison, Finding]] = [
    ("both tests, clean placebos, Gamma", PATTERN, (OK, LATE), {}, comparison(), Finding.SUSTAINED),
    ("the same for slower", SLOWER, (OK, LATE), {}, comparison(), Finding.SUSTAINED),
    ("an incomplete record still sustains", UNCOUNTED, (OK, LATE), {"number_gaps": 3}, comparison(), Finding.SUSTAINED),
    ("the third placebo is not recorded", PATTERN, (LATE,), {}, comparison(placebos=placebos(untouched=None)),
     Finding.SUSTAINED),
    # what keeps it from being sustained
    ("not registered", PATTERN, (LATE,), {}, comparison(registration=None), Finding.NOT_SUSTAINED),
    ("slower before the allegation too", PATTERN, (LATE,), {}, comparison(placebos=placebos(before=False)),
     Finding.NOT_SUSTAINED),
    ("no calls before the allegation", PATTERN, (LATE,), {}, comparison(placebos=placebos(before=None)),
     Finding.NOT_SUSTAINED),
    ("another claimant is slower still", PATTERN, (LATE,), {}, comparison(placebos=placebos(others=False)),
     Finding.NOT_SUSTAINED),
    ("no other claimant to compare", PATTERN, (LATE,), {}, comparison(placebos=placebos(others=None)),
     Finding.NOT_SUSTAINED),
    ("slower in what no policy could touch", PATTERN, (LATE,), {}, comparison(placebos=placebos(untouched=False)),
     Finding.NOT_SUSTAINED),
    ("Gamma of the times below 1.5", PATTERN, (LATE,), {}, comparison(figures(gamma_time=1.4)), Finding.NOT_SUSTAINED),
    ("Gamma of the late below 1.5", PATTERN, (LATE,), {}, comparison(figures(gamma_late=1.4)), Finding.NOT_SUSTAINED),
    ("Gamma of just 1.5", PATTERN, (LATE,), {}, comparison(figures(gamma_late=1.5)), Finding.SUSTAINED),
    ("most incidents have nothing comparable", PATTERN, (LATE,), {}, comparison(unmatched=21), Finding.NOT_SUSTAINED),
    ("Holm takes the first test away", PATTERN, (LATE,), {}, comparison(p_holm=(0.06, 0.01)), Finding.NOT_SUSTAINED),
    ("Holm takes the second test away", PATTERN, (LATE,), {}, comparison(p_holm=(0.01, 0.06)), Finding.NOT_SUSTAINED),
    ("only if what nobody came to is left out", PATTERN, (LATE,), {}, comparison(figures(p_slower_never=0.2)),
     Finding.NOT_SUSTAINED),
    ("a difference the other way", PATTERN, (LATE,), {}, comparison(figures(z=-3.0)), Finding.NOT_SUSTAINED),
    ("only the waits differ", PATTERN, (LATE,), {}, comparison(ONLY_SLOWER), Finding.NOT_SUSTAINED),
    ("only the late calls differ", PATTERN, (LATE,), {}, comparison(ONLY_LATE), Finding.NOT_SUSTAINED),
    ("what is missing could be why", PATTERN, (LATE,), {},
     comparison(worst=figures(gamma_time=1.0), best=PLAIN, p_holm=(0.2, 0.3)), Finding.NOT_SUSTAINED),
    ("what is missing cannot be why", PATTERN, (LATE,), {}, comparison(worst=figures(gamma_time=1.6), best=PLAIN),
     Finding.SUSTAINED),
    ("too few incidents", PATTERN, (LATE, UNHEARD), {}, comparison(None, incidents=5), Finding.NOT_SUSTAINED),
    ("a source without all calls", PATTERN, (LATE,), {"inclusion": Inclusion.DISPATCHED_ONLY}, comparison(),
     Finding.NOT_SUSTAINED),
    ("such a source can show slower", SLOWER, (LATE,), {"inclusion": Inclusion.DISPATCHED_ONLY}, comparison(),
     Finding.SUSTAINED),
    # within policy
    ("slower, and all within policy", PATTERN, (OK, WITHIN), {}, comparison(ONLY_SLOWER), Finding.EXONERATED),
    ("slower for policy's sake, not registered", PATTERN, (OK, WITHIN), {},
     comparison(ONLY_SLOWER, registration=None), Finding.NOT_SUSTAINED),
    ("one late call", PATTERN, (OK, WITHIN, LATE), {}, comparison(ONLY_SLOWER), Finding.NOT_SUSTAINED),
    ("one undetermined call", PATTERN, (OK, WITHIN, UNKNOWN), {}, comparison(ONLY_SLOWER), Finding.NOT_SUSTAINED),
    ("a refusal only its decider recorded", PATTERN, (OK, SELF_RECORDED), {}, comparison(ONLY_SLOWER),
     Finding.NOT_SUSTAINED),
    ("a call that may be in scope", PATTERN, (OK, WITHIN), {"possible": 1}, comparison(ONLY_SLOWER),
     Finding.NOT_SUSTAINED),
    # excluded
    ("answered in time, and the margin excluded", PATTERN, (OK, OK_TOO), {}, comparison(NOTHING), Finding.UNFOUNDED),
    ("the interval reaches the margin", PATTERN, (OK, OK_TOO), {}, comparison(MARGIN), Finding.NOT_SUSTAINED),
    ("the interval has no upper end", PATTERN, (OK, OK_TOO), {}, comparison(figures(NOTHING, ratio_high=None)),
     Finding.NOT_SUSTAINED),
    ("with what is missing it reaches the margin", PATTERN, (OK, OK_TOO), {},
     comparison(NOTHING, worst=NOTHING, best=MARGIN), Finding.NOT_SUSTAINED),
    ("with what is missing they may be slower", PATTERN, (OK, OK_TOO), {},
     comparison(NOTHING, worst=NOTHING, best=figures(NOTHING, p_slower=0.01)), Finding.NOT_SUSTAINED),
    ("no margin was registered", PATTERN, (OK, OK_TOO), {}, comparison(NOTHING, registration=None),
     Finding.NOT_SUSTAINED),
    ("one was late", PATTERN, (OK, LATE), {}, comparison(NOTHING), Finding.NOT_SUSTAINED),
    ("a declined one was not answered", PATTERN, (OK, WITHIN), {}, comparison(NOTHING), Finding.NOT_SUSTAINED),
    ("an incident without anything comparable", PATTERN, (OK, OK_TOO), {}, comparison(NOTHING, unmatched=1),
     Finding.NOT_SUSTAINED),
    ("a gap in the numbers", PATTERN, (OK, OK_TOO), {"number_gaps": 1}, comparison(NOTHING), Finding.NOT_SUSTAINED),
    ("no independent count", UNCOUNTED, (OK, OK_TOO), {}, comparison(NOTHING), Finding.NOT_SUSTAINED),
    ("a listed call that is not there", PATTERN, (OK, OK_TOO), {"missing": ("X",)}, comparison(NOTHING),
     Finding.NOT_SUSTAINED),
    ("a source without the calls nobody was sent to", SLOWER, (OK, OK_TOO), {"inclusion": Inclusion.RESPONDED_ONLY},
     comparison(NOTHING), Finding.NOT_SUSTAINED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "calls", "more", "compared", "finding"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_findings_of_claims_that_compare(
    asked: Claim, calls: tuple[object, ...], more: dict[str, object], compared: Comparison, finding: Finding
) -> None:
    found = answer_claim(asked, case(*calls, comparisons={asked.id: compared}, **more))  # type: ignore[arg-type]
    assert found.finding is finding
    assert found.status == "proposed"
    assert found.comparison == compared
    assert found.answer
    assert found.rule
    assert found.because
    assert found.would_change


def test_a_policy_failure_is_never_the_finding_of_a_comparison() -> None:
    assert {row[5] for row in TABLE} == set(Finding) - {Finding.POLICY_FAILURE}


def test_a_finding_that_is_not_sustained_says_what_the_record_could_have_shown() -> None:
    found = answer_claim(PATTERN, case(LATE, comparisons={PATTERN.id: comparison(NOTHING)}))
    assert "odds of being late 4.1 times as high" in found.answer


def test_too_few_incidents_get_no_statistics() -> None:
    found = answer_claim(PATTERN, case(LATE, comparisons={PATTERN.id: comparison(None, incidents=5)}))
    assert found.answer.startswith("Only 5 incidents can be compared")
    assert "p =" not in " ".join((found.answer, *found.because))


def test_a_source_without_all_calls_cannot_determine_a_pattern() -> None:
    record = case(LATE, inclusion=Inclusion.DISPATCHED_ONLY, comparisons={PATTERN.id: comparison()})
    assert answer_claim(PATTERN, record).cannot_be_determined


@pytest.mark.parametrize(
    ("registration", "said"),
    [(None, "Not registered"), (Registration(digest="0" * 64), "sealed in no log"), (comparison().registration, "")],
)
def test_what_registration_there_was_is_said(registration: Registration | None, said: str) -> None:
    found = answer_claim(PATTERN, case(LATE, comparisons={PATTERN.id: comparison(registration=registration)}))
    assert any(said in limit for limit in found.limits) if said else not any("egistered" in one for one in found.limits)


def test_intent_is_never_found() -> None:
    found = answer_claim(PATTERN, case(LATE, comparisons={PATTERN.id: comparison()}))
    assert "whether anybody meant it, is not shown" in found.answer
