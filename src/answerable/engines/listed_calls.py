"""The calls near each entry of a complainant's list: a window join in DuckDB, from a canonical file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import duckdb

from answerable.answer.listed.weights import Area, Common, Kind, Pair, Place, window_s
from answerable.config import Settings
from answerable.engines.duck import connect, engine_faults, query_text, text_literal
from answerable.model.listed import ListedCall
from answerable.model.times import SECOND_US

_SAYS_NOTHING = ("BLOCK", "BLK", "THE", "AT", "NEAR", "OF", "AND", "IN", "ON", "COLD", "XX")
_WAYS = {
    "STREET": "ST", "ST": "ST", "AVENUE": "AVE", "AVE": "AVE", "AV": "AVE", "ROAD": "RD", "RD": "RD", "DRIVE": "DR",
    "DR": "DR", "BOULEVARD": "BLVD", "BLVD": "BLVD", "LANE": "LN", "LN": "LN", "COURT": "CT", "CT": "CT",
    "PLACE": "PL", "PL": "PL", "TERRACE": "TER", "TER": "TER", "PARKWAY": "PKWY", "PKWY": "PKWY",
    "HIGHWAY": "HWY", "HWY": "HWY",
}  # fmt: skip
"""Kinds of street, as they are written and as they are compared."""

# fmt: off
_MACROS = """
CREATE TEMP MACRO every_word(text) AS list_filter(
  list_transform(string_split_regex(upper(coalesce(text, '')), '[^A-Z0-9]+'), lambda w: ltrim(w, '0')),
  lambda w: len(w) > 1);
CREATE TEMP MACRO words(text) AS list_filter(every_word(text), lambda w: w NOT IN ({nothing}));
CREATE TEMP MACRO ways(text) AS list_transform(
  list_filter(every_word(text), lambda w: w IN ({ways})), lambda w: map {{{spelled}}}[w]);
CREATE TEMP MACRO place_level(names, ways, call_names, call_ways) AS CASE
  WHEN len(names) = 0 OR len(call_names) = 0 THEN NULL
  WHEN list_has_all(call_names, names) AND (len(ways) = 0 OR len(call_ways) = 0 OR list_has_any(call_ways, ways)) THEN 2
  WHEN list_has_any(call_names, names) THEN 1
  ELSE 0
END;
"""
# fmt: on


class Near(NamedTuple):
    """The pairs of all entries, how common their places are, and which of the call numbers asked for are there."""

    pairs: tuple[Pair, ...]
    common: dict[str, Common]
    numbers: frozenset[str]


def near_calls(
    parquet: Path, entries: Sequence[ListedCall], *, numbers: Sequence[str], start_point: str | None,
    settings: Settings | None = None,
) -> Near:  # fmt: skip
    """Every call within the window of an entry. Raises SourceError, StorageError.

    `start_point`: from where this source counts a call without a receipt (`SourceManifest.start_point`).
    """
    with closing(connect(settings)) as connection, engine_faults(parquet):
        _entries(connection, entries)
        told = "received_at" if start_point in (None, "received") else f"coalesce(received_at, {start_point}_at)"
        connection.execute(
            f"""CREATE TEMP VIEW given AS SELECT coalesce(call_id, row_key) AS key, row_key,
                epoch_us({told}) AS told_us,
                coalesce(upper(beat), '') AS beat, coalesce(upper(district), '') AS district, place_text,
                coalesce(type_final_text, type_final, type_initial_text, type_initial) AS type_text
                FROM read_parquet({text_literal(str(parquet))})"""
        )
        connection.execute(query_text("listed_calls"))
        rows = connection.execute(query_text("listed_pairs")).fetchall()
        places = connection.execute(query_text("listed_places")).fetchall()
        found = connection.execute(
            "SELECT DISTINCT key FROM given WHERE key IN (SELECT unnest($1::VARCHAR[]))", [list(numbers)]
        ).fetchall()
    return Near(tuple(_pairs(rows)), dict(map(_common, places)), frozenset(key for (key,) in found))


def _entries(connection: duckdb.DuckDBPyConnection, entries: Sequence[ListedCall]) -> None:
    """The table `told_of`, the hours it is about, and the macros by which words are compared."""
    ways = ", ".join(map(text_literal, _WAYS))
    nothing = ", ".join(map(text_literal, (*_SAYS_NOTHING, *_WAYS)))
    spelled = ", ".join(f"{text_literal(way)}: {text_literal(one)}" for way, one in _WAYS.items())
    connection.execute(_MACROS.format(nothing=nothing, ways=ways, spelled=spelled))
    connection.execute(
        """CREATE TEMP TABLE told_of (id VARCHAR, about_us BIGINT, window_us BIGINT, place VARCHAR, district VARCHAR,
           beat VARCHAR, type VARCHAR)"""
    )
    connection.executemany(
        "INSERT INTO told_of VALUES (?, ?, ?, ?, upper(?), upper(?), ?)",
        [
            (one.id, one.about_us, window_s(one) * SECOND_US, one.place, one.district, one.beat, one.type)
            for one in entries
        ],
    )
    connection.execute(
        """CREATE TEMP TABLE hours AS SELECT DISTINCT unnest(range(
             (about_us - window_us) // 3600000000, (about_us + window_us) // 3600000000 + 1)) AS hour FROM told_of"""
    )


def _common(row: tuple[str, int, int, int]) -> tuple[str, Common]:
    """Shares with half a call added, so that a place that no other call has is rare, not impossible."""
    entry, all_words, some_words, whole = row
    all_share, some_share = ((max(calls - 1, 0) + 0.5) / max(whole, 1) for calls in (all_words, some_words))
    return entry, Common(all_words=min(all_share, 1.0), some_words=min(some_share, 1.0))


def _pairs(rows: Sequence[tuple[str, str, int, int | None, int | None, int | None]]) -> Iterator[Pair]:
    for entry, key, told_us, place, area, kind in rows:
        yield Pair(
            entry=entry,
            call=key,
            received_us=told_us,
            place=None if place is None else Place(place),
            area=None if area is None else Area(area),
            kind=None if kind is None else Kind(kind),
        )
