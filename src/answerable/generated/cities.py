"""The made-up cities whose exports are generated: how large each is, and how dirty its file.

Every share is a whole number out of a hundred or a thousand, so that what is documented is what is drawn
(docs/reference/generated-calls.md).
"""

from __future__ import annotations

import msgspec


class CallType(msgspec.Struct, frozen=True):
    """A code of a call type: its share of the calls, its priority (1 to 4) and its fact `type_group`."""

    code: str
    per_hundred: int
    priority: int
    group: str


class City(msgspec.Struct, frozen=True, kw_only=True):
    """One agency's export. `per_hundred` of all rows are its rows; `time_format` is how its clock writes.

    `no_arrival_per_mille`: of the calls to which somebody was sent; `repeated_per_mille`: of the lines;
    `breaks_lines`: whether a few lines are broken and some are blank.
    """

    id: str
    number: int
    title: str
    agency: str
    discipline: str
    timezone: str
    time_format: str
    per_hundred: int
    no_arrival_per_mille: int
    repeated_per_mille: int
    breaks_lines: bool = False

    @property
    def types(self) -> tuple[CallType, ...]:
        """The call types of its discipline."""
        return TYPES[self.discipline]

    @property
    def origins(self) -> tuple[tuple[str, int], ...]:
        """Who asks, by code, with shares out of a hundred."""
        return ORIGINS[self.discipline]


TYPES: dict[str, tuple[CallType, ...]] = {
    "police": (
        CallType("SHOTS", 1, 1, "violence"), CallType("ASLT", 5, 1, "violence"), CallType("DVIO", 6, 1, "violence"),
        CallType("BURGP", 3, 2, "property"), CallType("CRASH", 8, 2, "traffic"), CallType("WELF", 9, 2, "welfare"),
        CallType("ALRM", 10, 3, "alarm"), CallType("DIST", 16, 3, "disorder"), CallType("SUSP", 10, 3, "disorder"),
        CallType("TRFH", 8, 3, "traffic"), CallType("THEFT", 9, 4, "property"), CallType("NOISE", 7, 4, "disorder"),
        CallType("PARK", 8, 4, "traffic"),
    ),
    "fire": (
        CallType("STRF", 6, 1, "fire"), CallType("RESC", 4, 1, "other"), CallType("MEDA", 50, 2, "medical"),
        CallType("FALM", 20, 3, "alarm"), CallType("GRAS", 4, 2, "fire"), CallType("PUBA", 16, 4, "other"),
    ),
    "ems": (
        CallType("CARD", 8, 1, "medical"), CallType("BREA", 12, 1, "medical"), CallType("TRAU", 20, 2, "medical"),
        CallType("SICK", 40, 3, "medical"), CallType("LIFT", 20, 4, "welfare"),
    ),
}  # fmt: skip

OFFICER = "ONVIEW"
ORIGINS: dict[str, tuple[tuple[str, int], ...]] = {
    "police": (("E911", 38), ("PHONE", 27), ("ALARM", 6), ("AGENCY", 3), (OFFICER, 26)),
    "fire": (("E911", 78), ("PHONE", 8), ("ALARM", 12), ("AGENCY", 2)),
    "ems": (("E911", 86), ("PHONE", 8), ("ALARM", 2), ("AGENCY", 4)),
}

_MONTH_FIRST, _ISO, _TWELVE_HOURS = "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"

CITIES: tuple[City, ...] = (
    City(
        id="ashmere-police", number=1, title="Ashmere", agency="Ashmere Police", discipline="police",
        timezone="America/New_York", time_format=_MONTH_FIRST, per_hundred=36, no_arrival_per_mille=190,
        repeated_per_mille=20,
    ),
    City(
        id="bramwick-police", number=2, title="Bramwick", agency="Bramwick Police", discipline="police",
        timezone="America/Chicago", time_format=_ISO, per_hundred=22, no_arrival_per_mille=370,
        repeated_per_mille=50, breaks_lines=True,
    ),
    City(
        id="fenbury-sheriff", number=3, title="Fenbury County", agency="Fenbury County Sheriff", discipline="police",
        timezone="America/Los_Angeles", time_format=_TWELVE_HOURS, per_hundred=16, no_arrival_per_mille=280,
        repeated_per_mille=30,
    ),
    City(
        id="eastmarch-police", number=4, title="Eastmarch", agency="Eastmarch Police", discipline="police",
        timezone="America/Phoenix", time_format=_MONTH_FIRST, per_hundred=10, no_arrival_per_mille=120,
        repeated_per_mille=15, breaks_lines=True,
    ),
    City(
        id="dunholt-ems", number=5, title="Dunholt", agency="Dunholt Ambulance", discipline="ems",
        timezone="America/Denver", time_format=_ISO, per_hundred=9, no_arrival_per_mille=80,
        repeated_per_mille=10,
    ),
    City(
        id="corvane-fire", number=6, title="Corvane", agency="Corvane Fire", discipline="fire",
        timezone="America/Los_Angeles", time_format=_ISO, per_hundred=7, no_arrival_per_mille=30,
        repeated_per_mille=10,
    ),
)  # fmt: skip


def rows_of_cities(rows: int) -> dict[str, int]:
    """How many of `rows` lines each city's files have, by the city's id; they add up to `rows`.

    What whole shares leave over goes to the first cities, one row each, so that one row is the first city's.
    """
    shared = {city.id: rows * city.per_hundred // 100 for city in CITIES}
    for city in CITIES[: rows - sum(shared.values())]:
        shared[city.id] += 1
    return shared
