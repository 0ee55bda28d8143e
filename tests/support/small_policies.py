"""Small policies for tests, each with one trait."""

from __future__ import annotations

_HEAD = """
answerable-policy = 1
[policy]
id = "test/response"
version = "{version}"
title = "A policy for tests"
issued-by = "Chief"
issued-at = 2017-12-01T00:00:00Z
effective = {{ from = {effective} }}
vocabulary = "answerable/calls@1"
{supersedes}
[ranks]
order = ["dispatcher", "sergeant", "deputy", "chief"]
"""

_CALLS = """
[[duty]]
id = "endangered"
text = "Police respond wherever there is a life-safety concern."
when = "life_safety"
duty = "must-respond"
{over}
[[duty]]
id = "calls"
text = "Every call is answered."
when = "{when}"
duty = "must-respond"
satisfied-by = ["unit", "phone"]
"""

_CHOICES = """
[[duty]]
id = "resources"
text = "Additional resources may be declined until the requester has exhausted its alternatives."
when = "asks_for == 'additional_resources' and not alternatives_exhausted"
duty = "may-decline"
decline-by = "deputy"
decide-within = "60 min"
review-every = "24 h"
over = ["others"]
[[duty]]
id = "others"
text = "Any other request goes to command."
when = "kind == 'request_for_assistance'"
duty = "command-decides"
decline-by = "sergeant"
decide-within = "30 min"
"""

_CLOCKS = """
[[clock]]
id = "urgent"
when = "priority <= 1"
dispatch-within = "5 min"
[[clock]]
id = "endangered-arrival"
when = "life_safety"
dispatch-within = "1 min"
arrive-within = "15 min"
[[clock]]
id = "fallback"
when = "true"
dispatch-within = "{fallback}"
"""


def _head(day: str, supersedes: str = "") -> str:
    return _HEAD.format(version=day, effective=f"{day}T00:00:00Z", supersedes=supersedes)


TWO_SPEEDS = _head("2018-01-01") + _CALLS.format(over="", when="true") + _CLOCKS.format(fallback="60 min")
"""Everybody is answered; life safety and high priority at once."""

RAISED = (
    _head("2018-06-20", 'supersedes = "2018-01-01"')
    + _CALLS.format(over="", when="true")
    + _CLOCKS.format(fallback="15 min")
)
"""As TWO_SPEEDS, with a tighter fallback from 20 June on."""

NARROW = (
    _head("2018-06-10")
    + _CALLS.format(over="", when="kind == 'call' and place == 'city'")
    + _CLOCKS.format(fallback="60 min")
)
"""In force from 10 June on; no rule covers calls from elsewhere."""

CHOICES = (
    _head("2018-01-01")
    + _CALLS.format(over='over = ["resources", "others"]', when="kind == 'call'")
    + _CHOICES
    + _CLOCKS.format(fallback="4 h")
)
"""Calls are answered; requests leave a choice."""
