"""A published finding, and what `verify` says of it: proved as it is, refuted where one byte is another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.support.finding_lives import CHIEF, DAY_US, NOON_US, SIGNER
from tests.support.findings import (
    KEY,
    REPLY,
    SENT,
    asked,
    desk,
    edited,
    hostile_result,
    judged,
    judgement,
    proposed,
    published,
    replied,
    signed,
    town_result,
    whole,
)

from answerable import wiring
from answerable.answer.finding_life import read_step, step_bytes
from answerable.errors import FindingError, InputError
from answerable.model.finding_life import Signed
from answerable.proof.note import Note, SigningKey
from answerable.proof.verifier import Kind, Verdict
from answerable.wiring.finding_folder import open_dossier, sha256
from answerable.wiring.finding_publication import Publication
from answerable.wiring.finding_signature import signed_text

STRANGER = SigningKey(name="ombudsman.alder.example", seed=bytes(32))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result with a signed finding, published without a log in `alone`, with one and all inputs in `logged`."""
    folder = tmp_path_factory.mktemp("published")
    alone = town_result(folder / "a")
    whole(alone)
    published(alone, folder / "alone", url="https://ombudsman.alder.example/1")
    with desk(folder) as record:
        logged = town_result(folder / "b", record=record)
        whole(logged, record)
        published(logged, folder / "logged", record, with_inputs=True)
        published(logged, folder / "without", record)
    return folder


@pytest.fixture
def alone(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "alone", tmp_path / "alone"))


@pytest.fixture
def logged(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "logged", tmp_path / "logged"))


# What holds


def test_a_finding_kept_in_a_log_is_proved_and_computed_again(logged: Path) -> None:
    found = judgement(logged)
    assert (found.kind, found.verdict) == (Kind.FINDING, Verdict.PROVED), found.refuted + found.cannot_tell
    said = " ".join(found.proved)
    assert "Signed by Ana Reyes, City Ombudsman (director)" in said
    assert "The 5 steps of finding-" in said
    assert f"dossier/replies/reply.txt is the reply of {CHIEF}." in said
    assert "The finding was computed again from the sealed inputs and is the same" in said
    assert "6 pages were made again from what is here, and are the same byte for byte" in said
    not_said = " ".join(found.not_proved)
    assert "decided none of the calls: that is their own statement" in not_said
    assert "no later finding supersedes it" in not_said
    assert "everybody concerned was asked" in not_said


def test_what_may_name_people_is_left_out_unless_it_is_asked_in(made: Path) -> None:
    without, inputs = made / "without", made / "logged"
    assert {path.name for path in (without / "inputs").rglob("*") if path.is_file()} == {"claim.toml", "policy.toml"}
    assert {path.name for path in (inputs / "inputs").iterdir() if path.is_file()} == {
        "town.csv", "town.toml", "decisions.csv",
    }  # fmt: skip
    assert not (inputs / "private").exists()
    found = judgement(without)
    assert found.verdict is Verdict.PROVED
    assert "What inputs/decisions.csv says: it was left out (decisions may name people)." in found.not_proved
    assert any("town.csv is not in the bundle" in sentence for sentence in found.not_proved)


def test_without_a_log_nobody_can_say_when(alone: Path) -> None:
    found = judgement(alone)
    assert found.verdict is Verdict.PROVED
    assert "When each step was taken: no log holds them." in found.not_proved
    assert "That the finding follows from the files: this result is no bundle." in found.not_proved


def test_a_key_that_you_do_not_know_leaves_the_signature_open(alone: Path) -> None:
    found = judgement(alone, keys=())
    assert found.verdict is Verdict.CANNOT_TELL
    assert any("you have not named it" in sentence for sentence in found.cannot_tell)


