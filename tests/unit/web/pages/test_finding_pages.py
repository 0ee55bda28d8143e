"""From what the record supports to what a person signs: who may, when, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from answerable.proof.note import SigningKey
from answerable.watch import commands as do
from answerable.watch.people import Role
from answerable.web.housekeeping import CONSOLE

if TYPE_CHECKING:
    from tests.unit.web.pages.conftest import Staff

KEY = SigningKey(name="ombudsman.alder.example", seed=bytes(range(32, 64)))
SIGNER = {
    "name": "Iris Vale", "office": "Ombudsman", "rank": "auditor", "body": "Office of the Ombudsman",
    "addressee": "the City Council", "place_and_date": "Alder City, today", "key": KEY.secret_text(),
    "decided_none": "true",
}  # fmt: skip


def examined(staff: Staff, call: str) -> str:
    """An allegation that was put to the record; its address."""
    answer = staff.post("aud", "/allegations/new", kind="calls_ignored", text="Ignored.", by="counsel", calls=call)
    path = str(answer.headers["location"]).partition("?")[0]
    staff.post("aud", f"{path}/examine")
    return path


def asked(staff: Staff, call: str) -> str:
    path = examined(staff, call)
    assert staff.post("aud", f"{path}/propose").status_code == 303
    assert staff.post("aud", f"{path}/ask", who="Chief of Police", by="2018-06-30").status_code == 303
    return path


def test_nothing_is_signed_before_it_is_proposed_and_somebody_was_asked(staff: Staff) -> None:
    path = examined(staff, staff.call(priority=3))
    assert staff.post("aud", f"{path}/sign", **SIGNER).status_code == 422
    staff.post("aud", f"{path}/propose")
    refused = staff.post("aud", f"{path}/sign", **SIGNER)
    assert refused.status_code == 422
    assert "Nothing was recorded." in refused.text
    assert "PRIVATE+KEY" not in refused.text


def test_a_reply_is_awaited_as_long_as_there_is_time(staff: Staff) -> None:
    path = asked(staff, staff.call(priority=3))
    assert staff.post("aud", f"{path}/sign", **SIGNER).status_code == 422
    staff.post("aud", f"{path}/reply", who="Chief of Police", text="We looked again.")
    assert staff.post("aud", f"{path}/sign", **SIGNER).status_code == 303
    page = staff.page("aud", path)
    assert "by Iris Vale, Ombudsman (auditor), Office of the Ombudsman" in page
    assert "answerable/finding-signature@1" in page


def test_every_step_is_an_entry_of_the_desks_own_record_and_the_desk_goes_on(staff: Staff) -> None:
    before = staff.house.desk.head().size
    asked(staff, staff.call(priority=3))
    assert staff.house.desk.head().size >= before + 4
    call = staff.call(priority=2)
    assert staff.post("dana", f"/c/{call}/do/decide-respond").status_code == 303


def test_who_decided_a_call_does_not_sign(staff: Staff) -> None:
    call = staff.call(priority=3)
    for role in (Role.AUDITOR, Role.DISPATCHER):
        staff.give(do.Assign(id=staff.id(), person="u-dana", role=role), by=CONSOLE)
    staff.post("dana", f"/c/{call}/do/decide-respond")
    path = asked(staff, call)
    staff.post("aud", f"{path}/reply", who="Chief of Police", text="We looked again.")
    refused = staff.post("dana", f"{path}/sign", **SIGNER)
    assert refused.status_code == 422
    assert "who decided a call does not sign" in refused.text


def test_what_is_no_key_signs_nothing_and_is_not_shown_again(staff: Staff) -> None:
    path = asked(staff, staff.call(priority=3))
    staff.post("aud", f"{path}/reply", who="Chief of Police", text="We looked again.")
    refused = staff.post("aud", f"{path}/sign", **(SIGNER | {"key": "PRIVATE+KEY+nonsense"}))
    assert refused.status_code == 422
    assert "That is no signing key." in refused.text
    assert "nonsense" not in refused.text
    assert "Iris Vale" in refused.text


def test_a_signed_letter_is_not_edited(staff: Staff) -> None:
    path = asked(staff, staff.call(priority=3))
    staff.post("aud", f"{path}/reply", who="Chief of Police", text="We looked again.")
    staff.post("aud", f"{path}/sign", **SIGNER)
    assert staff.post("aud", f"{path}/letter", letter="Something else.").status_code == 422


def test_only_an_auditor_takes_a_step(staff: Staff) -> None:
    path = examined(staff, staff.call(priority=3))
    answers: list[Any] = [
        staff.post(name, f"{path}/{step}")
        for name in ("dana", "chief", "fern", "polly")
        for step in ("propose", "ask", "reply", "letter", "sign")
    ]
    assert {one.status_code for one in answers} == {403}
