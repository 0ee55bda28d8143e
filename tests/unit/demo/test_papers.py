"""Documents and claims: quoted word for word, about calls that exist, and said to be made up."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from answerable.answer.intake.call_list import read_call_list
from answerable.answer.intake.claim_file import read_claim
from answerable.answer.registration import held_to
from answerable.demo import NOTICE, Story, write_story
from answerable.demo.limits import dispatch_within_s
from answerable.model.claim import Claim, ClaimKind, PassageTest
from answerable.policy import check_policy, decide, load_policy

Row = dict[str, str]


def documents(story: Story) -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in story.claims]


def the_claim(path: Path) -> Claim:
    def read_file(name: str) -> bytes:
        return (path.parent / name).read_bytes()

    return read_claim(path.read_bytes(), file=path.name, read_file=read_file)


def test_there_are_claims_of_seven_kinds_and_each_can_be_read(story: Story) -> None:
    claims = [the_claim(path) for path in story.claims]
    assert [claim.kind for claim in claims] == [
        ClaimKind.CALLS_IGNORED, ClaimKind.POLICY_EXISTS, ClaimKind.REQUEST_DENIED, ClaimKind.REQUEST_DENIED,
        ClaimKind.CALLS_IGNORED, ClaimKind.SLOWER_RESPONSE, ClaimKind.LISTED_CALLS, ClaimKind.REQUEST_DENIED,
        ClaimKind.STATEMENT, ClaimKind.STATEMENT,
    ]  # fmt: skip
    assert all(evidence.passages_checked for claim in claims for evidence in claim.evidence)
    assert {passage.test for claim in claims for passage in claim.passages} == set(PassageTest)


def test_what_is_compared_is_registered_and_the_claim_still_says_the_same(story: Story) -> None:
    (compared,) = (one for one in map(the_claim, story.claims) if one.kind is ClaimKind.SLOWER_RESPONSE)
    policies = [load_policy(file.read_bytes(), file=file.name) for file in story.policies.glob("*.toml")]
    registration = held_to(compared, [(one.version, one.text_sha256) for one in policies])
    assert registration is not None
    assert registration.sealed_at_us is None


def test_the_independent_count_is_filled_in_everywhere(story: Story) -> None:
    danger = story.counts["building_calls_in_danger"]
    (counted,) = (one for one in map(the_claim, story.claims) if one.independent_count is not None)
    assert counted.independent_count is not None
    assert counted.independent_count.calls == danger > 10
    papers = [*story.claims, *story.evidence]
    assert not any("@" in path.read_text(encoding="utf-8").replace("@1", "") for path in papers)


def test_the_list_has_six_entries_of_which_nobody_remembers_seconds(story: Story) -> None:
    listed = read_call_list(story.listed.read_bytes(), file="list.csv", read_file=lambda name: name.encode())
    assert [one.id for one in listed] == [f"gate-{number}" for number in range(1, 7)]
    assert [bool(one.call) for one in listed] == [False, False, True, False, False, False]
    assert not any(one.receipt for one in listed)


def test_a_kept_receipt_goes_with_the_list(tmp_path: Path) -> None:
    story = write_story(tmp_path)
    kept = story.keep_receipt(b"a receipt\n")
    assert kept.read_bytes() == b"a receipt\n"

    def beside(name: str) -> bytes:
        return (story.listed.parent / name).read_bytes()

    listed = read_call_list(story.listed.read_bytes(), file="list.csv", read_file=beside)
    assert [one.receipt for one in listed] == ["a receipt\n", "", "", "", "", ""]


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


def test_each_denial_is_corroborated_and_a_claim_asks_about_it(story: Story) -> None:
    denied = [document for document in documents(story) if document["claim"]["kind"] == "request_denied"]
    numbers = [story.denial_of_19_june, story.denied_too_late, story.covered_by_no_rule]
    assert [document["scope"]["calls"] for document in denied] == [[number] for number in numbers]
    assert all(number in document["evidence"][0]["about"] for number, document in zip(numbers, denied, strict=True))


def test_every_document_says_that_it_is_made_up_and_what_it_is_modelled_on(story: Story) -> None:
    papers = [*story.claims, *story.evidence, story.folder / "README.txt"]
    assert len(papers) == 18
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
    facts: dict[str, Any] = {
        "kind": "call", "life_safety": urgent, "officer_assaulted": False, "safe_exit_needed": False,
        "priority": priority,
    }  # fmt: skip
    for file in story.policies.glob("*.toml"):
        policy = load_policy(file.read_bytes(), file=file.name)
        assert decide(policy, facts).within_s("dispatch_within") == dispatch_within_s(priority, urgent=urgent)


def test_the_second_version_has_the_gap_that_the_check_names(story: Story) -> None:
    gaps = {}
    for file in sorted(story.policies.glob("*.toml")):
        problems = check_policy(load_policy(file.read_bytes(), file=file.name))
        gaps[file.stem] = [problem.message for problem in problems]
    assert gaps["alder-city-2018-01-01"] == []
    (gap,) = gaps["alder-city-2018-07-16"]
    assert gap.startswith("no rule applies to a request for assistance where place is elsewhere")


def test_only_files_of_the_story_are_written(story: Story) -> None:
    folders = {path.relative_to(story.folder).parts[0] for path in story.folder.rglob("*") if path.is_file()}
    assert folders == {
        "alder-city-calls.csv", "facts.csv", "decisions.csv", "README.txt", "policies", "evidence", "claims"
    }  # fmt: skip
    assert not list(story.folder.rglob("*.partial"))
    assert all(Path(path).is_file() for path in (story.calls, story.facts, story.decisions))
