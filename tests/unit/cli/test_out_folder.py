"""A result goes into an empty folder, or over an earlier result; never among other files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.support.examinations import sample_examination

from answerable.errors import SettingsError
from answerable.report.out_folder import replaces_earlier_demo, replaces_earlier_result

WORDS = ("examine", "calls.csv", "--policy", "policy.toml", "--out", "report")


def a_result(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"schema": "answerable/manifest@1"}), encoding="utf-8")


def test_a_new_or_an_empty_folder_is_fine(tmp_path: Path) -> None:
    assert not replaces_earlier_result(tmp_path / "new")
    assert not replaces_earlier_result(tmp_path)


def test_what_a_killed_examination_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".answerable-x7").mkdir()
    assert not replaces_earlier_result(tmp_path)


def test_a_demo_that_was_stopped_half_way_may_be_played_again(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    with pytest.raises(SettingsError, match="is not empty"):
        replaces_earlier_demo(tmp_path)
    (tmp_path / "city" / "alder-city-calls.csv").touch()
    assert replaces_earlier_demo(tmp_path)
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(SettingsError, match="is not empty"):
        replaces_earlier_demo(tmp_path)


def test_an_earlier_result_is_replaced_and_that_is_said(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["examine_file"] = sample_examination()
    a_result(Path("report"))
    done = run(*WORDS)
    assert done.exit_code == 0
    assert "The earlier result in report was replaced." in done.stdout
    assert json.loads(run(*WORDS, "--json").stdout)["replaced_earlier_result"] is True


@pytest.mark.parametrize("content", ['{"schema": "somebody/else@1"}', "[]", "not json", "\xff"])
def test_a_manifest_that_is_not_ours_protects_the_folder(content: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="latin-1")
    with pytest.raises(SettingsError, match="is not empty"):
        replaces_earlier_result(tmp_path)


def test_other_files_stop_the_examination_before_anything_is_read(run: Callable[..., Result], wiring: Any) -> None:
    Path("report").mkdir()
    Path("report/thesis.txt").write_text("mine", encoding="utf-8")
    done = run(*WORDS)
    assert done.exit_code == 2
    assert "the folder report is not empty" in done.stderr
    assert wiring.asked == []
    assert Path("report/thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_where_the_folder_should_be_is_a_usage_error(run: Callable[..., Result], wiring: Any) -> None:
    Path("report").write_text("", encoding="utf-8")
    assert run(*WORDS).exit_code == 2


def test_a_publishers_own_calls_csv_is_not_taken_for_a_stopped_examination(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").touch()
    with pytest.raises(SettingsError, match="is not empty"):
        replaces_earlier_result(tmp_path)
    (tmp_path / "calls.parquet").touch()
    (tmp_path / "source.json").touch()
    assert replaces_earlier_result(tmp_path)
