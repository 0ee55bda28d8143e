"""The outcome table: which situation has which outcome. Written before the function; first match decides."""

from __future__ import annotations

import pytest

from answerable.answer.outcome import outcome_of
from answerable.answer.situation import (
    Act,
    Closing,
    Code,
    Contact,
    Decline,
    Merged,
    Owed,
    Situation,
    Timing,
)
from answerable.model.call import Known
from answerable.model.outcome import Outcome, Reason

YES, NO, BLANK = Known.YES, Known.NO, Known.NOT_RECORDED

# What holds for a call nobody touched: it waits, must be answered, nobody was sent, and the deadline has passed.
UNTOUCHED: dict[str, object] = {}
ANSWERED: dict[str, object] = {"sent": YES, "first": Timing.MET, "arrived": YES}

TABLE: list[tuple[str, dict[str, object], Outcome, Reason | None]] = [
    # 1 merged -----------------------------------------------------------------------------------------------------
    ("merged into a known call", ANSWERED | {"merged": Merged.INTO_KNOWN}, Outcome.MERGED, None),
    ("merged, target unknown", {"merged": Merged.INTO_UNKNOWN}, Outcome.MERGED, None),
    ("merged comes before none owed", {"merged": Merged.INTO_UNKNOWN, "someone_waits": NO}, Outcome.MERGED, None),
    # 2 none owed --------------------------------------------------------------------------------------------------
    ("officer-initiated, test, broadcast", {"someone_waits": NO}, Outcome.NONE_OWED, None),
    ("nobody waits, whatever the code", {"someone_waits": NO, "code": Code.UNKNOWN_CODE}, Outcome.NONE_OWED, None),
    ("none owed without any policy", {"someone_waits": NO, "owed": Owed.NO_POLICY}, Outcome.NONE_OWED, None),
    # no policy, no rule -------------------------------------------------------------------------------------------
    ("no version in force", {"owed": Owed.NO_POLICY}, Outcome.UNDETERMINED, Reason.NO_POLICY),
    ("nobody knows when it began", {"owed": Owed.NO_START}, Outcome.UNDETERMINED, Reason.TIME_NOT_RECORDED),
    ("no rule applies", {"owed": Owed.NO_RULE}, Outcome.UNDETERMINED, Reason.NO_RULE),
    # 3 withdrawn --------------------------------------------------------------------------------------------------
    ("withdrawn in time", {"withdrawal": Act.IN_TIME}, Outcome.WITHDRAWN, None),
    ("withdrawn, time unknown", {"withdrawal": Act.TIME_UNKNOWN}, Outcome.UNDETERMINED, Reason.TIME_NOT_RECORDED),
    ("gave up after the deadline", {"withdrawal": Act.TOO_LATE}, Outcome.UNHEARD, None),
    (
        "gave up after a late dispatch",
        {"withdrawal": Act.TOO_LATE, "sent": YES, "first": Timing.MISSED, "arrived": NO},
        Outcome.SENT_NOT_ARRIVED,
        None,
    ),
    # 4 handed over ------------------------------------------------------------------------------------------------
    ("accepted elsewhere in time", {"handover": Act.IN_TIME}, Outcome.HANDED_OVER, None),
    ("accepted elsewhere, too late", {"handover": Act.TOO_LATE}, Outcome.UNHEARD, None),
    ("accepted, time unknown", {"handover": Act.TIME_UNKNOWN}, Outcome.UNDETERMINED, Reason.TIME_NOT_RECORDED),
    ("offered only", {"handover": Act.OFFERED}, Outcome.UNDETERMINED, Reason.ACCEPTANCE_NOT_RECORDED),
    ("offered, but a unit came", ANSWERED | {"handover": Act.OFFERED}, Outcome.ANSWERED, None),
    # 5 declined ---------------------------------------------------------------------------------------------------
    ("declined within", {"decline": Decline.WITHIN, "owed": Owed.MAY_DECLINE}, Outcome.DECLINED_WITHIN_POLICY, None),
    ("declined against", {"decline": Decline.AGAINST}, Outcome.DECLINED_AGAINST_POLICY, None),
    ("declined, facts open", {"decline": Decline.FACTS_OPEN}, Outcome.UNDETERMINED, Reason.FACT),
    (
        "declined, who and why unknown",
        {"decline": Decline.NOT_RECORDED, "owed": Owed.MAY_DECLINE},
        Outcome.UNDETERMINED,
        Reason.DECISION_NOT_RECORDED,
    ),
    (
        "declined though no rule applies",
        {"decline": Decline.AGAINST, "owed": Owed.NO_RULE},
        Outcome.UNDETERMINED,
        Reason.NO_RULE,
    ),
    # 6 closed without reason --------------------------------------------------------------------------------------
    ("closed, no reason", {"closing": Closing.UNREASONED}, Outcome.CLOSED_WITHOUT_REASON, None),
    (
        "closed without reason before the deadline",
        {"closing": Closing.UNREASONED, "first": Timing.NOT_DUE},
        Outcome.CLOSED_WITHOUT_REASON,
        None,
    ),
    (
        "closed, reason not recorded",
        {"closing": Closing.REASON_UNKNOWN},
        Outcome.UNDETERMINED,
        Reason.REASON_NOT_RECORDED,
    ),
    (
        "closed with a code nobody explains",
        {"closing": Closing.REASON_UNKNOWN, "code": Code.UNKNOWN_CODE},
        Outcome.UNDETERMINED,
        Reason.UNKNOWN_CODE,
    ),
    (
        "a reasoned closing without response is a decision: against a must-respond",
        {"closing": Closing.REASONED},
        Outcome.DECLINED_AGAINST_POLICY,
        None,
    ),
    (
        "a reasoned closing without response, rank unknown",
        {"closing": Closing.REASONED, "owed": Owed.COMMAND_DECIDES},
        Outcome.UNDETERMINED,
        Reason.DECISION_NOT_RECORDED,
    ),
    (
        "ended, nobody knows by whom",
        {"closing": Closing.BY_UNSPECIFIED},
        Outcome.UNDETERMINED,
        Reason.WHO_ENDED_IT,
    ),
    (
        "closed without reason where it is unknown whether anybody was sent",
        {"closing": Closing.UNREASONED, "sent": BLANK},
        Outcome.UNDETERMINED,
        Reason.RESPONSE_NOT_RECORDED,
    ),
    # 7 answered ---------------------------------------------------------------------------------------------------
    ("sent in time, no arrival clock", ANSWERED, Outcome.ANSWERED, None),
    ("sent and there in time", ANSWERED | {"arrival": Timing.MET}, Outcome.ANSWERED, None),
    ("sent late", ANSWERED | {"first": Timing.MISSED}, Outcome.ANSWERED_LATE, None),
    ("there late", ANSWERED | {"arrival": Timing.MISSED}, Outcome.ANSWERED_LATE, None),
    (
        "known late decides though the other time is missing",
        {"sent": YES, "first": Timing.NOT_RECORDED, "arrival": Timing.MISSED},
        Outcome.ANSWERED_LATE,
        None,
    ),
    (
        "arrival not recorded while its clock runs",
        {"sent": YES, "first": Timing.MET, "arrival": Timing.NOT_RECORDED},
        Outcome.UNDETERMINED,
        Reason.TIME_NOT_RECORDED,
    ),
    (
        "sent, time not recorded",
        {"sent": YES, "first": Timing.NOT_RECORDED},
        Outcome.UNDETERMINED,
        Reason.TIME_NOT_RECORDED,
    ),
    (
        "sent, times too coarse",
        {"sent": YES, "first": Timing.UNCERTAIN},
        Outcome.UNDETERMINED,
        Reason.TIME_UNCERTAIN,
    ),
    (
        "inside two agencies' clock difference",
        {"sent": YES, "first": Timing.OFFSET},
        Outcome.UNDETERMINED,
        Reason.CLOCK_OFFSET,
    ),
    (
        "sent in time, arrival not yet due",
        {"sent": YES, "first": Timing.MET, "arrival": Timing.NOT_DUE},
        Outcome.PENDING,
        None,
    ),
    (
        "cancelled on the way by the agency",
        {"sent": YES, "first": Timing.MET, "arrived": NO, "closing": Closing.REASONED},
        Outcome.SENT_NOT_ARRIVED,
        None,
    ),
    (
        "cancelled on the way, nobody knows by whom",
        {"sent": YES, "first": Timing.MET, "arrived": NO, "closing": Closing.BY_UNSPECIFIED},
        Outcome.UNDETERMINED,
        Reason.WHO_ENDED_IT,
    ),
    (
        "sent too late, then cancelled by somebody",
        {"sent": YES, "first": Timing.MISSED, "arrived": NO, "closing": Closing.BY_UNSPECIFIED},
        Outcome.SENT_NOT_ARRIVED,
        None,
    ),
    (
        "a code says sent and cancelled on the way, but no time (San Diego X)",
        {"sent": YES, "first": Timing.NOT_RECORDED, "arrived": NO, "closing": Closing.BY_UNSPECIFIED},
        Outcome.UNDETERMINED,
        Reason.TIME_NOT_RECORDED,
    ),
    ("a dispatch is the decision", ANSWERED | {"owed": Owed.COMMAND_DECIDES}, Outcome.ANSWERED, None),
    (
        "a unit came although somebody declined",
        ANSWERED | {"decline": Decline.NOT_RECORDED},
        Outcome.ANSWERED,
        None,
    ),
    ("answered by telephone", {"contact": Contact.IN_TIME, "phone": YES}, Outcome.ANSWERED, None),
    ("answered by telephone, late", {"contact": Contact.LATE, "phone": YES}, Outcome.ANSWERED_LATE, None),
    (
        "by telephone, life safety unknown",
        {"contact": Contact.IN_TIME, "phone": BLANK},
        Outcome.UNDETERMINED,
        Reason.FACT,
    ),
    ("a telephone call where a unit is owed", {"contact": Contact.IN_TIME, "phone": NO}, Outcome.UNHEARD, None),
    (
        "by telephone, then closed with reason",
        {"contact": Contact.IN_TIME, "phone": YES, "closing": Closing.REASONED},
        Outcome.ANSWERED,
        None,
    ),
    # 8 unheard, 9 pending -----------------------------------------------------------------------------------------
    ("nobody did anything", UNTOUCHED, Outcome.UNHEARD, None),
    ("nobody decided", {"owed": Owed.COMMAND_DECIDES}, Outcome.UNHEARD, None),
    ("not due yet", {"first": Timing.NOT_DUE}, Outcome.PENDING, None),
    ("no start recorded", {"first": Timing.NOT_RECORDED}, Outcome.UNDETERMINED, Reason.TIME_NOT_RECORDED),
    ("deadline about the horizon", {"first": Timing.UNCERTAIN}, Outcome.UNDETERMINED, Reason.TIME_UNCERTAIN),
    ("no clock at all is never late", {"first": Timing.NONE}, Outcome.PENDING, None),
    (
        "silence about decisions means nothing here",
        {"decided": BLANK},
        Outcome.UNDETERMINED,
        Reason.DECISION_NOT_RECORDED,
    ),
    ("a code nobody explains", {"code": Code.UNKNOWN_CODE}, Outcome.UNDETERMINED, Reason.UNKNOWN_CODE),
    # 10 undetermined ----------------------------------------------------------------------------------------------
    ("response not recorded", {"sent": BLANK}, Outcome.UNDETERMINED, Reason.RESPONSE_NOT_RECORDED),
    (
        "response not recorded, unknown code",
        {"sent": BLANK, "code": Code.UNKNOWN_CODE},
        Outcome.UNDETERMINED,
        Reason.UNKNOWN_CODE,
    ),
    (
        "the record contradicts itself",
        {"sent": BLANK, "code": Code.CONTRADICTORY},
        Outcome.UNDETERMINED,
        Reason.CONTRADICTORY_RECORD,
    ),
    (
        "cancelled by somebody, unknown whether anybody was sent (San Diego CAN)",
        {"sent": BLANK, "closing": Closing.BY_UNSPECIFIED},
        Outcome.UNDETERMINED,
        Reason.WHO_ENDED_IT,
    ),
    # abandoned calls ----------------------------------------------------------------------------------------------
    ("abandoned, called back", {"abandoned": YES, "contact": Contact.IN_TIME}, Outcome.ANSWERED, None),
    ("abandoned, called back late", {"abandoned": YES, "contact": Contact.LATE}, Outcome.ANSWERED_LATE, None),
    ("abandoned, never called back", {"abandoned": YES}, Outcome.UNHEARD, None),
    ("abandoned, callback not due", {"abandoned": YES, "first": Timing.NOT_DUE}, Outcome.PENDING, None),
    (
        "abandoned, callbacks not recorded",
        {"abandoned": YES, "contact": Contact.NOT_RECORDED},
        Outcome.UNDETERMINED,
        Reason.CALLBACK_NOT_RECORDED,
    ),
    ("abandoned, a unit came", ANSWERED | {"abandoned": YES}, Outcome.ANSWERED, None),
    (
        "abandoned and closed without reason",
        {"abandoned": YES, "closing": Closing.UNREASONED},
        Outcome.CLOSED_WITHOUT_REASON,
        None,
    ),
    (
        "abandoned, time of the callback too coarse",
        {"abandoned": YES, "contact": Contact.UNCERTAIN},
        Outcome.UNDETERMINED,
        Reason.TIME_UNCERTAIN,
    ),
    # where nobody recorded where calls come from, no call is said to be ignored ---------------------------------------
    ("silence, origin unknown", {"someone_waits": BLANK}, Outcome.UNDETERMINED, Reason.ORIGIN_NOT_RECORDED),
    (
        "closed without reason, origin unknown",
        {"someone_waits": BLANK, "closing": Closing.UNREASONED},
        Outcome.UNDETERMINED,
        Reason.ORIGIN_NOT_RECORDED,
    ),
    ("answered, origin unknown", ANSWERED | {"someone_waits": BLANK}, Outcome.ANSWERED, None),
    (
        "late, origin unknown",
        ANSWERED | {"someone_waits": BLANK, "first": Timing.MISSED},
        Outcome.ANSWERED_LATE,
        None,
    ),
    (
        "undetermined keeps its own reason where the origin is unknown too",
        {"someone_waits": BLANK, "sent": BLANK},
        Outcome.UNDETERMINED,
        Reason.RESPONSE_NOT_RECORDED,
    ),
]


