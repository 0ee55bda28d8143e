"""What the name of a column says: the words in it, and what they promise. A name is evidence, never proof."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WRITTEN_TOGETHER = ("time", "date", "call", "police", "number", "text")
_WHOLE_WORDS = (
    "timestamp",
    "datetime",
    "update",
    "updated",
    "updatetime",
    "datetimestamp",
    "caller",
    "called",
    "calls",
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

POINTS: dict[str, tuple[str, ...]] = {
    "reopened": ("reopen",),
    "first_closed": ("firstclos",),
    "arrived": ("arriv", "arrv", "arvd", "arrd", "onscene", "atscene", "onsite", "scene"),
    "enroute": ("enroute", "enrt", "enrout"),
    "dispatched": ("dispatch", "despatch", "dispd$", "assign", "alloc"),
    "queued": ("queue",),
    "answered": ("answer",),
    "entered": ("entry", "entered", "enter"),
    "received": ("receiv", "recv", "rcvd", "recd", "rcv"),
    "cleared": ("clear", "clrd", "avail", "available"),
    "closed": ("clos", "complet"),
    "occurred": ("occur", "offense", "offence"),
}
"""Beginnings of words in the name of a column of times, by the clock point they promise."""

WEAK_POINTS: dict[str, tuple[str, ...]] = {
    "dispatched": ("disp$", "dsp", "sent"),  # or the disposition
    "enroute": ("respon", "activat", "turnout", "rolling"),
    "phone": ("phone", "telephone"),
    "closed": ("end", "finish"),
    "received": ("creat", "open", "start", "call", "incident", "event", "report", "datetime", "timestamp", "date",
                 "time", "add", "ts", "dt"),
}  # fmt: skip
"""Words that a clock point often, but not always, has: a suggestion beside the question."""

NO_POINT: dict[str, tuple[str, ...]] = {
    "it is named after a transport or a hospital, which is no clock point": ("transport", "hosp"),
    "it is named after leaving, which is no clock point": ("depart", "left", "leav"),
    "it is named after keeping the record, not the call": (
        "updat", "modif", "load", "export", "extract", "publish", "refresh", "edited", "snapshot", "asof", "upload",
    ),
    "it is named after a shift or a birth, not the call": ("watch", "shift", "birth", "dob"),
}  # fmt: skip
"""Names of times that are none of the call's clock points, with the reason to say."""

ROLES: dict[str, tuple[str, ...]] = {
    "duplicate_of": ("dup",),
    "report_no": ("report", "casenumber", "caseno", "rptno", "goreport"),
    "unit": ("unitid", "unit", "apparatus", "callsign"),
    "disposition": ("dispo", "disposition", "outcome", "clearance", "clearcode", "closecode", "finaldispo", "result",
                    "status", "disp$", "dspn", "clearedby"),
    "origin": ("origin$", "originator", "source", "howreceiv", "callsource", "initiat", "onview", "selfinit", "howrec",
               "reportedby"),
    "priority": ("prio", "urgen", "sever", "pri"),
    "type": ("type", "nature", "problem", "radiocode", "callcode", "offensecode", "description", "crimetype"),
    "district": ("district", "precinct", "sector", "battalion", "division", "area", "borough"),
    "beat": ("beat", "zone", "grid", "stationarea", "rptdist", "reportingdist", "atom"),
    "place": ("address", "location", "block", "street", "road", "intersection"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
}  # fmt: skip
"""Words in the names of other columns, by what they promise."""

NUMBER_WORDS = ("id", "number", "num", "nr", "no", "nbr", "key", "item")
CALL_WORDS = ("call", "cad", "event", "incident", "evt", "inc", "cfs")
INITIAL = ("initial", "init", "original", "orig", "first", "reported")
FINAL = ("final", "last", "closed", "close", "end")
INTERVAL = ("sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "duration", "elapsed", "interval")
WAITS = ("response", "queue", "travel", "total", "intake", "dispatch", "turnout")


def words(name: str) -> tuple[str, ...]:
    """The words of a column's name in small letters: `OnScene_DtTm` has on, scene, dt and tm."""
    return tuple(part for word in _WORD.findall(name) for part in _parts(word.lower()))


def _parts(word: str) -> tuple[str, ...]:
    """`timedispatch` is time and dispatch, `callnumber` call and number."""
    if word in _WHOLE_WORDS:
        return (word,)
    for plain in _WRITTEN_TOGETHER:
        if word.startswith(plain) and len(word) > len(plain) + 2:
            return (plain, *_parts(word[len(plain) :]))
        if word.endswith(plain) and len(word) > len(plain) + 2:
            return (*_parts(word[: -len(plain)]), plain)
    return (word,)


def says(name: str, stems: Iterable[str]) -> bool:
    """Whether words of the name, or two of them together, begin with one of the stems.

    A stem of up to three letters, or one that ends in $, must be the whole word.
    """
    single = words(name)
    joined = [single[at] + single[at + 1] for at in range(len(single) - 1)]
    return any(_begins(word, stem) for stem in stems for word in (*single, *joined))


def _begins(word: str, stem: str) -> bool:
    whole = stem.removesuffix("$")
    return word == whole if len(stem) <= 3 or stem.endswith("$") else word.startswith(stem)


def promised_points(name: str) -> tuple[str, ...]:
    """Every clock point that the name of a column of times promises."""
    return tuple(point for point, stems in POINTS.items() if says(name, stems))


def other_unit(name: str, point: str) -> bool:
    """Whether a name is of another unit's time than the point is: the first unit arrives, the last one clears."""
    if point in ("dispatched", "enroute", "arrived"):
        return says(name, ("last", "final"))
    return point in ("cleared", "closed") and says(name, ("first",))


def suggested_point(name: str) -> str | None:
    """A clock point that the name may mean, for the question about it."""
    return next((point for point, stems in WEAK_POINTS.items() if says(name, stems)), None)


def no_point(name: str) -> str | None:
    """Why a time of this name is none of the call's clock points, if its name says so."""
    return next((why for why, stems in NO_POINT.items() if says(name, stems)), None)


def stage(name: str) -> str | None:
    """`initial` or `final`, where the name says which of the two it is."""
    found = [kind for kind, stems in (("initial", INITIAL), ("final", FINAL)) if says(name, stems)]
    return found[0] if len(found) == 1 else None
