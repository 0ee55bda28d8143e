"""Documents and claims: quoted word for word, about calls that exist, and said to be made up."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from answerable.answer.intake.claim_file import read_claim
from answerable.demo import NOTICE, Story
from answerable.demo.limits import dispatch_within_s
from answerable.model.claim import Claim, ClaimKind, PassageTest
from answerable.policy import decide, load_policy

Row = dict[str, str]


def documents(story: Story) -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in story.claims]


def the_claim(path: Path) -> Claim:
    def read_file(name: str) -> bytes:
        return (path.parent / name).read_bytes()

    return read_claim(path.read_bytes(), file=path.name, read_file=read_file)


def test_there_is_a_claim_of_each_kind_and_each_can_be_read(story: Story) -> None:
    claims = [the_claim(path) for path in story.claims]
    assert [claim.kind for claim in claims] == [
        ClaimKind.CALLS_IGNORED, ClaimKind.POLICY_EXISTS, ClaimKind.REQUEST_DENIED, ClaimKind.STATEMENT
    ]  # fmt: skip
    assert all(evidence.passages_checked for claim in claims for evidence in claim.evidence)
    assert {passage.test for passage in claims[-1].passages} == {
        PassageTest.NO_VERSION_PERMITS, PassageTest.EVERY_CALL, PassageTest.NO_CALL, PassageTest.NOT_IN_THE_RECORD
    }  # fmt: skip


def test_every_quoted_passage_stands_word_for_word_in_its_document(story: Story) -> None:
    quoted = 0
    for path, document in zip(story.claims, documents(story), strict=True):
        texts = {}
        for evidence in document["evidence"]:
            texts[evidence["id"]] = (path.parent / evidence["file"]).read_text(encoding="utf-8")
            for passage in evidence["passages"]:
                assert passage in texts[evidence["id"]]
                quoted += 1
        for passage in document.get("passage", []):
            assert passage["quote"] in texts[passage["evidence"]]
    assert quoted >= 9


def test_the_denial_is_corroborated_and_the_claim_asks_about_it(story: Story) -> None:
    denied = next(document for document in documents(story) if document["claim"]["kind"] == "request_denied")
    assert denied["scope"]["calls"] == [story.denial_of_19_june]
    assert story.denial_of_19_june in denied["evidence"][0]["about"]


def test_every_document_says_that_it_is_made_up_and_what_it_is_modelled_on(story: Story) -> None:
    papers = [*story.claims, *story.evidence, story.folder / "README.txt"]
    assert len(papers) == 8
    for path in papers:
        said = " ".join(path.read_text(encoding="utf-8").replace("\n# ", " ").split())
        for part in (
            "Alder City",
            "made up",
            "modelled on one press report",
            "Portland, Oregon, in the summer of 2018",
        ):
            assert part in said, f"{path.name}: {part}"
    assert "made up" in story.notice == NOTICE


def test_no_call_of_the_three_is_named_by_anybody_who_complains(story: Story) -> None:
    for path in [*story.claims, *story.evidence]:
        text = path.read_text(encoding="utf-8")
        assert not any(number in text for number in story.unheard)


@pytest.mark.parametrize("priority", [None, *range(10)])
@pytest.mark.parametrize("urgent", [False, True])
def test_the_storytellers_limits_are_those_of_the_policy(priority: int | None, urgent: bool, story: Story) -> None:
    (file,) = story.policies.glob("*.toml")
    policy = load_policy(file.read_bytes(), file=file.name)
    facts: dict[str, Any] = {
        "kind": "call", "life_safety": urgent, "officer_assaulted": False, "safe_exit_needed": False,
        "priority": priority,
    }  # fmt: skip
    assert decide(policy, facts).within_s("dispatch_within") == dispatch_within_s(priority, urgent=urgent)


def test_only_files_of_the_story_are_written(story: Story) -> None:
    folders = {path.relative_to(story.folder).parts[0] for path in story.folder.rglob("*") if path.is_file()}
    assert folders == {
        "alder-city-calls.csv", "facts.csv", "decisions.csv", "README.txt", "policies", "evidence", "claims"
    }  # fmt: skip
    assert not list(story.folder.rglob("*.partial"))
    assert all(Path(path).is_file() for path in (story.calls, story.facts, story.decisions))
