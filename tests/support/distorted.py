"""Three publishers' files as a stranger would write them: other names, delimiter, clock, packing; the same calls.

Made-up rows have the shapes of the cities' own; the same distortion is done to the real ones where they are at hand.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
Rows = list[dict[str, str]]

SAN_DIEGO = (
    "incident_num", "date_time", "day_of_week", "address_number_primary", "address_dir_primary", "address_road_primary",
    "address_sfx_primary", "address_dir_intersecting", "address_road_intersecting", "address_sfx_intersecting",
    "call_type", "disposition", "beat", "priority",
)  # fmt: skip
SEATTLE = (
    "CAD Event Number", "Event Clearance Description", "Call Type", "Priority", "Initial Call Type", "Final Call Type",
    "Original Time Queued", "Arrived Time", "Precinct", "Sector", "Beat", "Blurred_Longitude", "Blurred_Latitude",
)  # fmt: skip
SAN_FRANCISCO = (
    "Call Number", "Unit ID", "Incident Number", "Call Type", "Received DtTm", "Entry DtTm", "Dispatch DtTm",
    "Response DtTm", "On Scene DtTm", "Available DtTm", "Call Final Disposition", "Address", "Battalion",
    "Station Area", "Original Priority", "Final Priority", "Location", "RowID",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Distorted:
    """`original`: the file that the built-in `profile` reads; `name`, `content`: the stranger's; `answers` what a
    person says to the questions of its draft, by their keys; `added`: lines a person adds, by table."""

    profile: str
    original: bytes
    name: str
    content: bytes
    answers: dict[str, str | Mapping[str, str]]
    added: dict[str, Sequence[str]] = field(default_factory=dict)


def rows_of(text: str) -> Rows:
    """The rows of a CSV text."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def written(rows: Rows, header: Sequence[str], *, delimiter: str = ",") -> str:
    """Rows as delimited text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, delimiter=delimiter, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# Made-up rows


def made_up_san_diego(count: int = 600) -> Rows:
    """Rows like San Diego's: one time, codes for what became of a call."""
    chance = random.Random(1)
    start = datetime(2023, 1, 1, tzinfo=UTC)
    rows = []
    for at in range(count):
        when = start + timedelta(minutes=45 * at + chance.randrange(30), seconds=chance.randrange(60))
        values = (
            f"E2301{at:07}", f"{when:%Y-%m-%d %H:%M:%S}", str(when.isoweekday() % 7 + 1),
            str(chance.randrange(0, 40) * 100),
            chance.choice(["", "", "N", "W"]), chance.choice(["05TH", "IMPERIAL", "PEÑASQUITOS", "MARKET"]),
            chance.choice(["ST", "AVE", "DR"]), "", chance.choice(["", "G"]), "",
            chance.choice(["415", "459A", "T", "INFO", "FD", "586"]),
            chance.choice(["K", "K", "K", "R", "W", "CAN", "A", "DUP", "X", ""]),
            str(chance.choice([111, 121, 521, 523, 614])), str(chance.choice([0, 1, 2, 3, 4, 9])),
        )  # fmt: skip
        rows.append(dict(zip(SAN_DIEGO, values, strict=True)))
    return rows


def made_up_seattle(count: int = 400) -> Rows:
    """Rows like Seattle's: queued and arrived, the arrival often missing."""
    chance = random.Random(2)
    start = datetime(2018, 3, 14, tzinfo=UTC)
    rows = []
    for at in range(count):
        queued = start + timedelta(minutes=83 * at + chance.randrange(60), seconds=chance.randrange(60))
        arrived = queued + timedelta(seconds=chance.randrange(40, 4_000))
        values = (
            f"2018{at:09}", chance.choice(["ASSISTANCE RENDERED", "REPORT WRITTEN (NO ARREST)", "ORAL WARNING GIVEN"]),
            chance.choice(["911", "911", "ONVIEW", "TELEPHONE OTHER, NOT 911"]), str(chance.randrange(1, 8)),
            chance.choice(["THEFT", "NOISE", "SUSPICIOUS PERSON"]), chance.choice(["--THEFT - CAR PROWL", "--NOISE"]),
            f"{queued:%m/%d/%Y %I:%M:%S %p}", f"{arrived:%m/%d/%Y %I:%M:%S %p}" if chance.random() < 0.76 else "",
            "EAST", "CHARLIE", chance.choice(["C2", "C3"]), f"-122.{chance.randrange(10**8):08}",
            f"47.{chance.randrange(10**8):08}",
        )  # fmt: skip
        rows.append(dict(zip(SEATTLE, values, strict=True)))
    return rows


