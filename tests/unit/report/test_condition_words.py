"""Conditions in words: nothing that could be read the wrong way round."""

from __future__ import annotations

import pytest

from answerable.model.vocabulary import FACTS, FactType
from answerable.policy import parse_condition
from answerable.report.condition_words import condition_words

TYPES = {**FACTS, "priority_class": FactType(one_of=("low", "middle", "high"), ordered=True)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("true", "always"),
        ("not true", "never"),
        ("life_safety", "life safety"),
        ("not life_safety", "life safety: no"),
        ("not not life_safety", "life safety"),
        ("known(priority)", "priority is known"),
        ("not known(priority)", "priority is not known"),
        ("priority <= 1", "priority is 0 or 1"),
        ("priority < 1", "priority is 0"),
        ("priority >= 8", "priority is 8 or 9"),
        ("priority > 4", "priority is more than 4"),
        ("priority <= 5", "priority is at most 5"),
        ("priority == 2", "priority is 2"),
        ("2 == priority", "priority is 2"),
        ("priority != 2", "priority is known and not 2"),
        ("not priority == 2", "priority is known and not 2"),
        ("not priority <= 5", "priority is more than 5"),
        ("3 <= priority <= 5", "priority is 3 to 5"),
        ("not 3 <= priority <= 5", "priority is 0, 1 or 2 or priority is more than 5"),
        ("priority in (1, 3)", "priority is 1 or 3"),
        ("not priority in (1, 3)", "priority is known and not 1 or 3"),
        ("place == 'federal_property'", "place is federal property"),
        ("asks_for == 'help'", "asks for help"),
        ("asks_for in ('help', 'additional_resources')", "asks for help or additional resources"),
        ("priority_class >= 'middle'", "priority class is at least middle"),
        ("life_safety or officer_assaulted", "life safety or officer assaulted"),
        (
            "kind == 'call' and not (alternatives_exhausted and own_service_used)",
            "kind is call and (alternatives exhausted: no or own service used: no)",
        ),
        ("not (life_safety or holiday)", "life safety: no and holiday: no"),
        ("holiday and (life_safety or safe_exit_needed)", "holiday and (life safety or safe exit needed)"),
        ("holiday or 3 <= priority <= 5", "holiday or priority is 3 to 5"),
    ],
)
def test_a_condition_is_said_as_people_say_it(text: str, said: str) -> None:
    assert condition_words(parse_condition(text, TYPES)) == said
