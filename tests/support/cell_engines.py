"""Databases that look up a policy's decisions by cell: one table of calls, one of decided cells, one join."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeAlias

import duckdb
import psycopg

from answerable.engines.cell_sql import cell_expression
from answerable.model.duty import PolicyDecision
from answerable.model.vocabulary import FACTS
from answerable.policy import Cells

Row: TypeAlias = Mapping[str, Any]


class Engine(Protocol):
    """A database with a table `call` of the vocabulary's facts."""

    def fill(self, rows: Sequence[Row]) -> None:
        """Replace the calls."""

    def found(self, cells: Cells) -> list[PolicyDecision]:
        """The decision of every call, in the order of the rows."""


class _Sql:
    """What the three have in common; each brings its types, its mark for a value, and how a statement is run."""

    mark: str
    text: str
    number: str
    yes_no: str
    table_options = ""

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def insert(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        raise NotImplementedError

    def fill(self, rows: Sequence[Row]) -> None:
        columns = ", ".join(f"fact_{fact} {self._type(fact)}" for fact in FACTS)
        self.run("DROP TABLE IF EXISTS call")
        self.run(f"CREATE TABLE call (n {self.number}, {columns}){self.table_options}")
        marks = ", ".join([self.mark] * (len(FACTS) + 1))
        values = [(n, *(row.get(fact) for fact in FACTS)) for n, row in enumerate(rows)]
        self.insert(f"INSERT INTO call VALUES ({marks})", values)

    def _type(self, fact: str) -> str:
        kind = FACTS[fact]
        return self.yes_no if kind.yes_no else self.text if kind.one_of else self.number

    def found(self, cells: Cells) -> list[PolicyDecision]:
        cell = cell_expression(cells)
        occurring = [number for (number,) in self.run(f"SELECT DISTINCT {cell} AS cell FROM call")]
        decided = [cells.decision(number) for number in occurring]
        self.run("DROP TABLE IF EXISTS base")
        self.run(f"CREATE TABLE base (cell {self.number}, decision {self.number}){self.table_options}")
        self.insert(
            f"INSERT INTO base VALUES ({self.mark}, {self.mark})", [(one, at) for at, one in enumerate(occurring)]
        )
        joined = self.run(
            f"SELECT coded.n, base.decision FROM (SELECT n, {cell} AS cell FROM call) AS coded "
            "JOIN base ON base.cell = coded.cell ORDER BY coded.n"
        )
        return [decided[at] for _, at in joined]


class Duck(_Sql):
    """DuckDB, as the bulk evaluation uses it."""

    mark, text, number, yes_no = "?", "VARCHAR", "BIGINT", "BOOLEAN"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement).fetchall()

    def insert(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        self._connection.executemany(statement, [list(row) for row in rows])


class Sqlite(_Sql):
    """SQLite. STRICT tables hold what a column's type says; `strict` False shows what happens without."""

    mark, text, number, yes_no = "?", "TEXT", "INTEGER", "INTEGER"

    def __init__(self, connection: sqlite3.Connection, *, strict: bool = True) -> None:
        self._connection = connection
        self.table_options = " STRICT" if strict else ""

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement).fetchall()

    def insert(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        self._connection.executemany(statement, rows)


class Postgres(_Sql):
    """PostgreSQL."""

    mark, text, number, yes_no = "%s", "text", "bigint", "boolean"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []

    def insert(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement.encode(), rows)


@contextmanager
def opened_duck() -> Iterator[Duck]:
    """An in-memory DuckDB."""
    connection = duckdb.connect()
    try:
        yield Duck(connection)
    finally:
        connection.close()


@contextmanager
def opened_sqlite(*, strict: bool = True) -> Iterator[Sqlite]:
    """An in-memory SQLite."""
    connection = sqlite3.connect(":memory:")
    try:
        yield Sqlite(connection, strict=strict)
    finally:
        connection.close()


@contextmanager
def opened_postgres(dsn: str) -> Iterator[Postgres]:
    """A PostgreSQL database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield Postgres(connection)
