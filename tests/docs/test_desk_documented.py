"""Every event, alarm and demand of the desk stands on its page, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from answerable.watch.alarms import NEVER_MUTED, AlarmKind
from answerable.watch.commands import NEEDS_TEXT, CloseReason, ReasonCode, StillAnswered, UnitStatus
from answerable.watch.events import EventName, entry_type
from answerable.watch.people import Role
from answerable.watch.ringing import first_rung
from answerable.watch.rules import DeskRules
from answerable.watch.states import Kind, State
from answerable.watch.words import (
    ALARMS,
    CLOSE_REASONS,
    EVENTS,
    KINDS,
    REASONS,
    ROLES,
    RUNGS,
    STATES,
    STILL,
)

DOCS = Path(__file__).resolve().parents[2] / "docs"
DESK = (DOCS / "explanation" / "desk.md").read_text(encoding="utf-8")
RECORD = (DOCS / "formats" / "record.md").read_text(encoding="utf-8")


def events_table() -> dict[str, str]:
    text = RECORD.split("## Entries of a desk\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`\w+\.\w+`(?: `\w+\.\w+`)*) \| (.*) \|$", text, flags=re.MULTILINE)
    return {name: kind for names, kind in rows for name in re.findall(r"`([^`]+)`", names)}


def test_every_event_is_documented_and_no_other() -> None:
    assert set(events_table()) == set(EventName)


def test_every_event_is_of_a_type_of_entry_that_its_row_names() -> None:
    table = events_table()
    for name in EventName:
        named = table[name] + (table["call.received"] if "likewise" in table[name] else "")
        assert f"`{entry_type(name)}`" in named, name


def test_every_alarm_is_documented_with_whom_it_calls_first() -> None:
    text = DESK.split("## What rings\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| .* \| (.*) \|$", text, flags=re.MULTILINE)
    said = dict[str, str]()
    for names, called in rows:
        kinds = re.findall(r"`(\w+)`", names)
        whom = called.split(", ")
        said |= dict(zip(kinds, whom if len(whom) > 1 else whom * len(kinds), strict=True))
    assert said == {kind.value: RUNGS[first_rung(kind)] for kind in AlarmKind}


def test_what_is_never_muted_is_named() -> None:
    sentence = DESK.split("never silences")[1].split(".")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == NEVER_MUTED


def test_the_figures_of_the_page_are_those_of_the_desk() -> None:
    rules, text = DeskRules(), " ".join(DESK.split())
    assert f"at least {rules.least_lead_s} seconds and at most {rules.most_lead_s // 60} minutes" in text
    assert rules.climb_s == 60
    assert "climbs each minute" in text
    assert rules.written_response_s == 30 * 86_400
    assert "within 30 days" in text
    assert rules.gap_after == 3
    assert "three times its usual distance" in text


def test_reasons_that_need_words_are_named() -> None:
    assert all(f"`{code.value}`" in DESK for code in NEEDS_TEXT)


def test_everything_that_people_read_has_words() -> None:
    for kinds, words in (
        (State, STATES),
        (Kind, KINDS),
        (Role, ROLES),
        (AlarmKind, ALARMS),
        (EventName, EVENTS),
        (ReasonCode, REASONS),
        (CloseReason, CLOSE_REASONS),
        (StillAnswered, STILL),
    ):
        assert set(words) == set(kinds)
        assert all(words.values())
    assert {f"unit.{status.value}" for status in UnitStatus} <= set(EventName)
