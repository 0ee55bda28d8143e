"""A loop for a test that needs one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def in_a_loop_of_its_own(work: Coroutine[Any, Any, None]) -> None:
    """Do it in another thread: after a test in a browser, this one has a loop that runs."""
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, work).result()
