"""Word given while a log could not be written, and what it is worth."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.small_log import LOG_KEY, ORIGIN, SmallLog, canonical

from answerable.errors import AnswerableError, MalformedError, SignatureError, UntrustedError
from answerable.proof import Note, Promise, SigningKey, TrustPolicy, open_promise, promised_digest
from answerable.proof.promise import key_name
from answerable.proof.verifier import Kind, Verdict, judge_promise, kind_of

KEY = SigningKey(key_name(ORIGIN), hashlib.sha256(b"promises").digest())
ENTRY = canonical({"id": "c-1", "recorded_at_us": 0, "type": "call"})
PROMISE = Promise(origin=ORIGIN, id="c-1", promised_at_us=1_529_413_385_000_001, digest=promised_digest(ENTRY))
BOTH = TrustPolicy.of_log(LOG_KEY.verifier, KEY.verifier)


def test_a_promise_is_five_lines_and_reads_back() -> None:
    assert Promise.parse(PROMISE.text()) == PROMISE
    assert open_promise(PROMISE.sign(KEY), [KEY.verifier]) == (PROMISE, KEY.verifier)
    assert kind_of(PROMISE.sign(KEY)) is Kind.PROMISE


def test_the_time_of_recording_is_all_that_may_differ() -> None:
    assert PROMISE.is_kept_by(canonical({"id": "c-1", "recorded_at_us": 99, "type": "call"}))
    assert not PROMISE.is_kept_by(canonical({"id": "c-1", "recorded_at_us": 99, "type": "fact"}))
    assert not PROMISE.is_kept_by(canonical({"id": "c-1", "type": "call", "late": True}))
    with pytest.raises(MalformedError, match="an entry is a JSON object"):
        PROMISE.is_kept_by(b"[]")


@pytest.mark.parametrize(
    "text",
    [
        "",
        PROMISE.text()[:-1],
        PROMISE.text() + "more\n",
        PROMISE.text().replace("@1", "@2"),
        PROMISE.text().replace("\nc-1\n", "\n\n"),
        PROMISE.text().replace("1529413385000001", "+1529413385000001"),
        PROMISE.text().replace("1529413385000001", "1_529413385000001"),
        PROMISE.text().replace("=\n", "\n"),
    ],
)
def test_a_promise_has_one_spelling(text: str) -> None:
    assert text != PROMISE.text()
    with pytest.raises(MalformedError):
        Promise.parse(text)


def test_the_log_s_own_key_makes_no_promises() -> None:
    with pytest.raises(ValueError, match="are signed by"):
        PROMISE.sign(LOG_KEY)
    forged = Note(PROMISE.text(), (LOG_KEY.sign(PROMISE.text()),)).encode()
    with pytest.raises(UntrustedError, match="makes promises for this log"):
        open_promise(forged, [LOG_KEY.verifier])
    with pytest.raises(UntrustedError, match="has signed this"):
        open_promise(forged, [LOG_KEY.verifier, KEY.verifier])


def test_the_key_for_promises_signs_no_state_of_the_log() -> None:
    checkpoint = SmallLog([ENTRY]).checkpoint()
    text = Note.parse(checkpoint).text
    with pytest.raises(UntrustedError):
        TrustPolicy.of_log(KEY.verifier).check(Note(text, (KEY.sign(text),)).encode())


@given(at=st.integers(0, len(PROMISE.sign(KEY)) - 1), bit=st.integers(0, 7))
def test_no_flipped_bit_makes_another_promise(at: int, bit: int) -> None:
    data = bytearray(PROMISE.sign(KEY))
    data[at] ^= 1 << bit
    try:
        promise, _ = open_promise(bytes(data), [KEY.verifier])
    except AnswerableError:
        return
    assert promise == PROMISE


def test_a_promise_alone_leaves_open_whether_it_was_kept() -> None:
    judgement = judge_promise(PROMISE.sign(KEY), trust=BOTH)
    assert judgement.verdict is Verdict.CANNOT_TELL
    assert judgement.proved[0].startswith("At 2018-06-19 13:03:05Z it was promised to record the entry c-1 in the log")
    assert judgement.cannot_tell == ("Whether the promise was kept: the receipt of the entry c-1 is not here.",)


def test_beside_its_entry_it_was_kept_or_broken() -> None:
    later = canonical({"id": "c-1", "recorded_at_us": 5, "type": "call"})
    other = canonical({"id": "c-1", "recorded_at_us": 5, "type": "fact"})
    of_others = [b"\xff", b"[1]", canonical({"id": "c-2"})]
    assert judge_promise(PROMISE.sign(KEY), trust=BOTH, recorded=[*of_others, later]).verdict is Verdict.PROVED
    broken = judge_promise(PROMISE.sign(KEY), trust=BOTH, recorded=[*of_others, other])
    assert broken.refuted == ("The entry c-1 of the receipt is not the one that was promised.",)


def test_a_changed_promise_is_refuted_and_one_of_a_stranger_is_not() -> None:
    changed = PROMISE.sign(KEY).replace(b"c-1", b"c-2")
    assert judge_promise(changed, trust=BOTH).verdict is Verdict.REFUTED
    with pytest.raises(SignatureError):
        open_promise(changed, [KEY.verifier])
    assert judge_promise(PROMISE.sign(KEY), trust=TrustPolicy.of_log(LOG_KEY.verifier)).verdict is Verdict.CANNOT_TELL
