"""Whatever stands in a record, a desk starts on it: applying an entry never fails, and replaying is always the same."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.desks import ADMIN, ALDER, NOON, Room

from answerable.record.entry import Draft, EntryType
from answerable.record.ports import StoredEntry
from answerable.watch.clocks import clocks
from answerable.watch.events import Event, EventName
from answerable.watch.people import Actor, Role
from answerable.watch.world import World
from answerable.wiring.desk_entries import draft_of, event_in

KEYS = (
    "fact", "value", "asserted_by", "unit", "condition", "result", "clause", "policy_version", "reason_code",
    "conditions", "review_due_us", "alarm", "kind", "cause", "rung", "due_us", "feed", "from_us", "every_s", "person",
    "role", "text", "file", "policy", "version", "effective_from_us", "into", "other", "told_at_us", "facts", "origin",
    "priority", "units", "reached", "still_answered", "entry_kind", "calls",
)  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2**45), st.sampled_from(["life_safety", "e0", "unheard", "command"]),
    st.text(max_size=8), st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.sampled_from(["kind", "priority", "life_safety"]), st.booleans(), max_size=2),
)  # fmt: skip
EVENTS = st.lists(
    st.builds(
        lambda name, about, public, private, role, at: (name, about, public, private, role, at),
        st.sampled_from(list(EventName)),
        st.sampled_from(["e0", "e1", "e2", None]),
        st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6),
        st.dictionaries(st.sampled_from(["place", "conditions", "agency"]), VALUES, max_size=2),
        st.sampled_from(list(Role)),
        st.integers(NOON, NOON + 10**12),
    ),
    max_size=25,
)


def made(rows: list[Any]) -> list[Event]:
    return [
        Event(
            id=f"e{number}", name=name, about=about, actor=Actor(id="u", role=role), recorded_at_us=at, public=public,
            private=private, index=number,
        )
        for number, (name, about, public, private, role, at) in enumerate(rows)
    ]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_no_entry_keeps_a_desk_from_starting_and_twice_is_the_same(rows: list[Any]) -> None:
    worlds = []
    for _ in range(2):
        world = World()
        filed = ALDER.read_text(encoding="utf-8").split("# What that means for single calls.")[0]
        world.apply(
            Event(
                id="p", name=EventName.POLICY_FILED, actor=ADMIN, recorded_at_us=NOON,
                public={"text": filed, "file": "p.toml"},
            )
        )  # fmt: skip
        for event in made(rows):
            world.apply(event)
            world.due_before(event.recorded_at_us)
        worlds.append(world)
        for subject in world.subjects.values():
            clocks(subject, world.rules)
    assert worlds[0].subjects == worlds[1].subjects
    assert worlds[0].unreadable == worlds[1].unreadable
    assert set(worlds[0].open) == {id_ for id_, one in worlds[0].subjects.items() if not one.over}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["event", "actor", "late", "taken_at_us"]), VALUES, max_size=4))
def test_a_body_of_anything_is_an_event_or_none(body: dict[str, Any]) -> None:
    entry = StoredEntry(index=0, id="x", recorded_at_us=NOON, leaf=b"", body=json.dumps({"id": "x", **body}).encode())
    assert event_in(entry) is None


def test_an_event_is_the_same_after_it_was_an_entry() -> None:
    room = Room()
    call = room.call(place="12 Elm")
    (event,) = room.core.events_of(room.subject(call))
    draft = draft_of(event)
    assert draft.type is EntryType.CALL
    assert draft.public["event"] == "call.received"
    assert "place" not in draft.public
    assert draft.private["place"] == "12 Elm"
    body = {
        **draft.public, "id": draft.id, "type": draft.type.value, "recorded_at_us": event.recorded_at_us,
    }  # fmt: skip
    stored = StoredEntry(
        index=event.index or 0,
        id=draft.id,
        recorded_at_us=event.recorded_at_us,
        leaf=b"",
        body=json.dumps(body).encode(),
    )
    assert event_in(stored, draft.private) == event


def test_an_entry_of_somebody_else_under_our_name_is_kept_and_says_nothing() -> None:
    room = Room()
    call = room.call()
    foreign = Draft(
        id="foreign", type=EntryType.FACT, about=call,
        public={"event": "call.fact_reported", "actor": {"id": "x", "role": "dispatcher"}},
    )  # fmt: skip
    (placed,) = room.core.recorder.submit([room.core._prepared(_as_event(foreign, call))])
    assert placed is not None
    again = room.reopened()
    assert again.core.world.unreadable == ("foreign",)
    assert again.subject(call).assertions == ()


def _as_event(draft: Draft, about: str) -> Event:
    return Event(
        id=draft.id, name=EventName.CALL_FACT_REPORTED, about=about, actor=Actor(id="x", role=Role.DISPATCHER),
        recorded_at_us=NOON,
    )  # fmt: skip
