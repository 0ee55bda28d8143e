"""The candidates of a comparison: DuckDB finds them by hour and place; which are comparable is decided in `answer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

from answerable.answer.compare.calls import WINDOWS_US, ComparedCall
from answerable.answer.ports import Candidates
from answerable.answer.timing import UNUSABLE
from answerable.engines.duck import query_text, text_literal
from answerable.engines.evaluate import Judgement
from answerable.engines.judged_calls import JudgedFile
from answerable.model.claim import Scope
from answerable.model.outcome import IGNORED, Outcome
from answerable.model.times import from_us
from answerable.model.vocabulary import FACTS

LATE = (*sorted(IGNORED), Outcome.ANSWERED_LATE, Outcome.SENT_NOT_ARRIVED)
NOT_LATE = (Outcome.ANSWERED, Outcome.HANDED_OVER, Outcome.WITHDRAWN, Outcome.DECLINED_WITHIN_POLICY)
"""Outcomes that are, and are not, "late or unheard"; of the others it is not known."""

_HOURS = WINDOWS_US[-1] // 3_600_000_000
_STEPS = {"answered_s": "wait until the call was taken", "entered_s": "wait until the call was entered"}
_RECORDED = 0.9
"""A step that fewer calls have is compared for nobody."""

_TABLES = ("comparable", "focal", "own", "unwanted", "near", "wanted")


class ComparableFile:
    """The calls of a judged file as they are compared. Implements `answerable.answer.ports.ComparableCalls`."""

    def __init__(self, judgement: Judgement, file: JudgedFile, *, timezone: str, horizon_us: int | None) -> None:
        self._connection, self._file, self._zone = judgement.connection, file, ZoneInfo(timezone)
        self._connection.execute(
            Template(query_text("comparable_calls")).substitute(
                parquet=text_literal(str(judgement.parquet)),
                unusable=int(UNUSABLE),
                horizon="NULL::BIGINT" if horizon_us is None else f"{horizon_us}::BIGINT",
                late=", ".join(map(text_literal, LATE)),
                not_late=", ".join(map(text_literal, NOT_LATE)),
            )
        )
        self._step = self._recorded_step()

    def close(self) -> None:
        """Give back what was kept of the calls: of many it takes much memory."""
        for table in _TABLES:
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _recorded_step(self) -> str:
        counts = ", ".join(f"count({column})" for column in _STEPS)
        whole, *recorded = self._connection.execute(f"SELECT count(*), {counts} FROM comparable").fetchall()[0]
        enough = [
            column for column, count in zip(_STEPS, recorded, strict=True) if whole and count >= _RECORDED * whole
        ]
        return enough[0] if enough else ""

    @property
    def untouched(self) -> str:
        """The step that no policy of response could touch: taking the call, or entering it, where that is recorded."""
        return _STEPS.get(self._step, "")

    def values(self, fact: str, scope: Scope) -> tuple[str, ...]:
        """The values of a fact among the calls in the scope's window, in order. Raises KeyError for no fact."""
        FACTS[fact]
        self._file.select(Scope(from_us=scope.from_us, to_us=scope.to_us))
        rows = self._connection.execute(
            f"SELECT DISTINCT {fact} FROM told JOIN scope USING (n) WHERE {fact} IS NOT NULL ORDER BY 1"
        ).fetchall()
        return tuple(value for (value,) in rows)

    def candidates(
        self, scope: Scope, *, neighbours: Mapping[str, Sequence[str]], without: Scope | None = None, most: int = 0
    ) -> Candidates:
        """The calls of `scope`, and every other call within four hours of one of the same priority, type group and
        district (or a neighbour). No other call is the claimant's, at whatever time, nor is one of `without`."""
        if without is not None:
            self._keep("unwanted", without)
        self._keep("own", scope)
        self._file.select(scope)
        beside = "" if without is None else "AND n NOT IN (SELECT n FROM unwanted)"
        by_lot = f"ORDER BY md5(key) LIMIT {most}" if most else ""
        self._connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE focal AS SELECT * FROM comparable
                WHERE n IN (SELECT n FROM scope WHERE surely) {beside} {by_lot}"""
        )
        self._wanted(neighbours)
        return Candidates(
            claimed=self._read("SELECT * FROM focal"),
            others=self._read(
                f"""SELECT comparable.* FROM comparable SEMI JOIN wanted USING (hour, priority, type_group, district)
                    WHERE n NOT IN (SELECT n FROM own) {beside}"""
            ),
        )

    def _keep(self, table: str, scope: Scope) -> None:
        """Whatever is or may be the claimant's, at any time, as a table."""
        self._file.select(Scope(where=scope.where, calls=scope.calls))
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT n FROM scope")

    def _wanted(self, neighbours: Mapping[str, Sequence[str]]) -> None:
        pairs = [(district, near) for district, listed in neighbours.items() for near in listed]
        self._connection.execute("CREATE OR REPLACE TEMP TABLE near (district VARCHAR, beside VARCHAR)")
        if pairs:
            self._connection.executemany("INSERT INTO near VALUES (?, ?)", pairs)
        self._connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE wanted AS
                WITH place AS (
                  SELECT hour, priority, type_group, district FROM focal
                  UNION SELECT hour, priority, type_group, near.beside FROM focal JOIN near USING (district)
                )
                SELECT DISTINCT hour + step AS hour, priority, type_group, district
                FROM place, unnest(range(-{_HOURS}, {_HOURS} + 1)) AS steps(step)"""
        )

    def _read(self, query: str) -> tuple[ComparedCall, ...]:
        cursor = self._connection.execute(
            f"""WITH given AS ({query}),
                busy AS (
                  SELECT n, count(*) OVER (ORDER BY told_us RANGE BETWEEN 3600000000 PRECEDING AND CURRENT ROW) AS load
                  FROM told WHERE told_us // 3600000000 IN (SELECT hour FROM given UNION SELECT hour - 1 FROM given)
                )
                SELECT given.*, busy.load FROM given JOIN busy USING (n) ORDER BY told_us, n"""
        )
        names = [column[0] for column in cursor.description]
        return tuple(self._call(dict(zip(names, row, strict=True))) for row in cursor.fetchall())

    def _call(self, row: dict[str, Any]) -> ComparedCall:
        local = from_us(row["told_us"]).astimezone(self._zone)
        return ComparedCall(
            key=row["key"],
            incident=row["incident"],
            received_us=row["told_us"],
            day=local.date().isoformat(),
            priority=row["priority"],
            type_group=row["type_group"],
            district=row["district"],
            beat=row["beat"],
            wait_s=None if row["wait_s"] is None else float(row["wait_s"]),
            never=row["wait_s"] is None and bool(row["never"]),
            ended_s=row["ended_s"],
            late=row["late"],
            untouched_s=row[self._step] if self._step else None,
            traits={
                "hour_of_day": local.hour + local.minute / 60,
                "calls_in_the_hour_before": float(row["load"]),
                "came_by_911": float(bool(row["by_911"])),
            },
        )
