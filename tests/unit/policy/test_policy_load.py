"""A policy file is read strictly: whatever is not exactly right is refused with its place and what to write."""

from __future__ import annotations

import hashlib

import pytest
from tests.support.policy_packs import ALDER, STARTER, changed

from answerable.errors import PolicyError
from answerable.model.duty import Duty, SatisfiedBy
from answerable.model.times import parse_instant
from answerable.model.vocabulary import FACTS
from answerable.policy import Policy, load_policy, read_policy
from answerable.policy.keys import MOST_BYTES


def load(text: str) -> Policy:
    return load_policy(text.encode(), file="alder.toml")


def refusal(text: str | bytes) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        load_policy(text.encode() if isinstance(text, str) else text, file="alder.toml")
    assert caught.value.file == "alder.toml"
    return caught.value


def test_a_policy_is_read_in_full() -> None:
    policy = load(ALDER)
    assert (policy.id, policy.version, policy.name) == (
        "alder-city/response",
        "2018-01-01",
        "alder-city/response 2018-01-01",
    )
    assert policy.issued_at_us == parse_instant("2017-12-15T17:00:00Z")
    assert policy.effective_from_us == parse_instant("2018-01-01T08:00:00Z")
    assert policy.effective_to_us is None
    assert policy.issued_by_rank == "chief"
    assert policy.ranks == ("dispatcher", "sergeant", "watch_commander", "deputy_chief", "chief")
    assert policy.text_sha256 == hashlib.sha256(ALDER.encode()).hexdigest()
    assert [len(part) for part in (policy.duties, policy.clocks, policy.promises, policy.examples)] == [7, 5, 3, 15]


def test_a_rule_is_read_in_full() -> None:
    rule = load(ALDER).rule("agency-resources")
    assert rule is not None
    assert (rule.duty, rule.decline_by, rule.decide_within_s, rule.review_every_s) == (
        Duty.MAY_DECLINE,
        "deputy_chief",
        3600,
        86400,
    )
    assert rule.text.startswith("A federal agency that asks for more officers at its own property may be declined")
    assert "\n" not in rule.text
    assert (rule.over, rule.cite) == (("other-agency",), "Directive B.4")
    assert load(ALDER).duties[2].satisfied_by == (SatisfiedBy.UNIT, SatisfiedBy.PHONE)
    assert load(ALDER).rule("no-such-rule") is None


def test_declared_facts_narrow_the_vocabulary_and_stand_first() -> None:
    policy = load(ALDER)
    assert policy.facts["requester"].one_of == ("public", "federal_agency", "state_agency", "local_agency")
    assert set(policy.facts) == set(FACTS)
    assert policy.declared == tuple(policy.facts)[:10]
    assert policy.facts["holiday"] == FACTS["holiday"]


def test_a_question_left_out_is_the_vocabularys() -> None:
    assert load(changed(ALDER, ', ask = "Could anybody be hurt or killed?"', "")).facts["life_safety"].ask == (
        FACTS["life_safety"].ask
    )


def test_line_ends_of_windows_change_the_seal_and_nothing_else() -> None:
    unix, windows = load(ALDER), load(ALDER.replace("\n", "\r\n"))
    assert unix.text_sha256 != windows.text_sha256
    assert [rule.text for rule in unix.duties] == [rule.text for rule in windows.duties]
    assert [rule.spot for rule in unix.duties] == [rule.spot for rule in windows.duties]


