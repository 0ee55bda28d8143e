"""A result as one SQLite file: to query, or to publish with Datasette. There in full or not at all.

`calls` has the allow-listed columns of the result and nothing else; `claim_calls` says which claims complain of which
call. Lists are JSON texts. The same result gives the same rows, in the same order.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

from answerable.errors import InputError, StorageError
from answerable.model.examination import ReportRow

CALL_COLUMNS = tuple(name for name in ReportRow.__struct_fields__ if name != "claims")
FACETS = ("outcome", "reason", "district", "type", "priority", "duty", "policy_version")
APPLICATION_ID = 0x416E7377
"""How a file of ours is told from anybody else's (`Answ`)."""
_CLAIM = ("id", "kind", "text", "alleged_by", "claim_sha256")
_FINDING = (
    "status",
    "finding",
    "cannot_be_determined",
    "answer",
    "rule",
    "because",
    "limits",
    "would_change",
    "figures",
)
_BATCH = 10_000

About: TypeAlias = Iterable[tuple[str, str, str]]


def write_sqlite(
    out: Path, *, calls: Iterable[Mapping[str, Any]], claims: Iterable[Mapping[str, Any]], about: About
) -> int:
    """Write `out` and return the number of calls. `calls` are rows by column, `claims` those of `finding.json`.

    `about` has (section, key, value). Raises StorageError; InputError where something else than an export stands there.
    """
    _refuse_what_is_not_ours(out)
    with _named(out):
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
                count = _fill(connection, calls=calls, claims=claims, about=about)
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.chmod(0o644)
            temporary.replace(out)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return count


def _fill(
    connection: sqlite3.Connection,
    *,
    calls: Iterable[Mapping[str, Any]],
    claims: Iterable[Mapping[str, Any]],
    about: About,
) -> int:
    # what is half-written is thrown away as a whole, so that no journal is needed
    connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA application_id = {APPLICATION_ID};")
    connection.executescript((resources.files("answerable.report") / "sql" / "export.sql").read_text(encoding="utf-8"))
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO about VALUES (?, ?, ?)", about)
    for claim in claims:
        connection.execute(_insert("claims", len(_CLAIM)), [claim[key] for key in _CLAIM])
        connection.execute(
            _insert("findings", 1 + len(_FINDING)), [claim["id"], *(_plain(claim[key]) for key in _FINDING)]
        )
    count = _write_calls(connection, calls)
    for facet in FACETS:
        connection.execute(f"CREATE INDEX calls_{facet} ON calls ({facet})")
    connection.execute("CREATE INDEX calls_call ON calls (call)")
    connection.execute("CREATE INDEX claim_calls_call ON claim_calls (call)")
    connection.execute("COMMIT")
    return count


def _write_calls(connection: sqlite3.Connection, calls: Iterable[Mapping[str, Any]]) -> int:
    number = 0
    insert = _insert("calls", 1 + len(CALL_COLUMNS))
    for batch in _batches(calls):
        numbered = list(enumerate(batch, start=number + 1))
        connection.executemany(insert, ([n, *(_or_null(row[name]) for name in CALL_COLUMNS)] for n, row in numbered))
        connection.executemany(
            "INSERT OR IGNORE INTO claim_calls VALUES (?, ?)",
            ((claim, n) for n, row in numbered for claim in row["claims"]),
        )
        number += len(batch)
    return number


def _batches(calls: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    batch: list[Mapping[str, Any]] = []
    for row in calls:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"


def _or_null(value: object) -> object:
    """What is empty in a result is not there: NULL, which no list of values has and no sum counts."""
    return None if value == "" else value


def _plain(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _refuse_what_is_not_ours(out: Path) -> None:
    if not out.exists():
        return
    try:
        with closing(sqlite3.connect(f"{out.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    except sqlite3.Error:
        ours = False
    if not ours:
        raise InputError(f"{out} is there already, and is no export of Answerable", hint="Name another file.")


@contextmanager
def _named(out: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as fault:
        raise StorageError(
            f"{out}: {getattr(fault, 'strerror', None) or fault}",
            hint="Free some space, or name another file; what was there before is untouched.",
        ) from fault