def made_up_san_francisco(calls: int = 300) -> Rows:
    """Rows like San Francisco's fire department: one for each unit of a call."""
    chance = random.Random(3)
    start = datetime(2017, 1, 2, tzinfo=UTC)
    rows = []
    for at in range(calls):
        received = start + timedelta(minutes=31 * at, seconds=chance.randrange(60))
        first, last = chance.choice([("3", "3"), ("2", "2"), ("2", "3"), ("3", "2")])
        kind, ending = chance.choice(["Medical Incident", "Alarms", "Structure Fire"]), chance.choice(["Fire", "Other"])
        place = f"{chance.randrange(20) * 100} Block of {chance.choice(['ELLIS', 'TURK'])} ST"
        for unit in chance.sample(["E01", "E03", "T07", "M22", "B02"], chance.randrange(1, 4)):
            steps = [received]
            for most_s in (120, 90, 60, 400, 2_000):
                steps.append(steps[-1] + timedelta(seconds=chance.randrange(1, most_s)))
            shown = [f"{one:%m/%d/%Y %I:%M:%S %p}" for one in steps]
            if chance.random() < 0.2:
                shown[4] = ""
            values = (
                f"1700{at:05}", unit, f"17{at:06}", kind, *shown, ending, place, "B02", "03", first, last,
                f"(37.{chance.randrange(10**6):06}, -122.{chance.randrange(10**6):06})", f"1700{at:05}-{unit}",
            )  # fmt: skip
            rows.append(dict(zip(SAN_FRANCISCO, values, strict=True)))
    return rows


# Distortions


