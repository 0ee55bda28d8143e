"""The findings table: which record leads to which finding. Written as the specification has it, row by row."""

from __future__ import annotations

import msgspec
import pytest
from tests.support.cases import case, claim, counted, declined, judged
from tests.support.small_policies import CHOICES, RAISED, TWO_SPEEDS

from answerable.answer.claims import answer_claim
from answerable.answer.claims.statement import added_up
from answerable.answer.ports import CaseRecord
from answerable.model.call import Inclusion
from answerable.model.claim import Claim, ClaimKind, Evidence, Passage, PassageTest, Scope
from answerable.model.finding import Finding, Verdict
from answerable.model.log_reading import LoggedVersion, LogReading
from answerable.model.outcome import Outcome, Reason
from answerable.model.source import Rows
from answerable.model.times import parse_instant
from answerable.policy import VersionSet, load_policy

IGNORED = claim(ClaimKind.CALLS_IGNORED)
COUNTED = claim(ClaimKind.CALLS_IGNORED, independent_count=counted(2))
DENIED = claim(ClaimKind.REQUEST_DENIED)

OK = judged("1", Outcome.ANSWERED)
LATE = judged("2", Outcome.ANSWERED_LATE)
UNHEARD = judged("3", Outcome.UNHEARD)
CLOSED = judged("4", Outcome.CLOSED_WITHOUT_REASON)
AGAINST = declined("5", Outcome.DECLINED_AGAINST_POLICY)
WITHIN = declined("6")
UNKNOWN = judged("7", Outcome.UNDETERMINED, reason=Reason.TIME_NOT_RECORDED)
NO_RULE = judged("8", Outcome.UNDETERMINED, reason=Reason.NO_RULE)
WITHDRAWN = judged("9", Outcome.WITHDRAWN)
MERGED = judged("10", Outcome.MERGED)
NONE_OWED = judged("11", Outcome.NONE_OWED)
PENDING = judged("12", Outcome.PENDING)
SENT = judged("13", Outcome.SENT_NOT_ARRIVED)
SELF_RECORDED = declined("14", recorder_is_decider=True)
UNKNOWN_RECORDER = declined("15", recorder_is_decider=None)
SOME_ROWS_LOST = Rows(read=10, imported=9, quarantined=1, duplicates=0)

