"""Whether call numbers are missing: an agency that gives them out in turn shows by a gap that the file lacks a call."""

from __future__ import annotations

from pathlib import Path
from string import Template

import duckdb

from answerable.engines.duck import query_text, text_literal


def gaps_in_numbers(connection: duckdb.DuckDBPyConnection, parquet: Path) -> int | None:
    """Call numbers missing between the first and the last of each series (`18-000123` is 123 of series `18-`).

    None where the numbers form no sequence: some are blank, or more than half of the range is missing.
    """
    query = Template(query_text("gaps_in_numbers")).substitute(parquet=text_literal(str(parquet)))
    gaps, held, without, series = connection.execute(query).fetchall()[0]
    if not series or without or held is None or gaps > held:
        return None
    return int(gaps)