def test_a_finding_that_is_proposed_is_not_answered_for(tmp_path: Path) -> None:
    with desk(tmp_path) as record:
        result = town_result(tmp_path, record=record)
        proposed(result, record)
    found = judgement(result)
    assert found.verdict is Verdict.PROVED
    assert "That anybody answers for it: nobody has signed." in found.not_proved


# What is refuted


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return act


def resealed(name: str, old: str, new: str) -> Callable[[Path], None]:
    """The same, with the seal of the file in publication.json made to fit."""

    def act(folder: Path) -> None:
        edit(name, old, new)(folder)
        reseal(folder, name)

    return act


def reseal(folder: Path, *names: str) -> None:
    from answerable.proof.sealing import seal_of  # noqa: PLC0415

    path = folder / "publication.json"
    publication = Publication.parse(path.read_bytes())
    files = publication.files | {name: seal_of([(folder / name).read_bytes()]) for name in names}
    path.write_bytes(msgspec.structs.replace(publication, files=files).encode())


def sign_anew(folder: Path, key: SigningKey, *, over: str | None = None) -> None:
    """Put another signature under the finding, over `over` or over what it should be over."""
    dossier = open_dossier(folder)
    step = dossier.life.signed
    assert step is not None
    text = signed_text(dossier.life, step) if over is None else over
    (folder / "dossier" / "signature.note").write_bytes(Note(text, (key.sign(text),)).encode())
    reseal(folder, "dossier/signature.note")


def another_letter_was_signed(folder: Path) -> None:
    """The note is the signer's own, over another letter than the one that lies there."""
    dossier = open_dossier(folder)
    step = dossier.life.signed
    assert step is not None
    sign_anew(folder, KEY, over=signed_text(dossier.life, msgspec.structs.replace(step, letter_sha256="0" * 64)))


def stranger_signed(folder: Path) -> None:
    sign_anew(folder, STRANGER)


def step_left_out(folder: Path) -> None:
    (folder / "dossier/steps/002-asked.json").unlink()


def steps_renumbered(folder: Path) -> None:
    """Nobody was asked at all: the steps after it are made to fit, as a forger would."""
    steps = folder / "dossier" / "steps"
    first = (steps / "001-proposed.json").read_bytes()
    step = read_step((steps / "004-signed.json").read_bytes())
    assert isinstance(step, Signed)
    for path in steps.glob("00[2-9]*"):
        path.unlink()
    (steps / "002-signed.json").write_bytes(step_bytes(msgspec.structs.replace(step, number=2, previous=sha256(first))))


def other_finding(folder: Path) -> None:
    resealed("finding.json", '"sustained"', '"not_sustained"')(folder)


REFUTED: dict[str, tuple[Callable[[Path], None], str]] = {
    "another letter": (resealed("dossier/letter.md", "ignored", "answered"), "not the letter that was signed"),
    "a signature over another letter": (another_letter_was_signed, "what was signed is another letter"),
    "another signer's key under the same name": (stranger_signed, "not signed by the key that its step names"),
    "a signature that was edited": (edit("dossier/signature.note", "Ana Reyes", "Bob Reyes"), "not by its key"),
    "another reply": (resealed("dossier/replies/reply.txt", "Nobody", "Everybody"), f"not the reply of {CHIEF}"),
    "a step left out": (step_left_out, "does not follow on step 1"),
    "a step edited": (edit("dossier/steps/002-asked.json", "by letter", "by phone"), "does not follow"),
    "nobody was asked": (steps_renumbered, "Nobody has been asked for a reply"),
    "another finding": (other_finding, "finding.json: this is not the file that was proposed"),
    "another table of calls": (resealed("calls.csv", "unheard", "answered"), "calls.csv"),
    "a page that says otherwise": (resealed("index.html", "sustained", "unfounded"), "index.html: made again"),
    "a letter's page that says otherwise": (resealed("letter.html", "ignored", "answered"), "letter.html: made again"),
    "a report that says otherwise": (resealed("report.html", "unheard", "answered"), "report.html"),
    "a file changed after it was published": (edit("methods.html", "Methods", "Method"), "not the file that was"),
    "a publication that says it is a draft no more": (
        edit("publication.json", '"status":"published"', '"status":"superseded"'), "it says superseded",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUTED)
def test_one_thing_otherwise_refutes_the_finding(alone: Path, case: str) -> None:
    act, said = REFUTED[case]
    act(alone)
    found = judgement(alone)
    assert found.verdict is Verdict.REFUTED
    assert any(said in sentence for sentence in found.refuted), found.refuted


@pytest.mark.parametrize(
    "case", ["another letter", "a page that says otherwise", "a file changed after it was published"]
)
def test_with_a_log_the_publication_itself_is_sealed(logged: Path, case: str) -> None:
    REFUTED[case][0](logged)
    reseal(logged)
    assert judgement(logged).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "name",
    ["dossier/letter.md", "dossier/signature.note", "dossier/replies/reply.txt", "finding.json", "calls.csv"],
)
def test_what_is_missing_cannot_be_told(alone: Path, name: str) -> None:
    (alone / name).unlink()
    found = judgement(alone)
    assert found.verdict is Verdict.CANNOT_TELL, found.refuted
    assert any(sentence.startswith(name) for sentence in found.cannot_tell)