TABLE: list[tuple[str, Claim, CaseRecord, Finding]] = [
    # calls_ignored ------------------------------------------------------------------------------------------------
    ("one unheard call sustains", IGNORED, case(OK, UNHEARD), Finding.SUSTAINED),
    ("one closed without reason sustains", IGNORED, case(OK, CLOSED), Finding.SUSTAINED),
    ("one declined against policy sustains", IGNORED, case(OK, AGAINST), Finding.SUSTAINED),
    ("sustained even where much is unknown", IGNORED, case(UNHEARD, UNKNOWN), Finding.SUSTAINED),
    (
        "an ignored call in a partial source still sustains",
        IGNORED,
        case(CLOSED, inclusion=Inclusion.CLOSED_ONLY),
        Finding.SUSTAINED,
    ),
    ("declined within policy exonerates", IGNORED, case(OK, WITHIN), Finding.EXONERATED),
    ("a refusal only its decider recorded does not", IGNORED, case(OK, SELF_RECORDED), Finding.NOT_SUSTAINED),
    ("a refusal recorded by nobody knows whom does not", IGNORED, case(UNKNOWN_RECORDER), Finding.NOT_SUSTAINED),
    ("no rule covered it", IGNORED, case(OK, NO_RULE), Finding.POLICY_FAILURE),
    ("not sustained comes before policy failure", IGNORED, case(UNKNOWN, NO_RULE), Finding.NOT_SUSTAINED),
    ("policy failure comes before exonerated", IGNORED, case(WITHIN, NO_RULE), Finding.POLICY_FAILURE),
    ("all answered in a complete scope", COUNTED, case(OK, LATE), Finding.UNFOUNDED),
    ("withdrawn calls do not hinder it", COUNTED, case(OK, WITHDRAWN), Finding.UNFOUNDED),
    ("entries nobody waits for do not count", COUNTED, case(OK, LATE, NONE_OWED), Finding.UNFOUNDED),
    ("no independent count", IGNORED, case(OK, LATE), Finding.NOT_SUSTAINED),
    ("the independent count is higher", COUNTED, case(OK), Finding.NOT_SUSTAINED),
    ("a gap in the numbers", COUNTED, case(OK, LATE, number_gaps=1), Finding.NOT_SUSTAINED),
    ("numbers that form no sequence", COUNTED, case(OK, LATE, number_gaps=None), Finding.NOT_SUSTAINED),
    ("a row that could not be read", COUNTED, case(OK, LATE, rows=SOME_ROWS_LOST), Finding.NOT_SUSTAINED),
    ("the publisher removes calls", COUNTED, case(OK, LATE, removals=("sensitive",)), Finding.NOT_SUSTAINED),
    ("one undetermined", COUNTED, case(OK, UNKNOWN), Finding.NOT_SUSTAINED),
    ("one merged into nobody knows what", COUNTED, case(OK, MERGED), Finding.NOT_SUSTAINED),
    ("one still pending", COUNTED, case(OK, PENDING), Finding.NOT_SUSTAINED),
    ("one sent that never arrived", COUNTED, case(OK, SENT), Finding.NOT_SUSTAINED),
    ("a call that may be in scope", COUNTED, case(OK, LATE, possible=1), Finding.NOT_SUSTAINED),
    ("a listed call that is not there", COUNTED, case(OK, LATE, missing=("X",)), Finding.NOT_SUSTAINED),
    ("nothing in scope", COUNTED, case(), Finding.NOT_SUSTAINED),
    (
        "all answered where only dispatched calls are listed",
        COUNTED,
        case(OK, LATE, inclusion=Inclusion.DISPATCHED_ONLY),
        Finding.NOT_SUSTAINED,
    ),
    # request_denied -----------------------------------------------------------------------------------------------
    ("denied against policy", DENIED, case(AGAINST, WITHIN), Finding.SUSTAINED),
    ("denied within policy", DENIED, case(WITHIN), Finding.EXONERATED),
    ("denied, and only the decider says so", DENIED, case(SELF_RECORDED), Finding.NOT_SUSTAINED),
    ("denied where no clause covers it", DENIED, case(NO_RULE), Finding.POLICY_FAILURE),
    ("denied, but what it rested on is unknown", DENIED, case(UNKNOWN), Finding.NOT_SUSTAINED),
    (
        "no denial in a complete scope",
        claim(ClaimKind.REQUEST_DENIED, independent_count=counted(1)),
        case(OK),
        Finding.UNFOUNDED,
    ),
    ("no denial in this file", DENIED, case(OK), Finding.NOT_SUSTAINED),
    ("no such request", DENIED, case(missing=("R1",)), Finding.NOT_SUSTAINED),
]


