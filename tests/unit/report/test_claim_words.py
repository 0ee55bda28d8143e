"""What a reader is told before believing a finding: completeness, bounds, balance, placebos, what is hidden."""

from __future__ import annotations

import msgspec
import pytest
from tests.support.comparisons import NOTHING, comparison, figures
from tests.support.findings import hostile_examination

from answerable.model.call import Inclusion
from answerable.model.comparison import BalanceRow, Missing, Registration
from answerable.report.claim_words import Told, told_of
from answerable.report.finding_document import ClaimWritten, FindingDocument, read_finding
from answerable.report.finding_json import finding_json

FOUND = read_finding(finding_json(hostile_examination()), file="finding.json")
PLAIN = next(one for one in FOUND.claims if one.comparison is None)


def told(claim: ClaimWritten, found: FindingDocument = FOUND) -> dict[str, Told]:
    return {one.key: one for one in told_of(claim, found)}


def claim(**figures_of: int) -> ClaimWritten:
    return msgspec.structs.replace(PLAIN, kind="calls_ignored", figures=figures_of)


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        (
            {"calls_in_scope": 335, "unheard": 1, "undetermined": 10},
            "At least 1 and at most 11 of these 335 calls were left without an answer: 1 is shown, and for 10",
        ),
        (
            {"calls_in_scope": 9, "merged": 2, "pending": 1, "answered": 6},
            "At least 0 and at most 3 of these 9 calls were left without an answer: none is shown, and for 3",
        ),
        (
            {"calls_in_scope": 4, "declined_against_policy": 2, "closed_without_reason": 1, "answered": 1},
            "3 of these 4 calls, no more and no fewer, were left without an answer.",
        ),
    ],
)
def test_the_answer_lies_between_what_is_shown_and_what_is_open(counted: dict[str, int], said: str) -> None:
    (sentence,) = told(claim(**counted))["bounds"].sentences
    assert sentence.removesuffix(" the record does not say enough.") == said


def test_a_claim_about_no_calls_has_no_bounds() -> None:
    assert "bounds" not in told(claim())


def test_completeness_is_said_first_with_the_rows_that_could_not_be_read() -> None:
    first = told_of(claim(calls_in_scope=3, undetermined=1), FOUND)[0]
    text = " ".join(first.sentences)
    assert first.heading == "How complete is the record?"
    assert "By its publisher's rules the record holds all calls." in text
    assert "3 of 742 rows of the file could not be read" in text
    assert "For 1 of the 3 calls that the claim is about, the record does not say what became of them." in text
    assert [row.name for row in first.rows] == ["undetermined"]


def test_a_source_that_lists_only_dispatched_calls_is_told_apart() -> None:
    source = msgspec.structs.replace(FOUND.source, inclusion=Inclusion.DISPATCHED_ONLY)
    text = " ".join(told(claim(), msgspec.structs.replace(FOUND, source=source))["complete"].sentences)
    assert "An ignored call cannot be in this file." in text


def test_of_a_policy_it_is_said_that_other_versions_are_open() -> None:
    text = " ".join(told(msgspec.structs.replace(PLAIN, kind="policy_exists"))["complete"].sentences)
    assert "only a log of every version" in text
    assert "telephone" not in text


def compared(**more: object) -> dict[str, Told]:
    plain = more.pop("plain", None)
    found = comparison(**more) if plain is None else comparison(plain, **more)  # type: ignore[arg-type]
    return told(msgspec.structs.replace(PLAIN, comparison=found))


def test_a_comparison_is_told_in_its_topics_and_others_are_not() -> None:
    assert list(compared())[-4:] == ["alike", "placebos", "hidden", "power"]
    assert list(told(claim(calls_in_scope=1, answered=1))) == ["complete", "bounds"]


def test_what_is_unlike_is_named_in_words_and_its_size_in_the_numbers() -> None:
    row = BalanceRow(trait="calls_waiting", claimed=9.0, comparable=4.0, standardised=0.6, balanced=False)
    alike = compared(balance=(row,))["alike"]
    assert any("differ in what they were not matched on: calls waiting" in sentence for sentence in alike.sentences)
    assert alike.rows[0].read.endswith("unlike, 0.60 standard deviations apart")


@pytest.mark.parametrize(
    ("registration", "said"),
    [
        (None, "Such a comparison condemns nobody."),
        (Registration(digest="d"), "only its author can say when"),
        (Registration(digest="d", sealed_at_us=1), "the receipt of that entry proves the day"),
    ],
)
def test_whether_it_was_registered_before_is_said(registration: Registration | None, said: str) -> None:
    assert any(said in sentence for sentence in compared(registration=registration)["alike"].sentences)


def test_where_no_difference_is_shown_there_is_none_to_explain_away() -> None:
    assert compared(plain=NOTHING)["hidden"].sentences == ("No difference is shown, so there is none to explain away.",)
    shown = " ".join(compared(plain=figures(gamma_time=2.5, gamma_late=2.1), e_value=3.4)["hidden"].sentences)
    assert "2.5 times as likely" in shown
    assert "a factor of 3.4" in shown


def test_what_is_missing_is_a_bound_of_the_comparison() -> None:
    missing = Missing(
        claimed_times=80, comparable_times=20, claimed_outcomes=0, comparable_outcomes=0, matters=True
    )  # fmt: skip
    said = " ".join(compared(missing=missing)["bounds"].sentences)
    assert "8 % of these calls and 2 % of comparable ones" in said


def test_a_record_that_could_show_nothing_says_so() -> None:
    assert "too small" in compared(detectable_ratio=None)["power"].sentences[0]
