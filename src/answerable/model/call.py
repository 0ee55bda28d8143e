"""The canonical call: one row a call, whatever file it came from (sources.md, "The canonical call").

The values here are the closed lists that a source profile maps a publisher's codes to; `CALL_COLUMNS` is the
shape of the Parquet file that every import writes and every examination reads.
"""

from __future__ import annotations

from enum import IntFlag, StrEnum


class Known(StrEnum):
    """A yes or a no that the record states, or its absence. A blank is `not_recorded`, never `no`."""

    YES = "yes"
    NO = "no"
    NOT_RECORDED = "not_recorded"


class Origin(StrEnum):
    """Where a call came from. `agency`: another agency asks; `officer`: an officer began it in the field."""

    PUBLIC_911 = "public_911"
    PUBLIC_NONEMERGENCY = "public_nonemergency"
    PUBLIC_OTHER = "public_other"
    ALARM = "alarm"
    AGENCY = "agency"
    OFFICER = "officer"
    SCHEDULED = "scheduled"
    UNKNOWN = "unknown"


class EntryKind(StrEnum):
    """What an entry in a dispatch system is. Only a `call` asks for a response."""

    CALL = "call"
    TEST = "test"
    BROADCAST = "broadcast"
    INFORMATION = "information"


class PriorityClass(StrEnum):
    """Urgency in words; the publisher's own codes stay beside it."""

    LIFE_SAFETY = "life_safety"
    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"
    DEFERRED = "deferred"
    NONE = "none"
    UNKNOWN = "unknown"


class Disposition(StrEnum):
    """How the record says a call ended.

    `cancelled_by_agency` and `declined_no_response` are decisions; `not_dispatched` alone is not (a code may mean
    "not sent *or* cancelled"). `none`: the publisher left it blank. `unknown_code`: a code no list explains.
    """

    REPORT = "report"
    ARREST = "arrest"
    CITATION = "citation"
    HANDLED = "handled"
    ASSISTED = "assisted"
    GONE_ON_ARRIVAL = "gone_on_arrival"
    UNABLE_TO_LOCATE = "unable_to_locate"
    UNFOUNDED = "unfounded"
    FALSE_ALARM = "false_alarm"
    REFERRED = "referred"
    CANCELLED_BY_CALLER = "cancelled_by_caller"
    CANCELLED_BY_AGENCY = "cancelled_by_agency"
    CANCELLED_UNSPECIFIED = "cancelled_unspecified"
    NOT_DISPATCHED = "not_dispatched"
    DECLINED_NO_RESPONSE = "declined_no_response"
    DUPLICATE = "duplicate"
    VOID_TEST = "void_test"
    REOPENED = "reopened"
    OTHER = "other"
    NONE = "none"
    UNKNOWN_CODE = "unknown_code"


class EndedBy(StrEnum):
    """Who ended the call, as far as the record says. `nobody`: it is still open and the record shows that."""

    REQUESTER = "requester"
    AGENCY = "agency"
    UNSPECIFIED = "unspecified"
    NOT_RECORDED = "not_recorded"
    NOBODY = "nobody"


class Handover(StrEnum):
    """Whether the call went to another agency, and whether that agency recorded its acceptance."""

    NONE = "none"
    OFFERED = "offered"
    ACCEPTED = "accepted"


class Inclusion(StrEnum):
    """Which calls get into a data set at all. Anything but `all_calls` cannot show that a call was ignored."""

    ALL_CALLS = "all_calls"
    DISPATCHED_ONLY = "dispatched_only"
    RESPONDED_ONLY = "responded_only"
    CLOSED_ONLY = "closed_only"
    ONE_TYPE = "one_type"
    LIVE_FEED = "live_feed"
    UNKNOWN = "unknown"


class Quality(IntFlag):
    """What is wrong with, or special about, one clock point of one call. Zero is a plain, exact time."""

    MISSING = 1
    SENTINEL = 2
    MIDNIGHT_PLACEHOLDER = 4
    DATE_ONLY = 8
    MINUTE_PRECISION = 16
    DST_AMBIGUOUS = 32
    """The local time occurred twice; the order of the call's events (or, failing that, the earliest) chose one."""
    DST_NONEXISTENT = 64
    DERIVED_FROM_INTERVAL = 128
    CLAMPED = 256
    OUT_OF_ORDER = 512
    """Earlier than a clock point that must precede it; kept as it is, never dropped."""
    OVERWRITTEN_BY_REOPENING = 1024
    DST_UNDECIDED = 2048
    """Ambiguous, and the order of events fits both choices: the earliest was taken."""
    UNIT_ROW_LOST = 4096
    """A unit's row of this call could not be read: the first unit may have been earlier, the last later."""
    NO_DATE = 8192
    """Only a time of day is written: that it happened is known, when is not, and the column is empty."""


