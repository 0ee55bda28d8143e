"""What witness and monitor say, on the terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from answerable.cli.json_text import print_json
from answerable.cli.printing import Page
from answerable.cli.text import counted
from answerable.model.times import spoken_duration

if TYPE_CHECKING:
    from answerable.record.following import Seen
    from answerable.wiring import Witness


def show_witness(witness: Witness, *, at: str, as_json: bool) -> None:
    """Where the witness listens, its key, and the logs it knows."""
    if as_json:
        print_json({"listening": at, "key": witness.key, "logs": list(witness.logs)})
        return
    page = Page()
    page.say("The witness listens; Ctrl-C ends it.", style="green")
    page.verbatim(f"Address  {at}")
    page.verbatim(f"Key      {witness.key}")
    page.bullets(f"cosigns {log}" for log in witness.logs)
    page.say("For the trust policies of the log's keeper and of whoever checks it, with a name of theirs for NAME:")
    page.verbatim(f"  witness NAME {witness.key} {at}")


def show_seen(seen: Seen, *, place: str, as_json: bool) -> None:
    """One look: the alarms, or that everything is as it should be."""
    if as_json:
        print_json({"ok": not seen.alarms, "place": place, "seen": seen})
        return
    page = Page()
    for alarm in seen.alarms:
        page.say(f"ALARM ({alarm.code}): {alarm.what}", style="bold red")
    state = seen.state
    if state is None:
        page.say("Nothing of it is believed; what was remembered stays as it was.")
        return
    parts = [f"{state.origin}: {counted(state.size, 'entry', 'entries')}, {state.entries_read:,} read and hashed"]
    if seen.receipts_checked:
        parts.append(f"{counted(seen.receipts_checked, 'receipt')} held against it")
    if seen.witnesses:
        parts.append(f"cosigned by {counted(seen.witnesses, 'witness', 'witnesses')}")
    if seen.head_age_s is not None:
        parts.append(f"the head is {spoken_duration(seen.head_age_s)} old")
    page.say("; ".join(parts) + ".")
    if seen.continues is None:
        page.say("This is the first look. Every later one must find that the log continues what is remembered now.")
    elif not seen.alarms:
        page.say(f"It continues the {counted(seen.continues, 'entry', 'entries')} seen before.", style="green")
