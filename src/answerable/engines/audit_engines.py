"""Where an audit's bulk queries run. The same text runs in DuckDB here and in Spark on many machines.

What a query may use is docs/reference/audit-engines.md. An engine is offered the view `coded_call` (the rows of the
coded record with their number `n`) and the small tables that were made from the policies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from answerable.engines.evaluate import insert_rows
from answerable.errors import MissingExtraError, StorageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_BATCH = 50_000
_SPARK_KINDS = {
    "BOOLEAN": "boolean", "UTINYINT": "smallint", "SMALLINT": "smallint", "USMALLINT": "int", "INTEGER": "int",
    "UINTEGER": "bigint", "BIGINT": "bigint", "VARCHAR": "string",
}  # fmt: skip
"""The types of the tables that are offered, in Spark's words."""


class QueryEngine(Protocol):
    """Runs queries of the small subset over one coded record."""

    def offer(self, connection: duckdb.DuckDBPyConnection, coded: Path, tables: Sequence[str]) -> None:
        """Make `coded_call` and these tables of the connection known to the engine."""
        ...

    def store(self, connection: duckdb.DuckDBPyConnection, table: str, columns: str, query: str) -> None:
        """Run a query, and keep what it gives as a table of the connection."""
        ...


class InProcess:
    """DuckDB, in the connection itself."""

    def offer(self, connection: duckdb.DuckDBPyConnection, coded: Path, tables: Sequence[str]) -> None:
        """Everything is there already."""

    def store(self, connection: duckdb.DuckDBPyConnection, table: str, columns: str, query: str) -> None:
        """Run a query into a table."""
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
        connection.execute(f"INSERT INTO {table} {query}")


class OnSpark:
    """A Spark cluster, or Spark on this machine. The coded record must lie where every worker finds it."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def offer(self, connection: duckdb.DuckDBPyConnection, coded: Path, tables: Sequence[str]) -> None:
        """Send the small tables; name the file of the calls."""
        calls = self._session.read.parquet(str((coded / "calls.parquet").resolve()))
        calls.selectExpr("*", "_metadata.row_index AS n").createOrReplaceTempView("coded_call")
        for table in tables:
            told = connection.execute(f"DESCRIBE {table}").fetchall()
            schema = ", ".join(f"{name} {_SPARK_KINDS[kind]}" for name, kind, *_ in told)
            rows = connection.execute(f"FROM {table}").fetchall()
            self._session.createDataFrame(rows, schema).createOrReplaceTempView(table)

    def store(self, connection: duckdb.DuckDBPyConnection, table: str, columns: str, query: str) -> None:
        """Run a query on the cluster and fetch what it gives, part by part. Raises StorageError where Spark fails."""
        from pyspark.errors import PySparkException  # noqa: PLC0415  an optional extra

        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
        try:
            rows = self._session.sql(query).toLocalIterator()
            while batch := [tuple(row) for row in islice(rows, _BATCH)]:
                insert_rows(connection, table, len(batch[0]), batch)
        except PySparkException as fault:
            first = str(fault).partition("\n")[0]
            raise StorageError(
                f"Spark could not run the audit: {first}",
                hint="Every worker must find the coded record under one path; see docs/how-to/audit-on-a-cluster.md.",
            ) from fault


def spark_session(master: str | None) -> SparkSession:
    """A session of the cluster at `master` (None: as Spark itself is configured, else this machine).

    Raises MissingExtraError where PySpark or Java are not there.
    """
    try:
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415  an optional extra
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as fault:
        raise MissingExtraError(
            "auditing on Spark needs PySpark, which is not installed",
            hint="Install it with: pip install 'answerable[spark]'. It needs a Java runtime, version 17 or newer.",
        ) from fault
    builder: Any = SparkSession.builder.appName("answerable audit").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    if master is not None:
        builder = builder.master(master)
    try:
        session: SparkSession = builder.getOrCreate()
    except (PySparkRuntimeError, FileNotFoundError) as fault:
        raise MissingExtraError(
            "Spark could not be started: it needs a Java runtime",
            hint="Install Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless), or set JAVA_HOME.",
        ) from fault
    return session


def batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """Rows in lists of a bounded length."""
    while batch := list(islice(rows, _BATCH)):
        yield batch