@pytest.mark.parametrize("name", ["publication.tlog-proof", "dossier/steps/004-signed.tlog-proof"])
def test_a_receipt_that_is_missing_cannot_be_told(logged: Path, name: str) -> None:
    (logged / name).unlink()
    assert judgement(logged).verdict is Verdict.CANNOT_TELL


def test_what_else_lies_in_the_folder_is_named(alone: Path) -> None:
    (alone / "more.html").write_text("Something else.")
    assert "Anything about what else is in the folder: more.html." in judgement(alone).not_proved


def test_a_page_that_is_only_listed_is_not_covered_by_anything(alone: Path) -> None:
    (alone / "claim-9.html").write_text("Something else.")
    reseal(alone, "claim-9.html")
    assert "Anything about what else is in the folder: claim-9.html." in judgement(alone).not_proved


@pytest.mark.parametrize("name", ["finding.json", "dossier/replies/reply.txt", "dossier/letter.md", "calls.csv"])
def test_what_must_be_there_cannot_be_said_to_be_kept_back(alone: Path, name: str) -> None:
    path = alone / "publication.json"
    publication = Publication.parse(path.read_bytes())
    files = {file: seal for file, seal in publication.files.items() if file != name}
    withheld = publication.withheld | {name: "it is better so"}
    path.write_bytes(msgspec.structs.replace(publication, files=files, withheld=withheld).encode())
    (alone / name).unlink()
    found = judgement(alone)
    assert found.verdict is Verdict.CANNOT_TELL, found.refuted
    assert any(sentence.startswith(name) for sentence in found.cannot_tell)


# Replies


def test_a_reply_in_confidence_is_named_by_its_digest_alone(tmp_path: Path) -> None:
    result = town_result(tmp_path)
    proposed(result)
    asked(result)
    replied(result, published=False)
    edited(result)
    signed(result)
    out = published(result, tmp_path / "out")
    assert not (out / "dossier/replies/reply.txt").exists()
    assert all(REPLY.splitlines()[0] not in path.read_text() for path in out.glob("*.html"))
    assert "kept out of this publication" in (out / "index.html").read_text()
    found = judgement(out)
    assert found.verdict is Verdict.PROVED
    assert any("given in confidence" in sentence for sentence in found.not_proved)


def test_a_reply_after_the_signature_is_shown_as_such(tmp_path: Path) -> None:
    result = town_result(tmp_path)
    proposed(result)
    asked(result)
    edited(result)
    letter = result / "dossier/letter.md"
    none = "reply: none by then. Silence is not taken as consent."
    letter.write_text(letter.read_text().replace("reply: none yet.", none))
    signed(result)
    replied(result, day=14)
    out = published(result, tmp_path / "out", day=15)
    assert "came in after the letter was signed" in (out / "index.html").read_text()
    assert judgement(out).verdict is Verdict.PROVED


