"""From what the record supports to what a person signs: who may, when, and with what."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable.proof.note import SigningKey
from answerable.proof.verifier import Verdict
from answerable.watch import commands as do
from answerable.watch.people import Role
from answerable.web.housekeeping import CONSOLE
from answerable.web.site import DoorSettings
from answerable.wiring import read_trust, verify_paths

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


def signed(staff: Staff, call: str) -> str:
    """A finding that a person signed; the address of its allegation."""
    path = asked(staff, call)
    assert staff.post("aud", f"{path}/reply", who="Chief of Police", text="We looked again.").status_code == 303
    answer = staff.post("aud", f"{path}/sign", **SIGNER)
    assert answer.status_code == 303, answer.text
    return path


def published(staff: Staff, path: str, **fields: str) -> str:
    """The permalink of a finding that was published."""
    answer = staff.post("aud", f"{path}/publish", **fields)
    assert answer.status_code == 303, answer.text
    found = re.search(r'href="(/f/finding-[^/"]+/)"', staff.page("aud", str(answer.headers["location"])))
    assert found is not None
    return found[1]


def test_nothing_is_published_before_a_person_has_signed(staff: Staff) -> None:
    path = asked(staff, staff.call(priority=3))
    refused = staff.post("aud", f"{path}/publish")
    assert refused.status_code == 422
    assert "is not signed yet" in refused.text
    assert "No finding was published yet." in staff.house.browser().get("/f").text


def test_a_published_finding_is_read_by_anybody_under_its_permalink(staff: Staff) -> None:
    link = published(staff, signed(staff, staff.call(priority=3)))
    anybody = staff.house.browser()
    bare = anybody.get(link.rstrip("/"))
    assert (bare.status_code, bare.headers["location"]) == (308, link)
    page = anybody.get(link)
    assert page.status_code == 200
    assert "Iris Vale" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("frame-ancestors 'none'")
    for name in set(re.findall(r'href="([a-z0-9./-]+?)(?:#[^"]*)?"', page.text)):
        assert anybody.get(link + name).status_code == 200, name
    assert link in anybody.get("/f").text


def test_what_is_published_is_verified_by_strangers_from_its_zip_alone(staff: Staff, tmp_path: Path) -> None:
    link = published(staff, signed(staff, staff.call(priority=3)))
    packed = staff.house.browser().get(f"{link}finding.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        archive.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    keys = tmp_path / "trusted.vkey"
    keys.write_text(f"{KEY.verifier}\n{staff.house.desk.record.keyring.verifiers[0]}\n")
    judged = verify_paths([folder], trust=read_trust(None, (str(keys),)))
    assert judged.verdict is Verdict.PROVED, judged
    assert not (folder / "inputs" / "calls.csv").exists()


def test_only_what_was_published_is_served(staff: Staff) -> None:
    link = published(staff, signed(staff, staff.call(priority=3)))
    anybody = staff.house.browser()
    for name in ("inputs/calls.csv", "inputs/decisions.csv", "..%2f..%2frecord.toml", "dossier", "nothing.html"):
        assert anybody.get(link + name).status_code == 404, name
    for finding in ("finding-2018-01-01-00000000", "record.toml", "0001"):
        assert anybody.get(f"/f/{finding}/").status_code in (404, 405), finding


def test_everything_it_rests_on_is_published_where_the_auditor_says_so(staff: Staff) -> None:
    link = published(staff, signed(staff, staff.call(priority=3)), with_inputs="true")
    answer = staff.house.browser().get(f"{link}inputs/calls.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_letter_in_reply_is_kept_as_it_came_and_never_runs_here(staff: Staff) -> None:
    path = asked(staff, staff.call(priority=3))
    client = staff.as_("aud")
    fields = {"who": "Chief of Police", "text": "", "csrf": client.headers["x-csrf-token"]}
    letter = {"document": ("reply.html", b"<script>alert(1)</script>")}
    assert client.post(f"{path}/reply", data=fields, files=letter).status_code == 303
    assert staff.post("aud", f"{path}/sign", **SIGNER).status_code == 303
    link = published(staff, path)
    answer = staff.house.browser().get(f"{link}dossier/replies/reply.html.txt")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"].startswith("text/plain")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_reply_in_confidence_is_not_published(staff: Staff) -> None:
    path = asked(staff, staff.call(priority=3))
    staff.post("aud", f"{path}/reply", who="Chief of Police", text="Only for you.", in_confidence="true")
    assert staff.post("aud", f"{path}/sign", **SIGNER).status_code == 303
    link = published(staff, path)
    anybody = staff.house.browser()
    assert anybody.get(f"{link}dossier/replies/reply.txt").status_code == 404
    assert "Only for you." not in anybody.get(link).text


def test_a_key_file_signs_as_its_line_does(staff: Staff) -> None:
    path = asked(staff, staff.call(priority=3))
    staff.post("aud", f"{path}/reply", who="Chief of Police", text="We looked again.")
    client = staff.as_("aud")
    fields = {**SIGNER, "key": "", "csrf": client.headers["x-csrf-token"]}
    key = {"key_file": ("signer.key", f"{KEY.secret_text()}\n".encode())}
    assert client.post(f"{path}/sign", data=fields, files=key).status_code == 303
    folder = staff.house.desk.record.folder.path
    held = [one for one in folder.rglob("*") if one.is_file() and KEY.secret_text().encode() in one.read_bytes()]
    assert held == []


def test_another_finding_takes_the_place_of_a_published_one_and_its_pages_say_so(staff: Staff) -> None:
    path = signed(staff, staff.call(priority=3))
    first = published(staff, path)
    staff.post("aud", f"{path}/examine")
    missing = staff.post("aud", f"{path}/propose", supersedes="0001", because="")
    assert missing.status_code == 422
    assert "Say why" in missing.text
    answer = staff.post("aud", f"{path}/propose", supersedes="0001", because="the bureau sent its log")
    assert answer.status_code == 303, answer.text
    assert "Superseded" not in staff.house.browser().get("/f").text
    staff.post("aud", f"{path}/ask", who="Chief of Police", by="2018-06-30")
    staff.post("aud", f"{path}/reply", who="Chief of Police", text="Yes.")
    assert staff.post("aud", f"{path}/sign", **SIGNER).status_code == 303
    second = published(staff, path)
    assert first != second
    anybody = staff.house.browser()
    assert second.split("/")[2] in anybody.get(first).text
    assert "Superseded" in anybody.get("/f").text
    assert "Superseded" in anybody.get(f"/embed{first.rstrip('/')}").text
    assert "the bureau sent its log" in staff.page("aud", f"{path}?result=0001")


def test_a_small_page_may_be_framed_by_any_site_and_knows_no_log_in(staff: Staff) -> None:
    link = published(staff, signed(staff, staff.call(priority=3)))
    for address in (f"/embed{link.rstrip('/')}", "/embed/log"):
        answer = staff.as_("aud").get(address)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors *" in policy
        assert "script-src" not in policy
        assert "<form" not in answer.text
        assert "aud" not in re.sub(r"Auditor|auditor", "", answer.text)
        assert staff.house.desk.origin in answer.text
    assert "frame-ancestors 'none'" in staff.as_("aud").get("/board").headers["content-security-policy"]


def test_the_draft_goes_to_those_who_are_asked_as_pages_that_say_so(staff: Staff) -> None:
    path = examined(staff, staff.call(priority=3))
    assert staff.as_("aud").get(f"{path}/draft.zip").status_code == 409
    staff.post("aud", f"{path}/propose")
    packed = staff.as_("aud").get(f"{path}/draft.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert "draft" in archive.read("draft/index.html").decode().casefold()


def test_every_time_that_it_was_put_can_be_looked_at(staff: Staff) -> None:
    path = examined(staff, staff.call(priority=3))
    staff.post("aud", f"{path}/examine")
    page = staff.page("aud", path)
    assert "It was put 2 times" in page
    assert "You look at an earlier one." in staff.page("aud", f"{path}?result=0001")
    staff.post("aud", f"{path}/propose", result="0001")
    assert "Propose this finding" in staff.page("aud", path)
    assert "Proposed, unsigned" in staff.page("aud", f"{path}?result=0001")


def test_a_day_to_reply_by_ends_where_the_desk_is(staff: Staff) -> None:
    object.__setattr__(staff.house.site, "settings", DoorSettings(zone="America/Los_Angeles"))
    path = asked(staff, staff.call(priority=3))
    assert "until Sat 30 Jun 2018, 23:59:59 PDT" in staff.page("aud", path)
    wrong = staff.post("aud", f"{path}/ask", who="The Mayor", by="soon")
    assert wrong.status_code == 422
    assert "neither a day such as 2018-08-20" in wrong.text
    assert "--by" not in wrong.text