@pytest.mark.parametrize(("asked", "record", "finding"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_findings_table(asked: Claim, record: CaseRecord, finding: Finding) -> None:
    found = answer_claim(asked, record)
    assert found.finding is finding
    assert found.status == "proposed"
    assert found.because
    assert found.answer
    assert found.rule
    assert found.would_change


def test_every_finding_is_in_the_table() -> None:
    assert {row[3] for row in TABLE} == set(Finding)


def test_a_refusal_its_decider_recorded_exonerates_once_a_document_corroborates_it() -> None:
    letter = Evidence(
        id="mail", kind="e-mail", file="mail.txt", sha256="0" * 64, size_bytes=1, sender="requester", dated_us=0,
        passages=("declined",), passages_checked=True, about=("14",),
    )  # fmt: skip
    assert (
        answer_claim(claim(ClaimKind.REQUEST_DENIED, evidence=(letter,)), case(SELF_RECORDED)).finding
        is Finding.EXONERATED
    )


def test_a_source_of_dispatched_calls_cannot_say_that_none_was_ignored() -> None:
    found = answer_claim(COUNTED, case(OK, LATE, inclusion=Inclusion.DISPATCHED_ONLY))
    assert found.cannot_be_determined
    assert found.answer.startswith("Cannot be determined from this source")


def test_none_found_in_an_incomplete_file_is_said_as_just_that() -> None:
    found = answer_claim(IGNORED, case(OK, LATE))
    assert not found.cannot_be_determined
    assert found.answer.startswith("No ignored call was found in this file")
    assert any("independent count" in limit for limit in found.limits)


def test_figures_count_every_outcome_and_a_merged_call_as_what_happened_to_its_caller() -> None:
    carried = judged("m", Outcome.MERGED)
    carried = type(carried)(
        **{name: getattr(carried, name) for name in carried.__struct_fields__ if name != "ruling"},
        ruling=type(carried.ruling)(outcome=Outcome.MERGED, carried=Outcome.UNHEARD),
    )
    found = answer_claim(IGNORED, case(OK, carried))
    assert found.finding is Finding.SUSTAINED
    assert found.figures["unheard"] == 1
    assert set(found.figures) == {"calls_in_scope", *(outcome.value for outcome in Outcome)}


# policy_exists -----------------------------------------------------------------------------------------------------

ANSWERS_ALL = VersionSet([load_policy(TWO_SPEEDS.encode(), file="two.toml")])
LEAVES_CHOICE = VersionSet([load_policy(CHOICES.encode(), file="choices.toml")])
JUNE_US, JULY_US = parse_instant("2018-06-01T00:00:00Z"), parse_instant("2018-07-01T00:00:00Z")
JANUARY_US, LATER_US = parse_instant("2018-01-01T00:00:00Z"), parse_instant("2018-08-01T00:00:00Z")
DAY_US = 86_400_000_000


def about(**more: object) -> Claim:
    """A claim about calls of federal officers in June; `more` replaces keys."""
    given = {"kind": "call", "requester": "federal_agency"}
    return claim(ClaimKind.POLICY_EXISTS, **{"given": given, "scope": Scope(from_us=JUNE_US, to_us=JULY_US), **more})


ABOUT_CALLS = about()
ABOUT_REQUESTS = about(given={"kind": "request_for_assistance"})
NO_BEGINNING = about(scope=Scope(to_us=JULY_US))
NO_END = about(scope=Scope(from_us=JUNE_US))


def logged(
    versions: VersionSet,
    *,
    entered_us: int = JANUARY_US,
    more: tuple[LoggedVersion, ...] = (),
    without: bool = False,
    **read: object,
) -> LogReading:
    """What was read of a witnessed log that begins with 2018 and holds `versions`, entered at `entered_us`."""
    policies = () if without else versions.policies
    held = tuple(
        LoggedVersion(index=1, entered_us=entered_us, file="policy.toml", sha256=one.text_sha256) for one in policies
    )
    reading = LogReading(
        origin="test/log", keys=("key",), size=100, root="0" * 64, witnesses=("clerk",), opened_us=JANUARY_US,
        through_us=LATER_US, versions=(*held, *more),
    )  # fmt: skip
    return msgspec.structs.replace(reading, **read)


def unknown_version(entered_us: int, sha256: str = "f" * 64) -> tuple[LoggedVersion, ...]:
    return (LoggedVersion(index=9, entered_us=entered_us, file="secret.toml", sha256=sha256),)


WHOLE = logged(ANSWERS_ALL)
TWO_IN_FORCE = VersionSet([load_policy(text.encode(), file="p.toml") for text in (TWO_SPEEDS, RAISED)])

POLICY_EXISTS: list[tuple[str, Claim, CaseRecord, Finding]] = [
    ("every version logged, none permits", ABOUT_CALLS, case(versions=ANSWERS_ALL, log=WHOLE), Finding.UNFOUNDED),
    (
        "logged, a choice is left for requests, the claim is about calls",
        ABOUT_CALLS,
        case(versions=LEAVES_CHOICE, log=logged(LEAVES_CHOICE)),
        Finding.UNFOUNDED,
    ),
    (
        "two versions, both entered before they took effect",
        ABOUT_CALLS,
        case(versions=TWO_IN_FORCE, log=logged(TWO_IN_FORCE)),
        Finding.UNFOUNDED,
    ),
    ("a version permits it", ABOUT_REQUESTS, case(versions=LEAVES_CHOICE), Finding.POLICY_FAILURE),
    (
        "a logged version permits it",
        ABOUT_REQUESTS,
        case(versions=LEAVES_CHOICE, log=logged(LEAVES_CHOICE)),
        Finding.POLICY_FAILURE,
    ),
    ("no log", ABOUT_CALLS, case(versions=ANSWERS_ALL), Finding.NOT_SUSTAINED),
    ("no version", ABOUT_CALLS, case(), Finding.NOT_SUSTAINED),
    (
        "a log, and no version was in force then",
        about(scope=Scope(from_us=JANUARY_US - 9 * DAY_US, to_us=JANUARY_US - DAY_US)),
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, opened_us=0)),
        Finding.NOT_SUSTAINED,
    ),
    (
        "the log has a version that was not supplied",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, more=unknown_version(JUNE_US + DAY_US))),
        Finding.NOT_SUSTAINED,
    ),
    (
        "the log has an entry of a version that seals no text",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, more=unknown_version(JANUARY_US, sha256=""))),
        Finding.NOT_SUSTAINED,
    ),
    (
        "what was issued only after that time does not matter",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, more=unknown_version(JULY_US))),
        Finding.UNFOUNDED,
    ),
    (
        "the version supplied is not in the log",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, without=True)),
        Finding.NOT_SUSTAINED,
    ),
    (
        "back-dated: entered in the midst of the time in which it says it was in force",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, entered_us=JUNE_US + DAY_US)),
        Finding.NOT_SUSTAINED,
    ),
    (
        "entered late, but before the time of the claim",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, entered_us=JUNE_US - DAY_US)),
        Finding.UNFOUNDED,
    ),
    (
        "the log begins after the time of the claim does",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, opened_us=JUNE_US + 1)),
        Finding.NOT_SUSTAINED,
    ),
    (
        "the log ends before the time of the claim does",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, through_us=JULY_US - 1)),
        Finding.NOT_SUSTAINED,
    ),
    (
        "nobody but its keeper vouches for the log",
        ABOUT_CALLS,
        case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, witnesses=())),
        Finding.NOT_SUSTAINED,
    ),
    ("the claim names no beginning", NO_BEGINNING, case(versions=ANSWERS_ALL, log=WHOLE), Finding.NOT_SUSTAINED),
    ("the claim names no end", NO_END, case(versions=ANSWERS_ALL, log=WHOLE), Finding.NOT_SUSTAINED),
]


