"""Settings, read once from the environment at the door (ANSWERABLE_…)."""

from __future__ import annotations

import os
import re

import msgspec

from answerable.errors import SettingsError

MOST_THREADS = 256
_SIZE = re.compile(r"[1-9][0-9]{0,5} ?(MB|GB|TB|MiB|GiB|TiB)", re.ASCII)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`memory`: what the bulk engine may use (`1GB`); `threads`: its worker threads (0: all cores)."""

    memory: str = ""
    threads: int = 0


def read_settings(environ: dict[str, str] | None = None, *, memory: str | None = None) -> Settings:
    """Settings from ANSWERABLE_MEMORY and ANSWERABLE_THREADS; `memory` of a command line goes before the first.

    Raises SettingsError naming the variable or option.
    """
    env = dict(os.environ) if environ is None else environ
    threads = env.get("ANSWERABLE_THREADS", "0")
    if not (threads.isascii() and threads.isdigit() and len(threads) < 6):
        raise SettingsError(f"ANSWERABLE_THREADS is {threads!r}; write a whole number of threads, such as 2")
    if int(threads) > MOST_THREADS:
        raise SettingsError(f"ANSWERABLE_THREADS is {threads}; at most {MOST_THREADS} make sense")
    named, size = ("ANSWERABLE_MEMORY", env.get("ANSWERABLE_MEMORY", "")) if memory is None else ("--memory", memory)
    if (size or memory is not None) and _SIZE.fullmatch(size) is None:
        raise SettingsError(f"{named} is {size!r}; write a size such as 1GB or 800MB")
    return Settings(memory=size, threads=int(threads))
