"""Answerable: the system of record and of proof for calls for help.

In a notebook: `answerable.read(FILE)` and `answerable.examine(FILE, policy=…)`. Everything is loaded on first use, so
that `import answerable` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from answerable.errors import AnswerableError
    from answerable.notebook import Calls, Result, examine, read

__version__ = "0.1.0"
__all__ = ["AnswerableError", "Calls", "Result", "__version__", "examine", "read"]

_ROOMS = {
    "AnswerableError": "answerable.errors",
    "Calls": "answerable.notebook",
    "Result": "answerable.notebook",
    "examine": "answerable.notebook",
    "read": "answerable.notebook",
}


if not TYPE_CHECKING:  # a type checker knows what there is, and that there is nothing else

    def __getattr__(name: str) -> object:
        if name not in _ROOMS:
            raise AttributeError(f"module 'answerable' has no attribute {name!r}")
        return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
