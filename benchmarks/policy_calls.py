"""What the benchmarks of the policy decide: Alder City's policy, calls by lot, and the same policy written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, TypeAlias

from answerable.model.vocabulary import FACTS
from answerable.policy import Policy, load_policy

Call: TypeAlias = dict[str, Any]

WITHIN_S = {"p0-1": 300, "p2": 900, "p3-5": 3600, "any": 14_400, "life": 300, "arrive": 900}


@cache
def alder() -> Policy:
    """The demo's policy: seven rules, five clocks, ten facts."""
    file = files("answerable.demo") / "story" / "policies" / "alder-city-2018-01-01.toml"
    return load_policy(file.read_bytes(), file="alder.toml")


def calls(count: int, *, seed: int = 2018) -> list[Call]:
    """Calls as a city has them: nine of ten for help, most facts known, little at stake."""
    random = Random(seed)
    return [_call(random) for _ in range(count)]


def _call(random: Random) -> Call:
    agency = random.random() < 0.1
    call: Call = {
        "kind": "request_for_assistance" if agency else "call",
        "asks_for": random.choice(FACTS["asks_for"].one_of) if agency else "help",
        "requester": random.choice(FACTS["requester"].one_of[1:4]) if agency else "public",
        "place": random.choice(FACTS["place"].one_of),
        "priority": random.randrange(10),
        "life_safety": random.random() < 0.1,
        "officer_assaulted": random.random() < 0.01,
        "safe_exit_needed": random.random() < 0.01,
        "alternatives_exhausted": random.random() < 0.5,
        "own_service_used": random.random() < 0.5,
    }
    return {fact: None if random.random() < 0.05 else value for fact, value in call.items()}


def by_hand(call: Mapping[str, Any]) -> tuple[str | None, int | None, int | None]:
    """Duty and two clocks as somebody would write them: no rule named, nothing said of what is missing."""
    life, assaulted, exit_needed = call["life_safety"], call["officer_assaulted"], call["safe_exit_needed"]
    kind, asks = call["kind"], call["asks_for"]
    if life or assaulted or exit_needed or kind == "call" or asks == "help":
        return ("must-respond", *_clocks(call, danger=bool(life or assaulted or exit_needed)))
    if kind == "request_for_assistance":
        federal = call["requester"] == "federal_agency" and call["place"] == "federal_property"
        done, used = call["alternatives_exhausted"], call["own_service_used"]
        if asks == "additional_resources" and federal and (done is False or used is False):
            return "may-decline", None, None
        return "command-decides", None, None
    if kind is None:
        return ("must-respond", *_clocks(call, danger=False))
    return None, None, None


def _clocks(call: Mapping[str, Any], *, danger: bool) -> tuple[int, int | None]:
    priority = call["priority"]
    if danger:
        return WITHIN_S["life"], WITHIN_S["arrive"]
    if priority is None or priority > 5:
        return WITHIN_S["any"], None
    return WITHIN_S["p0-1" if priority <= 1 else "p2" if priority == 2 else "p3-5"], None


HAND_CASE = """
  CASE
    WHEN fact_life_safety OR fact_officer_assaulted OR fact_safe_exit_needed OR fact_kind = 'call'
      OR fact_asks_for = 'help' THEN 'must-respond'
    WHEN fact_kind = 'request_for_assistance' AND fact_asks_for = 'additional_resources'
      AND fact_requester = 'federal_agency' AND fact_place = 'federal_property'
      AND NOT (fact_alternatives_exhausted AND fact_own_service_used) THEN 'may-decline'
    WHEN fact_kind = 'request_for_assistance' THEN 'command-decides'
    WHEN fact_kind IS NULL THEN 'must-respond'
  END AS duty,
  CASE
    WHEN fact_life_safety OR fact_officer_assaulted OR fact_safe_exit_needed OR fact_priority <= 1 THEN 300
    WHEN fact_priority = 2 THEN 900
    WHEN fact_priority BETWEEN 3 AND 5 THEN 3600
    ELSE 14400
  END AS dispatch_s,
  CASE WHEN fact_life_safety OR fact_officer_assaulted OR fact_safe_exit_needed THEN 900 END AS arrive_s
"""
"""The same in DuckDB, as somebody would write it. It has neither the rule nor the open facts."""
