"""A draft made ready: salted, disclosed and encrypted, with nothing left to decide but its place in the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count

import msgspec

from answerable.model.canonical import canonical_bytes
from answerable.record.entry import SALT_BYTES, Draft, commit_field, disclose, public_part
from answerable.record.ports import Chance, StoredEntry
from answerable.record.private import SealedValue, open_value, seal_values


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What will be written of a draft, and the disclosures that its sender gets with the receipt."""

    draft: Draft
    recorded_at_us: int
    salts: Mapping[str, bytes]
    body: bytes
    disclosures: tuple[str, ...]
    sealed: tuple[SealedValue, ...]
    erases: tuple[tuple[str, str], ...] = ()
    """Entry id and field of what this entry, a redaction, takes out."""


def prepare(draft: Draft, *, recorded_at_us: int, chance: Chance, salts: Mapping[str, bytes] | None = None) -> Prepared:
    """Make `draft` ready, with the `salts` that it has already, or new ones. Raises InputError."""
    if salts is None:
        names = draft.salted
        fresh = chance(SALT_BYTES * len(names)) if names else b""
        salts = {name: fresh[at : at + SALT_BYTES] for at, name in zip(count(0, SALT_BYTES), names, strict=False)}
    made = disclose(draft, recorded_at_us=recorded_at_us, salts=salts)
    return Prepared(
        draft=draft,
        recorded_at_us=recorded_at_us,
        salts=salts,
        body=made.body,
        disclosures=tuple(made.disclosures[name] for name in sorted(made.disclosures)),
        sealed=seal_values(made.values, id=draft.id, salts=salts, chance=chance),
    )


def is_same(
    draft: Draft, *, stored: StoredEntry, sealed: Mapping[str, SealedValue], salts: Mapping[str, bytes]
) -> bool:
    """Whether `draft` is what was entered as `stored`. Of a field whose salt was erased only the name is compared."""
    told = json.loads(stored.body)
    told.pop("_sd", None)
    if canonical_bytes(told) != canonical_bytes(public_part(draft, recorded_at_us=stored.recorded_at_us)):
        return False
    if set(draft.salted) != set(sealed):
        return False
    return all(
        open_value(sealed[name], id=draft.id, salt=salts[name]) == canonical_bytes(value)
        for name, value in draft.private.items()
        if name in salts
    )


def disclosures_of(
    id: str,  # noqa: A002
    *,
    sealed: Mapping[str, SealedValue],
    salts: Mapping[str, bytes],
) -> tuple[str, ...]:
    """The disclosures of an entry that can still be made, the topmost first. Raises ValueError where one is damaged."""
    return tuple(
        commit_field(name, open_value(sealed[name], id=id, salt=salts[name]), salt=salts[name]).text
        for name in sorted(set(sealed) & set(salts))
    )
