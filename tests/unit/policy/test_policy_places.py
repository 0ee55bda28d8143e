"""Keys, values and single characters of texts are found again in a TOML file."""

from __future__ import annotations

import tomllib

import pytest

from answerable.policy.locate import Map, Path

TEXT = r'''# a comment with [brackets] and "quotes"
top = 1
[policy]   # another
id = "a" # after a value
effective = { from = 2018-01-01T00:00:00Z, to = 2019-01-01 00:00:00Z }
"quoted key" = @literal # not a comment@
dotted.inner = true

[[duty]]
id = "first"
when = """
  one
two \
   three \u0041 \"x\" """
list = [
  "a",   # comment, with a comma
  ["b", { c = 1 }],
]
[[duty]]
when = @@@
raw \n
text@@@@@
id = "second"
[[duty.part]]
x = -1.5e3
[[duty.part]]
x = "empty"
y = ""
[deep.er]
z = 07:30:00
'''.replace("@", "'")
PLACES = Map(TEXT)


def at(passage: str, nth: int = 0) -> tuple[int, int]:
    offset = -1
    for _ in range(nth + 1):
        offset = TEXT.index(passage, offset + 1)
    return TEXT.count("\n", 0, offset) + 1, offset - TEXT.rfind("\n", 0, offset)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("top",), "top", "1"),
        (("policy",), "[policy]", "[policy]"),
        (("policy", "id"), 'id = "a"', '"a" # after'),
        (("policy", "effective", "to"), "to = 2019", "2019-01-01"),
        (("policy", "quoted key"), '"quoted key"', "'literal"),
        (("policy", "dotted", "inner"), "dotted.inner", "true"),
        (("duty", 0), "[[duty]]", "[[duty]]"),
        (("duty", 0, "when"), 'when = """', '"""\n  one'),
        (("duty", 0, "list"), "list = [", "[\n"),
        (("duty", 0, "list", 0), '"a",', '"a",'),
        (("duty", 0, "list", 1, 1, "c"), "c = 1", "1 }"),
        (("duty", 1, "id"), 'id = "second"', '"second"'),
        (("duty", 1, "part", 0, "x"), "x = -1.5e3", "-1.5e3"),
        (("duty", 1, "part", 1, "y"), 'y = ""', '""\n[deep'),
        (("deep", "er", "z"), "z = 07", "07:30"),
    ],
    ids=range(15),
)
def test_a_key_and_its_value_are_found(path: Path, key: str, value: str) -> None:
    assert PLACES.key(path) == at(key)
    assert PLACES.value(path) == at(value)


def test_what_is_not_there_is_sought_in_the_table_around_it() -> None:
    assert PLACES.key(("policy", "title")) == at("[policy]")
    assert PLACES.key(("nothing", "here")) == (1, 1)


def test_every_character_of_a_text_is_found_where_it_was_written() -> None:
    value = tomllib.loads(TEXT)["duty"][0]["when"]
    assert value == '  one\ntwo three A "x" '
    path: Path = ("duty", 0, "when")
    assert PLACES.character(path, value.index("one")) == at("one")
    assert PLACES.character(path, value.index("two")) == at("two \\")
    assert PLACES.character(path, value.index("three")) == at("three")
    assert PLACES.character(path, value.index("A")) == at("\\u0041")
    assert PLACES.character(path, value.index("x")) == at('x\\"')
    assert PLACES.character(path, len(value)) == at('"""', 1)


def test_a_raw_text_keeps_its_backslashes_and_its_last_quotes() -> None:
    value = tomllib.loads(TEXT)["duty"][1]["when"]
    assert value == "raw \\n\ntext''"
    path: Path = ("duty", 1, "when")
    assert PLACES.character(path, value.index("text")) == at("text''")
    assert PLACES.character(path, len(value)) == at("'''\nid")


def test_an_empty_text_is_found_as_a_whole() -> None:
    assert PLACES.character(("duty", 1, "part", 1, "y"), 0) == at('""\n[deep')
