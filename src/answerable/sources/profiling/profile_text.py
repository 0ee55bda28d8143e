"""From the text of a profile file to a `Profile`, or to an error that names the key and what to write there."""

from __future__ import annotations

import hashlib
import re
import types
import typing
from typing import Any

import msgspec

from answerable.errors import SourceError
from answerable.notation import NotationError, toml_values
from answerable.sources.profiling.open_questions import OpenQuestion, open_questions
from answerable.sources.profiling.profile import Definition, Profile
from answerable.sources.profiling.profile_rules import faults
from answerable.sources.profiling.spelling import nearest


def read_profile(text: bytes, *, file: str) -> Profile:
    """A checked profile. Raises SourceError naming the line (syntax) or the key's path, and the nearest valid name;
    for a draft with questions left, the first of them, with its line and what may be answered."""
    data = _parsed(text, file)
    if left := open_questions(data, text.decode("utf-8-sig")):
        raise _unanswered(file, left)
    try:
        definition = msgspec.convert(data, Definition)
    except msgspec.ValidationError as error:
        path, what = _place(data, Definition, ()) or ((), str(error))
        raise _refusal(file, path, what) from None
    for path, what in faults(definition):
        raise _refusal(file, path, what)
    sealed = hashlib.sha256(text).hexdigest()
    return Profile(definition=definition, sha256=sealed, file=file, text=text.decode("utf-8-sig"))


def questions_left(text: bytes, *, file: str) -> tuple[OpenQuestion, ...]:
    """The questions of a draft that nobody has answered yet; none in a profile. Raises SourceError if it is no TOML."""
    return open_questions(_parsed(text, file), text.decode("utf-8-sig"))


def _unanswered(file: str, left: tuple[OpenQuestion, ...]) -> SourceError:
    first = left[0]
    lines = ", ".join(str(one.lines[0]) for one in left[1:9] if one.lines) + (", …" if len(left) > 9 else "")
    others = f" {len(left) - 1} more are open (lines {lines})." if len(left) > 1 else ""
    return SourceError(
        f"question {first.number} is not answered ({first.key}). {first.text}".rstrip(),
        file=file, line=first.lines[0] if first.lines else None,
        hint=f"Write the answer where \"?{first.number}\" stands.{others} All of them: answerable sources check {file}",
    )  # fmt: skip


def _parsed(text: bytes, file: str) -> dict[str, Any]:
    try:
        return toml_values(text)
    except NotationError as fault:
        raise SourceError(f"this is not TOML: {fault}", file=file, line=fault.line) from None


def _refusal(file: str, path: tuple[str, ...], what: str) -> SourceError:
    where = ".".join(part if re.fullmatch(r"[\w-]+", part) else f'"{part}"' for part in path)
    return SourceError(
        f"profile key {where}: {what}" if where else what,
        file=file,
        hint="The keys of a profile are explained in docs/formats/source-profile.md.",
    )


def _place(value: Any, kind: Any, path: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """The path and text of the first fault in `value`, by converting ever smaller parts of it."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        return _place_in_table(value, kind, path)
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is dict and isinstance(value, dict):
        inner = (_place(item, arguments[1], (*path, key)) for key, item in value.items())
        return next((fault for fault in inner if fault), None)
    if typing.get_origin(kind) in (typing.Union, types.UnionType) and isinstance(value, dict):
        tables = [option for option in arguments if isinstance(option, type) and issubclass(option, msgspec.Struct)]
        if tables:
            return _place(value, tables[0], path)
    return _place_in_value(value, kind, path)


def _place_in_table(
    value: dict[str, Any], kind: type[msgspec.Struct], path: tuple[str, ...]
) -> tuple[tuple[str, ...], str] | None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key, item in value.items():
        if key not in fields:
            return (*path, key), f"there is no such key; {nearest(key, fields)}"
        fault = _place(item, fields[key].type, (*path, key))
        if fault:
            return fault
    missing = [name for name, field in fields.items() if field.required and name not in value]
    return ((*path, missing[0]), "this key is missing") if missing else None


def _place_in_value(value: Any, kind: Any, path: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        options = [option for option in (kind, *typing.get_args(kind)) if hasattr(option, "__members__")]
        if options and isinstance(value, str):
            return path, f"{value!r} is not a value of it; {nearest(value, [str(member) for member in options[0]])}"
        return path, str(error)
    return None