ONE_CHANGE: list[tuple[str, str, str, str | None]] = [
    # old text, new text, what is said, what is advised
    ("answerable-policy = 1", "answerable-policy = 2", "reads answerable-policy = 1", None),
    ("answerable-policy = 1", "answerable-policy = true", "must be a whole number, not true or false", None),
    ("answerable-policy = 1", "", "the key 'answerable-policy' is missing", "write answerable-policy = 0"),
    ("[ranks]", "[rank]", "there is no key 'rank'", "did you mean 'ranks'?"),
    ("[[clock]]", "[[clocks]]", "there is no key 'clocks'", "did you mean 'clock'?"),
    ("title =", "titel =", "there is no key 'titel'", "did you mean 'title'?"),
    ('issued-by = "Chief of Police"', "", "the key 'issued-by' is missing", None),
    ('issued-by = "Chief of Police"', 'issued-by = " "', "issued-by is empty", None),
    ('issued-by = "Chief of Police"', 'issued-by = "Chief\\u202e"', "cannot be printed", None),
    ('issued-by = "Chief of Police"', "issued-by = 7", "must be a text, not a whole number", None),
    ('issued-by-rank = "chief"', 'issued-by-rank = "chef"', "issued-by-rank is never 'chef'", "did you mean 'chief'?"),
    ('"alder-city/response"', '"Alder City"', "id cannot be 'Alder City'", "alder-city/response"),
    ('version = "2018-01-01"', "version = 2018-01-01", "version must be a text, not a date", None),
    ('version = "2018-01-01"', 'version = "a b"', "version cannot be 'a b'", None),
    ("2017-12-15T09:00:00-08:00", "2017-12-15T09:00:00", "issued-at has no offset", "2018-01-01T00:00:00-08:00"),
    ("2017-12-15T09:00:00-08:00", "2017-12-15", "must be a date and time with an offset, not a date", None),
    (
        "2017-12-15T09:00:00-08:00",
        "2018-12-15T09:00:00-08:00",
        "effective before it was issued",
        "not before issued-at",
    ),
    ("from = 2018-01-01T00:00:00-08:00", "frm = 2018-01-01T00:00:00-08:00", "no key 'frm'", "did you mean 'from'?"),
    (
        "from = 2018-01-01T00:00:00-08:00",
        "from = 2018-01-01T00:00:00-08:00, to = 2018-01-01T07:00:00Z",
        "ends before it begins",
        None,
    ),
    ('"answerable/calls@1"', '"answerable/calls@2"', "vocabulary is never", "did you mean 'answerable/calls@1'?"),
    ('"chief"]', '"chief", "chief"]', "order names 'chief' twice", None),
    ('"chief"]', '"The Chief"]', "a rank cannot be 'The Chief'", "watch_commander"),
    ('"chief"]', "1]", "order must list texts, not a whole number", None),
    # facts
    ("life_safety = {", "life_safty = {", "there is no key 'life_safty'", "did you mean 'life_safety'?"),
    ("life_safety = { yes-no = true", "life_safety = { yes-no = false", "yes-no = false says nothing", None),
    ("life_safety = { yes-no = true", "life_safety = { yes-no = 1", "yes-no must be true", None),
    (
        "life_safety = { yes-no = true",
        "life_safety = { from = 0, to = 1",
        "life_safety is yes or no",
        "yes-no = true",
    ),
    ("priority = { from = 0, to = 9", "priority = { from = 0, to = 10", "priority goes from 0 to 9", None),
    ("priority = { from = 0, to = 9", "priority = { from = 5, to = 4", "'from' is greater than 'to'", None),
    ("priority = { from = 0, to = 9", "priority = { from = 0", "the key 'to' is missing", None),
    ('"elsewhere"]', '"moon"]', "one-of names 'moon'", "possible: city"),
    ('"elsewhere"]', '"elsewhere"], ordered = false', "ordered = false says nothing", "leave the key out"),
    ('one-of = ["help", "additional_resources"]', "one-of = []", "one-of is an empty list", None),
    # rules
    ('id = "life-safety"', "", "the key 'id' is missing", None),
    ('id = "life-safety"', 'id = "Life Safety"', "id cannot be 'Life Safety'", '"life-safety"'),
    ('id = "officer-assaulted"', 'id = "life-safety"', "the id 'life-safety' stands twice", None),
    ('when = "life_safety"', "when = true", "when must be a condition in quotes, not true or false", None),
    ('when = "life_safety"', 'when = "life_safty"', "there is no fact 'life_safty'", "did you mean 'life_safety'?"),
    ("asks_for == 'help'", "asks_for == 'halp'", "asks_for is never 'halp'", "did you mean 'help'?"),
    ('when = "life_safety"', "when = \"__import__('os')\"", "there are no functions", None),
    ('duty = "must-respond"', 'duty = "must_respond"', "duty is never 'must_respond'", "did you mean 'must-respond'?"),
    ('cite = "Directive A.1"', 'decline-by = "chief"', "a duty that must be met has no decline-by", "remove it"),
    ('cite = "Directive A.1"', 'reopen-when = "holiday"', "a duty that must be met has no reopen-when", None),
    ('cite = "Directive A.1"', 'note = "x"', "there is no key 'note'", None),
    ('decline-by = "deputy_chief"', "", "the key 'decline-by' is missing", "deputy_chief, chief"),
    ('decide-within = "60 min"', "", "the key 'decide-within' is missing", "60 min"),
    ('decline-by = "deputy_chief"', 'decline-by = "deputy"', "decline-by is never 'deputy'", "'deputy_chief'"),
    ('["unit", "phone"]', '["unit", "fone"]', "satisfied-by names 'fone'", "did you mean 'phone'?"),
    ('over = ["other-agency"]', 'over = ["othr-agency"]', "over names 'othr-agency'", "did you mean 'other-agency'?"),
    ('over = ["other-agency"]', 'over = ["emergency-help"]', "over names 'emergency-help'", None),
    ('over = ["other-agency"]', 'over = ["life-safety"]', "stands before this rule", "change the order"),
    ('review-every = "24 h"', 'review-every = "24h"', "'24h' is not a duration", None),
    ('review-every = "24 h"', 'review-every = "0 h"', "'0 h' is not a duration", None),
    ('review-every = "24 h"', "review-every = 24", "review-every must be a duration, not a whole number", "15 min"),
    # clocks
    ('when = "true"', 'when = "known(priority)"', "a duty to respond without a clock that always runs", "[[clock]]"),
    ('id = "p2"', 'id = "p0-1"', "the id 'p0-1' stands twice", None),
    ('dispatch-within = "15 min"', "", "this clock sets no limit", "answer-within"),
    ('dispatch-within = "15 min"', 'dispatch-withn = "1 s"', "no key 'dispatch-withn'", "'dispatch-within'"),
    ('dispatch-within = "4 h"', 'tell-caller-within = "4 h"', "without a clock that always runs", None),
    ('dispatch-within = "4 h"', 'dispatch-within = "4 h"\nescalate-to = "boss"', "escalate-to is never 'boss'", None),
    ("priority == 2", "priority == '2'", "priority is a number, '2' is a text", None),
    ("priority == 2", "duty == 'must-respond'", "'duty' may stand only in promises", None),
    # promises and examples
    ("then = \"duty == 'must-respond'\"", "then = \"duty == 'must_respond'\"", "duty is never 'must_respond'", None),
    ("then = \"duty == 'must-respond'\"", "", "the key 'then' is missing", None),
    ("priority = 4", "priority = 12", "priority is never 12", "it goes from 0 to 9"),
    ("life_safety = false", 'life_safety = "no"', "life_safety is never 'no'", "write true or false"),
    ('place = "federal_property"', 'place = "federal"', "place is never 'federal'", "'federal_property'"),
    ("given = {}", "given = { plaice = 1 }", "there is no key 'plaice'", "did you mean 'place'?"),
    ("open = []", "opn = []", "there is no key 'opn'", "did you mean 'open'?"),
    ('open = ["life_safety"]', 'open = ["life_safty"]', "open names 'life_safty'", "'life_safety'"),
    ('rule = "agency-resources"', 'rule = "agency-resorces"', "rule is never 'agency-resorces'", "'agency-resources'"),
    ('expect = { duty = "may-decline", open = ["life_safety"] }', "expect = {}", "the example expects nothing", None),
    ('dispatch-within = "none"', 'dispatch-within = "no"', "'no' is not a duration", None),
]


