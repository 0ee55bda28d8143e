"""Private values open with their own salt, in their own place, and with nothing else."""

from __future__ import annotations

import pytest

from answerable.record.private import SealedValue, open_value, seal_values

SALT, NONCE = b"s" * 16, b"n" * 12
(SEALED,) = seal_values({"contact": b'{"phone":"503"}'}, id="call-1", salts={"contact": SALT}, chance=lambda _: NONCE)


def test_a_value_opens_with_its_salt() -> None:
    assert open_value(SEALED, id="call-1", salt=SALT) == b'{"phone":"503"}'


@pytest.mark.parametrize(
    ("sealed", "id_", "salt"),
    [
        (SEALED, "call-1", b"x" * 16),
        (SEALED, "call-2", SALT),
        (SealedValue(name="other", nonce=NONCE, ciphertext=SEALED.ciphertext), "call-1", SALT),
        (SealedValue(name="contact", nonce=b"m" * 12, ciphertext=SEALED.ciphertext), "call-1", SALT),
        (SealedValue(name="contact", nonce=NONCE, ciphertext=SEALED.ciphertext[:-1] + b"?"), "call-1", SALT),
    ],
    ids=["salt", "entry", "field", "nonce", "ciphertext"],
)
def test_it_opens_with_nothing_else(sealed: SealedValue, id_: str, salt: bytes) -> None:
    with pytest.raises(ValueError, match="does not open"):
        open_value(sealed, id=id_, salt=salt)


def test_the_value_is_not_in_what_is_stored() -> None:
    assert b"503" not in SEALED.ciphertext


def test_each_value_has_a_nonce_and_a_key_of_its_own() -> None:
    values, salts = {"a": b"1", "b": b"1", "c": b"22"}, {"a": SALT, "b": b"t" * 16, "c": b"u" * 16}
    sealed = seal_values(values, id="call-1", salts=salts, chance=lambda count: bytes(range(count)))
    assert [one.name for one in sealed] == ["a", "b", "c"]
    assert [one.nonce for one in sealed] == [bytes(range(12)), bytes(range(12, 24)), bytes(range(24, 36))]
    assert {one.name: open_value(one, id="call-1", salt=salts[one.name]) for one in sealed} == values
    assert seal_values({}, id="call-1", salts={}, chance=lambda _: b"") == ()