# Publishing, again and elsewhere


def test_nothing_unsigned_is_published_but_a_draft_that_says_so(tmp_path: Path) -> None:
    result = town_result(tmp_path)
    proposed(result)
    with pytest.raises(FindingError, match="nothing unsigned is published"):
        published(result, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    out = published(result, tmp_path / "draft", draft=True)
    pages = {path.name: path.read_text() for path in out.glob("*.html") if path.name != "report.html"}
    assert all("Draft, unsigned." in text for text in pages.values())
    assert all("ClaimReview" not in text for text in pages.values())
    assert "The record supports (proposed, unsigned): 1 of 3 calls in scope was ignored." in pages["index.html"]
    found = judgement(out)
    assert found.verdict is Verdict.CANNOT_TELL
    assert "Whether this becomes a finding: it is a draft, and nobody has signed." in found.cannot_tell


def test_publishing_again_is_the_same_and_takes_no_step(made: Path, tmp_path: Path) -> None:
    result = made / "a" / "result"
    before = open_dossier(result).life
    again = published(result, tmp_path / "again", url="https://ombudsman.alder.example/1", day=30)
    assert open_dossier(result).life == before
    assert {path.name: path.read_bytes() for path in again.rglob("*") if path.is_file()} == {
        path.name: path.read_bytes() for path in (made / "alone").rglob("*") if path.is_file()
    }


def test_no_finding_is_published_over_another_or_into_somebody_elses_folder(tmp_path: Path, alone: Path) -> None:
    result = town_result(tmp_path / "other", rows=(SENT,))
    whole(result)
    with pytest.raises(FindingError, match="no finding is published over another"):
        published(result, alone)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        published(result, tmp_path / "own")
    with pytest.raises(InputError, match="lies in the result itself"):
        published(result, result / "public")
    with pytest.raises(InputError, match="--url"):
        published(result, tmp_path / "out", url="javascript:alert(1)")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone", "other", "own"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dossier/letter.md", "not the letter that was signed"),
        ("dossier/replies/reply.txt", "not the reply of"),
        ("dossier/signature.note", "signature.note"),
        ("calls.csv", "calls.csv"),
    ],
)
def test_what_verify_would_refute_is_not_published(tmp_path: Path, name: str, said: str) -> None:
    result = town_result(tmp_path)
    whole(result)
    path = result / name
    path.write_bytes(path.read_bytes().replace(b"e", b"a", 3))
    with pytest.raises(FindingError, match=f"would be refuted by whoever verifies it: .*{said}"):
        published(result, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert open_dossier(result).life.published is None


def test_a_publication_is_named_by_its_folder_or_its_file(alone: Path) -> None:
    assert judgement(alone / "publication.json").verdict is Verdict.PROVED


# Superseding


def test_a_superseded_finding_stays_and_its_pages_say_what_took_its_place(tmp_path: Path) -> None:
    old, new = town_result(tmp_path / "old"), town_result(tmp_path / "new", rows=(SENT,))
    first = whole(old)
    before = published(old, tmp_path / "old-public")
    letter = (before / "dossier/letter.md").read_bytes()
    later = proposed(new, supersedes=old, because="the export was corrected")
    asked(new)
    replied(new)
    edited(new)
    signed(new)
    after = published(new, tmp_path / "new-public")
    found = judgement(after)
    assert found.verdict is Verdict.PROVED
    assert f"It supersedes {first.life.finding}, whose steps are kept with it unchanged." in found.proved

    both = dict(judged(before, after).files)
    assert any(
        f"It was superseded: {later.life.finding}, which is signed" in sentence for sentence in both[before].proved
    )

    wiring.supersede_finding(old, by=new, at_us=NOON_US + 20 * DAY_US)
    published(old, before)
    assert (before / "dossier/letter.md").read_bytes() == letter
    assert f"Superseded by {later.life.finding}" in (before / "index.html").read_text()
    assert "ClaimReview" not in (before / "claim-1.html").read_text()
    assert "ClaimReview" in (after / "claim-1.html").read_text()
    told = judgement(before)
    assert told.verdict is Verdict.PROVED
    assert any(sentence.startswith(f"Superseded by {later.life.finding}") for sentence in told.proved)


def test_the_published_log_says_whether_a_finding_still_stands(tmp_path: Path) -> None:
    with desk(tmp_path) as record:
        old, new = (
            town_result(tmp_path / "old", record=record),
            town_result(tmp_path / "new", record=record, rows=(SENT,)),
        )
        whole(old, record)
        before = published(old, tmp_path / "old-public", record)
    log = _exported(tmp_path, "first")
    found = dict(judged(before, log).files)[before]
    assert any("entries of the log alder.example/findings/2018h2 says that another" in one for one in found.proved)
    assert not any("no later finding" in sentence for sentence in found.not_proved)

    with wiring.open_record(tmp_path / "desk") as record:
        proposed(new, record, supersedes=old, because="the export was corrected")
        asked(new, record)
        replied(new, record)
        edited(new)
    only_proposed = dict(judged(before, _exported(tmp_path, "second")).files)[before]
    assert not any("was superseded" in sentence for sentence in only_proposed.proved)

    with wiring.open_record(tmp_path / "desk") as record:
        later = signed(new, record)
    found = dict(judged(before, _exported(tmp_path, "third")).files)[before]
    assert found.verdict is Verdict.PROVED
    assert found.proved[0].startswith(
        f"It was superseded: {later.life.finding}, which is signed, takes its place. The log"
    )


def _exported(folder: Path, name: str) -> Path:
    from answerable.proof.quorum import TrustPolicy  # noqa: PLC0415

    wiring.publish_record(folder / "desk", out=folder / name, embargo_s=-1, trust=TrustPolicy())
    return folder / name


def test_an_earlier_finding_that_is_not_the_one_superseded_is_refuted(tmp_path: Path) -> None:
    old, other, new = (town_result(tmp_path / name) for name in ("old", "other", "new"))
    whole(old)
    wiring.propose_finding(other, at_us=NOON_US + 1)
    proposed(new, supersedes=old, because="a later export")
    shutil.rmtree(new / "dossier/earlier/steps")
    shutil.copytree(other / "dossier/steps", new / "dossier/earlier/steps")
    found = judgement(new)
    assert any("not the steps of" in sentence for sentence in found.refuted)


# Texts that try to break out


def test_hostile_texts_stay_texts_on_every_page_and_in_the_letter(tmp_path: Path) -> None:
    result = hostile_result(tmp_path / "result")
    proposed(result)
    asked(result, who="<script>alert(1)</script> & Co.")
    wiring.enter_reply(
        result,
        who="<script>alert(1)</script> & Co.",
        document=_hostile_reply(tmp_path),
        at_us=NOON_US + 5 * DAY_US,
    )
    edited(result)
    signed(result)
    out = published(result, tmp_path / "out")
    for path in out.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "\u202e" not in text
    for path in out.glob("claim-*.html"):
        text = path.read_text(encoding="utf-8")
        review = json.loads(text.split('<script type="application/ld+json">')[1].split("</script>")[0])
        assert review["@type"] == "ClaimReview"
        assert review["author"] == {"@type": "Organization", "name": SIGNER.body}
        assert "ratingValue" not in review["reviewRating"]
    assert judgement(out).verdict is Verdict.PROVED


def _hostile_reply(folder: Path) -> Path:
    path = folder / "re<b>ply.txt"
    path.write_text("</blockquote><script>alert(1)</script>", encoding="utf-8")
    return path
