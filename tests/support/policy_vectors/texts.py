"""Policy texts, good and bad: what is read, what is refused at which line and column, what the check finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.policy_packs import PACKS
from tests.support.policy_vectors import Case

ABOUT = (
    "Is a text a policy? `verdict`: reads (nothing wrong), refused (the file itself; `line` and `column` of its one "
    "fault, from 1; the error's code is policy), or problems (it can be read; `problems` are what the check finds: "
    "code, severity, and the line of the table it stands in). A refused or erroneous policy governs nothing."
)
MARK = "⌖"
"""Stands where a fault is to be found; it is taken out of the text, so that no place is asked of the program."""

GOOD = """answerable-policy = 1

[policy]
id = "vectors/response"
version = "1"
title = "A small policy"
issued-by = "Council"
issued-at = 2024-01-01T00:00:00Z
effective = { from = 2024-02-01T00:00:00Z }
vocabulary = "answerable/calls@1"

[ranks]
order = ["sergeant", "captain"]

[facts]
priority = { from = 0, to = 4, ask = "How urgent?" }
place = { one-of = ["city", "elsewhere"] }

[[duty]]
id = "danger"
text = "Where somebody may be hurt, somebody comes."
when = "life_safety"
duty = "must-respond"
over = ["agency"]

[[duty]]
id = "agency"
text = "An agency's request is decided by a captain."
when = "kind == 'request_for_assistance'"
duty = "command-decides"
decline-by = "captain"
decide-within = "30 min"
reopen-when = "life_safety"
over = ["others"]

[[duty]]
id = "others"
text = "Everybody else is answered."
when = "true"
duty = "must-respond"

[[clock]]
id = "urgent"
when = "priority <= 1"
dispatch-within = "5 min"

[[clock]]
id = "any"
when = "true"
dispatch-within = "2 h"

[[promise]]
text = "Danger to life is never declined."
when = "life_safety"
then = "duty == 'must-respond'"