CLOCK_POINTS: tuple[str, ...] = (
    "occurred", "phone", "received", "answered", "entered", "queued", "dispatched", "enroute", "arrived",
    "contact", "cleared", "closed", "first_closed", "reopened",
)  # fmt: skip
"""Every clock point of a call, in the order in which they happen. First unit for dispatched, enroute and arrived;
last unit for cleared. `contact`: somebody spoke to the caller again (a callback, advice by telephone)."""

FACT_COLUMNS: tuple[tuple[str, str], ...] = (
    ("fact_kind", "VARCHAR"),
    ("fact_requester", "VARCHAR"),
    ("fact_place", "VARCHAR"),
    ("fact_asks_for", "VARCHAR"),
    ("fact_priority", "SMALLINT"),
    ("fact_priority_final", "SMALLINT"),
    ("fact_priority_class", "VARCHAR"),
    ("fact_discipline", "VARCHAR"),
    ("fact_type_group", "VARCHAR"),
    ("fact_life_safety", "BOOLEAN"),
    ("fact_officer_assaulted", "BOOLEAN"),
    ("fact_safe_exit_needed", "BOOLEAN"),
    ("fact_alternatives_exhausted", "BOOLEAN"),
    ("fact_own_service_used", "BOOLEAN"),
    ("fact_hour_of_week", "SMALLINT"),
    ("fact_holiday", "BOOLEAN"),
)
"""The vocabulary's facts as the profile's [bind] gives them at import; NULL is unknown. `fact_priority` is the initial
priority, `fact_priority_final` the final one where the source has both (else NULL)."""

CALL_COLUMNS: tuple[tuple[str, str], ...] = (
    ("source", "VARCHAR"),
    ("agency", "VARCHAR"),
    ("discipline", "VARCHAR"),
    ("row_key", "VARCHAR"),  # required: hex SHA-256 of the row's content, first 32 digits
    ("call_id", "VARCHAR"),  # nullable: real call numbers can be blank or repeat
    ("duplicate_of", "VARCHAR"),
    ("report_no", "VARCHAR"),
    ("origin", "VARCHAR"),
    ("origin_raw", "VARCHAR"),
    ("entry_kind", "VARCHAR"),
    ("abandoned", "BOOLEAN"),
    ("type_initial", "VARCHAR"),
    ("type_initial_text", "VARCHAR"),
    ("type_final", "VARCHAR"),
    ("type_final_text", "VARCHAR"),
    ("priority_initial_raw", "VARCHAR"),
    ("priority_final_raw", "VARCHAR"),
    ("priority_rank", "TINYINT"),  # 1 = most urgent
    ("priority_class", "VARCHAR"),
    *((f"{point}_at", "TIMESTAMPTZ") for point in CLOCK_POINTS),  # UTC, microseconds
    *((f"quality_{point}", "USMALLINT") for point in CLOCK_POINTS),  # Quality bits, never NULL
    ("queue_s", "DOUBLE"),
    ("travel_s", "DOUBLE"),
    ("response_s", "DOUBLE"),
    ("total_s", "DOUBLE"),
    ("dispatched", "VARCHAR"),  # Known
    ("dispatched_evidence", "VARCHAR"),  # time, code, flag, units, arrival, blank_means_no, contradictory, or NULL
    ("arrived", "VARCHAR"),  # Known
    ("arrived_evidence", "VARCHAR"),
    ("units_dispatched", "INTEGER"),
    ("units_arrived", "INTEGER"),
    ("first_unit", "VARCHAR"),
    ("disposition_raw", "VARCHAR"),
    ("disposition_text", "VARCHAR"),
    ("disposition", "VARCHAR"),  # Disposition
    ("ended_by", "VARCHAR"),  # EndedBy
    ("reason_given", "VARCHAR"),  # Known: the closing gives a reason and somebody who closed it
    ("handover", "VARCHAR"),  # Handover
    ("reopened", "BOOLEAN"),
    ("held", "BOOLEAN"),
    ("sensitive", "BOOLEAN"),
    ("place_text", "VARCHAR"),
    ("lat", "DOUBLE"),
    ("lon", "DOUBLE"),
    ("place_precision", "VARCHAR"),
    ("district", "VARCHAR"),
    ("beat", "VARCHAR"),
    ("raw_file", "VARCHAR"),  # the file, or the member of an archive, that the first source row is in
    ("raw_line_no", "BIGINT"),  # physical line of the first source row in that file, 1-based
    ("raw_hash", "VARCHAR"),
    ("observed_at", "TIMESTAMPTZ"),
    ("as_of", "TIMESTAMPTZ"),
    ("last_seen_at", "TIMESTAMPTZ"),  # only of a call that a later export no longer has: up to when it was spoken of
    *FACT_COLUMNS,
)
"""Name and DuckDB type of every canonical column, in order. After them comes `raw`, a list of structs with the
source rows exactly as they were read (`line` and every column as text): nothing of the raw row is lost."""

NOBODY_WAITS_KINDS = (EntryKind.TEST, EntryKind.BROADCAST, EntryKind.INFORMATION)
NOBODY_WAITS_ORIGINS = (Origin.OFFICER, Origin.SCHEDULED)
