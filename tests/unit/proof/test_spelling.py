"""One spelling a value, at its edges."""

from __future__ import annotations

import pytest

from answerable.errors import MalformedError
from answerable.proof.spelling import base64_bytes, decimal, hash_bytes, json_value, utf8


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("9223372036854775807", 2**63 - 1)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert decimal(text, what="it") == number


@pytest.mark.parametrize("text", ["9223372036854775808", "9999999999999999999", "00", "٧", "", "1\n"])
def test_a_number_beyond_the_largest_or_spelled_otherwise_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match=r"it .* is not a plain decimal number"):
        decimal(text, what="it")


@pytest.mark.parametrize("text", ["AA", "AB==", "AA=", "A===", "AA==\n", "AA==AA==", "A A=", "AA-_", "é", "\ud800"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(MalformedError, match="it"):
        base64_bytes(text, what="it")


def test_base64_is_read_in_both_alphabets() -> None:
    assert base64_bytes("+/+/", what="it") == base64_bytes("-_-_", what="it", url=True) == b"\xfb\xff\xbf"
    assert base64_bytes("", what="it") == base64_bytes("", what="it", url=True) == b""


def test_a_hash_has_32_bytes() -> None:
    assert hash_bytes("A" * 43 + "=", what="it") == bytes(32)
    with pytest.raises(MalformedError, match="it has 33 bytes"):
        hash_bytes("A" * 44, what="it")


def test_a_message_shows_only_the_beginning_of_what_was_wrong() -> None:
    with pytest.raises(MalformedError) as caught:
        decimal("9" * 5000, what="it")
    assert len(str(caught.value)) < 150


def test_a_byte_order_mark_is_part_of_the_text() -> None:
    assert utf8(b"\xef\xbb\xbfa", what="it") == "\ufeffa"
    with pytest.raises(MalformedError, match="at byte 1"):
        utf8(b"a\xff", what="it")


def test_json_says_what_is_wrong_and_where_it_stood() -> None:
    with pytest.raises(
        MalformedError, match=r"the entry is not JSON as the log spells it: '1.5' is not a whole number"
    ):
        json_value('{"a": 1.5}', what="the entry")