@pytest.mark.parametrize(
    ("asked", "record", "finding"), [row[1:] for row in POLICY_EXISTS], ids=[row[0] for row in POLICY_EXISTS]
)
def test_policy_exists(asked: Claim, record: CaseRecord, finding: Finding) -> None:
    found = answer_claim(asked, record)
    assert found.finding is finding
    assert found.because
    if finding is Finding.NOT_SUSTAINED:
        assert found.limits


def test_a_back_dated_version_is_named_with_both_days() -> None:
    found = answer_claim(ABOUT_CALLS, case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, entered_us=JUNE_US + DAY_US)))
    (said,) = (limit for limit in found.limits if "back-dated" in limit)
    assert "2018-06-02" in said
    assert "2018-01-01" in said


def test_a_version_that_permits_and_was_back_dated_is_both() -> None:
    late = logged(LEAVES_CHOICE, entered_us=JUNE_US + DAY_US)
    found = answer_claim(ABOUT_REQUESTS, case(versions=LEAVES_CHOICE, log=late))
    assert found.finding is Finding.POLICY_FAILURE
    assert any("back-dated" in limit for limit in found.limits)


def test_unfounded_names_log_witness_and_the_promise_that_is_proved() -> None:
    promised = (
        TWO_SPEEDS + '[[promise]]\ntext = "Everybody is answered."\nwhen = "true"\nthen = "duty == \'must-respond\'"\n'
    )
    promised += '[[promise]]\ntext = "Requests are answered."\nwhen = "kind == \'request_for_assistance\'"\n'
    promised += "then = \"duty == 'must-respond'\"\n"
    versions = VersionSet([load_policy(promised.encode(), file="p.toml")])
    found = answer_claim(ABOUT_CALLS, case(versions=versions, log=logged(versions)))
    assert found.finding is Finding.UNFOUNDED
    because = " ".join(found.because)
    assert "test/log" in because
    assert "clerk" in because
    assert "“Everybody is answered.”" in because
    assert "Requests are answered" not in because


# statement ---------------------------------------------------------------------------------------------------------


def passage(test: PassageTest, **more: object) -> Claim:
    one = Passage(quote="They said.", test=test, **more)  # type: ignore[arg-type]
    june = Scope(from_us=JUNE_US, to_us=JULY_US)
    return claim(ClaimKind.STATEMENT, passages=(one,), independent_count=counted(2), scope=june)


ALL_ANSWERED = passage(PassageTest.EVERY_CALL, outcomes=("answered", "answered_late"))
NONE_UNHEARD = passage(PassageTest.NO_CALL, outcomes=("unheard",))
SOME_UNHEARD = passage(PassageTest.SOME_CALL, outcomes=("unheard",))
PERMITTED = passage(PassageTest.SOME_VERSION_PERMITS, given={"kind": "call"})


