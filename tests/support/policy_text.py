"""A policy's values as TOML text again, so that a test can change one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def policy_text(values: Mapping[str, Any]) -> str:
    """The text of a policy file: top-level values first, then its tables and lists of tables in their order."""
    parts = [f"{key} = {_value(one)}" for key, one in values.items() if not _is_table(one)]
    for key, one in values.items():
        if isinstance(one, dict):
            parts += [f"\n[{key}]", *_lines(one)]
        elif _is_table(one):
            for table in one:
                parts += [f"\n[[{key}]]", *_lines(table)]
    return "\n".join(parts) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_value(one)}" for key, one in table.items()]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(one)}' for key, one in value.items())} }}"
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
