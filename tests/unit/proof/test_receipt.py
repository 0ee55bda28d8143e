"""Receipts: what they prove, what they refuse, and the number that is said on the telephone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from answerable.errors import InclusionError, MalformedError, SignatureError, UntrustedError
from answerable.proof import (
    Carried,
    Checkpoint,
    KeyKind,
    Note,
    Receipt,
    SigningKey,
    Spoken,
    TrustPolicy,
    carry,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_receipt,
)

LOG = SigningKey("log.example/alder/2018h1", bytes(range(32)))
WITNESS = SigningKey("witness.example/w", bytes(range(1, 33)), KeyKind.WITNESS)
ENTRIES = [f'{{"id":"{number}","type":"call"}}'.encode() for number in range(7)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
TRUST = TrustPolicy.of_log(LOG.verifier)


def checkpoint(*keys: SigningKey, size: int = 7) -> bytes:
    text = Checkpoint(LOG.name, size, root_of(LEAVES[:size])).text()
    signatures = tuple(key.sign(text, time_s=9 if key.kind is KeyKind.WITNESS else None) for key in keys)
    return Note(text, signatures).encode()


def receipt(index: int = 4, *, extra: bytes | None = None) -> Receipt:
    proof = inclusion_proof(index, 7, lambda level, at: root_of(LEAVES[at << level : (at + 1) << level]))
    return Receipt(index, proof, checkpoint(LOG), extra)


def test_a_receipt_proves_its_entry() -> None:
    witnessed = verify_receipt(receipt(), entry=ENTRIES[4], trust=TRUST)
    assert (witnessed.checkpoint.size, witnessed.log, dict(witnessed.witnesses)) == (7, LOG.verifier, {})


def test_it_reads_back_as_it_was_written() -> None:
    for each in (receipt(), receipt(0, extra=b""), receipt(6, extra=carry(ENTRIES[6], ["WyJzIiwgMV0"]))):
        assert Receipt.parse(each.text().encode()) == each
        assert Receipt.parse(each.text().encode()).text() == each.text()


def test_it_begins_as_the_specification_says() -> None:
    lines = receipt(extra=b"age").text().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra YWdl", "index 4"]
    assert lines[6:8] == ["", "log.example/alder/2018h1"]


def test_it_carries_its_entry_and_what_may_be_shown_of_it() -> None:
    full = receipt(extra=carry(ENTRIES[4], ["WyJzIiwgMV0", "WyJzIiwgMl0"]))
    assert full.carried() == Carried(ENTRIES[4], ("WyJzIiwgMV0", "WyJzIiwgMl0"))
    assert receipt().carried() == Carried(None, ())
    for extra in (b"", b"\x00", b"\x00\x00\x00\x01\xff"):
        with pytest.raises(MalformedError):
            receipt(extra=extra).carried()


def test_what_it_carries_is_not_what_it_proves() -> None:
    lying = receipt(extra=carry(b"another entry"))
    with pytest.raises(InclusionError):
        verify_receipt(lying, entry=lying.carried().entry or b"", trust=TRUST)


@pytest.mark.parametrize(
    "changed",
    [
        replace(receipt(), index=3),
        replace(receipt(), index=7),
        replace(receipt(), proof=()),
        replace(receipt(), proof=receipt().proof[::-1]),
        replace(receipt(), checkpoint=checkpoint(LOG, size=6)),
    ],
)
def test_another_index_proof_or_checkpoint_is_refused(changed: Receipt) -> None:
    with pytest.raises(InclusionError):
        verify_receipt(changed, entry=ENTRIES[4], trust=TRUST)


def test_another_entry_is_refused() -> None:
    with pytest.raises(InclusionError):
        verify_receipt(receipt(), entry=ENTRIES[4] + b" ", trust=TRUST)


def test_an_unknown_log_proves_nothing_and_a_forged_one_is_refused() -> None:
    with pytest.raises(UntrustedError):
        verify_receipt(receipt(), entry=ENTRIES[4], trust=TrustPolicy())
    forged = replace(receipt(), checkpoint=receipt().checkpoint.replace(b"\n7\n", b"\n8\n"))
    with pytest.raises(SignatureError):
        verify_receipt(forged, entry=ENTRIES[4], trust=TRUST)


def test_a_missing_witness_is_not_proved_and_a_present_one_is() -> None:
    policy = f"log {LOG.verifier}\nwitness W {WITNESS.verifier}\nquorum W\n".encode()
    trust = TrustPolicy.parse(policy)
    with pytest.raises(UntrustedError, match="witnesses are too few"):
        verify_receipt(receipt(), entry=ENTRIES[4], trust=trust)
    cosigned = replace(receipt(), checkpoint=checkpoint(LOG, WITNESS))
    assert dict(verify_receipt(cosigned, entry=ENTRIES[4], trust=trust).witnesses) == {"W": 9}


TEXT = receipt(extra=b"age").text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("extra ", "extra  "),
        TEXT.replace("extra YWdl", "extra YWdl\nextra YWdl"),
        TEXT.replace("YWdl", "YWd"),
        TEXT.replace("index 4", "index 04"),
        TEXT.replace("index 4", "index +4"),
        TEXT.replace("index 4\n", ""),
        TEXT.replace("index 4", "index 4\nindex 4"),
        TEXT.replace("index 4\n", "index 4\n\n"),
        TEXT.replace("index", "Index"),
        TEXT.replace("index 4", "index 4\n" + "\n".join(["A" * 43 + "="] * 64)),
        TEXT.replace("\n\nlog", "\nlog"),
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT[:-1],
        TEXT.replace("\n7\n", "\n07\n"),
    ],
)
def test_every_other_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Receipt.parse(text.encode())


def test_a_receipt_with_an_entry_is_below_one_and_a_half_kilobytes() -> None:
    height = 24  # 16 million entries
    large = Receipt(9_999_999, (bytes(32),) * height, checkpoint(LOG), carry(ENTRIES[0]))
    assert len(large.text()) < 1500


def test_a_number_is_said_and_heard() -> None:
    said = Spoken.of(origin=LOG.name, index=1_234_567, leaf=LEAVES[0])
    assert str(said).startswith("2018h1-1234567-")
    assert len(said.check) == 4
    assert Spoken.parse(f" {str(said).lower()}\n") == said


def test_letters_that_are_misread_are_mended_and_digits_that_are_misheard_show() -> None:
    assert Spoken.parse("2026h2-7-OIL0").check == "0110"
    said = Spoken.of(origin=LOG.name, index=50, leaf=LEAVES[0])
    assert said.check != Spoken.of(origin=LOG.name, index=15, leaf=LEAVES[0]).check


@pytest.mark.parametrize("text", ["", "2026h2-7", "2026h2-7-K7Q", "2026h2-7-K7QU", "2026h2-07-K7QX", "2026 h2-7-K7QX"])
def test_what_is_no_number_of_a_receipt_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="looks like"):
        Spoken.parse(text)


def test_a_log_whose_name_cannot_be_said_has_no_spoken_numbers() -> None:
    with pytest.raises(MalformedError, match="no spoken numbers"):
        Spoken.of(origin="log.example/Ümlaut", index=1, leaf=LEAVES[0])
