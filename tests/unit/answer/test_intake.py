"""Claims, facts and decisions people hand in: what is wrong is named with its place, and nothing is taken silently."""

from __future__ import annotations

import hashlib

import pytest

from answerable.answer.intake.claim_file import read_claim
from answerable.answer.intake.decisions_file import read_decisions
from answerable.answer.intake.facts_file import read_facts
from answerable.errors import ClaimError
from answerable.model.claim import ClaimKind, PassageTest
from answerable.model.decision import DecisionKind
from answerable.model.times import parse_instant

FACTS = "call,fact,value,asserted_by,occurred_at,recorded_at\n"
DECISIONS = "call,at,recorded_at,actor,rank,decision,clause,reason,conditions,review_due,recorded_by\n"
AT = "2018-06-19T14:05:00-07:00"


def test_facts_are_read_with_their_types() -> None:
    text = FACTS + f"R1,life_safety,yes,requester,{AT},{AT}\nR1,priority,2,desk,{AT},{AT}\nR1,place,,desk,{AT},{AT}\n"
    one, two, three = read_facts(text.encode(), file="facts.csv")
    assert (one.value, two.value, three.value) == (True, 2, None)
    assert one.recorded_at_us == parse_instant(AT)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            f"R1,life_safty,yes,desk,{AT},{AT}",
            "line 2, column fact: 'life_safty' is not a fact of the vocabulary; did you",
        ),
        (f"R1,life_safety,maybe,desk,{AT},{AT}", "line 2, column value: 'maybe' is not yes or no"),
        (
            f"R1,place,mars,desk,{AT},{AT}",
            "line 2, column value: 'mars' is not a value of place; it takes city, federal",
        ),
        (f"R1,priority,12,desk,{AT},{AT}", "line 2, column value: '12' is not a value of priority"),
        (f",priority,1,desk,{AT},{AT}", "line 2, column call: is blank"),
        ("R1,priority,1,desk,2018-06-19 14:05,x", "line 2, column occurred_at: '2018-06-19 14:05' is not a time with"),
        ("R1,priority,1", "line 2: expected 6 fields, found 3"),
    ],
)
def test_a_faulty_fact_is_refused_with_its_place(row: str, said: str) -> None:
    with pytest.raises(ClaimError) as fault:
        read_facts((FACTS + row + "\n").encode(), file="facts.csv")
    assert said in str(fault.value)
    assert "facts.csv" in str(fault.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "facts.csv is empty"),
        (b"call,fact\n", "missing: value, asserted_by"),
        (FACTS.replace("value", "valeu").encode(), "unknown: valeu"),
        (FACTS.encode() + b"R1,place,\xe9\n", "line 2: not UTF-8 (byte 0xe9)"),
        (FACTS.encode() + b'R1,"pla"ce,x\n', "line 2: "),
        (b'call,"fa"ct\n', "line 1: "),
    ],
)
def test_a_faulty_file_of_facts_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ClaimError, match=r"facts\.csv") as fault:
        read_facts(data, file="facts.csv")
    assert said in str(fault.value)


def test_decisions_are_read_and_blanks_are_not_recorded() -> None:
    due = "2018-06-20T14:00:00-07:00"
    row = f"R1,{AT},{AT},Deputy Chief,deputy_chief,decline_with_conditions,agency-resources,,,{due},\n"
    (one,) = read_decisions((DECISIONS + row).encode(), file="d.csv")
    assert one.decision is DecisionKind.DECLINE_WITH_CONDITIONS
    assert (one.reason, one.conditions, one.recorded_by) == (None, None, None)
    assert one.review_due_us == parse_instant(due)


def test_an_unknown_decision_is_refused() -> None:
    row = f"R1,{AT},{AT},a,b,refuse,c,d,,,\n"
    with pytest.raises(
        ClaimError, match="line 2, column decision: 'refuse' is not a decision; it takes respond, decline"
    ):
        read_decisions((DECISIONS + row).encode(), file="d.csv")


CLAIM = """
answerable-claim = 1
[claim]
id = "calls-ignored"
kind = "calls_ignored"
text = "Calls were ignored."
alleged-by = "A union"
[scope]
from = 2018-06-17T00:00:00-07:00
where = "kind == 'call'"
[[evidence]]
id = "letter"
kind = "letter"
file = "letter.txt"
sender = "A union"
dated = 2018-07-02T09:00:00-07:00
passages = ["our calls went unheard"]
about = ["18-1"]
"""
LETTER = b"We say that our calls\n   went unheard all summer."


