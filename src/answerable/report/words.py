"""The plain words of every outcome, reason, finding, verdict, quality bit and inclusion.

One table each, for the page and the terminal alike. The vocabulary is product.md's: nothing here says "ignored" of a
call that a record is merely silent about, and nothing says "unfounded" where only a file was searched.
"""

from __future__ import annotations

from dataclasses import dataclass

from answerable.model.call import Inclusion, Quality
from answerable.model.finding import Finding, Verdict
from answerable.model.outcome import Outcome, Reason


@dataclass(frozen=True, slots=True)
class Words:
    """How a key is said to people: a label (no capital, no full stop), a sentence that explains it, and, where the
    record is silent, the sentence that says what record would settle it."""

    label: str
    means: str
    settles: str = ""


CANNOT_BE_DETERMINED = "cannot be determined from this source"
NONE_FOUND = "none found in this file"
PROPOSED = "The record supports (proposed, unsigned):"

OUTCOMES: dict[str, Words] = {
    Outcome.DECLINED_AGAINST_POLICY: Words(
        "declined against policy",
        "Somebody decided not to respond, and the policy then in force did not allow that decision: the duty was to "
        "respond, or the rank, the reason or the time limit it asks for is known to be missing.",
    ),
    Outcome.UNHEARD: Words(
        "unheard",
        "Nobody was sent and nobody decided before the deadline passed, in a record that would show it if they had.",
    ),
    Outcome.CLOSED_WITHOUT_REASON: Words(
        "closed without reason",
        "The agency closed the call without a response, and gave no reason, or nobody's name stands beside it.",
    ),
    Outcome.SENT_NOT_ARRIVED: Words(
        "sent, not arrived",
        "Somebody was sent, and the record shows that they never arrived (cancelled or diverted).",
    ),
    Outcome.ANSWERED_LATE: Words(
        "answered late",
        "A response was sent, and at least one time limit of the policy is known to have been missed.",
    ),
    Outcome.UNDETERMINED: Words(
        "undetermined",
        "The record does not say enough to decide. Every such call carries the reason, and what would settle it.",
    ),
    Outcome.PENDING: Words(
        "pending",
        "Nobody had been sent yet, and the deadline lies after the last moment this record speaks about.",
    ),
    Outcome.DECLINED_WITHIN_POLICY: Words(
        "declined within policy",
        "Somebody with the rank to do so decided not to respond, in time, with a reason, under a clause that allows "
        "it and that was in force before the call.",
    ),
    Outcome.HANDED_OVER: Words(
        "handed over",
        "Another agency recorded that it accepted the call.",
    ),
    Outcome.ANSWERED: Words(
        "answered",
        "A response was sent, and every time limit of the policy that applied is known to have been met.",
    ),
    Outcome.WITHDRAWN: Words(
        "withdrawn",
        "The caller or the requesting agency withdrew the call, by their own recorded act, before the first deadline.",
    ),
    Outcome.MERGED: Words(
        "merged",
        "The call was recorded as a duplicate of another call; it takes that call's outcome where that call is known.",
    ),
    Outcome.NONE_OWED: Words(
        "none owed",
        "Nobody was waiting: an officer began it, or it is a scheduled, test, broadcast or information entry.",
    ),
}
"""Worst first, then what owes nothing: the order in which people are shown them."""

