"""The form of a claim and its file: what is typed is what stands there, and what a person wrote by hand stays."""

from __future__ import annotations

import tomllib
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.answer.intake.claim_file import read_claim
from answerable.errors import InputError
from answerable.model.claim import COMPARED, ClaimKind
from answerable.wiring.claim_form import (
    begun,
    fields_of,
    instant,
    parsed,
    tables_of,
    with_document,
    with_frame,
    with_passage,
    without,
)

PORTLAND = ZoneInfo("America/Los_Angeles")
LIST = b"id,about\na,2018-06-19T12:00:00-07:00\n"
WATCH = b"number,at,event,about\n"


def new(kind: ClaimKind, *, calls: tuple[str, ...] = ()) -> str:
    return begun(kind, id="one", said="Said.", by="counsel", calls=calls, monitoring="../evidence/watch.csv")


def read(text: str) -> object:
    files = {"list.csv": LIST, "../evidence/watch.csv": WATCH, "../evidence/letter.txt": b"We called."}
    return read_claim(text.encode(), file="one.toml", read_file=lambda name: files[name])


@pytest.mark.parametrize(
    "kind", [ClaimKind.CALLS_IGNORED, ClaimKind.REQUEST_DENIED, ClaimKind.POLICY_EXISTS, *COMPARED]
)
def test_what_an_allegation_says_is_enough_to_begin_with(kind: ClaimKind) -> None:
    read(new(kind, calls=("c-1",)))


FULL = {
    "text": "Calls were ignored.", "alleged_by": "counsel", "from": "2018-06-01 00:00:00-07:00",
    "to": "2018-07-01 00:00:00-07:00", "where": "kind == 'call'", "calls": "c-1 c-2", "count_calls": "335",
    "count_source": "the switch", "count_custodian": "Head of telecommunications",
    "count_attested": "2018-08-06 11:00:00-07:00",
}  # fmt: skip


def test_every_field_is_read_back_as_it_was_typed() -> None:
    text = with_frame(new(ClaimKind.CALLS_IGNORED), FULL, zone=PORTLAND)
    assert fields_of(tables_of(text)) == FULL
    read(text)


def test_the_fields_of_each_kind_are_read_back() -> None:
    compared = {"alpha": "0.1", "smallest": "3.0", "others": "place", "neighbours": "HARBOR: CENTRAL, NORTH"}
    said = {"text": "a", "alleged_by": "b", "where": "life_safety"}
    assert fields_of(tables_of(with_frame(new(ClaimKind.PATTERN), said | compared, zone=PORTLAND))) == said | compared
    watched = {"text": "a", "alleged_by": "b", "every": "1 min", "within": "2 min"}
    assert fields_of(tables_of(with_frame(new(ClaimKind.MONITORING_LAPSE), watched, zone=PORTLAND))) == watched
    policy = {"text": "a", "alleged_by": "b", "given.kind": "call", "given.life_safety": "no", "then": "answered"}
    assert fields_of(tables_of(with_frame(new(ClaimKind.POLICY_EXISTS), policy, zone=PORTLAND))) == policy


def test_what_is_left_empty_is_taken_out() -> None:
    text = with_frame(new(ClaimKind.CALLS_IGNORED), FULL, zone=PORTLAND)
    bare = with_frame(text, {"text": "a", "alleged_by": "b"}, zone=PORTLAND)
    assert fields_of(tables_of(bare)) == {"text": "a", "alleged_by": "b"}
    assert "independent-count" not in bare


