"""Private values taken out at the desk: by a records officer, with a second person who approves by a password."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from tests.support.door import password_of
from tests.unit.web.pages.test_claim_pages import opened

from answerable.watch.commands import Assign
from answerable.watch.people import Role
from answerable.web.account_pages import MOST_FAILURES
from answerable.web.housekeeping import CONSOLE

if TYPE_CHECKING:
    from tests.unit.web.pages.conftest import Staff

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  of nobody
GROUND = "court order 18-112"


@pytest.fixture
def office(staff: Staff) -> Staff:
    """With two records officers."""
    for name in ("rita", "ron"):
        staff.users[name] = staff.house.person(name, agency="Alder City")
        given = Assign(id=staff.id(), person=staff.users[name].id, role=Role.RECORDS_OFFICER)
        staff.give(given, by=CONSOLE)
    return staff


def taken_out(staff: Staff, entry: str, *fields: str, approver: str = "ron", **changed: Any) -> Any:
    said = {
        "field": list(fields), "ground": GROUND, "approver": approver, "approver_password": password_of(approver),
        "approver_code": "",
    }  # fmt: skip
    return staff.post("rita", f"/redact/{entry}", **(said | changed))


def entries(staff: Staff) -> list[dict[str, Any]]:
    store = staff.house.desk.record.store
    return [json.loads(one.body) for one in store.entries(0, store.head().size)]


def test_what_is_taken_out_is_gone_from_the_page_and_that_it_was_is_an_entry(office: Staff) -> None:
    call = office.call(priority=3)
    assert f"/redact/{call}" in office.page("rita", f"/c/{call}")
    assert "Quarrel" in office.page("dana", f"/c/{call}")
    form = office.page("rita", f"/redact/{call}")
    assert 'value="nature"' in form
    assert 'value="place"' in form
    answer = taken_out(office, call, "nature")
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"/c/{call}")
    assert "Quarrel" not in office.page("dana", f"/c/{call}")
    (said,) = (one for one in entries(office) if one["type"] == "redaction")
    assert (said["about"], said["fields"], said["ground"]) == (call, ["nature"], GROUND)
    assert (said["by"], said["approved_by"]) == (office.users["rita"].id, office.users["ron"].id)
    assert 'value="nature"' not in office.page("rita", f"/redact/{call}"), "and cannot be taken out twice"


def test_a_watch_commander_approves_too_and_nobody_else_does(office: Staff) -> None:
    call = office.call(priority=3)
    for name in ("ada", "dana", "aud", "polly", "fern", "rita"):
        refused = taken_out(office, call, "place", approver=name)
        assert (refused.status_code, "Nothing was taken out" in refused.text) == (422, True), name
    assert taken_out(office, call, "place", approver="chief").status_code == 303


def test_a_wrong_password_counts_and_after_five_the_right_one_is_not_taken_either(office: Staff) -> None:
    call = office.call(priority=3)
    for _ in range(MOST_FAILURES):
        refused = taken_out(office, call, "place", approver_password="wrong words altogether")  # noqa: S106
        assert refused.status_code == 422
        assert "wrong words" not in refused.text
    assert taken_out(office, call, "place").status_code == 422
    assert [one for one in entries(office) if one["type"] == "redaction"] == []


def test_whoever_has_a_second_factor_approves_with_it_and_each_code_is_good_once(office: Staff) -> None:
    call = office.call(priority=3)
    office.house.accounts.set_totp(office.users["ron"].id, SECRET, used=0)
    with office.house.accounts._file.transaction() as connection:
        connection.execute("UPDATE user SET second_factor = 1 WHERE id = ?", (office.users["ron"].id,))
    code = pyotp.TOTP(SECRET).generate_otp(office.house.site.clock() // 30_000_000)
    assert taken_out(office, call, "place").status_code == 422
    assert taken_out(office, call, "place", approver_code=code).status_code == 303
    assert taken_out(office, call, "nature", approver_code=code).status_code == 422


@pytest.mark.parametrize("changed", [{"ground": " "}, {"field": ""}, {"field": "colour"}])
def test_what_is_missing_or_not_there_is_said_and_what_was_typed_stays_but_no_secret(
    office: Staff, changed: dict[str, str]
) -> None:
    call = office.call(priority=3)
    refused = taken_out(office, call, "place", **changed)
    assert refused.status_code == 422
    assert 'value="ron"' in refused.text
    assert password_of("ron") not in refused.text


def test_the_words_of_an_allegation_go_with_what_was_worked_out_about_it(office: Staff) -> None:
    path = opened(office, "calls_ignored")
    assert f"/redact/{path.rpartition('/')[2]}" in office.page("rita", path)
    answer = taken_out(office, path.rpartition("/")[2], "text", "by")
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, path)
    assert "withheld or erased" in office.page("aud", path)
    assert "/redact/" not in office.page("rita", path)


def test_an_entry_without_anything_private_is_not_there_to_be_taken_out(office: Staff) -> None:
    assert office.as_("rita").get("/redact/nothing").status_code == 404


def test_who_looked_at_the_form_is_written_down(office: Staff) -> None:
    call = office.call(priority=3)
    office.page("rita", f"/redact/{call}")
    last = office.house.accounts.readings(most=1)[0]
    assert (last.page, last.about, last.user_id) == ("redaction", call, office.users["rita"].id)
