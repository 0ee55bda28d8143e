"""What `answerable.toml` says of a command's options. A variable stands above it, and the command line above both."""

from __future__ import annotations

import os
from typing import Any

import click
from click.core import ParameterSource

from answerable.config import FILE_SAID, config_file

_PARAMETER = {"policy": "policies"}
"""Options whose parameter has another name."""


def defaults_of(command: str | None) -> dict[str, Any]:
    """The options of `command` that the file says, as click takes them. Raises SettingsError."""
    if command not in ("serve", "user") or config_file(os.environ) is None:
        return {}
    said = _written()
    if command == "user":  # a one-time link is at the address of the desk
        url = {"url": said["url"]} if "url" in said else {}
        return {"user": {"add": url, "reset": url}}
    return {"serve": {_PARAMETER.get(name, name.replace("-", "_")): value for name, value in said.items()}}


def _written() -> dict[str, Any]:
    from answerable.config import KEYS, read_said  # noqa: PLC0415  tomllib is loaded only where there is a file

    many = {key.name for key in KEYS if key.many}
    said = {
        name: one
        for name, one in read_said({FILE_SAID: os.environ.get(FILE_SAID, "")}).items()
        if name.startswith("serve.")
    }
    return {
        name.removeprefix("serve."): list(one.values) if name in many else one.text
        for name, one in said.items()
        if one.by
    }


def with_its_place(fault: click.ClickException) -> click.ClickException:
    """A fault in the value of an option, with the file and line where it came from the file of settings."""
    context, parameter = getattr(fault, "ctx", None), getattr(fault, "param", None)
    if context is None or parameter is None or parameter.name is None:
        return fault
    if context.get_parameter_source(parameter.name) is not ParameterSource.DEFAULT_MAP:
        return fault
    from answerable.config import read_said  # noqa: PLC0415

    said = read_said(os.environ).get(f"serve.{parameter.opts[0].lstrip('-')}")
    if said is not None and said.by:
        return click.BadParameter(f"{said.by}: {fault.message}", ctx=context, param=parameter)
    return fault