[[example]]
text = "Somebody may be hurt"
given = { life_safety = true, priority = 0 }
expect = { duty = "must-respond", rule = "danger", dispatch-within = "5 min" }
"""

_REFUSED: list[tuple[str, str, str]] = [
    ("another format", "answerable-policy = 1", "answerable-policy = ⌖2"),
    ("no format", "answerable-policy = 1", "⌖"),
    ("a key there is not", 'title = "A small policy"', 'title = "A small policy"\n⌖titel = "x"'),
    ("a table there is not", "[ranks]", '⌖[rank]\nx = 1\n\n[ranks]'),
    ("an id with a capital", '"vectors/response"', '⌖"Vectors/response"'),
    ("a version with a space", 'version = "1"', 'version = ⌖"1 a"'),
    ("an empty title", '"A small policy"', '⌖"  "'),
    ("a title that is a number", '"A small policy"', "⌖7"),
    ("a time without an offset", "issued-at = 2024-01-01T00:00:00Z", "issued-at = ⌖2024-01-01T00:00:00"),
    ("a date for a time", "issued-at = 2024-01-01T00:00:00Z", "issued-at = ⌖2024-01-01"),
    ("effective before issued", "from = 2024-02-01T00:00:00Z", "from = ⌖2023-02-01T00:00:00Z"),
    ("ends before it begins", "from = 2024-02-01T00:00:00Z", "from = 2024-02-01T00:00:00Z, to = ⌖2024-02-01T00:00:00Z"),
    ("another vocabulary", '"answerable/calls@1"', '⌖"answerable/calls@2"'),
    ("a rank with a space", '["sergeant", "captain"]', '["sergeant", ⌖"the captain", "captain"]'),
    ("a rank twice", '["sergeant", "captain"]', '["sergeant", "captain", ⌖"captain"]'),
    ("a fact there is not", "place = { one-of", '⌖plase = { one-of = ["city"] }\nplace = { one-of'),
    ("a value there is not", '["city", "elsewhere"]', '["city", ⌖"moon"]'),
    ("a range outside the vocabulary", "to = 4", "to = ⌖12"),
    ("a range the wrong way round", "from = 0, to = 4", "from = ⌖4, to = 0"),
    ("yes-no = false", "place = { one-of", "holiday = { yes-no = ⌖false }\nplace = { one-of"),
    ("two clocks of one id", 'id = "any"', 'id = ⌖"urgent"'),
    ("a rule without a text", 'text = "Everybody else is answered."', 'text = ⌖""'),
    ("a duty there is not", 'duty = "command-decides"', 'duty = ⌖"may-refuse"'),
    ("a choice that nobody may take", 'decline-by = "captain"', 'decline-by = ⌖"chief"'),
    ("a duty to respond that may be declined", 'over = ["agency"]', 'over = ["agency"]\ndecline-by = ⌖"captain"'),
    ("a duty to respond with a review", 'over = ["agency"]', 'over = ["agency"]\nreview-every = ⌖"24 h"'),
    ("over a rule there is not", 'over = ["others"]', 'over = [⌖"everybody"]'),
    ("over a rule that stands before", 'over = ["others"]', 'over = ["others", ⌖"danger"]'),
    ("an answer there is not", 'duty = "must-respond"\nover', 'duty = "must-respond"\nsatisfied-by = [⌖"drone"]\nover'),
    ("a duration in words", '"30 min"', '⌖"half an hour"'),
    ("a duration without a space", '"30 min"', '⌖"30min"'),
    ("a duration of zero", '"30 min"', '⌖"0 min"'),
    ("a duration that is a number", '"30 min"', "⌖30"),
    ("a clock whose limit is no limit", 'dispatch-within = "5 min"\n', '⌖dispatch-in = "5 min"\n'),
    ("a rank to call that there is not", '"5 min"\n', '"5 min"\nescalate-to = ⌖"chief"\n'),
    ("a condition of a misspelt fact", '"priority <= 1"', '"⌖prority <= 1"'),
    ("a condition of a value there is not", '"kind == ', '"place == ⌖\'moon\' or kind == '),
    ("a condition of a number out of range", '"priority <= 1"', '"priority <= ⌖9"'),
    ("a text for a number", '"priority <= 1"', "\"priority <= ⌖'1'\""),
    ("one equals sign", '"priority <= 1"', '"priority ⌖= 1"'),
    ("another language's and", '"priority <= 1"', '"life_safety ⌖&& holiday"'),
    ("arithmetic", '"priority <= 1"', '"priority ⌖+ 1 <= 2"'),
    ("a bracket that stays open", '"priority <= 1"', '"(priority <= 1⌖"'),
    ("nothing after and", '"priority <= 1"', '"life_safety and⌖"'),
    ("an order where there is none", '"priority <= 1"', "\"kind ⌖< 'call'\""),
    ("a number as a condition", '"priority <= 1"', '"⌖priority"'),
    ("a call of something", '"priority <= 1"', '"⌖__import__(\'os\')"'),
    ("the word duty in a rule", "when = \"kind == 'request_for_assistance'\"", "when = \"⌖duty == 'must-respond'\""),
    ("a promise of a duty there is not", "duty == 'must-respond'", "duty == ⌖'respond'"),
    ("an example with a value there is not", "priority = 0 }", "priority = ⌖7 }"),
    ("an example with a number for yes", "life_safety = true, priority", "life_safety = ⌖1, priority"),
    ("an example of a rule there is not", 'rule = "danger"', 'rule = ⌖"dangers"'),
    ("an example that expects nothing", '{ duty = "must-respond", rule = "danger", dispatch-within = "5 min" }', "⌖{}"),
    ("an example that expects what there is not", "dispatch-within = \"5 min\" }", "⌖colour = \"red\" }"),
]  # fmt: skip

_PROBLEMS: list[tuple[str, list[tuple[str, str]], list[tuple[str, str, str]]]] = [
    ("a conflict nobody declared", [('over = ["agency"]\n', "")], [("conflict", "error", "danger")]),
    (
        "an over that is not needed",
        [('over = ["agency"]', 'over = ["agency", "others"]')],
        [("over-needless", "warning", "danger")],
    ),
    (
        "a rule that no call reaches",
        [("when = \"kind == 'request_for_assistance'\"", "when = \"life_safety and not life_safety\""),
         ('over = ["agency"]\n', ""), ('over = ["others"]\n', ""), ('reopen-when = "life_safety"\n', "")],
        [("rule-unreachable", "error", "agency")],
    ),
    (
        "a clock that never runs",
        [('"priority <= 1"', '"priority < 1 and priority > 1"'), ('"5 min" }', '"2 h" }')],
        [("clock-unreachable", "error", "urgent")],
    ),
    (
        "a gap",
        [('when = "true"\nduty', 'when = "kind == \'call\'"\nduty'), ('over = ["others"]\n', "")],
        [("gap", "warning", "others")],
    ),
    (
        "a reopening without effect",
        [('reopen-when = "life_safety"', 'reopen-when = "holiday"')],
        [("reopen-without-effect", "error", "agency")],
    ),
    (
        "a promise that a call breaks",
        [("when = \"life_safety\"\nthen", "when = \"priority == 0\"\nthen")],
        [("promise-broken", "error", "promise")],
    ),
    (
        "a promise about no call",
        [("when = \"life_safety\"\nthen", "when = \"not true\"\nthen")],
        [("promise-empty", "warning", "promise")],
    ),
    (
        "an example that is decided otherwise",
        [('dispatch-within = "5 min" }', 'dispatch-within = "6 min" }')],
        [("example-fails", "error", "example")],
    ),
]  # fmt: skip


def cases() -> list[Case]:
    """Good texts, refused ones, and ones that the check finds something in."""
    return [*_good(), *_refused(), *_problems()]


def _good() -> Iterator[Case]:
    yield {"name": "a small policy", "verdict": "reads", "text": GOOD}
    yield {"name": "with other line ends", "verdict": "reads", "text": GOOD.replace("\n", "\r\n")}
    yield {"name": "with comments", "verdict": "reads", "text": GOOD.replace("\n[", "\n# a comment\n[")}
    for name in ("starter-1", "alder-city-2018-01-01"):
        yield {"name": f"the pack {name}", "verdict": "reads", "text": PACKS[name].read_text(encoding="utf-8")}


def _refused() -> Iterator[Case]:
    for name, old, new in _REFUSED:
        assert GOOD.count(old) >= 1, name
        text = GOOD.replace(old, new, 1)
        yield {"name": name, "verdict": "refused", "text": text.replace(MARK, ""), **_place(text)}
    yield {"name": "not TOML", "verdict": "refused", "text": GOOD + "x = \n", "line": GOOD.count("\n") + 1, "column": 5}


def _place(text: str) -> dict[str, Any]:
    at = text.index(MARK)
    assert text.count(MARK) == 1
    return {"line": text.count("\n", 0, at) + 1, "column": at - text.rfind("\n", 0, at)}


def _problems() -> Iterator[Case]:
    for name, changes, found in _PROBLEMS:
        text = GOOD
        for old, new in changes:
            assert old in text, (name, old)
            text = text.replace(old, new, 1)
        problems = [_problem(text, code=code, severity=severity, where=where) for code, severity, where in found]
        yield {"name": name, "verdict": "problems", "text": text, "problems": problems}


def _problem(text: str, *, code: str, severity: str, where: str) -> dict[str, Any]:
    """The table of a rule or clock by its id, or the one promise or example there is."""
    head = f"[[{where}]]" if f"[[{where}]]" in text else None
    at = text.index(head) if head else text.rindex("\n[[", 0, text.index(f'id = "{where}"')) + 1
    return {"code": code, "severity": severity, "line": text.count("\n", 0, at) + 1}
