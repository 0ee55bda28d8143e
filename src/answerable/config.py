"""Settings, read once from the environment at the door (ANSWERABLE_…)."""

from __future__ import annotations

import os

import msgspec

from answerable.errors import SettingsError


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`memory`: what the bulk engine may use (`1GB`); `threads`: its worker threads (0: all cores)."""

    memory: str = ""
    threads: int = 0


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from ANSWERABLE_MEMORY and ANSWERABLE_THREADS. Raises SettingsError naming the variable."""
    env = dict(os.environ) if environ is None else environ
    threads = env.get("ANSWERABLE_THREADS", "0")
    if not (threads.isascii() and threads.isdigit()):
        raise SettingsError(f"ANSWERABLE_THREADS is {threads!r}; write a whole number of threads, such as 2")
    return Settings(memory=env.get("ANSWERABLE_MEMORY", ""), threads=int(threads))
