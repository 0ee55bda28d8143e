"""A witness cosigns what continues, once it has remembered it; everything else gets the answer of tlog-witness."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import MalformedError
from answerable.proof.checkpoint import Checkpoint
from answerable.proof.note import KeyKind, Note, SigningKey, parse_signatures
from answerable.proof.tree import consistency_proof, leaf_hash, root_of
from answerable.record.ports import Mark
from answerable.record.witness import NOTHING_SEEN, SIZE_TYPE, Answer, Ask, cosign
from answerable.stores.witness_file import WitnessFile

ORIGIN = "alder.example/desk/2018h1"
LOG = SigningKey(name=ORIGIN, seed=b"l" * 32)
OTHER = SigningKey(name=ORIGIN, seed=b"o" * 32)
WITNESS = SigningKey(name="press.example", seed=b"w" * 32, kind=KeyKind.WITNESS)
LEAVES = [leaf_hash(b"%d" % number) for number in range(40)]
FORK = [leaf_hash(b"fork %d" % number) for number in range(40)]


class Remembered:
    """What a witness remembers, in memory."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}

    def last(self, origin: str) -> Mark:
        return self.marks.get(origin, NOTHING_SEEN)

    def replace(self, origin: str, *, before: Mark, after: Mark) -> bool:
        if self.last(origin) != before:
            return False
        self.marks[origin] = after
        return True


def note(size: int, *, leaves: list[bytes] = LEAVES, key: SigningKey = LOG, origin: str = ORIGIN) -> bytes:
    text = Checkpoint(origin=origin, size=size, root=root_of(leaves[:size])).text()
    return Note(text, (key.sign(text),)).encode()


def ask(old: int, new: int, *, leaves: list[bytes] = LEAVES) -> bytes:
    proof = consistency_proof(old, new, lambda level, index: root_of(leaves[index << level : (index + 1) << level]))
    return Ask(old_size=old, proof=proof, note=note(new, leaves=leaves)).encode()


def answer(body: bytes, seen: Remembered, *, now_s: int = 1_529_434_800) -> Answer:
    return cosign(body, logs={ORIGIN: [LOG.verifier]}, seen=seen, key=WITNESS, now_s=now_s)


def test_the_first_state_and_every_continuation_is_cosigned_with_the_time() -> None:
    seen = Remembered()
    for old, new in ((0, 3), (3, 4), (4, 33), (33, 33)):
        given_ = answer(ask(old, new), seen, now_s=1_000 + new)
        assert given_.status == 200
        (signature,) = parse_signatures(given_.body)
        assert WITNESS.verifier.verify(Note.parse(note(new)).text, signature) == 1_000 + new
        assert seen.last(ORIGIN).size == new


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "a request is"),
        (b"old 3\n\n", 400, "a note is"),
        (b"old +3\n\n" + note(3), 400, "decimal"),
        (b"old 3\nnothash\n\n" + note(3), 400, "hash"),
        (b"old 3\n" + base64.b64encode(b"h" * 32) + b"\n" * 1 + b"\n" + b"\xff", 400, "UTF-8"),
        (Ask(old_size=9, proof=(), note=note(8)).encode(), 400, "above the new size"),
        (Ask(old_size=0, proof=(), note=note(8, origin="other.example/x")).encode(), 404, "does not know"),
        (Ask(old_size=0, proof=(), note=note(8, key=OTHER)).encode(), 403, "keys you trust"),
        (Ask(old_size=3, proof=(), note=note(8)).encode(), 409, "5\n"),
        (ask(0, 8), 409, "5\n"),
        (Ask(old_size=5, proof=(), note=note(8)).encode(), 422, "proof is missing"),
        (Ask(old_size=5, proof=(b"h" * 32,) * 4, note=note(8)).encode(), 422, "proof"),
        (ask(5, 8, leaves=FORK), 422, "earlier state"),
        (ask(5, 5, leaves=FORK), 409, "5\n"),
    ],
)
def test_anything_else_is_refused_and_changes_nothing(body: bytes, status: int, said: str) -> None:
    seen = Remembered()
    answer(ask(0, 5), seen)
    before = dict(seen.marks)
    given_ = answer(body, seen)
    assert (given_.status, said in given_.body) == (status, True), given_
    assert (given_.type == SIZE_TYPE) is (status == 409)
    assert seen.marks == before


def test_a_signature_that_was_tampered_with_is_refused() -> None:
    forged = note(8).replace(b"\n8\n", b"\n9\n")
    assert answer(Ask(old_size=0, proof=(), note=forged).encode(), Remembered()).status == 403


def test_a_replayed_request_is_a_conflict_that_says_where_the_witness_stands() -> None:
    seen = Remembered()
    first = ask(0, 5)
    assert answer(first, seen).status == 200
    assert answer(ask(5, 9), seen).status == 200
    assert answer(first, seen) == Answer(status=409, body="9\n", type=SIZE_TYPE)


def test_an_older_state_that_the_log_signed_is_never_cosigned_again() -> None:
    seen = Remembered()
    answer(ask(0, 9), seen)
    for old in range(9):
        assert answer(ask(old, 8) if old <= 8 else b"", seen).status in {400, 409}
    assert seen.last(ORIGIN).size == 9


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[[], WitnessFile]:
    return lambda: WitnessFile(tmp_path / "witness.db")


def test_what_was_cosigned_is_remembered_before_the_answer_also_after_a_new_start(
    on_disk: Callable[[], WitnessFile],
) -> None:
    for old, new in ((0, 5), (5, 9)):
        seen = on_disk()
        assert cosign(ask(old, new), logs={ORIGIN: [LOG.verifier]}, seen=seen, key=WITNESS, now_s=1).status == 200
        seen.close()
    seen = on_disk()
    assert seen.last(ORIGIN) == Mark(size=9, root=root_of(LEAVES[:9]))
    assert seen.last("other") == NOTHING_SEEN
    seen.close()


def test_of_two_histories_offered_at_once_only_one_is_ever_cosigned(on_disk: Callable[[], WitnessFile]) -> None:
    seen = on_disk()
    logs = {ORIGIN: [LOG.verifier]}
    cosign(ask(0, 5), logs=logs, seen=seen, key=WITNESS, now_s=1)
    forked = LEAVES[:5] + FORK[5:]
    offers = [ask(5, 9), ask(5, 9, leaves=forked)] * 20
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda body: cosign(body, logs=logs, seen=seen, key=WITNESS, now_s=1), offers))
    signed = {offers[at] for at, one in enumerate(answers) if one.status == 200}
    assert len(signed) == 1
    assert {one.status for one in answers} <= {200, 409}
    seen.close()


@given(body=st.binary(max_size=200))
def test_no_request_makes_it_fail(body: bytes) -> None:
    assert answer(body, Remembered()).status == 400


def test_a_request_reads_back_as_it_was_written() -> None:
    body = ask(5, 33)
    assert Ask.parse(body).encode() == body
    with pytest.raises(MalformedError, match="63 is the most"):
        Ask.parse(Ask(old_size=1, proof=(b"h" * 32,) * 64, note=note(3)).encode())
