"""Forms to commands: what is empty is absent, what cannot be read is told beside its field."""

from __future__ import annotations

import msgspec
import pytest

from answerable.watch import commands as do
from answerable.web.pages.act_forms import FORMS, Ask
from answerable.web.pages.acts import KINDS
from answerable.web.pages.command_forms import COMMANDS, FormError, Typed, command_of

NOW_US = 1_529_434_800_000_000


def read(tag: str, about: str | None = "c-1", **fields: str) -> do.Command:
    return command_of(tag, fields, id="e-1", about=about, now_us=NOW_US)


def test_a_form_is_the_command_its_fields_say() -> None:
    assert read("record-unit", unit=" 4A12 ", status="on_scene", csrf="x", next="/board") == do.RecordUnit(
        id="e-1", about="c-1", unit="4A12", status=do.UnitStatus.ON_SCENE
    )


def test_minutes_ago_is_an_instant() -> None:
    made = read("record-unit", unit="4A12", status="dispatched", ago_min="5")
    assert made.occurred_at_us == NOW_US - 300_000_000


def test_a_review_in_hours_is_an_instant() -> None:
    made = read("review", result="upheld", review_in_h="24", reason_text="nothing changed")
    assert isinstance(made, do.Review)
    assert made.review_due_us == NOW_US + 86_400_000_000


def test_what_is_empty_is_absent() -> None:
    made = read("receive-call", about=None, nature="  ", place="Alder Park", sensitive="true")
    assert isinstance(made, do.ReceiveCall)
    assert (made.nature, made.place, made.sensitive) == (None, "Alder Park", True)


def test_units_may_stand_with_spaces_or_commas_between() -> None:
    made = read("commit-units", units="4A12, 4A17  4A20")
    assert isinstance(made, do.CommitUnits)
    assert made.units == ("4A12", "4A17", "4A20")


@pytest.mark.parametrize(
    ("tag", "fields", "field", "said"),
    [
        ("record-unit", {"unit": "4A12"}, "status", "This is needed."),
        ("record-unit", {"unit": "4A12", "status": "flew"}, "status", "Choose one of these."),
        ("record-unit", {"unit": "4A 12", "status": "staged"}, "unit", "Letters, digits"),
        ("record-unit", {"unit": "4A12", "status": "staged", "ago_min": "soon"}, "ago_min", "whole number"),
        ("record-unit", {"unit": "4A12", "status": "staged", "ago_min": "-1"}, "ago_min", "whole number"),
        ("hold", {"reason_text": "x" * 4001}, "reason_text", "at most 4,000 characters"),
        ("hold", {"reason_text": "ok", "who": "me"}, "", "unknown field"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(tag: str, fields: dict[str, str], field: str, said: str) -> None:
    with pytest.raises(FormError) as caught:
        read(tag, **fields)
    assert list(caught.value.errors) == [field]
    assert said in caught.value.errors[field]


def test_every_command_that_a_button_gives_is_one_the_desk_knows() -> None:
    assert set(KINDS) <= set(COMMANDS)
    assert {kind.form for kind in KINDS.values() if kind.form} == set(FORMS) | {"decline"}


@pytest.mark.parametrize("slug", FORMS)
def test_a_form_asks_only_for_what_its_command_has(slug: str) -> None:
    form = FORMS[slug]
    spoken = {"ago_min": "occurred_at_us", "told_ago_min": "told_at_us", "review_in_h": "review_due_us"}
    known = {one.name for one in msgspec.structs.fields(COMMANDS[form.tag])}
    assert {spoken.get(field.name, field.name) for field in form.fields} <= known


@pytest.mark.parametrize("slug", FORMS)
def test_whatever_a_command_cannot_do_without_is_asked_for(slug: str) -> None:
    form = FORMS[slug]
    needed = {one.name for one in msgspec.structs.fields(COMMANDS[form.tag]) if one.required} - {"id", "about"}
    assert needed <= {field.name for field in form.fields if field.required}
    assert all(field.choices or field.name == "condition" for field in form.fields if field.ask is Ask.ONE_OF)


def test_what_was_typed_is_shown_again_and_what_was_not_is_empty() -> None:
    typed = Typed({"unit": "4A12"})
    assert (typed["unit"], typed["status"], bool(Typed({}))) == ("4A12", "", False)
