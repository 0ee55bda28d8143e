"""What a vault and a high-water mark must do. Run on every adapter."""

from __future__ import annotations

from tests.contract.conftest import Adapters

from answerable.record.ports import Mark

SALTS = {"call-1": {"": b"t" * 16, "phone": b"p" * 16}, "call-2": {"": b"u" * 16}}


def test_kept_salts_are_found_also_after_opening_again(adapters: Adapters) -> None:
    assert adapters.vault().keep(SALTS) == SALTS
    assert adapters.vault().salts(["call-1", "call-2", "call-3"]) == SALTS


def test_a_salt_that_is_there_stays_and_the_caller_is_told(adapters: Adapters) -> None:
    vault = adapters.vault()
    vault.keep(SALTS)
    again = {"call-1": {"": b"X" * 16, "phone": b"Y" * 16, "name": b"n" * 16}, "call-9": {"": b"z" * 16}}
    held = vault.keep(again)
    assert held == {"call-1": SALTS["call-1"] | {"name": b"n" * 16}, "call-9": {"": b"z" * 16}}
    assert vault.salts(["call-1"]) == {"call-1": SALTS["call-1"] | {"name": b"n" * 16}}


def test_an_erased_salt_is_gone_and_the_others_are_not(adapters: Adapters) -> None:
    vault = adapters.vault()
    vault.keep(SALTS)
    vault.erase([("call-1", "phone")])
    assert vault.salts(["call-1", "call-2"]) == {"call-1": {"": b"t" * 16}, "call-2": {"": b"u" * 16}}


def test_erasing_twice_or_what_never_was_is_no_fault(adapters: Adapters) -> None:
    vault = adapters.vault()
    vault.keep(SALTS)
    for _ in range(2):
        vault.erase([("call-1", "phone"), ("nobody", "name")])
    assert vault.salts(["call-2"]) == {"call-2": {"": b"u" * 16}}


def test_there_is_no_mark_before_the_first(adapters: Adapters) -> None:
    assert adapters.high_water().read() is None


def test_the_last_mark_is_read_also_after_opening_again(adapters: Adapters) -> None:
    high_water = adapters.high_water()
    for size in (1, 2, 30):
        high_water.write(Mark(size=size, root=bytes([size]) * 32))
        assert adapters.high_water().read() == Mark(size=size, root=bytes([size]) * 32)


def test_a_record_that_stopped_stays_stopped_until_somebody_looked(adapters: Adapters) -> None:
    adapters.high_water().halt("the disk failed")
    assert adapters.high_water().halted() == "the disk failed"
    adapters.high_water().resume()
    assert adapters.high_water().halted() is None