def claim(text: str, *, letter: bytes = LETTER) -> object:
    return read_claim(text.encode(), file="claim.toml", read_file=lambda _name: letter)


def test_a_claim_is_read_with_its_document_hashed_and_its_passages_found() -> None:
    found = read_claim(CLAIM.encode(), file="claim.toml", read_file=lambda _name: LETTER)
    assert found.kind is ClaimKind.CALLS_IGNORED
    assert found.scope.from_us == parse_instant("2018-06-17T00:00:00-07:00")
    assert found.evidence[0].sha256 == hashlib.sha256(LETTER).hexdigest()
    assert found.evidence[0].passages_checked
    assert found.file_sha256 == hashlib.sha256(CLAIM.encode()).hexdigest()


def test_a_document_that_is_not_text_is_taken_in_with_its_passages_unchecked() -> None:
    found = read_claim(CLAIM.encode(), file="claim.toml", read_file=lambda _name: b"%PDF-1.7\xff\xfe")
    assert not found.evidence[0].passages_checked


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("calls_ignored", "calls_forgotten", "Invalid enum value 'calls_forgotten' - at `$.claim.kind`"),
        ("alleged-by", "alleged", "unknown field `alleged` - at `$.claim`"),
        ("-07:00\nwhere", "\nwhere", "at `$.scope.from`"),
        ("our calls went unheard", "our calls were ignored", "does not contain the passage 'our calls were ignored'"),
        ("answerable-claim = 1", "answerable-claim = 2", "at `$.answerable-claim`"),
        ('id = "calls-ignored"', 'id = "Calls Ignored"', "at `$.claim.id`"),
        ('text = "Calls', "text = Calls", "line 6"),
        ('text = "Calls were ignored."', 'text = " "', "`text` is blank"),
        ("where = ", "to = 2018-06-01T00:00:00-07:00\nwhere = ", "before it begins"),
        ('kind = "calls_ignored"', 'kind = "statement"', "which need at least one"),
        ('kind = "calls_ignored"', 'kind = "policy_exists"', "needs `given`"),
    ],
)
def test_a_faulty_claim_is_refused_saying_where(old: str, new: str, said: str) -> None:
    assert old in CLAIM
    with pytest.raises(ClaimError, match=r"claim\.toml") as fault:
        claim(CLAIM.replace(old, new))
    assert said in str(fault.value)


STATEMENT = """
answerable-claim = 1
[claim]
id = "statement"
kind = "statement"
text = "A statement."
alleged-by = "The mayor"
[[passage]]
quote = "No call went unheard."
test = "no_call"
outcomes = ["unheard"]
"""


def test_a_passage_must_stand_in_the_document_it_is_quoted_from() -> None:
    quoted = STATEMENT.replace(
        "[[passage]]", CLAIM[CLAIM.index("[[evidence]]") : CLAIM.index("passages")] + "[[passage]]"
    )
    quoted = quoted.replace('test = "no_call"', 'test = "no_call"\nevidence = "letter"')
    with pytest.raises(ClaimError, match=r"does not contain the passage 'No call went unheard\.'"):
        claim(quoted)
    found = read_claim(quoted.encode(), file="claim.toml", read_file=lambda _name: b"He said: No call went unheard.")
    assert found.evidence[0].passages_checked


def test_a_statement_is_read_with_its_passages() -> None:
    found = read_claim(STATEMENT.encode(), file="claim.toml", read_file=lambda _name: b"")
    assert found.passages[0].test is PassageTest.NO_CALL


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('outcomes = ["unheard"]', "", "passage 1: the test no_call needs `outcomes`"),
        ('["unheard"]', '["unherd"]', "Invalid enum value 'unherd'"),
        ('test = "no_call"', 'test = "no_call"\nevidence = "mail"', "there is no [[evidence]] with id 'mail'"),
        ('test = "no_call"', 'test = "some_decision"\ndecision = "declin"', "Invalid enum value 'declin'"),
    ],
)
def test_a_faulty_passage_is_refused_saying_where(old: str, new: str, said: str) -> None:
    with pytest.raises(ClaimError) as fault:
        claim(STATEMENT.replace(old, new))
    assert said in str(fault.value)