def san_diego(rows: Rows) -> Distorted:
    """Names that say nothing, semicolons, the day first, Latin-1."""
    names = {column: f"F{at:02}" for at, column in enumerate(SAN_DIEGO, start=1)}
    rows = [dict(row) for row in rows]
    rows[0]["address_road_primary"] = "PEÑASQUITOS"
    other = []
    for row in rows:
        when = datetime.strptime(row["date_time"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  the publisher's wall clock
        other.append({names[c]: value for c, value in row.items()} | {"F02": f"{when:%d/%m/%Y %H:%M:%S}"})
    meanings = {
        "W": 'means = "not_dispatched", dispatched = "no", ended-by = "unspecified"',
        "CAN": 'means = "cancelled_unspecified", ended-by = "unspecified"',
        "X": 'means = "cancelled_unspecified", dispatched = "yes", arrived = "no", ended-by = "unspecified"',
        "A": 'means = "arrest", dispatched = "yes", arrived = "yes"',
        "AB": 'means = "arrest", dispatched = "yes", arrived = "yes"',
        "AHR": 'means = "arrest", dispatched = "yes", arrived = "yes"',
        "KB": 'means = "handled", dispatched = "yes", arrived = "yes"',
        "RB": 'means = "report", dispatched = "yes", arrived = "yes"',
        **dict.fromkeys(("DUP", "V"), 'means = "duplicate"'),
        **dict.fromkeys(("R", "RHR", "S"), 'means = "report"'),
        **dict.fromkeys(("K", "KHR", "O", "OHR"), 'means = "other"'),
        "U": 'means = "unfounded"',
    }
    return Distorted(
        profile="san-diego-ca", original=written(rows, SAN_DIEGO).encode(), name="export.csv",
        content=written(other, list(names.values()), delimiter=";").encode("latin-1"),
        answers={
            "source.publisher": "City of San Diego", "source.agency": "San Diego Police Department",
            "source.discipline": "police", "inclusion.rule": "all_calls", "inclusion.evidence": "It says so.",
            "clock.timezone": "America/Los_Angeles", "clock.policy": "local", "clock.start-point": "received",
            "columns.(the key of F02)": "received_at", "columns.call_id": "F01", "columns.disposition_raw": "F12",
            "columns.type_initial": "F11", "columns.priority_initial_raw": "F14", "bind.kind": "call",
            "can-answer.ignored": "partly",
        },
        added={
            "columns": [
                'beat = "F13"',
                'place_text = { column = "F04", with = ["F05", "F06", "F07", "F08", "F09", "F10"] }',
            ],
            "source": ["verified = true"],
            "bind": ['priority = { column = "F14", whole-number = true }'],
            "place": ['precision = "block"'],
            "disposition": [f"{code} = {{ {means} }}" for code, means in meanings.items()],
            # as the built-in profile has it: what the publisher calls information is no call
            "types": [
                f'{code} = {{ entry-kind = "{kind}" }}'
                for kind, codes in {
                    "information": "INFO INFOCHP INFOT INFOX SHOPS STREET 503CAR",
                    "broadcast": "AMBER BOL FIREWORK AU1 AU2 AU1171 AU187 AU211 AU215 AU245 AU10851 AU23103 AU23152 "
                    "AU-MP AUHATE",
                }.items()
                for code in codes.split()
            ],
        },
    )  # fmt: skip


_ENDINGS = {
    "ASSISTANCE RENDERED": '"assisted"', "REPORT WRITTEN (NO ARREST)": '"report"', "ORAL WARNING GIVEN": '"handled"',
    "FALSE COMPLAINT/UNFOUNDED": '"unfounded"', "UNABLE TO LOCATE INCIDENT OR COMPLAINANT": '"unable_to_locate"',
    "CITATION ISSUED (CRIMINAL OR NON-CRIMINAL)": '"citation"', "NO POLICE ACTION POSSIBLE OR NECESSARY": '"other"',
    "RESPONDING UNIT(S) CANCELLED BY RADIO": '"cancelled_unspecified", dispatched = "yes", ended-by = "unspecified"',
    "DUPLICATED OR CANCELLED BY RADIO": '"cancelled_unspecified", ended-by = "unspecified"',
    "OTHER REPORT MADE": '"report"', "FOLLOW-UP REPORT MADE": '"report"', "PROBLEM SOLVING PROJECT": '"other"',
    "PRIORITY CALL HANDLING": '"other"', "PHYSICAL ARREST MADE": '"arrest", dispatched = "yes", arrived = "yes"',
    "Evidence Submitted (new incident number required)": '"other"',
}  # fmt: skip


def seattle(rows: Rows) -> Distorted:
    """A count from 1970 for one time, date and time of day for the other, 1900 for no time, N/A for nothing."""
    rows = [dict(row) for row in rows]
    for row in rows[::20]:
        row["Beat"] = ""
    names = {
        "CAD Event Number": "Event No", "Event Clearance Description": "Outcome", "Call Type": "How Received",
        "Priority": "Urgency", "Initial Call Type": "First Type", "Final Call Type": "Last Type",
        "Precinct": "Precinct Name", "Sector": "Sect", "Beat": "Beat Code", "Blurred_Longitude": "Lon",
        "Blurred_Latitude": "Lat",
    }  # fmt: skip
    header = ["Event No", "Queued Ms", "Arrival Date", "Arrival Time", *list(names.values())[1:]]
    other = []
    for row in rows:
        queued = _seattle_time(row["Original Time Queued"])
        there = _seattle_time(row["Arrived Time"]) if row["Arrived Time"] else datetime(1900, 1, 1, tzinfo=PACIFIC)
        values = {names[column]: value or "N/A" for column, value in row.items() if column in names}
        other.append(
            values | {"Queued Ms": str(int(queued.timestamp() * 1000)), "Arrival Date": f"{there:%m/%d/%Y}",
                      "Arrival Time": f"{there:%I:%M:%S %p}"}
        )  # fmt: skip
    return Distorted(
        profile="seattle-wa", original=written(rows, SEATTLE).encode("utf-8-sig"), name="police.csv",
        content=written(other, header).encode(),
        answers={
            "source.publisher": "City of Seattle", "source.agency": "Seattle Police Department",
            "source.discipline": "police", "inclusion.rule": "all_calls", "inclusion.evidence": "It says so.",
            "clock.timezone": "America/Los_Angeles", "clock.policy": "local",
            "columns.(the key of Urgency)": "priority_final_raw", "bind.kind": "call", "can-answer.ignored": "partly",
            "disposition": {code: f"{{ means = {means} }}" for code, means in _ENDINGS.items()},
            "origin": {
                "911": '"public_911"', "ONVIEW": '"officer"', "TELEPHONE OTHER, NOT 911": '"public_nonemergency"',
                "ALARM CALL (NOT POLICE ALARM)": '"alarm"',
            },
            "priority": {str(level): f"{{ rank = {level} }}" for level in range(1, 8)},
            "place.precision": "blurred",
        },
    )  # fmt: skip


def _seattle_time(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=PACIFIC)


def san_francisco(rows: Rows) -> Distorted:
    """Shuffled columns, instants with Z and with offsets, two dates that are no clock points, tabs, gzip."""
    names = {
        "Call Number": "Call No", "Unit ID": "Unit", "Incident Number": "Report No", "Call Type": "Nature",
        "Received DtTm": "Rcvd At", "Entry DtTm": "Entered At", "Dispatch DtTm": "Dispatched At",
        "Response DtTm": "Enroute At", "On Scene DtTm": "OnScene At", "Available DtTm": "Available At",
        "Call Final Disposition": "Disposition", "Address": "Block Address", "Battalion": "Battalion",
        "Station Area": "Station Area", "Original Priority": "First Priority", "Final Priority": "Last Priority",
        "Location": "Point", "RowID": "RowKey",
    }  # fmt: skip
    zulu = ("Received DtTm", "Entry DtTm")
    header = ["Data Loaded At", *names.values(), "Last Updated"]
    random.Random(4).shuffle(header)
    other = []
    for row in rows:
        values = {names[column]: row[column] for column in names if not column.endswith("DtTm")}
        for column in (one for one in names if one.endswith("DtTm")):
            values[names[column]] = _with_offset(row[column], zulu=column in zulu)
        later = _with_offset(row["Received DtTm"], zulu=True)
        other.append(values | {"Data Loaded At": "2024-05-01T00:00:00Z", "Last Updated": later.replace("Z", "+00:00")})
    levels = {"3": '{ class = "emergency", rank = 1 }', "2": '{ class = "routine", rank = 2 }'}
    # the codes that the built-in profile does not know either stay unexplained
    gone = dict.fromkeys("1ABE", "")
    meanings = {
        "Code 2 Transport": "assisted", "Code 3 Transport": "assisted", "Fire": "handled", "Other": "other",
        "Patient Declined Transport": "handled", "Against Medical Advice": "handled", "Medical Examiner": "handled",
        "No Merit": "unfounded", "Cancelled": "cancelled_unspecified", "Unable to Locate": "unable_to_locate",
        "Gone on Arrival": "gone_on_arrival", "SFPD": "referred", "CHP": "referred", "Duplicate": "duplicate",
        "Multi-casualty Incident": "handled",
    }  # fmt: skip
    return Distorted(
        profile="san-francisco-ca-fire", original=written(rows, list(rows[0])).encode(), name="units.tsv.gz",
        content=gzip.compress(written(other, header, delimiter="\t").encode(), mtime=0),
        answers={
            "source.publisher": "City and County of San Francisco", "source.agency": "San Francisco Fire Department",
            "source.discipline": "fire", "inclusion.rule": "dispatched_only", "inclusion.evidence": "It says so.",
            "clock.timezone": "America/Los_Angeles", "clock.policy": "utc", "bind.kind": "call",
            "can-answer.ignored": "no", "place.precision": "block",
            "columns.(the key of Nature)": "type_initial",
            "disposition": {code: f'{{ means = "{means}" }}' for code, means in meanings.items()},
            "priority": levels | gone,
        },
        added={"source": ["verified = true"]},
    )  # fmt: skip


def _with_offset(text: str, *, zulu: bool) -> str:
    if not text:
        return ""
    local = datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=PACIFIC)
    return f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z" if zulu else local.isoformat()


DISTORTIONS: dict[str, tuple[Callable[[Rows], Distorted], Callable[[], Rows], str]] = {
    "san_diego": (san_diego, made_up_san_diego, "san_diego_ca/pd_calls_for_service_2023_datasd_jan1-18.csv"),
    "seattle": (seattle, made_up_seattle, "seattle_wa/call_data_radius_2018-2023.csv"),
    "san_francisco": (san_francisco, made_up_san_francisco, "san_francisco_ca_fire/sffd_2016-12.csv"),
}
"""The distortion, its made-up rows, and the published file of the same shape."""
