"""Alder City in tables: districts, streets, kinds of call, the building. Data only; every number here is made up.

The mixture (a fifth to a quarter begun by officers, a tenth or so with life at risk, most calls of middling urgency)
is what published calls-for-service files of American cities of half a million people look like.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import NamedTuple

OFFSET = timezone(timedelta(hours=-7))
"""Pacific daylight time: it holds for the whole of June and July, so that one offset serves every time here."""

STARTS = datetime(2018, 6, 1, tzinfo=OFFSET)
DAYS = 61
"""Seconds of the story (`_s`) count from the first midnight of June; the calls fill June and July."""

DAY_S = 86_400
HOUR_S = 3_600


class District(NamedTuple):
    """A police district: its share of the calls, its beats, the letter of its units."""

    name: str
    share: int
    beats: tuple[str, ...]
    letter: str


DISTRICTS: tuple[District, ...] = (
    District("CENTRAL", 31, ("110", "120", "130", "140", "150"), "C"),
    District("NORTH", 18, ("210", "220", "230", "240"), "N"),
    District("EAST", 27, ("310", "320", "330", "340", "350", "360"), "E"),
    District("SOUTH", 13, ("410", "420", "430"), "S"),
    District("HARBOR", 11, ("510", "520", "530"), "H"),
)

STREETS: tuple[str, ...] = (
    "ALDER ST", "BIRCH AVE", "BREWERY LN", "CANAL ST", "CHAPEL HILL RD", "COOPER AVE", "DEPOT ST", "FERRY ST",
    "FOUNDRY AVE", "GRANGE RD", "HAWTHORN PL", "IRONWORKS WAY", "KILN ST", "LARCH AVE", "LIGHTHOUSE BLVD",
    "LUMBER YARD RD", "MILLRACE DR", "NET LOFT ST", "ORCHARD AVE", "PIER ST", "QUARRY RD", "ROPEWALK ST", "SEXTON AVE",
    "STATION PLZ", "TANNERY ST", "TURNPIKE BLVD", "VIADUCT ST", "WILLOW CT",
)  # fmt: skip


class CallType(NamedTuple):
    """A kind of call.

    `priority`: 0 (most urgent) to 9. `weight`: relative frequency. `life`: how often life or safety is at risk.
    `minutes`: median time on scene. `phone`: how often it is settled by telephone. `line`: whether it mostly comes
    in on 911 (`911`), on the other line (`NONEM`) or from an alarm company (`ALARM`).
    """

    code: str
    text: str
    priority: int
    weight: int
    life: float
    minutes: int
    phone: float
    line: str


CALL_TYPES: tuple[CallType, ...] = (
    CallType("SHOOT", "SHOOTING OR SHOTS HEARD", 1, 34, 0.85, 48, 0.0, "911"),
    CallType("STAB", "STABBING", 0, 6, 1.0, 90, 0.0, "911"),
    CallType("ROBB", "ROBBERY IN PROGRESS OR JUST NOW", 1, 26, 0.75, 55, 0.0, "911"),
    CallType("ASLTP", "ASSAULT IN PROGRESS", 1, 68, 0.8, 38, 0.0, "911"),
    CallType("ASLTC", "ASSAULT COLD", 4, 44, 0.02, 40, 0.12, "NONEM"),
    CallType("DVP", "DOMESTIC DISTURBANCE IN PROGRESS", 2, 92, 0.5, 44, 0.0, "911"),
    CallType("WEAP", "PERSON WITH WEAPON", 1, 38, 0.7, 30, 0.0, "911"),
    CallType("SUIC", "SUICIDE THREAT OR ATTEMPT", 1, 52, 0.9, 46, 0.0, "911"),
    CallType("OFFAST", "OFFICER OF ANOTHER AGENCY NEEDS HELP", 0, 3, 1.0, 35, 0.0, "911"),
    CallType("BURGP", "BURGLARY IN PROGRESS", 2, 30, 0.25, 34, 0.0, "911"),
    CallType("BURGC", "BURGLARY COLD", 5, 86, 0.0, 38, 0.16, "NONEM"),
    CallType("DISTP", "DISTURBANCE IN PROGRESS", 3, 330, 0.06, 20, 0.0, "911"),
    CallType("UNWANT", "UNWANTED PERSON", 4, 360, 0.02, 18, 0.03, "911"),
    CallType("SUSP", "SUSPICIOUS PERSON OR VEHICLE", 4, 310, 0.01, 14, 0.03, "NONEM"),
    CallType("WELCK", "WELFARE CHECK", 3, 400, 0.14, 20, 0.02, "911"),
    CallType("MHC", "PERSON IN CRISIS", 3, 96, 0.3, 36, 0.0, "911"),
    CallType("THREAT", "THREATS", 4, 92, 0.05, 30, 0.14, "911"),
    CallType("HARASS", "HARASSMENT", 5, 70, 0.0, 26, 0.24, "NONEM"),
    CallType("RSTORD", "RESTRAINING ORDER VIOLATION", 3, 38, 0.1, 36, 0.05, "911"),
    CallType("MISS", "MISSING PERSON", 4, 46, 0.08, 34, 0.06, "NONEM"),
    CallType("ACCINJ", "CRASH WITH INJURY", 2, 96, 0.45, 44, 0.0, "911"),
    CallType("ACCPRO", "CRASH WITHOUT INJURY", 4, 150, 0.0, 26, 0.1, "911"),
    CallType("HITRUN", "HIT AND RUN", 5, 92, 0.0, 24, 0.22, "NONEM"),
    CallType("HAZARD", "ROAD HAZARD", 3, 110, 0.04, 12, 0.0, "911"),
    CallType("DUII", "IMPAIRED DRIVER", 3, 62, 0.08, 16, 0.0, "911"),
    CallType("PARK", "PARKING OR ABANDONED VEHICLE", 7, 150, 0.0, 12, 0.2, "NONEM"),
    CallType("VEHST", "VEHICLE STOLEN", 5, 130, 0.0, 24, 0.26, "NONEM"),
    CallType("VEHREC", "STOLEN VEHICLE FOUND", 4, 74, 0.0, 34, 0.0, "NONEM"),
    CallType("THEFTP", "THEFT JUST NOW", 4, 120, 0.01, 24, 0.06, "911"),
    CallType("THEFTC", "THEFT COLD", 6, 190, 0.0, 26, 0.34, "NONEM"),
    CallType("VANDAL", "VANDALISM", 5, 100, 0.0, 20, 0.22, "NONEM"),
    CallType("FRAUD", "FRAUD", 6, 84, 0.0, 28, 0.42, "NONEM"),
    CallType("NOISE", "NOISE", 7, 170, 0.0, 10, 0.05, "NONEM"),
    CallType("FIREWK", "FIREWORKS", 7, 60, 0.0, 9, 0.1, "NONEM"),
    CallType("DRUGS", "DRUG ACTIVITY", 5, 64, 0.0, 14, 0.1, "NONEM"),
    CallType("ANIMAL", "ANIMAL PROBLEM", 6, 40, 0.02, 16, 0.1, "NONEM"),
    CallType("FNDPRP", "PROPERTY FOUND", 7, 52, 0.0, 16, 0.15, "NONEM"),
    CallType("CIVIL", "CIVIL STANDBY", 6, 62, 0.0, 24, 0.1, "NONEM"),
    CallType("AREACK", "AREA CHECK", 4, 92, 0.0, 12, 0.0, "NONEM"),
    CallType("ASSIST", "ASSIST FIRE OR AMBULANCE", 2, 88, 0.3, 26, 0.0, "911"),
    CallType("ALARMB", "ALARM, BURGLARY", 4, 190, 0.0, 13, 0.0, "ALARM"),
    CallType("ALARMP", "ALARM, PANIC OR HOLD-UP", 2, 34, 0.1, 14, 0.0, "ALARM"),
)

OFFICER_TYPES: tuple[CallType, ...] = (
    CallType("TSTOP", "TRAFFIC STOP", 5, 520, 0.0, 11, 0.0, "ONVIEW"),
    CallType("SSTOP", "SUBJECT STOP", 5, 190, 0.02, 13, 0.0, "ONVIEW"),
    CallType("WALK", "FOOT PATROL", 7, 110, 0.0, 24, 0.0, "ONVIEW"),
    CallType("PREMCK", "PREMISE CHECK", 7, 100, 0.0, 9, 0.0, "ONVIEW"),
    CallType("FOLLOW", "FOLLOW-UP", 6, 130, 0.0, 30, 0.0, "ONVIEW"),
)

SCHEDULED_TYPES: tuple[CallType, ...] = (
    CallType("DETAIL", "SCHEDULED DETAIL", 8, 6, 0.0, 150, 0.0, "SCHED"),
    CallType("COURT", "COURT TRANSPORT", 8, 4, 0.0, 60, 0.0, "SCHED"),
)

NOTE_TYPES: tuple[CallType, ...] = (
    CallType("INFO", "INFORMATION ONLY", 9, 7, 0.0, 0, 0.0, "NONEM"),
    CallType("BOL", "BROADCAST, BE ON THE LOOKOUT", 9, 3, 0.0, 0, 0.0, "AGENCY"),
)

TEST_TYPE = CallType("TST", "TEST CALL", 9, 1, 0.0, 0, 0.0, "911")
HANG_UP_TYPE = CallType("HANGUP", "911 HANG-UP", 3, 1, 0.05, 12, 0.0, "911")
REQUEST_TYPE = CallType("RFA", "REQUEST FOR ASSISTANCE", 4, 1, 0.0, 0, 0.0, "AGENCY")

BUILDING_DISTRICT = "HARBOR"
BUILDING_BEAT = "520"
BUILDING_BLOCK = "4400 BLOCK CUSTOMS QUAY"
"""The federal building. No other call has this block, or the place FEDPROP."""

BUILDING_TYPES: tuple[CallType, ...] = (
    CallType("CROWD", "CROWD BLOCKS GATE OR ENTRANCE", 3, 70, 0.05, 30, 0.02, "911"),
    CallType("UNWANT", "UNWANTED PERSON", 4, 58, 0.0, 18, 0.06, "NONEM"),
    CallType("THREAT", "THREATS", 3, 40, 0.12, 26, 0.08, "911"),
    CallType("HARASS", "HARASSMENT", 5, 34, 0.0, 20, 0.22, "NONEM"),
    CallType("VANDAL", "VANDALISM", 5, 28, 0.0, 18, 0.2, "NONEM"),
    CallType("ASLTP", "ASSAULT IN PROGRESS", 1, 16, 0.85, 34, 0.0, "911"),
    CallType("FIREWK", "FIREWORKS", 3, 14, 0.1, 12, 0.0, "911"),
    CallType("SUSP", "SUSPICIOUS PERSON OR VEHICLE", 3, 26, 0.04, 16, 0.0, "911"),
    CallType("WELCK", "WELFARE CHECK", 2, 10, 0.45, 20, 0.0, "911"),
    CallType("NOISE", "NOISE", 7, 20, 0.0, 10, 0.1, "NONEM"),
    CallType("EXIT", "EMPLOYEES CANNOT LEAVE", 2, 12, 0.3, 34, 0.0, "911"),
)

HOURLY_WEEKDAY: tuple[int, ...] = (
    52, 41, 33, 27, 22, 23, 30, 45, 60, 70, 77, 83, 86, 88, 93, 100, 107, 110, 106, 101, 96, 90, 80, 66,
)  # fmt: skip
HOURLY_WEEKEND: tuple[int, ...] = (
    86, 79, 70, 52, 34, 26, 27, 34, 46, 58, 68, 77, 83, 86, 89, 92, 96, 99, 101, 102, 103, 105, 102, 95,
)  # fmt: skip
"""Relative calls by local hour; the weekend's apply on Saturday and Sunday."""

