"""What the record itself enters: its beginning, keys, redactions, its end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.records import (
    KEY,
    KEYRING,
    NOON_US,
    ORIGIN,
    Parts,
    SteadyClock,
    call,
    in_memory,
    log,
    repeating_chance,
)

from answerable.errors import InputError, RecordError
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import SigningKey, open_note
from answerable.record import acts
from answerable.record.ids import new_id
from answerable.record.keyring import BOTH_SIGN_US, KeyInUse, Keyring
from answerable.record.log import Log
from answerable.record.opening import forget_again
from answerable.record.proving import find_entry, prove
from answerable.record.sequencer import Placed

NEW = SigningKey(name=ORIGIN, seed=b"n" * 32)


def body(placed: Placed) -> dict[str, Any]:
    return json.loads(placed.body)  # type: ignore[no-any-return]


def public(placed: Placed) -> dict[str, Any]:
    own = {"entry", "id", "type", "about", "recorded_at_us"}
    return {key: value for key, value in body(placed).items() if key not in own}


def redact(open_log: Log, parts: Parts, **more: Any) -> Placed:
    told: dict[str, Any] = {"of": "call-1", "fields": ("phone",), "ground": "court order", "by": "clerk"}
    redaction = acts.Redaction(**(told | {"approved_by": "records officer"} | more))
    return acts.redact(
        open_log, redaction, store=parts.store, vault=parts.vault, clock=SteadyClock(), chance=repeating_chance(5)
    )


def test_the_first_entry_says_whose_key_signs_and_what_it_continues() -> None:
    with log(in_memory()) as open_log:
        placed = acts.open_log(open_log, key=KEY.verifier, after=Checkpoint(origin="x/2017h2", size=9, root=b"r" * 32))
    assert body(placed)["type"] == "open"
    assert public(placed) == {
        "continues": {"origin": "x/2017h2", "root": "72" * 32, "size": 9},
        "key": str(KEY.verifier),
    }


def test_a_new_key_is_entered_under_the_old_one() -> None:
    with log(in_memory()) as open_log:
        placed = acts.announce_key(open_log, new=NEW)
    assert public(placed) == {"key": str(NEW.verifier), "old_keys_sign_for_days": 30}
    assert [one.key for one in open_note(placed.snapshot.head.note, [KEY.verifier, NEW.verifier]).verified] == [
        KEY.verifier
    ]


def test_both_keys_sign_for_thirty_days_and_then_the_new_one_alone() -> None:
    keyring = KEYRING.rotated(NEW, now_us=NOON_US)
    assert keyring.signing(now_us=NOON_US) == (NEW, KEY)
    assert keyring.signing(now_us=NOON_US + BOTH_SIGN_US - 1) == (NEW, KEY)
    assert keyring.signing(now_us=NOON_US + BOTH_SIGN_US) == (NEW,)
    signed = open_note(keyring.sign("a\n", now_us=NOON_US), keyring.verifiers)
    assert {one.key for one in signed.verified} == {KEY.verifier, NEW.verifier}


def test_a_second_rotation_does_not_lengthen_the_time_of_the_first_key() -> None:
    third = SigningKey(name=ORIGIN, seed=b"3" * 32)
    keyring = KEYRING.rotated(NEW, now_us=NOON_US).rotated(third, now_us=NOON_US + 5)
    assert [one.until_us for one in keyring.keys] == [NOON_US + BOTH_SIGN_US, NOON_US + 5 + BOTH_SIGN_US, None]


def test_without_a_key_in_use_nothing_is_signed() -> None:
    keyring = Keyring(keys=(KeyInUse(key=KEY, until_us=NOON_US),))
    with pytest.raises(RecordError, match="No key"):
        keyring.sign("a\n", now_us=NOON_US)


def test_a_redaction_is_an_entry_that_says_what_why_and_by_whom() -> None:
    parts = in_memory()
    with log(parts) as open_log:
        open_log.append(call(1, phone="503", name="Ana"))
        placed = redact(open_log, parts)
    assert body(placed)["about"] == "call-1"
    assert public(placed) == {
        "approved_by": "records officer",
        "by": "clerk",
        "fields": ["phone"],
        "ground": "court order",
    }


def test_after_a_redaction_the_value_is_gone_its_siblings_open_and_no_hash_has_changed() -> None:
    parts = in_memory()
    with log(parts) as open_log:
        before = open_log.append(call(1, phone="503", name="Ana"))
        redact(open_log, parts)
        entry = find_entry("call-1", store=parts.store)
        receipt = prove(entry, snapshot=open_log.sequencer.snapshot, store=parts.store, vault=parts.vault)
        assert entry.body == before.body
        assert open_log.append(call(1, phone="503", name="Ana")).index == before.index
    assert len(receipt.carried().disclosures) == 2
    assert set(parts.vault.salts(["call-1"])["call-1"]) == {"", "name"}
    assert parts.store.erased() == [("call-1", "phone")]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"of": "call-9"}, "no entry"),
        ({"fields": ("fone",)}, "no private field 'fone'"),
        ({"fields": ()}, "No field"),
        ({"fields": ("kind",)}, "no private field 'kind'"),
        ({"approved_by": "clerk"}, "cannot approve"),
        ({"approved_by": " Clerk"}, "cannot approve"),
    ],
)
def test_a_redaction_that_cannot_be_answered_for_changes_nothing(more: dict[str, Any], said: str) -> None:
    parts = in_memory()
    with log(parts) as open_log:
        open_log.append(call(1, phone="503"))
        with pytest.raises(InputError, match=said):
            redact(open_log, parts, **more)
    assert parts.store.head().size == 1
    assert "phone" in parts.vault.salts(["call-1"])["call-1"]


def test_a_redaction_that_cannot_be_recorded_does_not_happen() -> None:
    parts = in_memory()
    with log(parts) as open_log:
        open_log.append(call(1, phone="503"))
        acts.close_log(open_log, next_origin="x/2")
        with pytest.raises(RecordError, match="closed"):
            redact(open_log, parts)
    assert "phone" in parts.vault.salts(["call-1"])["call-1"]


def test_what_was_taken_out_and_is_in_the_vault_all_the_same_is_erased_and_nothing_else() -> None:
    parts = in_memory()
    with log(parts) as open_log:
        open_log.append_all([call(number, phone="503", name="Ana") for number in (1, 2)])
        redact(open_log, parts)
    before = parts.vault.salts(["call-1", "call-2"])
    forget_again(store=parts.store, vault=parts.vault)
    assert parts.vault.salts(["call-1", "call-2"]) == before
    parts.vault.keep({"call-1": {"phone": b"b" * 16}})
    forget_again(store=parts.store, vault=parts.vault)
    assert parts.vault.salts(["call-1", "call-2"]) == before


def test_a_heartbeat_is_an_entry_of_its_own_each_time() -> None:
    clock, chance = SteadyClock(), repeating_chance()
    with log(in_memory()) as open_log:
        first, second = (acts.heartbeat(open_log, clock=clock, chance=chance) for _ in range(2))
    assert (first.index, second.index) == (0, 1)
    assert body(first)["type"] == "heartbeat"


def test_ids_sort_by_time_and_say_their_version() -> None:
    chance = repeating_chance()
    ids = [new_id(lambda at=at: NOON_US + at * 1_000, chance) for at in range(50)]  # type: ignore[misc]
    assert ids == sorted(ids)
    assert len(set(ids)) == 50
    assert {one[14] for one in ids} == {"7"}
    assert {one[19] for one in ids} <= set("89ab")


@pytest.mark.parametrize("asked", ["call-9", "1", "-1", "٣"])
def test_an_entry_that_is_not_there_is_said(asked: str) -> None:
    parts = in_memory()
    with log(parts) as open_log:
        open_log.append(call(1))
    with pytest.raises(InputError, match="no entry"):
        find_entry(asked, store=parts.store)
    assert find_entry("0", store=parts.store).id == "call-1"
