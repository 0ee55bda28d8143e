"""Rows for whoever likes them otherwise: as an Arrow table, a pandas or a polars frame. None of them is needed.

Instants are UTC everywhere, to the microsecond; no time zone library is asked. What is not recorded is null, never 0
and never an empty text that was not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from answerable.engines.read_table import INSTANT, ParquetTable
from answerable.errors import MissingExtraError


class Frames:
    """A table of ours with its ways out."""

    def __init__(self, table: ParquetTable) -> None:
        self._table = table

    def __len__(self) -> int:
        return self._table.count

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self._table.kinds)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row, in the order of the file: instants as aware UTC datetimes, None where nothing is recorded."""
        # not the table's own iterator: whoever iterates must keep this value, and with it the folder the rows lie in
        yield from self._table.rows()

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`. Raises MissingExtraError where pyarrow is not installed."""
        parquet = _package("pyarrow.parquet", method="to_arrow")
        return parquet.read_table(self._table.parquet, columns=list(self.columns))

    def to_polars(self) -> Any:
        """A `polars.DataFrame`. Raises MissingExtraError where polars is not installed."""
        return _package("polars", method="to_polars").read_parquet(self._table.parquet, columns=list(self.columns))

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame` with nullable columns. Raises MissingExtraError where pandas is not installed."""
        pandas = _package("pandas", method="to_pandas")
        arrays = self._table.arrays()
        series = {name: _series(pandas, arrays[name], kind=kind) for name, kind in self._table.kinds.items()}
        return pandas.DataFrame(series, columns=list(series))


def _series(pandas: Any, array: Any, *, kind: str) -> Any:
    """One column. A masked array is how NumPy says that something is not recorded."""
    numpy = import_module("numpy")
    missing = numpy.ma.getmaskarray(array)
    values = numpy.ma.getdata(array)
    if kind == INSTANT:
        instants = values.astype("int64").astype("datetime64[us]")
        instants[missing] = numpy.datetime64("NaT")
        return pandas.Series(instants).dt.tz_localize("UTC")
    if kind == "BOOLEAN":
        return pandas.Series(pandas.arrays.BooleanArray(values.astype("bool"), missing))
    if kind == "DOUBLE":
        return pandas.Series(numpy.where(missing, numpy.nan, values), dtype="float64")
    if values.dtype.kind in "iu":
        return pandas.Series(pandas.arrays.IntegerArray(values.astype("int64"), missing))
    if kind == "VARCHAR":
        return pandas.Series(
            [None if gone else text for text, gone in zip(values, missing, strict=True)], dtype="string"
        )
    return pandas.Series(
        [None if gone else list(one) for one, gone in zip(values, missing, strict=True)], dtype="object"
    )


def _package(name: str, *, method: str) -> Any:
    package = name.partition(".")[0]
    try:
        return import_module(name)
    except ModuleNotFoundError as fault:
        if (fault.name or "").partition(".")[0] != package:
            raise
        raise MissingExtraError(
            f"{method}() needs {package}, which is not installed",
            hint=f"Install it with `pip install {package}`, or use rows(), which needs nothing.",
        ) from fault