@pytest.mark.parametrize(
    ("fields", "outcome", "reason"), [row[1:] for row in TABLE], ids=[row[0].replace(" ", "-") for row in TABLE]
)
def test_outcome_table(fields: dict[str, object], outcome: Outcome, reason: Reason | None) -> None:
    ruling = outcome_of(Situation(**fields))  # type: ignore[arg-type]
    assert (ruling.outcome, ruling.reason) == (outcome, reason)


def test_a_merged_call_takes_the_outcome_of_the_call_it_was_merged_into() -> None:
    ruling = outcome_of(Situation(merged=Merged.INTO_KNOWN))
    assert (ruling.outcome, ruling.carried, ruling.effective) == (Outcome.MERGED, Outcome.UNHEARD, Outcome.UNHEARD)


def test_a_merged_call_with_unknown_target_carries_nothing() -> None:
    ruling = outcome_of(Situation(merged=Merged.INTO_UNKNOWN))
    assert (ruling.outcome, ruling.carried) == (Outcome.MERGED, None)


def test_every_outcome_but_those_of_several_readings_is_reached_by_the_table() -> None:
    assert {row[2] for row in TABLE} == set(Outcome)
    # priority is decided between two readings of a call (see test_readings), never inside one
    assert {row[3] for row in TABLE} >= set(Reason) - {Reason.PRIORITY, None}
