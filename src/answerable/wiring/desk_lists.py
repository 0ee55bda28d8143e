"""What a live record holds as lists to take away: calls, what was said of them, decisions. Nothing private is in them.

They are the columns of `answerable log export-calls`, of so many calls at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from itertools import dropwhile, islice
from typing import Any, Final

import msgspec

from answerable.config import read_settings
from answerable.model.vocabulary import FACTS
from answerable.watch.subject import Subject
from answerable.watch.world import World
from answerable.wiring.desk import Desk
from answerable.wiring.desk_calls import decisions_of
from answerable.wiring.desk_export import (
    COLUMNS,
    DECISION_COLUMNS,
    FACT_COLUMNS,
    call_values,
    csv_text,
    decision_values,
    fact_values,
    spelled,
)

MOST_CALLS: Final = 20_000
"""Of so many calls and requests an answer tells; the next begins after the last of them."""

_Of = Callable[[Subject, World, tzinfo], list[dict[str, Any]]]
_TRUTHS: Final = frozenset({"sent", "there", "abandoned"})
_NUMBERS: Final = frozenset({"units", "priority_final"})


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Rows with the type of each column (as DuckDB says it); `next` is the id after which more is to be had."""

    columns: dict[str, str]
    rows: tuple[dict[str, Any], ...]
    cited: str
    """The state of the log that was read: origin, size, root."""
    next: str | None = None


def listed(desk: Desk, what: str, *, cited: str, after: str = "", zone: tzinfo = UTC) -> Listed:
    """`calls`, `facts` or `decisions` of the calls and requests after the one with the id `after`, oldest first.
    Times are those of `zone`, with their offset.

    Raises KeyError for any other list. An id that is not there has nothing after it.
    """
    columns, of = _LISTS[what]
    world = desk.core.world
    subjects = iter(list(world.subjects.values()))
    if after:
        subjects = islice(dropwhile(lambda one: one.id != after, subjects), 1, None)
    held = list(islice(subjects, MOST_CALLS + 1))
    shown = held[:MOST_CALLS]
    rows = tuple(row for subject in shown for row in of(subject, world, zone))
    return Listed(columns=columns, rows=rows, cited=cited, next=shown[-1].id if len(held) > MOST_CALLS else None)


def as_json(found: Listed) -> bytes:
    """One JSON array of objects."""
    return msgspec.json.encode(found.rows)


def as_lines(found: Listed) -> bytes:
    """One JSON object a line."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in found.rows)


def as_csv(found: Listed) -> bytes:
    """CSV, as the export spells it: Y and N, and nothing for what is not known."""
    rows = ([spelled(row.get(name)) for name in found.columns] for row in found.rows)
    return csv_text(found.columns, rows).encode()


def as_parquet(found: Listed) -> bytes:
    """Parquet; times stay texts with their offset. Its metadata `answerable-log` cites the log."""
    from answerable.engines.write_rows import parquet_of  # noqa: PLC0415  the engine is loaded when it is needed

    return parquet_of(found.columns, found.rows, cited=found.cited, settings=read_settings())


def _call_columns() -> dict[str, str]:
    return {name: _kind(name) for name in COLUMNS}


def _kind(name: str) -> str:
    fact = FACTS.get(name.removeprefix("fact_")) if name.startswith("fact_") else None
    if name in _TRUTHS or (fact is not None and fact.yes_no):
        return "BOOLEAN"
    return "BIGINT" if name in _NUMBERS or (fact is not None and fact.kind == "number") else "VARCHAR"


def _texts(names: tuple[str, ...]) -> dict[str, str]:
    return dict.fromkeys(names, "VARCHAR")


_LISTS: Final[Mapping[str, tuple[dict[str, str], _Of]]] = {
    "calls": (_call_columns(), lambda one, world, zone: [call_values(one, world, zone)]),
    "facts": (_texts(FACT_COLUMNS), lambda one, _, zone: [dict(fact_values(said, zone)) for said in one.assertions]),
    "decisions": (
        _texts(DECISION_COLUMNS),
        lambda one, _, zone: [dict(decision_values(made, zone)) for made in decisions_of(one)],
    ),
}