@pytest.mark.parametrize(("old", "new", "message", "hint"), ONE_CHANGE, ids=range(len(ONE_CHANGE)))
def test_one_wrong_thing_is_refused_where_it_stands(old: str, new: str, message: str, hint: str | None) -> None:
    (fault,) = read_policy(changed(ALDER, old, new).encode(), file="alder.toml")[1]
    assert message in fault.message
    assert hint is None or hint in (fault.hint or "")
    assert fault.line is not None


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('when = "life_safety"', 'when = "life_safty"', "life_safty"),
        ("asks_for == 'help'", "asks_for == 'halp'", "'halp'"),
        (
            "and place == 'federal_property' and not",
            "and place == 'federal' and not",
            "'federal'",
        ),  # not its first line
        ("title =", "titel =", "titel"),
        ('duty = "must-respond"', 'duty = "may-respond"', '"may-respond"'),
        ('"chief"]', '"The Chief"]', '"The Chief"'),
        ("priority = 4", "priority = 12", "12"),
    ],
)
def test_a_refusal_names_line_and_column(old: str, new: str, wrong: str) -> None:
    text = changed(ALDER, old, new)
    fault = refusal(text)
    at = text.index(new) + new.index(wrong)
    assert (fault.line, fault.column) == (text[:at].count("\n") + 1, at - text.rfind("\n", 0, at))


def test_a_refusal_inside_a_rule_names_the_rule() -> None:
    fault = refusal(changed(ALDER, "priority == 2", "prority == 2"))
    assert fault.rule == "p2"
    assert str(fault).startswith("alder.toml:")
    assert ": p2: there is no fact 'prority'" in str(fault)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (b"title = \xff", "this is not UTF-8 text", 1),
        (b"a = 1\nb = \n", "this is not TOML", 2),
        (b"a = 1\na = 2\n", "this is not TOML", 2),
        (b"a = " + b"[" * 5000, "too deep", None),
        (b"a = " + b"[" * 40 + b"]" * 40, "too deep", None),
        (b"a = " + b"9" * 6000, "this is not TOML", None),
        (b"#" * (MOST_BYTES + 1), "a policy has at most", None),
        (b"", "the key 'answerable-policy' is missing", 1),
        (b"answerable-policy = 1\n", "the key 'policy' is missing", 1),
        (b"answerable-policy = 1\npolicy = 3\n[[duty]]", "policy must be a table, not a whole number", 2),
    ],
    ids=range(10),
)
def test_what_is_no_policy_file_is_refused(text: bytes, message: str, line: int | None) -> None:
    fault = refusal(text)
    assert message in fault.message
    assert line is None or fault.line == line


@pytest.mark.parametrize("instead", ["", "duty = []\n"])
def test_a_policy_without_any_duty_is_refused(instead: str) -> None:
    text = instead + STARTER[: STARTER.index("[[duty]]")] + STARTER[STARTER.index("[[clock]]") :]
    assert "there is no [[duty]]" in refusal(text).message


def test_a_duty_that_is_no_list_is_refused() -> None:
    assert "duty must be a list of tables" in refusal(changed(STARTER, "[[duty]]", "[duty]")).message


def test_facts_and_ranks_may_be_left_out() -> None:
    policy = load_policy(STARTER.encode(), file="1.toml")
    assert policy.declared == policy.ranks == ()
    assert dict(policy.facts) == FACTS
