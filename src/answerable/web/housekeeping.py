"""What the door does by itself each second: tokens read, roles asked for at the console entered, sessions ended, and
memory looked through, so that nobody's call waits while all of it is.
"""

from __future__ import annotations

import asyncio
import gc

from answerable.watch import commands as do
from answerable.watch.people import Actor, Role
from answerable.web.guard import log_fault
from answerable.web.sessions import ABSOLUTE_S, IDLE_S
from answerable.web.site import Site

EACH_S = 1.0
FORGET_EACH = 600
LOOK_THROUGH_ALL_EACH = 3_600
CONSOLE = Actor(id="console", role=Role.ADMINISTRATOR)
"""Whoever may use the machine that the desk runs on: the one who makes the first administrator."""


async def keep_house(site: Site) -> None:
    """Until it is cancelled. What fails is said, and tried again."""
    count = 0
    while True:
        count += 1
        look_through_memory(all_of_it=count % LOOK_THROUGH_ALL_EACH == 0)
        try:
            site.tokens.refresh()
            if site.looks.waiting:
                await asyncio.to_thread(site.looks.write_waiting)
            if site.log_ins.waiting:
                await asyncio.to_thread(site.log_ins.write_waiting)
            await enter_asked(site)
            if count % FORGET_EACH == 1:
                await asyncio.to_thread(forget_old, site)
        except Exception as fault:  # noqa: BLE001  the next second may be better
            log_fault(fault, where="keeping house")
        await asyncio.sleep(EACH_S)


def look_through_memory(*, all_of_it: bool) -> None:
    """Free what refers to itself and is used no more; then set aside what is left, so that it is not looked through
    again in the next hour. By itself Python looks through everything whenever a quarter is new, and a desk keeps
    everything: that took 50 ms with 12,000 calls, in the middle of a call. The last second's part takes a few."""
    if all_of_it:
        gc.unfreeze()
    gc.collect()
    gc.freeze()


async def enter_asked(site: Site) -> None:
    """Roles that were asked for at the console become entries."""
    for asked in site.accounts.asked(waiting=True):
        command = do.Assign(
            id=asked.id,
            person=asked.user_id,
            role=Role(asked.role),
            rank=asked.rank,
            from_us=asked.from_us,
            until_us=asked.until_us,
            acting=asked.acting,
        )
        done = await asyncio.wrap_future(site.desk.do(command, by=CONSOLE))
        if done.index is not None:
            site.accounts.entered(asked.id, entry=done.index)


def forget_old(site: Site) -> None:
    """Sessions that have run out are removed."""
    now_us = site.clock()
    site.accounts.forget_sessions(
        seen_before_us=now_us - IDLE_S * 1_000_000, made_before_us=now_us - ABSOLUTE_S * 1_000_000
    )
