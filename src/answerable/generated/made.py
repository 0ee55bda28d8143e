"""What is in a folder of generated calls, as `generated.json` says it."""

from __future__ import annotations

import duckdb
import msgspec

FORMAT = 1


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What decides every byte. DuckDB's version is one of them: its hash function gives the numbers."""

    rows: int
    seed: int
    duckdb: str = duckdb.__version__
    answerable_generated: int = FORMAT


class CityMade(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one city, and what an importer must find in them.

    `rows` are the lines of data; `duplicates` of them repeat an earlier good one byte for byte, `quarantined` are
    broken, and the rest, `calls`, are calls.
    """

    id: str
    timezone: str
    folder: str
    profile: str
    files: int
    rows: int
    duplicates: int
    quarantined: int

    @property
    def calls(self) -> int:
        """Rows that are calls."""
        return self.rows - self.duplicates - self.quarantined


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of generated calls. `cities` is empty as long as files are missing."""

    terms: Terms
    cities: tuple[CityMade, ...] = ()
