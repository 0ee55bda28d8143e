"""From a result to a signed finding: what is drafted, what is refused, what is entered in the log."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec
import pytest
from tests.support.finding_lives import CHIEF, DAY_US, NOON_US, SIGNER, UNION
from tests.support.findings import (
    CLAIM,
    DECISIONS,
    KEY,
    REPLY,
    SENT,
    asked,
    desk,
    edited,
    proposed,
    replied,
    signed,
    town_result,
    whole,
)

from answerable import wiring
from answerable.errors import FindingError, InputError, RecordError, SettingsError, StorageError
from answerable.model.finding_life import Signer, Standing
from answerable.proof.note import open_note
from answerable.report.out_folder import replaces_earlier_result
from answerable.wiring.finding_folder import open_dossier


@pytest.fixture
def result(tmp_path: Path) -> Path:
    return town_result(tmp_path)


def letter_of(result: Path) -> str:
    return (result / "dossier" / "letter.md").read_text(encoding="utf-8")


# Proposing and asking


def test_a_proposal_drafts_a_letter_that_says_what_the_record_shows(result: Path) -> None:
    told = proposed(result)
    text = letter_of(result)
    assert told.life.standing is Standing.PROPOSED
    assert "Finding on claim gate-calls: sustained." in text
    assert "1 of 3 calls in scope was ignored." in text
    assert "> Calls from the gate were ignored." in text
    assert "Nobody has been asked for a reply yet." in text
    assert "(proposed, unsigned)" not in text


def test_a_result_is_proposed_once(result: Path) -> None:
    proposed(result)
    with pytest.raises(FindingError, match="proposed from this result already"):
        proposed(result)


def test_a_result_without_a_claim_has_nothing_to_propose(result: Path) -> None:
    found = json.loads((result / "finding.json").read_bytes()) | {"claims": []}
    content = json.dumps(found).encode()
    (result / "finding.json").write_bytes(content)
    manifest = json.loads((result / "manifest.json").read_bytes())
    for one in manifest["files"]:
        if one["name"] == "finding.json":
            one["sha256"] = hashlib.sha256(content).hexdigest()
    (result / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(FindingError, match="no claim was put to this record"):
        proposed(result)


def test_a_changed_result_is_not_proposed(result: Path) -> None:
    (result / "finding.json").write_bytes((result / "finding.json").read_bytes() + b" ")
    with pytest.raises(InputError, match="not those that manifest"):
        proposed(result)


def test_a_letter_that_nobody_edited_is_drafted_again_with_each_step(result: Path) -> None:
    proposed(result)
    assert asked(result).letter_renewed
    assert "reply: none yet." in letter_of(result)
    assert replied(result).letter_renewed
    assert f"reply.txt, SHA-256 {hashlib.sha256(REPLY.encode()).hexdigest()}" in letter_of(result)


def test_an_edited_letter_is_left_as_it_is(result: Path) -> None:
    proposed(result)
    edited(result)
    before = letter_of(result)
    assert not asked(result).letter_renewed
    assert letter_of(result) == before


def test_a_day_to_reply_by_ends_with_that_day_where_the_calls_were_made(result: Path) -> None:
    proposed(result)
    (question,) = asked(result).life.questions
    assert question.asked.reply_by_us == 1_534_057_199_000_000  # 2018-08-11 23:59:59 in Los Angeles
    assert "by 11 Aug 2018;" in letter_of(result)


@pytest.mark.parametrize("by", ["soon", "2018-13-01", "2018-08-11T12:00:00"])
def test_a_day_that_is_none_is_refused(result: Path, by: str) -> None:
    proposed(result)
    with pytest.raises(InputError, match="--by"):
        wiring.ask_for_reply(result, who=CHIEF, by=by)


@pytest.mark.parametrize("who", ["", "  ", "The\nChief", "Chief\u202e"])
def test_whoever_is_asked_is_named_in_one_line(result: Path, who: str) -> None:
    proposed(result)
    with pytest.raises(InputError, match="who was asked"):
        wiring.ask_for_reply(result, who=who, by="2030-01-01")


def test_two_replies_of_one_name_lie_side_by_side(result: Path) -> None:
    proposed(result)
    asked(result)
    asked(result, who=UNION)
    replied(result)
    replied(result, who=UNION, text="Another reply.")
    replied(result, who=UNION, published=False)
    names = {path.name: path.read_text() for path in (result / "dossier" / "replies").iterdir()}
    assert names == {"reply.txt": REPLY, "2-reply.txt": "Another reply.", "3-reply.txt": REPLY}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("page.html", "page.html.txt"),
        ("drawing.SVG", "drawing.SVG.txt"),
        ("a:b?<c>.pdf", "a_b__c_.pdf"),
        (".hidden", "hidden"),
        ("Antwort zur Anfrage (2).pdf", "Antwort zur Anfrage (2).pdf"),
    ],
)
def test_a_reply_is_kept_under_a_name_that_runs_nowhere(result: Path, tmp_path: Path, given: str, kept: str) -> None:
    proposed(result)
    asked(result)
    (tmp_path / given).write_text("<script>alert(1)</script>")
    wiring.enter_reply(result, who=CHIEF, document=tmp_path / given, at_us=NOON_US + 2 * DAY_US)
    assert [path.name for path in (result / "dossier" / "replies").iterdir()] == [kept]


# Signing


def test_a_finding_is_signed_by_a_note_over_its_letter_and_every_step(result: Path) -> None:
    told = whole(result)
    assert told.life.standing is Standing.SIGNED
    text = open_note((result / "dossier" / "signature.note").read_bytes(), [KEY.verifier]).text
    letter = hashlib.sha256((result / "dossier" / "letter.md").read_bytes()).hexdigest()
    step = hashlib.sha256((result / "dossier" / "steps" / "004-signed.json").read_bytes()).hexdigest()
    assert f"letter {letter}\n" in text
    assert f"step {step}\n" in text
    assert text.startswith(f"answerable/finding-signature@1\nfinding {told.life.finding}\n")
    assert "Ana Reyes, City Ombudsman (director), City of Alder, Ombudsman" in text


@pytest.mark.parametrize(
    "blank", ["[Addressee]", "[Place and date]", "Signed by [name], [office] ([rank]), [body]."]
)  # fmt: skip
def test_a_letter_with_a_blank_is_not_signed(result: Path, blank: str) -> None:
    proposed(result)
    asked(result)
    replied(result)
    letter = edited(result)
    letter.write_text(f"{letter.read_text()}\n{blank}\n")
    with pytest.raises(FindingError, match="still has blanks"):
        signed(result)


@pytest.mark.parametrize(
    "line",
    [
        "Finding on claim gate-calls: sustained.",
        "reply: received on 6 Aug 2018",
        "Signed by Ana Reyes, City Ombudsman (director), City of Alder, Ombudsman.",
        "I decided none of the calls in the scope of this finding.",
    ],
)
def test_a_letter_that_lacks_a_line_is_not_signed_and_the_line_is_shown(result: Path, line: str) -> None:
    proposed(result)
    asked(result)
    replied(result)
    letter = edited(result)
    assert line in letter.read_text()
    letter.write_text(letter.read_text().replace(line, "…"))
    with pytest.raises(FindingError, match="does not say, word for word") as refused:
        signed(result)
    assert line in str(refused.value)


def test_a_letter_that_says_no_reply_so_far_is_not_signed_when_the_time_is_over(result: Path) -> None:
    proposed(result)
    asked(result)
    edited(result)
    with pytest.raises(FindingError, match=r"none by then\. Silence is not taken as consent"):
        signed(result)


def test_broken_lines_do_not_matter(result: Path) -> None:
    proposed(result)
    asked(result)
    replied(result)
    letter = edited(result)
    letter.write_text(letter.read_text().replace("Finding on claim gate-calls:", "Finding on\nclaim gate-calls:"))
    assert signed(result).life.signed


def test_a_letter_that_is_not_utf8_is_refused(result: Path) -> None:
    proposed(result)
    asked(result)
    replied(result)
    letter = edited(result)
    letter.write_bytes(letter.read_bytes() + b"\xff")
    with pytest.raises(FindingError, match="not UTF-8"):
        signed(result)


def test_a_result_changed_after_it_was_proposed_is_not_signed(result: Path) -> None:
    proposed(result)
    asked(result)
    replied(result)
    edited(result)
    manifest = result / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    with pytest.raises(FindingError, match="not the result that was proposed"):
        signed(result)


# Who may sign: the decisions come with the bundle

COMMANDER = Signer(name="T. Osei", office="Watch Commander (East)", rank="captain", body="Police Bureau")
NAMESAKE = Signer(name="watch commander east", office="City Ombudsman", rank="director", body="City of Alder")
SAME_RANK = Signer(name="Ana Reyes", office="Internal Affairs", rank="Watch Commander", body="Police Bureau")
ALL_DECIDED = DECISIONS + "".join(
    f"{call},2018-06-19T13:10:00-07:00,2018-06-19T13:11:00-07:00,Dispatcher 4,dispatcher,respond,calls,,,,\n"
    for call in (1, 3)
)


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A bundle, up to the signature; not kept in the log."""
    return ready_with(tmp_path, DECISIONS)


