"""Between the desk's events and the record's entries: what is written, and what is read back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from answerable.record.entry import TOP, Draft, EntryType
from answerable.record.ports import Store, StoredEntry, Vault
from answerable.record.private import open_value
from answerable.watch.events import Event, EventName, entry_type
from answerable.watch.people import Actor, Role

_ENTRYS_OWN = frozenset(
    {"_sd", "about", "actor", "committed", "entry", "event", "id", "late", "occurred_at_us", "recorded_at_us",
     "taken_at_us", "type"}
)  # fmt: skip
_NAMES = frozenset(name.value for name in EventName)
_ROLES = frozenset(role.value for role in Role)
_AT_ONCE = 1_000


def draft_of(event: Event) -> Draft:
    """The entry that an event is. One that comes late says when the desk took it."""
    public: dict[str, Any] = {**event.public, "event": event.name.value, "actor": actor_fields(event.actor)}
    if event.late:
        public |= {"late": True, "taken_at_us": event.recorded_at_us}
    return Draft(
        id=event.id,
        type=EntryType(entry_type(event.name)),
        about=event.about,
        occurred_at_us=event.occurred_at_us,
        public=public,
        private=event.private,
    )


def actor_fields(actor: Actor) -> dict[str, str]:
    """An actor as an entry says it; what is not known of it is left out."""
    fields = {"id": actor.id, "role": actor.role.value, "rank": actor.rank, "agency": actor.agency}
    return {name: value for name, value in fields.items() if value is not None}


def event_in(entry: StoredEntry, private: Mapping[str, Any] | None = None) -> Event | None:
    """The event that an entry is; None for entries of others (data sets, keys, findings)."""
    body = json.loads(entry.body)
    name, actor = body.get("event"), body.get("actor")
    if not isinstance(actor, dict) or not isinstance(name, str) or name not in _NAMES:
        return None
    if not isinstance(actor.get("id"), str) or actor.get("role") not in _ROLES:
        return None
    taken_at_us = body.get("taken_at_us")
    late = bool(body.get("late")) and isinstance(taken_at_us, int)
    return Event(
        id=entry.id,
        name=EventName(name),
        about=body.get("about"),
        actor=Actor(
            id=str(actor["id"]),
            role=Role(actor["role"]),
            rank=actor.get("rank"),
            agency=actor.get("agency"),
        ),
        recorded_at_us=taken_at_us if late else entry.recorded_at_us,
        occurred_at_us=body.get("occurred_at_us"),
        public={key: value for key, value in body.items() if key not in _ENTRYS_OWN},
        private=dict(private or {}),
        late=late,
        index=entry.index,
    )


def private_values(entry: StoredEntry, *, store: Store, vault: Vault) -> dict[str, Any]:
    """The private values of an entry that can still be opened; an erased one is absent."""
    salts = vault.salts([entry.id]).get(entry.id, {})
    if not salts:
        return {}
    opened = dict[str, Any]()
    for name, sealed in store.sealed(entry.id).items():
        if name in salts and name != TOP:
            try:
                opened[name] = json.loads(open_value(sealed, id=entry.id, salt=salts[name]))
            except ValueError:
                continue  # damaged: `log fsck` names it; here it is as good as erased
    return opened


def events_from(store: Store, first: int) -> Iterator[tuple[StoredEntry, Event | None]]:
    """Every entry from an index on, with the event that it is, without private values."""
    while True:
        entries = list(store.entries(first, _AT_ONCE))
        for entry in entries:
            yield entry, event_in(entry)
        if len(entries) < _AT_ONCE:
            return
        first += len(entries)


def newest_event_us(store: Store) -> int:
    """When the newest entry of a desk was recorded; 0 where there is none yet."""
    end = store.head().size
    while end > 0:
        begin = max(0, end - _AT_ONCE)
        entries = list(store.entries(begin, end - begin))
        if times := [entry.recorded_at_us for entry in entries if event_in(entry) is not None]:
            return times[-1]
        end = begin
    return 0


def events_by_id(ids: tuple[str, ...], *, store: Store, vault: Vault | None) -> list[Event]:
    """The events with these ids that are in the record, in its order; with private values where a vault is given."""
    found = list[StoredEntry]()
    for begin in range(0, len(ids), _AT_ONCE):
        found += store.find(ids[begin : begin + _AT_ONCE]).values()
    events = list[Event]()
    for entry in sorted(found, key=lambda one: one.index):
        private = None if vault is None else private_values(entry, store=store, vault=vault)
        event = event_in(entry, private)
        if event is not None:
            events.append(event)
    return events
