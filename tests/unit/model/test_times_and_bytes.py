"""Durations, instants and canonical bytes: one spelling a value, there and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.model.canonical import Json, canonical_bytes, digest
from answerable.model.times import (
    duration_text,
    from_us,
    iso,
    parse_duration_s,
    parse_instant,
    spoken_duration,
    to_us,
)


@given(st.integers(min_value=1, max_value=999_999))
def test_a_duration_is_read_back_from_its_text(seconds: int) -> None:
    assert parse_duration_s(duration_text(seconds)) == seconds


@pytest.mark.parametrize(
    "text", ["5min", "05 min", " 5 min", "5 min ", "1_0 s", "+5 s", "0 s", "-5 s", "5 m", "५ s", ""]
)
def test_a_duration_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration_s(text)


@given(st.integers(min_value=-(10**15), max_value=10**16))
def test_an_instant_is_read_back_from_its_text(us: int) -> None:
    assert parse_instant(iso(us)) == us
    assert to_us(from_us(us)) == us


@pytest.mark.parametrize("text", ["2018-06-19T14:05:00", "2018-06-19", "14:05", "2018-06-19T14:05:00 PST", ""])
def test_a_time_without_an_offset_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time with an offset"):
        parse_instant(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (47, "47 s"), (750, "12 min 30 s"), (11_100, "3 h 5 min"), (187_200, "2 d 4 h"), (-61, "-1 min 1 s")],
)
def test_durations_as_people_say_them(seconds: int, said: str) -> None:
    assert spoken_duration(seconds) == said


def test_canonical_bytes_are_those_of_rfc_8785() -> None:
    assert canonical_bytes({"b": [1, True, None], "a": "é\n"}) == '{"a":"é\\n","b":[1,true,null]}'.encode()
    assert len(digest({})) == 64


@pytest.mark.parametrize("value", [1.5, {"a": 0.1}, 2**53, {"é": 1}])
def test_what_has_no_single_spelling_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"float|beyond|ASCII"):
        canonical_bytes(value)  # type: ignore[arg-type]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
    max_leaves=10,
)


@given(json_values)
def test_canonical_bytes_are_json_of_the_same_value(value: object) -> None:
    assert json.loads(canonical_bytes(value)) == value  # type: ignore[arg-type]


@given(json_values)
def test_the_standard_library_writes_the_same_bytes(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_bytes(value) == written.encode()  # type: ignore[arg-type]


def test_the_standard_library_writes_every_character_the_same() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    assert canonical_bytes([every]) == json.dumps([every], ensure_ascii=False).encode()


@pytest.mark.parametrize("value", ["\ud800", ["\ud800"], {"a": "\udfff"}])
def test_half_a_character_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "value", [b"bytes", {1, 2}, [datetime.now(UTC)], {"a": Decimal(1)}, (0.5, b""), {"a": object()}]
)
def test_what_is_not_json_is_refused_and_never_spelled_somehow(value: object) -> None:
    with pytest.raises((TypeError, ValueError), match=r"is not JSON|float"):
        canonical_bytes(value)  # type: ignore[arg-type]
