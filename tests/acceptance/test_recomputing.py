"""`answerable verify` computes a bundle's finding again, from the sealed inputs alone, and says what came out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from answerable import wiring
from answerable.demo import Story, write_story
from answerable.proof.verifier import Bundle, Verdict
from answerable.wiring.disk_folder import DiskFolder
from answerable.wiring.recomputing import recomputing


def unwatched(_step: str, _done: int, _total: int | None) -> None:
    return


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The demo's story with the first rows of its calls, which hold none of the claims' calls but the first."""
    folder = tmp_path_factory.mktemp("alder")
    story = write_story(folder, seed=5)
    lines = story.calls.read_text(encoding="utf-8").splitlines(keepends=True)
    story.calls.write_text("".join(lines[:400]), encoding="utf-8")
    return story


@pytest.fixture
def bundle(story: Story, tmp_path: Path) -> Path:
    profile = tmp_path / "own.toml"
    profile.write_text(wiring.find_profile("alder-city").text, encoding="utf-8")
    claims = (story.claims[0],)
    wiring.examine_file(
        story.calls,
        source=str(profile),
        policies=[story.policies],
        claims=claims,
        out=tmp_path / "out",
        command="typed",
    )
    wiring.make_record(tmp_path / "desk", origin="alder.example/2018h2", database=None, high_water=None, after=None)
    given = wiring.Given(
        files=(story.calls,), policies=(story.policies,), claims=claims, options=(("--source", str(profile)),)
    )
    with wiring.open_record(tmp_path / "desk") as record:
        wiring.bundle_result(tmp_path / "out", given, record=record)
    profile.unlink()
    return tmp_path / "out"


def judged(out: Path) -> Any:
    ((_, judgement),) = wiring.verify_paths([out], trust=wiring.read_trust(None, [str(out / "log.vkey")])).files
    return judgement


def recomputed(out: Path) -> tuple[bool | None, str]:
    folder = DiskFolder(out, unwatched)
    return recomputing(out, unwatched)(Bundle.parse(folder.read("bundle.json")), folder)


def edited(out: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads((out / name).read_bytes())
    change(document)
    (out / name).write_text(json.dumps(document), encoding="utf-8")


def test_the_finding_is_computed_again_from_the_bundle_alone(bundle: Path) -> None:
    judgement = judged(bundle)
    assert judgement.verdict is Verdict.PROVED
    assert any("computed again from the sealed inputs and is the same" in said for said in judgement.proved)
    assert not any("was not computed again" in said for said in judgement.not_proved)


def test_another_finding_than_the_inputs_give_is_refuted(bundle: Path) -> None:
    edited(bundle, "finding.json", lambda finding: finding["claims"][0].update(finding="unfounded"))
    same, because = recomputed(bundle)
    assert same is False
    assert because.endswith("the finding is another one: it differs in finding.json: claims.0.finding.")


def test_a_call_with_another_outcome_is_found(bundle: Path) -> None:
    text = (bundle / "calls.csv").read_text(encoding="utf-8")
    (bundle / "calls.csv").write_text(text.replace("answered", "unheard", 1), encoding="utf-8")
    assert recomputed(bundle)[0] is False


def test_another_version_that_differs_proves_nothing(bundle: Path) -> None:
    edited(bundle, "finding.json", lambda finding: finding.update(program="answerable 99", limits=["new"]))
    same, because = recomputed(bundle)
    assert same is None
    assert "answerable 99" in because


def test_what_is_not_in_the_bundle_is_not_looked_for_elsewhere(bundle: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text("not a profile", encoding="utf-8")

    folder = DiskFolder(bundle, unwatched)
    stated = Bundle.parse(folder.read("bundle.json"))
    evil = replace(stated, recompute=stated.recompute.replace("inputs/own.toml", str(outside)))
    same, because = recomputing(bundle, unwatched)(evil, folder)
    assert (same, "neither built in nor in the bundle" in because) == (None, True)


def test_an_input_that_was_left_out_is_named(bundle: Path) -> None:
    (bundle / "inputs" / "own.toml").unlink()
    assert recomputed(bundle) == (
        None,
        "That the finding follows from the files: inputs/own.toml is not in the bundle.",
    )
