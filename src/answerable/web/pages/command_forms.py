"""From the fields of a form to a command. What is empty is absent; what cannot be read is told beside its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

import msgspec

from answerable.watch.commands import Command

COMMANDS: dict[str, type[Command]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Command)}
"""Every command by its tag."""

NOT_THE_COMMANDS = frozenset({"csrf", "next"})
MINUTE_US = 60_000_000
_AT = re.compile(r" - at `\$\.([a-z_]+)[^`]*`$")


class Typed(dict[str, str]):
    """What was typed into a form, to be shown again; a field that was not sent is empty."""

    def __missing__(self, name: str) -> str:
        return ""


class FormError(Exception):
    """Why nothing was recorded: by field what is wrong; by "" what is wrong with all of it. `status` is HTTP's."""

    def __init__(self, errors: Mapping[str, str], *, status: int = 422) -> None:
        self.errors, self.status = dict(errors), status
        super().__init__("; ".join(self.errors.values()))


def command_of(
    tag: str,
    fields: Mapping[str, str],
    *,
    id: str,  # noqa: A002
    about: str | None,
    now_us: int,
    **made: object,
) -> Command:
    """The command that a form gives. `made`: values that its page has already made. Raises FormError."""
    values: dict[str, object] = {
        name: value.strip() for name, value in fields.items() if name not in NOT_THE_COMMANDS and value.strip()
    }
    _instants(values, now_us=now_us)
    values |= {"do": tag, "id": id} | ({} if about is None else {"about": about}) | made
    if isinstance(units := values.get("units"), str):
        values["units"] = units.replace(",", " ").split()
    try:
        return msgspec.convert(values, COMMANDS[tag], strict=False)
    except msgspec.ValidationError as fault:
        raise FormError(_said(str(fault))) from None


def whole_number(text: str, *, name: str, most: int) -> int:
    """A whole number from 0 to `most`. Raises FormError."""
    if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= most):
        raise FormError({name: f"Write a whole number from 0 to {most:,}, in digits."})
    return int(text)


def _instants(values: dict[str, object], *, now_us: int) -> None:
    """`ago_min`, `told_ago_min`, `review_in_h`: how people say an instant, as the instant."""
    spoken = (
        ("ago_min", "occurred_at_us", -MINUTE_US, 7 * 1440),
        ("told_ago_min", "told_at_us", -MINUTE_US, 7 * 1440),
        ("review_in_h", "review_due_us", 60 * MINUTE_US, 24 * 366),
    )
    for name, instant, unit_us, most in spoken:
        if (text := values.pop(name, None)) is not None:
            values[instant] = now_us + unit_us * whole_number(str(text), name=name, most=most)


def _said(fault: str) -> dict[str, str]:
    """A fault of the reader in words, beside the field it is about."""
    missing = re.match(r"Object missing required field `([a-z_]+)`", fault)
    if missing:
        return {missing[1]: "This is needed."}
    at = _AT.search(fault)
    said = fault if at is None else fault[: at.start()]
    if "Invalid enum value" in said:
        said = "Choose one of these."
    elif long := re.match(r"Expected `str` of length <= ([0-9]+)", said):
        said = f"Too long: at most {int(long[1]):,} characters."
    elif "matching regex" in said:
        said = "Letters, digits and . _ : - only, without spaces."
    return {at[1] if at else "": said}
