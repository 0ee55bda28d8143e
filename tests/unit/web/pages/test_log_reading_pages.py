"""What somebody outside read of the log: taken in with an allegation, held against the record, and what follows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.small_log import TIME_S, WITNESS_KEYS
from tests.unit.web.pages.test_claim_pages import begun, kept, opened, put, trouble

from answerable.model.times import iso
from answerable.proof import Note, TrustPolicy
from answerable.stores.tile_folder import TileFolder
from answerable.wiring.log_reading import read_log_versions
from answerable.wiring.publishing import publish
from answerable.wiring.recording import OpenRecord, now_us

if TYPE_CHECKING:
    from tests.unit.web.pages.conftest import Staff

CLERK = WITNESS_KEYS["union"]
GIVEN = {"given.kind": "call", "given.life_safety": "yes"}
HOUR_US = 3_600_000_000


class Nobody:
    """No witness is asked; one cosigns by hand."""

    def ask(self, *_: Any, **__: Any) -> dict[str, Any]:
        return {}


def publish_cosigned(record: OpenRecord, out: Path) -> TrustPolicy:
    """Publish everything, and have one witness cosign; whom its reader believes."""
    keys = "".join(f"log {one}\n" for one in record.keyring.verifiers)
    alone = TrustPolicy.parse(f"{keys}quorum none\n".encode())
    publish(record, TileFolder(out), out=out, embargo_s=-(10**9), trust=alone, witnesses=Nobody())
    note = Note.parse((out / "checkpoint").read_bytes())
    cosigned = Note(note.text, (*note.signatures, CLERK.sign(note.text, time_s=TIME_S)))
    (out / "checkpoint").write_bytes(cosigned.encode())
    return TrustPolicy.parse(f"{keys}witness clerk {CLERK.verifier}\nquorum clerk\n".encode())


@pytest.fixture
def outside(staff: Staff, tmp_path: Path) -> Path:
    """Three hours of a desk, read by somebody outside. They begin now: the record was made now."""
    staff.house.hands.at_us = now_us()
    for _ in range(18):
        staff.later(hours=1 / 6)
        staff.house.desk.tick()
    record = staff.house.desk.record
    trust = publish_cosigned(record, tmp_path / "public")
    read_log_versions(str(tmp_path / "public"), trust=trust, out=tmp_path / "log.json")
    return tmp_path / "log.json"


def window(staff: Staff) -> dict[str, str]:
    """An hour in the middle of those three."""
    end_us = staff.house.hands.at_us
    return {"from": iso(end_us - 2 * HOUR_US), "to": iso(end_us - HOUR_US)}


def no_such_policy(staff: Staff) -> str:
    """An allegation that there is a policy by which calls about danger to life go unanswered."""
    path = opened(staff, "policy_exists")
    claim = begun(staff, path, "policy_exists")
    kept(
        staff,
        claim,
        "frame",
        text="They let calls about life go unanswered.",
        alleged_by="counsel",
        **GIVEN,
        **window(staff),
    )
    return path


def sent(staff: Staff, path: str, content: bytes, **changed: str) -> Any:
    client = staff.as_("aud")
    data = {"csrf": client.headers["x-csrf-token"], "sender": "City Clerk", "dated": "2026-11-26"} | changed
    token = client.headers.pop("x-csrf-token")
    try:
        return client.post(f"{path}/log", data=data, files=[("file", ("log.json", content))])
    finally:
        client.headers["x-csrf-token"] = token


def changed(outside: Path, **fields: Any) -> bytes:
    return json.dumps(json.loads(outside.read_bytes()) | fields).encode()


def test_that_no_policy_permits_it_is_unfounded_once_somebody_outside_has_read_the_log(
    staff: Staff, outside: Path
) -> None:
    path = no_such_policy(staff)
    assert "own word is not enough" in staff.page("aud", path)
    (before,) = put(staff, path)
    assert before.finding == "not_sustained"
    answer = sent(staff, path, outside.read_bytes())
    assert answer.status_code == 303, trouble(answer.text)
    page = staff.page("aud", path)
    assert "read by <strong>City Clerk</strong>" in page
    assert "clerk, as its reader says" in page
    (finding,) = put(staff, path)
    assert finding.finding == "unfounded", (finding.answer, finding.limits)
    assert any("cosigned by clerk" in one for one in finding.because)
    assert [(one.kind, one.sender) for one in finding.evidence] == [("what was read of the log", "City Clerk")]


def test_a_reading_that_no_witness_vouches_for_shows_nothing(staff: Staff, outside: Path) -> None:
    path = no_such_policy(staff)
    assert sent(staff, path, changed(outside, witnesses=[])).status_code == 303
    assert "nobody: no finding of <em>unfounded</em> can rest on it" in staff.page("aud", path)
    (finding,) = put(staff, path)
    assert finding.finding == "not_sustained"
    assert any("No witness has cosigned the log" in one for one in finding.limits)


def test_a_finding_that_rests_on_it_is_computed_again_from_its_bundle(staff: Staff, outside: Path) -> None:
    path = no_such_policy(staff)
    sent(staff, path, outside.read_bytes())
    put(staff, path)
    assert staff.post("aud", f"{path}/propose").status_code == 303
    held = staff.house.desk.record.folder.path / "examinations" / path.rpartition("/")[2] / "0001" / "result"
    bundle = json.loads((held / "bundle.json").read_bytes())
    assert "--log inputs/log-reading.json" in bundle["recompute"]
    names = {one["name"] for one in bundle["files"]}
    assert {"inputs/log-reading.json", "inputs/evidence/log-reading.json"} <= names


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"root": "00" * 32}, "another root than the one that was read"),
        ({"size": 9_999_999}, "It speaks of 9,999,999 entries"),
        ({"versions": []}, "not what the entries of this log say"),
        ({"through_us": 4_000_000_000_000_000}, "not what the entries of this log say"),
        ({"unread": 12}, "not what the entries of this log say"),
        ({"keys": [str(CLERK.verifier)]}, "a key that is none of this log"),
        ({"schema": "answerable/log-reading@2"}, "is not what was read of a log"),
    ],
)
def test_what_it_says_of_this_desks_own_log_must_be_so(
    staff: Staff, outside: Path, fields: dict[str, Any], words: str
) -> None:
    path = no_such_policy(staff)
    refused = sent(staff, path, changed(outside, **fields))
    assert refused.status_code == 422
    assert words in trouble(refused.text)
    assert "City Clerk" in refused.text, "what was typed stays"
    assert not (staff.house.desk.record.folder.path / "allegations" / path.rpartition("/")[2] / "log").exists()


def test_of_another_log_it_is_said_that_nothing_could_be_checked_here(staff: Staff, outside: Path) -> None:
    path = no_such_policy(staff)
    assert sent(staff, path, changed(outside, origin="alder.example/before")).status_code == 303
    assert "Nothing of it could be checked here" in staff.page("aud", path)


def test_who_read_it_and_when_are_asked_for(staff: Staff, outside: Path) -> None:
    path = no_such_policy(staff)
    for missing in ("sender", "dated"):
        refused = sent(staff, path, outside.read_bytes(), **{missing: " "})
        assert (refused.status_code, "is missing" in trouble(refused.text)) == (422, True)


def test_it_is_taken_out_again_and_is_no_part_of_what_is_put_then(staff: Staff, outside: Path) -> None:
    path = no_such_policy(staff)
    sent(staff, path, outside.read_bytes())
    assert staff.post("aud", f"{path}/log/remove").status_code == 303
    (finding,) = put(staff, path)
    assert finding.finding == "not_sustained"


def test_a_document_cannot_take_the_name_of_what_the_desk_lays_beside_it(staff: Staff, outside: Path) -> None:
    path = opened(staff, "policy_exists")
    claim = begun(staff, path, "policy_exists")
    kept(staff, claim, "frame", text="x", alleged_by="y", **GIVEN, **window(staff))
    client = staff.as_("aud")
    data = {"csrf": client.headers["x-csrf-token"], "kind": "letter", "sender": "me", "dated": "2026-11-26"}
    token = client.headers.pop("x-csrf-token")
    mine = [("file", ("log-reading.json", b"mine"))]
    assert client.post(f"{claim}/document", data=data, files=mine).status_code == 303
    client.headers["x-csrf-token"] = token
    sent(staff, path, outside.read_bytes())
    (finding,) = put(staff, path)
    assert [one.id for one in finding.evidence] == ["log-reading", "log-reading-2"]
    assert len({one.sha256 for one in finding.evidence}) == 2


def test_the_desks_own_log_read_by_its_own_desk_is_not_in_the_examination(staff: Staff) -> None:
    """0057: the log is no second witness; without a file from outside there is no `--log`."""
    path = no_such_policy(staff)
    put(staff, path)
    held = staff.house.desk.record.folder.path / "examinations" / path.rpartition("/")[2] / "0001"
    assert "--log" not in json.loads((held / "result" / "finding.json").read_bytes())["recompute"]
