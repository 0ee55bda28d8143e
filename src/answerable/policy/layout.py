"""The canonical layout of a policy file: one spelling of spaces and blank lines, every comment kept.

One space on each side of `=`, after commas and inside `{ }`; two before a comment behind a value; one blank line
before each table's header (and the comments right above it), none doubled; no indentation. Tables of one list stand
together. Keys, their order, texts and conditions stay as they are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from typing import Final

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Array, Comment, InlineTable, Item, Key, Null, Table, Whitespace

from answerable.errors import PolicyError
from answerable.policy.load import load_policy

_WIDEST: Final = 120
_HEADER, _COMMENT, _PAIR, _BLANK = "header", "comment", "pair", "blank"
_Line = tuple[str, str]


def laid_out(text: bytes, *, file: str) -> bytes:
    """A policy's text in canonical layout; as it is where it is laid out already.

    Raises PolicyError for a text that cannot be loaded, or whose layout cannot be changed without touching its content.
    """
    load_policy(text, file=file)
    source = text.decode("utf-8").replace("\r\n", "\n")
    document = tomlkit.parse(source)
    new = "\n".join(_spaced([*_lines(document, ())])) + "\n"
    if tomllib.loads(new) != tomllib.loads(source) or _comments(new) != _comments(source):
        raise PolicyError("the layout of this file cannot be changed without losing something", file=file,
                          hint="write each table under its own [header], with one key a line")  # fmt: skip
    return new.encode()


def _lines(container: Container, path: tuple[str, ...]) -> Iterator[_Line]:
    for key, item in container.body:
        if isinstance(item, Whitespace | Null):
            yield from [(_BLANK, "")] * isinstance(item, Whitespace)
        elif isinstance(item, Comment):
            yield _COMMENT, item.as_string().strip()
        elif key is not None:
            yield from _entry(key, item, path)


def _entry(key: Key, item: Item, path: tuple[str, ...]) -> Iterator[_Line]:
    here = (*path, key.as_string().strip())
    if isinstance(item, AoT):
        for table in item.body:
            yield _HEADER, f"[[{'.'.join(here)}]]{_behind(table)}"
            yield from _lines(table.value, here)
    elif isinstance(item, Table) and key.is_dotted():
        yield from _dotted(item, here[-1:])
    elif isinstance(item, Table):
        if not item.is_super_table():
            yield _HEADER, f"[{'.'.join(here)}]{_behind(item)}"
        yield from _lines(item.value, here)
    else:
        yield _PAIR, f"{here[-1]} = {_value(item, len(here[-1]) + 3)}{_behind(item)}"


def _dotted(item: Table, names: tuple[str, ...]) -> Iterator[_Line]:
    for key, inner in item.value.body:
        if key is None:
            continue
        name = (*names, key.as_string().strip())
        if isinstance(inner, Table):
            yield from _dotted(inner, name)
        else:
            dotted = ".".join(name)
            yield _PAIR, f"{dotted} = {_value(inner, len(dotted) + 3)}{_behind(inner)}"


def _behind(item: Item) -> str:
    comment = item.trivia.comment.strip()
    return f"  {comment}" if comment else ""


def _value(item: Item, at: int) -> str:
    """A value, beginning in column `at`."""
    raw = item.as_string()
    if isinstance(item, Array) and "#" not in raw:
        inner = [_value(one, 4) for one in item]
        line = f"[{', '.join(inner)}]"
        if at + len(line) <= _WIDEST or "\n" in line:
            return line
        return "[\n" + "".join(f"  {one},\n" for one in inner) + "]"
    if isinstance(item, InlineTable):
        pairs = [(key, inner) for key, inner in item.value.body if key is not None]
        if not any(key.is_dotted() for key, _ in pairs):
            said = ", ".join(f"{key.as_string().strip()} = {_value(inner, 0)}" for key, inner in pairs)
            return f"{{ {said} }}" if said else "{}"
    return raw.strip()


def _spaced(lines: Sequence[_Line]) -> list[str]:
    """One blank line before each header and the comments right above it; none doubled, none at the ends."""
    found: list[_Line] = []
    for line in lines:
        if line[0] == _HEADER:
            above = len(found)
            while above and found[above - 1][0] == _COMMENT:
                above -= 1
            found.insert(above, (_BLANK, ""))
        found.append(line)
    said: list[str] = []
    for kind, text in found:
        if kind != _BLANK or (said and said[-1]):
            said.append(text)
    while said and not said[-1]:
        said.pop()
    return said


def _comments(text: str) -> list[str]:
    """Every comment, in order: what must not be lost."""
    return sorted(_comments_in(tomlkit.parse(text)))


def _comments_in(container: Container) -> Iterator[str]:
    for _, item in container.body:
        if isinstance(item, Comment):
            yield item.as_string().strip()
        elif isinstance(item, AoT):
            for table in item.body:
                yield table.trivia.comment.strip()
                yield from _comments_in(table.value)
        elif isinstance(item, Table):
            yield item.trivia.comment.strip()
            yield from _comments_in(item.value)
        elif not isinstance(item, Whitespace | Null):
            yield item.trivia.comment.strip()
            if isinstance(item, Array) and "#" in item.as_string():
                yield item.as_string()