def ready_with(folder: Path, decisions: str | None, claim: str = CLAIM) -> Path:
    with desk(folder) as record:
        result = town_result(folder, record=record, decisions=decisions, claim=claim)
    proposed(result)
    asked(result)
    replied(result)
    return result


@pytest.mark.parametrize("signer", [COMMANDER, NAMESAKE])
def test_who_decided_a_call_in_scope_does_not_sign_whatever_they_state(ready: Path, signer: Signer) -> None:
    edited(ready, signer=signer)
    with pytest.raises(FindingError, match="decided 2: who decided a call does not sign"):
        signed(ready, signer=signer)
    assert open_dossier(ready).life.signed is None


def test_without_a_decider_for_every_call_the_signer_must_state_it(ready: Path) -> None:
    edited(ready)
    with pytest.raises(FindingError, match=r"no decider is on record for 2 of the calls \(1, 3\)"):
        signed(ready, states_decided_none=False)
    step = signed(ready).life.signed
    assert step is not None
    assert (step.deciders_compared, step.states_decided_none) == (1, True)


def test_the_rank_of_a_decider_needs_the_statement_too(tmp_path: Path) -> None:
    result = ready_with(tmp_path, ALL_DECIDED)
    edited(result, signer=SAME_RANK)
    with pytest.raises(FindingError, match="somebody of the rank Watch Commander decided 2"):
        signed(result, signer=SAME_RANK, states_decided_none=False)


