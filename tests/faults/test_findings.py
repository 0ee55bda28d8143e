"""A finding's folder on a bad day: torn files, a disk that refuses, a stop between two writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.findings import (
    asked,
    desk,
    edited,
    judgement,
    proposed,
    published,
    replied,
    signed,
    town_result,
    whole,
)

from answerable import wiring
from answerable.errors import AnswerableError, FindingError, StorageError
from answerable.model.finding_life import Standing
from answerable.proof.verifier import Verdict
from answerable.wiring import finding_folder, finding_publishing
from answerable.wiring.finding_folder import open_dossier


@pytest.mark.parametrize("keep", [0, 1, 40, -1])
def test_a_torn_step_is_named_and_nothing_goes_on_from_it(tmp_path: Path, keep: int) -> None:
    result = town_result(tmp_path)
    proposed(result)
    asked(result)
    step = result / "dossier/steps/002-asked.json"
    step.write_bytes(step.read_bytes()[:keep])
    with pytest.raises(FindingError, match="Step 2"):
        replied(result)
    assert not (result / "dossier/steps/003-replied.json").exists()
    assert judgement(result).verdict is Verdict.REFUTED


def test_a_step_under_another_name_is_noticed(tmp_path: Path) -> None:
    result = town_result(tmp_path)
    proposed(result)
    asked(result)
    steps = result / "dossier/steps"
    (steps / "002-asked.json").rename(steps / "002-signed.json")
    with pytest.raises(FindingError, match="this file holds step 002-asked"):
        open_dossier(result)


@pytest.mark.parametrize("keep", [0, 30, -1])
def test_a_torn_signature_or_letter_is_never_taken_for_a_whole_one(tmp_path: Path, keep: int) -> None:
    for name in ("dossier/signature.note", "dossier/letter.md"):
        result = town_result(tmp_path / name.replace("/", "-") / str(keep))
        whole(result)
        path = result / name
        path.write_bytes(path.read_bytes()[:keep])
        assert judgement(result).verdict is Verdict.REFUTED


STOPS = ("create_file", "recorded")


@pytest.mark.parametrize("stop", STOPS)
def test_a_stop_while_signing_leaves_the_finding_unsigned_and_it_can_be_signed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    with desk(tmp_path) as record:
        result = town_result(tmp_path, record=record)
        proposed(result, record)
        asked(result, record)
        replied(result, record)
        edited(result)
        with monkeypatch.context() as broken:
            broken.setattr(finding_folder, stop, _refuses)
            with pytest.raises(StorageError):
                signed(result, record)
        assert open_dossier(result).life.standing is Standing.ASKED
        assert judgement(result).verdict is Verdict.PROVED
        signed(result, record)
    assert open_dossier(result).life.standing is Standing.SIGNED
    assert judgement(result).verdict is Verdict.PROVED


def _refuses(*_given: object, **_more: object) -> None:
    raise StorageError("No space left on device")


@pytest.mark.parametrize("stop", ["_copy", "replace_file", "_check_whole", "recorded", "_put"])
def test_a_stop_while_publishing_leaves_no_half_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    with desk(tmp_path) as record:
        result = town_result(tmp_path, record=record)
        whole(result, record)
        earlier = published(result, tmp_path / "public", record)
        before = {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()}
        for out in (tmp_path / "new", earlier):
            with monkeypatch.context() as broken:
                broken.setattr(finding_publishing, stop, _refuses)
                with pytest.raises(StorageError):
                    published(result, out, record, url="https://ombudsman.alder.example/2", day=20)
        assert not (tmp_path / "new").exists()
        assert {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()} == before
        assert not list(tmp_path.glob(".*"))
        assert judgement(earlier).verdict is Verdict.PROVED
        published(result, earlier, record, url="https://ombudsman.alder.example/2", day=20)
        assert judgement(earlier).verdict is Verdict.PROVED


def test_two_who_propose_at_once_leave_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one's step would lie over the first one's, and is refused."""
    result = town_result(tmp_path)
    proposed(result)
    monkeypatch.setattr("answerable.wiring.finding_acts.has_dossier", _no)
    with pytest.raises(AnswerableError, match="is there already, with other content"):
        wiring.propose_finding(result, at_us=1)
    assert len(open_dossier(result).life.steps) == 1


def _no(_result: Path) -> bool:
    return False
