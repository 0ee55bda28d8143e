"""TOML and JSON of others: values, or one kind of refusal, for whatever the readers underneath give up on."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from answerable.notation import MOST_PARTS, NotationError, json_as, json_values, line_of_many_parts, toml_values


class Named(msgspec.Struct):
    """Something with a name."""

    name: str


def test_toml_is_read_with_its_types_and_with_or_without_a_byte_order_mark() -> None:
    text = "a = 1\n[b]\nat = 2018-06-19T14:05:00-07:00\n"
    read = toml_values(text.encode())
    assert read == {"a": 1, "b": {"at": datetime.fromisoformat("2018-06-19T14:05:00-07:00")}}
    assert toml_values(b"\xef\xbb\xbf" + text.encode()) == read


def test_json_is_read_as_it_is_and_as_what_was_asked_for() -> None:
    assert json_values(b'{"name": [1, null]}') == {"name": [1, None]}
    assert json_as(b'{"name": "a"}', Named) == Named("a")


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (b"a = 1\nb = \xff", "this is not UTF-8 (line 2)", 2),
        (b"a = 1\nb = ", "Invalid value (at end of document)", None),
        (b"a = 1\nb = 2 c\n", "Expected newline or end of document after a statement (at line 2, column 7)", 2),
        (b"a = " + b"[" * 5_000, "values inside values, too deep to read", None),
        (b"a = " + b"9" * 5_000, "Exceeds the limit", None),
        (
            b"b = 1\na" + b".a" * 100_000 + b" = 1",
            f"a name of more than {MOST_PARTS} parts, divided by dots (line 2)",
            2,
        ),
        (b"[" + b"a." * 100_000 + b"a]", f"a name of more than {MOST_PARTS} parts", 1),
    ],
)
def test_what_is_no_toml_is_refused_in_words(text: bytes, said: str, line: int | None) -> None:
    with pytest.raises(NotationError) as refused:
        toml_values(text)
    assert str(refused.value).startswith(said)
    assert refused.value.line == line


def test_a_name_may_have_fifty_parts() -> None:
    assert line_of_many_parts("a" + ".a" * (MOST_PARTS - 1) + " = 1") is None
    assert line_of_many_parts("a" + ".a" * MOST_PARTS + " = 1") == 1


@pytest.mark.parametrize("text", [b"", b"{", b'"\xff"', b"[" * 100_000, b"9" * 5_000, b"\xff\xfe"])
def test_what_is_no_json_is_refused_in_words(text: bytes) -> None:
    for read in (json_values, lambda data: json_as(data, Named)):
        with pytest.raises(NotationError):
            read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"name": 1}', "Expected `str`, got `int`"),
        (b"{}", "missing required field `name`"),
        (b'{"name": "\xff"}', "utf-8"),
    ],
)
def test_json_of_another_shape_is_refused_with_what_does_not_fit(text: bytes, said: str) -> None:
    with pytest.raises(NotationError, match=said):
        json_as(text, Named)