def test_where_every_call_has_a_named_decider_no_statement_is_asked_for(tmp_path: Path) -> None:
    result = ready_with(tmp_path, ALL_DECIDED)
    edited(result)
    step = signed(result, states_decided_none=False).life.signed
    assert step is not None
    assert (step.deciders_compared, step.not_on_record) == (2, ())


def test_a_claim_whose_calls_are_not_listed_puts_every_decision_in_scope(tmp_path: Path) -> None:
    claim = CLAIM.replace("calls_ignored", "policy_exists") + "\n"
    claim = claim.replace('alleged-by = "Counsel for the dock workers"', 'alleged-by = "C"\ngiven = { kind = "call" }')
    result = ready_with(tmp_path, ALL_DECIDED, claim)
    edited(result)
    with pytest.raises(FindingError, match="calls that the result does not list"):
        signed(result, states_decided_none=False)
    with pytest.raises(FindingError, match="decided 2"):
        signed(result, signer=COMMANDER)


def test_without_decisions_the_signer_must_state_it(result: Path) -> None:
    proposed(result)
    asked(result)
    replied(result)
    edited(result)
    with pytest.raises(FindingError, match="no decisions were supplied"):
        signed(result, states_decided_none=False)


def test_decisions_that_are_not_those_sealed_are_refused(ready: Path) -> None:
    edited(ready)
    (ready / "inputs" / "decisions.csv").write_text(DECISIONS.replace("Watch Commander, East", "Somebody else"))
    with pytest.raises(FindingError, match="not the file that was sealed"):
        signed(ready)


# Keys


def test_a_key_is_made_for_its_owner_alone_and_never_over_another(tmp_path: Path) -> None:
    made = wiring.make_signer_key("ombudsman.alder.example", out=tmp_path / "key")
    assert made.secret.stat().st_mode & 0o777 == 0o600
    assert made.public.read_text().strip() == made.key
    assert str(wiring.read_signer_key(made.secret).verifier) == made.key
    with pytest.raises(InputError, match="is there already"):
        wiring.make_signer_key("ombudsman.alder.example", out=tmp_path / "key")


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    made = wiring.make_signer_key("ombudsman.alder.example", out=tmp_path / "key")
    made.secret.chmod(0o644)
    with pytest.raises(StorageError, match="may be read by other people"):
        wiring.read_signer_key(made.secret)


def test_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("PRIVATE+KEY+secret-stuff")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(InputError) as refused:
        wiring.read_signer_key(tmp_path / "key")
    assert "secret-stuff" not in str(refused.value)
    with pytest.raises(InputError, match="cannot be used"):
        wiring.make_signer_key("two words", out=tmp_path / "other")


# The log