def test_documents_passages_and_remarks_stay_when_the_frame_changes() -> None:
    document = {
        "kind": "letter",
        "sender": "Counsel",
        "dated": "2018-06-01",
        "passages": "We called.\n",
        "about": "r-1",
    }
    text = new(ClaimKind.STATEMENT).replace("[claim]", "# by hand\n[claim]")
    text = with_document(text, document, id="letter", file="../evidence/letter.txt", zone=PORTLAND)
    text = with_passage(text, {"quote": "We called.", "test": "not_in_the_record", "evidence": "letter"})
    text = with_passage(
        text, {"quote": "x", "test": "no_version_permits", "given.kind": "call", "outcomes": "answered\nmerged"}
    )
    changed = with_frame(text, {"text": "Another.", "alleged_by": "b"}, zone=PORTLAND)
    assert "# by hand" in changed
    held = tomllib.loads(changed)
    assert [one["quote"] for one in held["passage"]] == ["We called.", "x"]
    assert held["passage"][1]["given"] == {"kind": "call"}
    assert held["evidence"][0]["about"] == ["r-1"]
    read(changed)
    less = without(without(changed, "passage", 0), "evidence", 0)
    assert [one["quote"] for one in tomllib.loads(less)["passage"]] == ["x"]
    assert "evidence" not in tomllib.loads(less)
    with pytest.raises(InputError, match="not there any more"):
        without(less, "evidence", 0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2018-06-01", "2018-06-01T00:00:00-07:00"),
        ("2018-01-01 14:30", "2018-01-01T14:30:00-08:00"),
        ("2018-06-01T14:30:00Z", "2018-06-01T14:30:00+00:00"),
        ("2018-11-04 01:30-08:00", "2018-11-04T01:30:00-08:00"),
    ],
)
def test_a_time_is_local_where_it_has_no_offset(typed: str, meant: str) -> None:
    assert instant(typed, name="From", zone=PORTLAND).isoformat() == meant


@pytest.mark.parametrize("typed", ["2018-11-04 01:30", "2018-03-11 02:30"])
def test_a_local_time_that_comes_twice_or_never_needs_its_offset(typed: str) -> None:
    with pytest.raises(InputError, match="comes twice, or not at all"):
        instant(typed, name="From", zone=PORTLAND)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"alpha": "nan"}, "The chance of a false alarm"),
        ({"alpha": "a"}, "The chance of a false alarm"),
        ({"neighbours": "HARBOR"}, "Neighbouring districts"),
        ({"from": "1 June"}, "From: '1 June' is no time"),
    ],
)
def test_what_cannot_be_is_named(fields: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        with_frame(new(ClaimKind.PATTERN), {"text": "a", "alleged_by": "b"} | fields, zone=PORTLAND)


def test_a_fact_has_one_of_its_values_and_another_fact_is_passed_over() -> None:
    said = {"text": "a", "alleged_by": "b", "given.colour": "blue", "given.kind": "call"}
    assert "colour" not in with_frame(new(ClaimKind.POLICY_EXISTS), said, zone=PORTLAND)
    with pytest.raises(InputError, match="kind: 'visit' is not a value"):
        with_frame(new(ClaimKind.POLICY_EXISTS), said | {"given.kind": "visit"}, zone=PORTLAND)


@given(text=st.text(max_size=60), by=st.text(max_size=20))
def test_no_text_breaks_out_of_its_field(text: str, by: str) -> None:
    one_line, whom = " ".join(text.split()), " ".join(by.split())
    if not one_line or not whom:
        return
    made = with_frame(new(ClaimKind.CALLS_IGNORED), {"text": text, "alleged_by": by}, zone=PORTLAND)
    held = parsed(made).unwrap()
    assert set(held) == {"answerable-claim", "claim", "scope"}
    assert held["claim"] == {"id": "one", "kind": "calls_ignored", "text": one_line, "alleged-by": whom}
    assert tomllib.loads(made)["claim"]["text"] == one_line


@pytest.mark.parametrize(
    "odd",
    [
        "claim = 1",
        "[claim]\nid = 1",
        "[[scope]]\na = 1",
        "evidence = 3\n[claim]\nid = 'one'",
        "[comparison]\nneighbours = 3\n[claim]\ngiven = 3\n[scope]\ncalls = 3",
    ],
)
def test_a_file_that_is_no_claim_is_told_or_read_as_far_as_it_goes(odd: str) -> None:
    fields_of(tables_of(odd))
    with pytest.raises(InputError):
        with_frame(odd, {"text": "a", "alleged_by": "b"}, zone=PORTLAND)


def test_what_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(InputError, match="line 2"):
        parsed("a = 1\nb =\n")
