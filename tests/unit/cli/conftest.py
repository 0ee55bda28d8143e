"""The command line with a wiring that remembers what it was asked and answers at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

import answerable
from answerable.cli import app

Run: TypeAlias = Callable[..., Result]


class FakeWiring(ModuleType):
    """`asked` holds (function, positional, keyword) of every call; `answers` what to return or raise."""

    def __init__(self) -> None:
        super().__init__("answerable.wiring")
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.answers: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self.answers:
            raise AttributeError(name)

        def answer(*args: Any, **given: Any) -> Any:
            self.asked.append((name, args, given))
            found = self.answers[name]
            if isinstance(found, BaseException):
                raise found
            return found

        return answer


@pytest.fixture
def wiring(monkeypatch: pytest.MonkeyPatch) -> FakeWiring:
    fake = FakeWiring()
    monkeypatch.setitem(sys.modules, "answerable.wiring", fake)
    monkeypatch.setattr(answerable, "wiring", fake, raising=False)
    return fake


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in an empty folder that holds `calls.csv`, 100 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("calls.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    Path("policy.toml").write_text("", encoding="utf-8")
    Path("claim.toml").write_text("", encoding="utf-8")

    def invoke(*words: str, columns: int | None = None) -> Result:
        env = {} if columns is None else {"COLUMNS": str(columns)}
        return CliRunner(env=env).invoke(app, list(words))

    return invoke