def test_every_step_and_reply_is_an_entry_about_the_one_before(tmp_path: Path) -> None:
    with desk(tmp_path) as record:
        result = town_result(tmp_path, record=record)
        before = record.store.head().size
        told = whole(result, record)
        entries = [json.loads(entry.body) for entry in record.store.entries(before, 99)]
    steps = [entry for entry in entries if entry["type"] == "finding"]
    assert [entry["step"] for entry in steps] == ["proposed", "asked", "replied", "signed"]
    assert {entry["finding"] for entry in entries} == {told.life.finding}
    assert [entry["about"] for entry in steps[1:]] == [entry["id"] for entry in steps[:-1]]
    assert [entry["file"] for entry in entries if entry["type"] == "evidence"] == ["reply.txt"]
    assert CHIEF not in json.dumps(entries)


def test_a_finding_kept_in_a_log_takes_no_step_outside_of_it(tmp_path: Path) -> None:
    with desk(tmp_path) as record:
        result = town_result(tmp_path, record=record)
        proposed(result, record)
    with pytest.raises(FindingError, match=r"kept in the log alder.example"):
        asked(result)
    with pytest.raises(FindingError, match=r"kept in the log"):
        replied(result)
    assert not (result / "dossier" / "replies").exists()


def test_a_finding_begun_outside_of_a_log_cannot_be_entered_half_way(tmp_path: Path) -> None:
    result = town_result(tmp_path)
    proposed(result)
    with desk(tmp_path) as record, pytest.raises(FindingError, match="outside of any log"):
        asked(result, record)


def test_what_cannot_be_entered_does_not_happen(tmp_path: Path) -> None:
    with desk(tmp_path) as record:
        result = town_result(tmp_path, record=record)
        proposed(result, record)
        asked(result, record)
        replied(result, record)
        edited(result)
    wiring.close_record(tmp_path / "desk", next_origin="x/2")
    with wiring.open_record(tmp_path / "desk") as record, pytest.raises(RecordError):
        signed(result, record)
    assert open_dossier(result).life.signed is None


# Superseding


def test_a_changed_finding_supersedes_the_earlier_one_by_its_id(tmp_path: Path) -> None:
    old, new = town_result(tmp_path / "old"), town_result(tmp_path / "new", rows=(SENT,))
    first = whole(old)
    later = proposed(new, supersedes=old, because="the export was corrected")
    assert later.life.proposed.supersedes is not None
    assert later.life.proposed.supersedes.finding == first.life.finding
    assert f"This finding supersedes {first.life.finding}: the export was corrected" in letter_of(new)
    with pytest.raises(FindingError, match="a proposal supersedes no signed finding"):
        wiring.supersede_finding(old, by=new)
    asked(new)
    replied(new)
    edited(new)
    signed(new)
    done = wiring.supersede_finding(old, by=new, at_us=NOON_US + 20 * DAY_US)
    assert done.life.standing is Standing.SUPERSEDED
    assert (old / "dossier" / "letter.md").read_bytes() == (new / "dossier/earlier/letter.md").read_bytes()
    with pytest.raises(FindingError, match="was superseded by"):
        proposed(town_result(tmp_path / "third"), supersedes=old, because="again")


def test_only_a_finding_that_names_it_supersedes_it(tmp_path: Path) -> None:
    old, new = town_result(tmp_path / "old"), town_result(tmp_path / "new")
    proposed(old)
    proposed(new)
    with pytest.raises(FindingError, match="was not proposed in place of"):
        wiring.supersede_finding(old, by=new)


def test_superseding_says_why(tmp_path: Path) -> None:
    old, new = town_result(tmp_path / "old"), town_result(tmp_path / "new")
    proposed(old)
    with pytest.raises(InputError, match="--because"):
        proposed(new, supersedes=old)


def test_a_result_with_a_finding_is_not_examined_over(result: Path) -> None:
    assert replaces_earlier_result(result)
    proposed(result)
    with pytest.raises(SettingsError, match="which is not replaced"):
        replaces_earlier_result(result)


def test_showing_a_finding_that_is_none_says_how_to_begin(result: Path) -> None:
    with pytest.raises(FindingError, match="no finding was proposed"):
        wiring.show_finding(result)


def test_the_signer_is_named_in_full(result: Path) -> None:
    proposed(result)
    asked(result)
    replied(result)
    edited(result)
    with pytest.raises(InputError, match="signer's rank is empty"):
        signed(result, signer=msgspec.structs.replace(SIGNER, rank=" "))
