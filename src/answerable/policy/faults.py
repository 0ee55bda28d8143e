"""Everything wrong with one file, gathered while the reading goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, TypeVar

from answerable.errors import PolicyError

Value = TypeVar("Value")

Names: TypeAlias = Sequence[str] | None
"""Names that the file declares and other places refer to; None where the declaration was refused: then any will do."""

MOST: Final = 100
"""Faults of one file that are listed; whoever mends these will see the rest."""


class ToldAlreadyError(Exception):
    """A consequence of a fault that was told at its own place: not to be told again."""


class EnoughError(Exception):
    """So many faults that the rest of the file is not read."""


class Faults:
    """The faults of one file, in the order of their lines."""

    def __init__(self) -> None:
        self._found: list[PolicyError] = []

    def kept(self, read: Callable[[], Value], *, otherwise: Value) -> Value:
        """What is read; where it is refused, the fault is kept and reading goes on with `otherwise`."""
        try:
            return read()
        except PolicyError as fault:
            self.add(fault)
        except ToldAlreadyError:
            pass
        return otherwise

    def add(self, fault: PolicyError) -> None:
        """Keep a fault. Raises EnoughError after the last one that is listed."""
        self._found.append(fault)
        if len(self._found) >= MOST:
            raise EnoughError

    @property
    def count(self) -> int:
        """How many there are so far."""
        return len(self._found)

    @property
    def found(self) -> tuple[PolicyError, ...]:
        """All faults, by line and column."""
        return tuple(sorted(self._found, key=lambda fault: (fault.line or 0, fault.column or 0)))
