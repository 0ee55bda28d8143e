"""What was worked out about an allegation goes with its words; what a signed finding rests on stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.web.pages.test_claim_pages import LETTER, begun, opened, put, uploaded
from tests.unit.web.pages.test_finding_pages import signed

from answerable.watch.people import Actor, Role
from answerable.wiring.desk_erasing import CASES, HELD, erase_worked_out
from answerable.wiring.doctoring import look_around

if TYPE_CHECKING:
    from tests.unit.web.pages.conftest import Staff

OFFICER = Actor(id="u-rita", role=Role.RECORDS_OFFICER)


def worked_out(staff: Staff) -> str:
    """An allegation with a claim, a letter and a result that nobody signed: its address."""
    path = opened(staff, "calls_ignored", staff.call(priority=3))
    claim = begun(staff, path, "calls_ignored")
    said = {"kind": "letter", "sender": "Counsel", "dated": "2018-06-19"}
    assert uploaded(staff, claim, "document", [("letter.txt", LETTER)], **said).status_code == 303
    put(staff, path)
    return path


def redact(staff: Staff, path: str, *fields: str) -> None:
    staff.house.desk.redact(
        path.rpartition("/")[2], fields=fields or ("text",), ground="privacy", by=OFFICER, approved_by="u-counsel"
    )


def left(staff: Staff, path: str) -> list[str]:
    folder, id_ = staff.house.desk.record.folder.path, path.rpartition("/")[2]
    found = [one for part in (CASES, HELD) for one in (folder / part / id_).rglob("*") if one.is_file()]
    return [one.name for one in found]


def test_claims_documents_and_unsigned_results_go_with_the_words(staff: Staff) -> None:
    path, other = worked_out(staff), worked_out(staff)
    assert "letter.txt" in left(staff, path)
    redact(staff, path)
    assert left(staff, path) == []
    assert "letter.txt" in left(staff, other), "nobody else's"
    page = staff.page("aud", path)
    assert "withheld or erased" in page
    assert "It was not put to the record yet" in page


def test_what_a_signed_finding_rests_on_stays(staff: Staff) -> None:
    path = signed(staff, staff.call(priority=3))
    put(staff, path)
    before = left(staff, path)
    redact(staff, path)
    kept = left(staff, path)
    assert "finding.json" in kept
    assert len(kept) < len(before), "the result that nobody signed is gone"
    assert not (staff.house.desk.record.folder.path / CASES / path.rpartition("/")[2]).exists()


def test_a_stop_between_the_erasure_and_this_is_made_up_for(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    path = worked_out(staff)
    record = staff.house.desk.record
    with monkeypatch.context() as patch:
        patch.setattr("answerable.wiring.desk.erase_worked_out", lambda *_, **__: ())
        redact(staff, path, "by")
    assert left(staff, path)
    for expected in ((path.rpartition("/")[2],), ()):
        assert erase_worked_out(record.folder.path, store=record.store, vault=record.vault) == expected
    assert left(staff, path) == []


def test_the_doctor_counts_what_lies_in_clear_and_says_who_else_can_look_in(staff: Staff) -> None:
    folder: Path = staff.house.desk.record.folder.path
    folder.chmod(0o700)
    nothing = look_around(folder).in_clear
    assert nothing is not None
    assert nothing.files == 0
    worked_out(staff)
    seen = look_around(folder)
    assert seen.in_clear is not None
    assert seen.in_clear.files > 5
    assert not any("look into this folder" in one.message for one in seen.troubles)
    folder.chmod(0o750)
    assert any("look into this folder" in one.message for one in look_around(folder).troubles)