@pytest.mark.parametrize(
    ("asked", "record", "verdict"),
    [
        (ALL_ANSWERED, case(OK, LATE), Verdict.SUPPORTED),
        (ALL_ANSWERED, case(OK, LATE, number_gaps=3), Verdict.PARTLY),
        (ALL_ANSWERED, case(OK, UNHEARD), Verdict.CONTRADICTED),
        (ALL_ANSWERED, case(OK, UNKNOWN), Verdict.CANNOT_BE_DETERMINED),
        (ALL_ANSWERED, case(), Verdict.CANNOT_BE_DETERMINED),
        (ALL_ANSWERED, case(OK, LATE, inclusion=Inclusion.DISPATCHED_ONLY), Verdict.CANNOT_BE_DETERMINED),
        (NONE_UNHEARD, case(OK, LATE), Verdict.SUPPORTED),
        (NONE_UNHEARD, case(OK, UNHEARD), Verdict.CONTRADICTED),
        (NONE_UNHEARD, case(OK, UNKNOWN), Verdict.CANNOT_BE_DETERMINED),
        (NONE_UNHEARD, case(OK, LATE, possible=4), Verdict.PARTLY),
        (passage(PassageTest.NOT_IN_THE_RECORD), case(OK), Verdict.CANNOT_BE_DETERMINED),
        (passage(PassageTest.SOME_DECISION, decision="decline"), case(OK), Verdict.CANNOT_BE_DETERMINED),
        (
            passage(PassageTest.NO_VERSION_PERMITS, given={"kind": "call"}),
            case(versions=ANSWERS_ALL, log=WHOLE),
            Verdict.SUPPORTED,
        ),
        (passage(PassageTest.NO_VERSION_PERMITS, given={"kind": "call"}), case(versions=ANSWERS_ALL), Verdict.PARTLY),
        (
            passage(PassageTest.NO_VERSION_PERMITS, given={"kind": "request_for_assistance"}),
            case(versions=LEAVES_CHOICE),
            Verdict.CONTRADICTED,
        ),
        (passage(PassageTest.NO_VERSION_PERMITS, given={"kind": "call"}), case(), Verdict.CANNOT_BE_DETERMINED),
        (PERMITTED, case(versions=ANSWERS_ALL, log=WHOLE), Verdict.CONTRADICTED),
        (PERMITTED, case(versions=ANSWERS_ALL), Verdict.CANNOT_BE_DETERMINED),
        (PERMITTED, case(versions=ANSWERS_ALL, log=logged(ANSWERS_ALL, witnesses=())), Verdict.CANNOT_BE_DETERMINED),
        (PERMITTED, case(), Verdict.CANNOT_BE_DETERMINED),
        (
            passage(PassageTest.SOME_VERSION_PERMITS, given={"kind": "request_for_assistance"}),
            case(versions=LEAVES_CHOICE),
            Verdict.SUPPORTED,
        ),
        (SOME_UNHEARD, case(OK, UNHEARD), Verdict.SUPPORTED),
        (SOME_UNHEARD, case(UNHEARD, UNKNOWN, inclusion=Inclusion.CLOSED_ONLY), Verdict.SUPPORTED),
        (SOME_UNHEARD, case(OK, LATE), Verdict.CONTRADICTED),
        (SOME_UNHEARD, case(OK, LATE, number_gaps=3), Verdict.CANNOT_BE_DETERMINED),
        (SOME_UNHEARD, case(OK, UNKNOWN), Verdict.CANNOT_BE_DETERMINED),
        (SOME_UNHEARD, case(OK, LATE, inclusion=Inclusion.DISPATCHED_ONLY), Verdict.CANNOT_BE_DETERMINED),
        (SOME_UNHEARD, case(), Verdict.CANNOT_BE_DETERMINED),
    ],
)
def test_passages(asked: Claim, record: CaseRecord, verdict: Verdict) -> None:
    found = answer_claim(asked, record)
    assert found.passages[0].verdict is verdict
    assert found.finding is verdict


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ("", Verdict.CANNOT_BE_DETERMINED),
        ("s", Verdict.SUPPORTED),
        ("ss", Verdict.SUPPORTED),
        ("sx", Verdict.PARTLY),
        ("sc", Verdict.PARTLY),
        ("c", Verdict.CONTRADICTED),
        ("cx", Verdict.CONTRADICTED),
        ("cp", Verdict.PARTLY),
        ("p", Verdict.PARTLY),
        ("x", Verdict.CANNOT_BE_DETERMINED),
    ],
)
def test_what_verdicts_add_up_to(verdicts: str, whole: Verdict) -> None:
    letters = {
        "s": Verdict.SUPPORTED, "c": Verdict.CONTRADICTED, "p": Verdict.PARTLY, "x": Verdict.CANNOT_BE_DETERMINED,
    }  # fmt: skip
    assert added_up([letters[letter] for letter in verdicts]) is whole
