"""What a publisher that stays says: a line when something was done, and each trouble once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from answerable.cli.json_text import print_json_line
from answerable.cli.printing import Page
from answerable.cli.text import counted

if TYPE_CHECKING:
    from answerable.wiring import Published, Round
    from answerable.wiring.publisher import Trouble


class RoundsPage:
    """One line a round in which something happened; with `as_json` one JSON document a line."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._said: dict[str, Trouble] = {}
        self._held = False

    def show(self, done: Round) -> None:
        """Say what a round did. Trouble that is still the same is not repeated."""
        held, self._held = done.held and not self._held, done.held
        news = done.heartbeat is not None or done.published is not None or held
        new_trouble = [one for one in done.trouble if self._said.get(one.act) != one]
        well = {"heartbeat": done.heartbeat is not None or done.held, "publication": done.published is not None}
        self._said = {act: one for act, one in self._said.items() if not well[act]}
        self._said |= {one.act: one for one in done.trouble}
        if not news and not new_trouble:
            return
        if self._as_json:
            print_json_line(done)
        else:
            page = Page()
            for one in new_trouble:
                page.say(f"Not done, and tried again: {one.message}", style="bold yellow")
            if held:
                page.say("Another program, such as a desk, is writing to this record: the heartbeats are its own.")
            if done.heartbeat is not None:
                page.say(f"Heartbeat: entry {done.heartbeat:,}.")
            if done.published is not None:
                page.say(_published(done.published), style="green")
            sys.stdout.flush()  # whoever started it may be reading along


def _published(published: Published) -> str:
    said = f"{published.origin} is published with {counted(published.size, 'entry', 'entries')}"
    if published.witnesses:
        said += f", cosigned by {', '.join(published.witnesses)}"
    silent = "; ".join(f"{name} did not cosign: {reason}" for name, reason in published.silent.items())
    return f"{said}. {silent}".strip()
