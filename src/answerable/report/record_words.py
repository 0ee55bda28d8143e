"""The plain words of what a source records: clock points, dispositions, origins, left-out reasons, claim kinds."""

from __future__ import annotations

from answerable.model.call import Disposition, EntryKind, Known, Origin
from answerable.model.claim import ClaimKind
from answerable.model.listed import Found
from answerable.report.words import Words, said

CLOCK_POINT_WORDS: dict[str, Words] = {
    "occurred": Words("occurred", "when it happened, as told"),
    "phone": Words("phone", "when the telephone began to ring"),
    "received": Words("received", "when the call came in"),
    "answered": Words("answered", "when a call-taker took the call"),
    "entered": Words("entered", "when it was entered into the dispatch system"),
    "queued": Words("queued", "when it began to wait for a unit"),
    "dispatched": Words("dispatched", "when the first unit was sent"),
    "enroute": Words("en route", "when the first unit was under way"),
    "arrived": Words("arrived", "when the first unit was on scene"),
    "contact": Words("contact", "when somebody spoke to the caller again"),
    "cleared": Words("cleared", "when the last unit was free again"),
    "closed": Words("closed", "when the call was closed"),
    "first_closed": Words("first closed", "when it was closed before it was reopened"),
    "reopened": Words("reopened", "when it was reopened"),
}

DISPOSITION_WORDS: dict[str, Words] = {
    Disposition.REPORT: Words("report taken", "A report was written."),
    Disposition.ARREST: Words("arrest", "Somebody was arrested."),
    Disposition.CITATION: Words("citation", "A citation was written."),
    Disposition.HANDLED: Words("handled", "Handled without a report."),
    Disposition.ASSISTED: Words("assisted", "Another unit or agency was assisted."),
    Disposition.GONE_ON_ARRIVAL: Words("gone on arrival (GOA)", "Who was sought had left."),
    Disposition.UNABLE_TO_LOCATE: Words("unable to locate (UTL)", "The place or person was not found."),
    Disposition.UNFOUNDED: Words("recorded as unfounded", "Those who responded found nothing of the kind."),
    Disposition.FALSE_ALARM: Words("false alarm", "An alarm without a cause."),
    Disposition.REFERRED: Words("referred", "Sent on to somebody else."),
    Disposition.CANCELLED_BY_CALLER: Words("cancelled by the caller", "The caller's own act."),
    Disposition.CANCELLED_BY_AGENCY: Words("cancelled by the agency", "The agency's decision."),
    Disposition.CANCELLED_UNSPECIFIED: Words("cancelled, by whom is not said", "Decides nothing by itself."),
    Disposition.NOT_DISPATCHED: Words("not dispatched", "Nobody was sent; why is not said."),
    Disposition.DECLINED_NO_RESPONSE: Words("declined, no response", "An explicit decision."),
    Disposition.DUPLICATE: Words("duplicate", "Recorded as a duplicate of another call."),
    Disposition.VOID_TEST: Words("void or test", "Not a call."),
    Disposition.REOPENED: Words("reopened", "Opened again after it was closed."),
    Disposition.OTHER: Words("other", "Explained by the publisher, and none of the above."),
    Disposition.NONE: Words("left blank", "The publisher gives none."),
    Disposition.UNKNOWN_CODE: Words("code not explained", "No published list explains the code."),
}

ORIGIN_WORDS: dict[str, Words] = {
    Origin.PUBLIC_911: Words("public, 911", ""),
    Origin.PUBLIC_NONEMERGENCY: Words("public, non-emergency line", ""),
    Origin.PUBLIC_OTHER: Words("public, other", ""),
    Origin.ALARM: Words("alarm", ""),
    Origin.AGENCY: Words("another agency", ""),
    Origin.OFFICER: Words("officer-initiated", ""),
    Origin.SCHEDULED: Words("scheduled", ""),
    Origin.UNKNOWN: Words("not recorded", ""),
}

ENTRY_KIND_WORDS: dict[str, Words] = {
    EntryKind.CALL: Words("call", ""),
    EntryKind.TEST: Words("test", ""),
    EntryKind.BROADCAST: Words("broadcast", ""),
    EntryKind.INFORMATION: Words("information", ""),
}

KNOWN_WORDS: dict[str, Words] = {
    Known.YES: Words("yes", "The record says so."),
    Known.NO: Words("no", "The record says so."),
    Known.NOT_RECORDED: Words("not recorded", "The record is silent: neither yes nor no."),
}

LEFT_OUT_WORDS: dict[str, Words] = {
    "missing_from": Words("start not recorded", ""),
    "missing_to": Words("end not recorded", ""),
    "out_of_order": Words("end before start", ""),
    "uncertain": Words("time uncertain", ""),
    "no_start": Words("start known not to have happened", ""),
    "no_end": Words("end known not to have happened", ""),
    "over_24_h": Words("longer than 24 h", ""),
}

POPULATION_WORDS: dict[str, Words] = {
    "calls": Words("calls", "Without those that officers began."),
    "officer_initiated": Words("officer-initiated", "Nobody was waiting for these."),
}

CLAIM_KIND_WORDS: dict[str, Words] = {
    ClaimKind.CALLS_IGNORED: Words("calls ignored", ""),
    ClaimKind.POLICY_EXISTS: Words("a policy exists", ""),
    ClaimKind.REQUEST_DENIED: Words("request denied", ""),
    ClaimKind.STATEMENT: Words("statement", ""),
    ClaimKind.SLOWER_RESPONSE: Words("slower response", ""),
    ClaimKind.LISTED_CALLS: Words("calls on a complainant's list", ""),
    ClaimKind.MONITORING_LAPSE: Words("monitoring lapsed", ""),
    ClaimKind.PATTERN: Words("a pattern of late or unheard calls", ""),
}

FOUND_WORDS: dict[str, Words] = {
    Found.IDENTIFIED: Words(
        "identified", "By its number, by a receipt, or with a probability of at least nine in ten."
    ),
    Found.POSSIBLE: Words("possible", "A person must look at the candidates."),
    Found.NOT_FOUND: Words("not found in what was supplied", "It may still have been made."),
}

ROW_WORDS: dict[str, Words] = {
    "read": Words("rows read", "Rows of the source, as they stand in the file."),
    "imported": Words("rows imported", "Rows that became calls, or parts of calls."),
    "quarantined": Words("rows quarantined", "Rows that could not be read, kept apart with line and reason."),
    "duplicates": Words("identical rows", "Rows that repeat another one byte for byte."),
}


def record_words(table: dict[str, Words], key: str) -> Words:
    """The words of a key, or the key itself where the table has none."""
    return said(table, key)
