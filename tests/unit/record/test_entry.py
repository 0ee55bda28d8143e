"""What may be entered, and the exact bytes it becomes."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.records import NOON_US, call, repeating_chance

from answerable.errors import InputError
from answerable.model.canonical import canonical_bytes
from answerable.proof.disclosure import commit, reveal
from answerable.record.entry import LARGEST_ENTRY_BYTES, OWN_TYPES, TOP, Draft, EntryType, disclose
from answerable.record.ports import StoredEntry
from answerable.record.prepared import disclosures_of, is_same, prepare

SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["b", "a", "z9"]), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.sampled_from(["phone", "name", "place", "nature"]), VALUES, max_size=4)


def stored(body: bytes) -> StoredEntry:
    return StoredEntry(index=0, id="call-1", recorded_at_us=NOON_US, leaf=b"", body=body)


def test_the_body_is_canonical_json_with_one_digest_for_all_that_is_private() -> None:
    made = prepare(call(1, phone="503", name="Ana"), recorded_at_us=NOON_US, chance=repeating_chance())
    body = json.loads(made.body)
    assert canonical_bytes(body) == made.body
    assert set(body) == {"_sd", "entry", "id", "kind", "occurred_at_us", "priority", "recorded_at_us", "type"}
    assert len(body["_sd"]) == 1
    assert b"503" not in made.body
    assert b"Ana" not in made.body


def test_an_entry_without_private_fields_has_no_digest_and_no_salt() -> None:
    made = prepare(call(1), recorded_at_us=NOON_US, chance=repeating_chance())
    assert b"_sd" not in made.body
    assert made.salts == {}
    assert made.sealed == ()
    assert made.disclosures == ()


@given(private=FIELDS)
def test_all_disclosures_together_give_back_every_private_value(private: dict[str, Any]) -> None:
    made = prepare(call(1, **private), recorded_at_us=NOON_US, chance=repeating_chance())
    revealed = reveal(json.loads(made.body), made.disclosures)
    assert revealed.closed == 0
    assert revealed.value.get("private", {}) == private


@given(private=FIELDS)
def test_the_same_disclosures_are_made_again_from_what_is_stored(private: dict[str, Any]) -> None:
    made = prepare(call(1, **private), recorded_at_us=NOON_US, chance=repeating_chance())
    sealed = {one.name: one for one in made.sealed}
    assert disclosures_of("call-1", sealed=sealed, salts=made.salts) == made.disclosures
    assert is_same(call(1, **private), stored=stored(made.body), sealed=sealed, salts=made.salts)


def test_one_field_can_be_shown_without_the_others() -> None:
    made = prepare(call(1, phone="503", name="Ana"), recorded_at_us=NOON_US, chance=repeating_chance())
    named = disclose(call(1, phone="503", name="Ana"), recorded_at_us=NOON_US, salts=made.salts).disclosures
    revealed = reveal(json.loads(made.body), [named[TOP], named["phone"]])
    assert revealed.value["private"] == {"phone": "503"}
    assert revealed.closed == 1


@pytest.mark.parametrize(
    "other",
    [
        call(1, phone="504"),
        call(1, phone="503", name="Ana"),
        call(1, fone="503"),
        call(1),
        msgspec.structs.replace(call(1, phone="503"), public={"kind": "call", "priority": True}),
        msgspec.structs.replace(call(1, phone="503"), about="call-0"),
        msgspec.structs.replace(call(1, phone="503"), occurred_at_us=None),
        msgspec.structs.replace(call(1, phone="503"), type=EntryType.FACT),
    ],
)
def test_anything_else_under_the_same_id_is_another_entry(other: Draft) -> None:
    made = prepare(call(1, phone="503"), recorded_at_us=NOON_US, chance=repeating_chance())
    sealed = {one.name: one for one in made.sealed}
    assert not is_same(other, stored=stored(made.body), sealed=sealed, salts=made.salts)


def test_of_an_erased_field_only_the_name_is_compared() -> None:
    made = prepare(call(1, phone="503", name="Ana"), recorded_at_us=NOON_US, chance=repeating_chance())
    sealed = {one.name: one for one in made.sealed}
    left = {name: salt for name, salt in made.salts.items() if name != "phone"}
    same = partial(is_same, stored=stored(made.body), sealed=sealed, salts=left)
    assert same(call(1, phone="anything", name="Ana"))
    assert not same(call(1, phone="503", name="Bea"))
    assert not same(call(1, name="Ana"))


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, "\ud800", {"é": 1}, [[0.0]]])
@pytest.mark.parametrize("where", ["public", "private"])
def test_a_value_without_one_spelling_is_refused(value: Any, where: str) -> None:
    draft = msgspec.structs.replace(call(1), **{where: {"field": value}})
    with pytest.raises(InputError, match="entry call-1"):
        prepare(draft, recorded_at_us=NOON_US, chance=repeating_chance())


@pytest.mark.parametrize("where", ["public", "private"])
@pytest.mark.parametrize("key", ["_sd", "...", "_sd_alg"])
def test_what_means_something_to_disclosures_may_not_come_from_a_sender(where: str, key: str) -> None:
    with pytest.raises(InputError, match="belongs to disclosures"):
        msgspec.convert({"id": "x", "type": "call", where: {"field": [{key: ["x"]}]}}, Draft)


@pytest.mark.parametrize("id_", ["", "a b", "-a", "é", "x" * 129, "a\n", "a/b"])
def test_an_id_that_could_be_misread_is_refused(id_: str) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        Draft(id=id_, type=EntryType.CALL)


@pytest.mark.parametrize("name", ["id", "type", "entry", "private", "document", "recorded_at_us"])
def test_a_public_field_cannot_stand_for_the_entrys_own(name: str) -> None:
    with pytest.raises(InputError, match="the entry's own"):
        Draft(id="x", type=EntryType.CALL, public={name: 1})


def test_a_commitment_stands_among_the_digests_and_opens_with_its_disclosure() -> None:
    kept = commit({"size_bytes": 1}, "document", b"s" * 16)
    draft = msgspec.structs.replace(call(1, phone="503"), committed=(kept.digest,))
    made = prepare(draft, recorded_at_us=NOON_US, chance=repeating_chance())
    assert reveal(json.loads(made.body), [kept.text]).value["document"] == {"size_bytes": 1}
    assert reveal(json.loads(made.body), made.disclosures).value["private"] == {"phone": "503"}
    sealed = {one.name: one for one in made.sealed}
    assert is_same(draft, stored=stored(made.body), sealed=sealed, salts=made.salts)
    assert not is_same(call(1, phone="503"), stored=stored(made.body), sealed=sealed, salts=made.salts)


@pytest.mark.parametrize("digest", ["", "x" * 42, "x" * 44, "é" * 43, "x" * 42 + "="])
def test_a_commitment_is_a_digest(digest: str) -> None:
    with pytest.raises(InputError, match="a commitment is"):
        Draft(id="x", type=EntryType.EVIDENCE, committed=(digest,))


@pytest.mark.parametrize("name", ["", "Phone", "9a", "a b", "a" * 65])
def test_a_field_has_a_plain_name(name: str) -> None:
    with pytest.raises(InputError, match="is not a name"):
        Draft(id="x", type=EntryType.CALL, public={name: 1})


def test_an_entry_is_at_most_what_a_bundle_can_hold() -> None:
    empty = prepare(
        msgspec.structs.replace(call(1), public={"text": ""}), recorded_at_us=NOON_US, chance=repeating_chance()
    )
    room = LARGEST_ENTRY_BYTES - len(empty.body)
    full = msgspec.structs.replace(call(1), public={"text": "x" * room})
    assert len(prepare(full, recorded_at_us=NOON_US, chance=repeating_chance()).body) == LARGEST_ENTRY_BYTES
    over = msgspec.structs.replace(call(1), public={"text": "x" * (room + 1)})
    with pytest.raises(InputError, match="65,536 bytes"):
        prepare(over, recorded_at_us=NOON_US, chance=repeating_chance())


@pytest.mark.parametrize("type_", sorted(OWN_TYPES))
def test_nobody_else_writes_what_is_the_records_own(type_: EntryType) -> None:
    with pytest.raises(InputError, match="the record's own"):
        Draft(id="x", type=type_).check_sender()


def test_nobody_else_uses_the_records_own_ids() -> None:
    with pytest.raises(InputError, match="the record's own"):
        Draft(id="log:close", type=EntryType.CALL).check_sender()