REASONS: dict[str, Words] = {
    Reason.NO_POLICY: Words(
        "no policy in force",
        "No version of a response policy that was supplied was in force when the call came in.",
        "The policy version that was in force on that day.",
    ),
    Reason.NO_RULE: Words(
        "no rule applies",
        "A policy was in force, and none of its rules covers this call.",
        "A policy that covers the call, or the order that was followed instead.",
    ),
    Reason.FACT: Words(
        "a fact is missing",
        "A fact that the policy asks for was not recorded, and the outcome depends on it.",
        "The named fact, from the call's notes, its recording or those who took it.",
    ),
    Reason.PRIORITY: Words(
        "two priorities disagree",
        "The first and the final priority of the call lead to different outcomes.",
        "When the priority was changed, by whom and why.",
    ),
    Reason.CLOCK_OFFSET: Words(
        "two clocks disagree",
        "The deadline lies inside the difference between two agencies' clocks.",
        "The offset between the two clocks on that day.",
    ),
    Reason.TIME_NOT_RECORDED: Words(
        "time not recorded",
        "Something was done, and the time at which it was done is not in this record.",
        "The dispatch or arrival times from the dispatch system.",
    ),
    Reason.TIME_UNCERTAIN: Words(
        "time uncertain",
        "A time is recorded too coarsely, or is impossible, and the deadline lies inside the doubt.",
        "The same time to the second, from the dispatch system's own log.",
    ),
    Reason.WHO_ENDED_IT: Words(
        "who ended it is not recorded",
        "The code can mean that the caller cancelled or that the agency did; the record does not say which.",
        "The closing entry with who made it, and the call's notes.",
    ),
    Reason.RESPONSE_NOT_RECORDED: Words(
        "response not recorded",
        "This source does not record whether anybody was sent, so its silence means nothing.",
        "Unit histories or the dispatch log for the call.",
    ),
    Reason.CALLBACK_NOT_RECORDED: Words(
        "callback not recorded",
        "The caller hung up and was owed a callback; this source does not record callbacks.",
        "The telephone system's list of outgoing calls.",
    ),
    Reason.ACCEPTANCE_NOT_RECORDED: Words(
        "acceptance not recorded",
        "The call was offered to another agency; that it accepted is not in this record.",
        "The other agency's own entry.",
    ),
    Reason.DECISION_NOT_RECORDED: Words(
        "decision not recorded",
        "Whether somebody with the right to decide did decide, in time, under a clause, is not in this record.",
        "The decision with its time, the decider's rank, the clause and the reason.",
    ),
    Reason.REASON_NOT_RECORDED: Words(
        "reason not recorded",
        "The agency closed the call; this source does not show whether a reason was given.",
        "The closing entry with its reason and who made it.",
    ),
    Reason.ORIGIN_NOT_RECORDED: Words(
        "origin not recorded",
        "An entry that an officer began would look just the same, and nobody would have waited for it.",
        "Where the call came from: the telephone side, or the dispatch system's source field.",
    ),
    Reason.UNKNOWN_CODE: Words(
        "code not explained",
        "How it ended is recorded in a code that no published list explains.",
        "The publisher's list of codes.",
    ),
    Reason.CONTRADICTORY_RECORD: Words(
        "record contradicts itself",
        "Two entries about this call cannot both be true.",
        "The dispatch system's own history of the call.",
    ),
}

FINDINGS: dict[str, Words] = {
    Finding.SUSTAINED: Words(
        "sustained",
        "The record shows, by a preponderance of the evidence, that what was alleged happened.",
    ),
    Finding.NOT_SUSTAINED: Words(
        "not sustained",
        "The record shows neither that it happened nor that it did not.",
    ),
    Finding.UNFOUNDED: Words(
        "unfounded",
        "The record shows that it did not happen. Said of a scope only where that scope is proven complete and an "
        f'independent count was filed; otherwise the words are "{NONE_FOUND}".',
    ),
    Finding.EXONERATED: Words(
        "exonerated",
        "It happened, and the policy then in force allowed it.",
    ),
    Finding.POLICY_FAILURE: Words(
        "policy failure",
        "It happened because of the policy itself: a clause permits it, or none covers it.",
    ),
}

VERDICTS: dict[str, Words] = {
    Verdict.SUPPORTED: Words("supported", "The record says the same."),
    Verdict.CONTRADICTED: Words("contradicted", "The record says otherwise."),
    Verdict.PARTLY: Words("partly supported", "The record bears out part of it."),
    Verdict.CANNOT_BE_DETERMINED: Words(
        CANNOT_BE_DETERMINED, "This record can show neither that it is true nor that it is not."
    ),
}