CAMP_DAYS = range(16, 55)
"""Days on which the camp stands before the building: 17 June to 25 July."""

HOURLY_CAMP: tuple[int, ...] = (
    70, 58, 40, 30, 26, 48, 84, 90, 72, 50, 46, 50, 54, 50, 52, 66, 88, 92, 80, 86, 98, 108, 100, 86,
)  # fmt: skip
"""Relative calls from the building by local hour: shift changes at the gate, and the nights."""

BUSY_DAYS: dict[int, float] = {33: 1.34, 34: 1.08, 32: 1.1, 17: 1.05, 43: 1.08}
"""Days (0 is 1 June) with more calls than others: the Fourth of July and its neighbours, two hot days."""

UNITS_ON_DUTY: tuple[int, ...] = (
    10, 9, 8, 7, 6, 6, 6, 7, 8, 9, 9, 10, 11, 11, 12, 13, 13, 13, 13, 13, 12, 12, 11, 11,
)  # fmt: skip
"""Units that answer calls, by local hour. More is asked of them in the late afternoon than they can do at once."""

UNITS_BY_CHOICE: tuple[int, ...] = (
    8, 7, 5, 4, 4, 4, 6, 7, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 8, 8, 8, 8, 9, 9,
)  # fmt: skip
"""Traffic and foot patrol by local hour: they begin what they see, and answer no calls in this story."""