QUALITIES: dict[Quality, Words] = {
    Quality.MISSING: Words("missing", "No time was recorded."),
    Quality.SENTINEL: Words("placeholder", "The source wrote a stand-in such as 1900-01-01 instead of a time."),
    Quality.MIDNIGHT_PLACEHOLDER: Words(
        "midnight placeholder", "Exactly midnight, which in this source can stand for no time."
    ),
    Quality.DATE_ONLY: Words("date only", "The day is known, the time of day is not."),
    Quality.MINUTE_PRECISION: Words("to the minute", "Recorded to the minute, not to the second."),
    Quality.DST_AMBIGUOUS: Words(
        "hour that occurred twice",
        "Clocks went back and this local time occurred twice; the order of the call's events, or failing that the "
        "earlier time, chose one.",
    ),
    Quality.DST_NONEXISTENT: Words(
        "hour that never was", "Clocks went forward and this local time did not exist on that day."
    ),
    Quality.DERIVED_FROM_INTERVAL: Words(
        "worked out", "Worked out from another time and an interval that the source gives."
    ),
    Quality.CLAMPED: Words("cut off", "The source cut the value off at a smallest or largest one."),
    Quality.OUT_OF_ORDER: Words(
        "out of order", "Earlier than a clock point that must come before it; kept as it is, never dropped."
    ),
    Quality.OVERWRITTEN_BY_REOPENING: Words(
        "overwritten", "Overwritten when the call was reopened; the first value is not in the source."
    ),
    Quality.DST_UNDECIDED: Words(
        "hour that occurred twice, undecided",
        "The local time occurred twice and the order of events fits both; the earlier was taken.",
    ),
    Quality.UNIT_ROW_LOST: Words(
        "a unit's row lost",
        "A row of one of the call's units could not be read: the first unit may have been earlier, the last later.",
    ),
    Quality.NO_DATE: Words("no date", "Only a time of day is written: that it happened is known, on which day is not."),
}

_QUALITY_NAMES = {str(bit.name).lower(): words for bit, words in QUALITIES.items()}

INCLUSIONS: dict[str, Words] = {
    Inclusion.ALL_CALLS: Words("all calls", "Every call that came in is listed, also those to which nobody was sent."),
    Inclusion.DISPATCHED_ONLY: Words(
        "dispatched calls only",
        "Only calls to which somebody was sent are listed. An ignored call cannot be in this file.",
    ),
    Inclusion.RESPONDED_ONLY: Words(
        "responded calls only",
        "Only calls to which somebody responded are listed. An ignored call cannot be in this file.",
    ),
    Inclusion.CLOSED_ONLY: Words(
        "closed calls only", "Only calls that were closed are listed. A call still open cannot be in this file."
    ),
    Inclusion.ONE_TYPE: Words("one type of call only", "Only calls of one type or service are listed."),
    Inclusion.LIVE_FEED: Words(
        "a live feed", "A snapshot of a live feed: calls appear and disappear, and what is gone cannot be seen."
    ),
    Inclusion.UNKNOWN: Words(
        "not known", "What gets into this file is not documented, so what is not in it shows nothing."
    ),
}


def outcome_words(key: str) -> Words:
    """The words of an outcome by its key."""
    return said(OUTCOMES, key)


def reason_words(key: str) -> Words:
    """The words of a reason for undetermined by its key."""
    return said(REASONS, key)


def finding_words(key: str) -> Words:
    """The words of a finding by its key; a statement's finding is the verdict its passages add up to."""
    return FINDINGS.get(key) or said(VERDICTS, key)


def verdict_words(key: str) -> Words:
    """The words of a verdict on a passage by its key."""
    return said(VERDICTS, key)


def inclusion_words(key: str) -> Words:
    """The words of an inclusion by its key."""
    return said(INCLUSIONS, key)


def quality_words(name: str) -> Words:
    """The words of a quality bit by its name in lower case, as the source manifest counts it."""
    return said(_QUALITY_NAMES, name)


def plain(key: str) -> Words:
    """A key that no table has (a figure's name, a code): its own text, with spaces for underscores."""
    return Words(key.replace("_", " "), "")


def said(table: dict[str, Words], key: str) -> Words:
    """The words a table has for a key, or the key itself."""
    return table.get(key) or plain(key)


def proposed_sentence(*, answer: str, status: str, cannot_be_determined: bool) -> str:
    """The one sentence of a finding as it must be read while nobody has signed it.

    Where the source could not have shown it either way, it says not sustained, and "cannot be determined from this
    source" before anything else.
    """
    sentence = answer.strip()
    if cannot_be_determined:
        sentence = f"{capital(FINDINGS[Finding.NOT_SUSTAINED].label)}. {_cannot_first(sentence)}"
    if status == "proposed" and "(proposed, unsigned)" not in sentence:
        sentence = f"{PROPOSED} {sentence}"
    return capital(sentence)


def _cannot_first(sentence: str) -> str:
    if sentence.lower().startswith(CANNOT_BE_DETERMINED):
        return capital(sentence)
    return f"{capital(CANNOT_BE_DETERMINED)}. {capital(sentence)}"


def capital(sentence: str) -> str:
    """The sentence with its first letter as a capital."""
    return sentence[:1].upper() + sentence[1:]
