"""Calls that were imported in parts are examined as if the publisher's files had been imported together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest
from tests.support.partitions import write_lines, write_parts
from tests.support.small_policies import TWO_SPEEDS

from answerable import wiring
from answerable.errors import SourceError
from answerable.model.source import SourceManifest

ROWS = 4_000
OF_THE_FILES = ("notes", "parts", "parquet_sha256")
"""What a manifest says of the files of which it is."""
Split: TypeAlias = Callable[[Sequence[str]], list[Sequence[str]]]
SPLITS: dict[str, Split] = {
    "one after the other": lambda lines: [lines[:1500], lines[1500:3100], lines[3100:]],
    "every third row": lambda lines: [lines[0::3], lines[1::3], lines[2::3]],
    "overlapping": lambda lines: [lines[:2500], lines[1500:]],
    "the later one first": lambda lines: [lines[2000:], lines[:2000]],
}
CLAIM = """
answerable-claim = 1
[claim]
id = "a"
kind = "calls_ignored"
text = "Calls were ignored."
alleged-by = "somebody"
[scope]
from = 2024-02-01T00:00:00Z
to = 2024-09-01T00:00:00Z
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("city")
    return folder, write_lines(folder, rows=ROWS)


@pytest.fixture(params=SPLITS)
def split(request: pytest.FixtureRequest, lines: tuple[Path, list[str]], tmp_path: Path) -> Path:
    """A folder with the publisher's files, their imports, a policy and a claim."""
    folder, every = lines
    (tmp_path / "city.toml").write_bytes((folder / "city.toml").read_bytes())
    (tmp_path / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    (tmp_path / "claim.toml").write_text(CLAIM, encoding="utf-8")
    write_parts(tmp_path, every, SPLITS[request.param](every[1:]))
    return tmp_path


def examined(given: Sequence[Path], folder: Path, name: str, **options: Any) -> tuple[dict[str, Any], bytes]:
    """What was found, but for what is said of the files and the command; and `calls.csv`."""
    options = {"policies": [folder / "policy.toml"], "claims": [folder / "claim.toml"], **options}
    wiring.examine_file(given, out=folder / name, **options)
    finding = json.loads((folder / name / "finding.json").read_bytes())
    found = {key: value for key, value in finding.items() if key not in ("source", "recompute")}
    return found, (folder / name / "calls.csv").read_bytes()


def test_parts_are_examined_as_their_files_together(split: Path) -> None:
    files, end = sorted(split.glob("part-*.csv")), "2025-06-01T00:00:00Z"
    together = examined(files, split, "together", source=str(split / "city.toml"), as_of=end)
    assert examined([split / "imported"], split, "folder", as_of=end) == together
    parts = sorted((split / "imported").glob("*.parquet"), reverse=True)
    assert examined(parts, split, "named", as_of=end) == together
    assert together[1].count(b"\r\n") > 3_000

    one, other = (
        msgspec.json.decode((split / name / "source.json").read_bytes(), type=SourceManifest)
        for name in ("together", "folder")
    )
    unlike = {name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name)}
    assert unlike <= {*OF_THE_FILES, "horizon_us", "file", "files"}
    assert {seal.sha256 for seal in one.files} == {seal.sha256 for seal in other.files}
    assert other.rows.read == other.rows.imported + other.rows.quarantined + other.rows.duplicates == one.rows.read


def test_the_codes_of_joined_calls_say_what_the_calls_say(split: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("answerable.wiring.examining.MANY_CALLS", 1)
    by_kinds = examined([split / "imported"], split, "kinds")
    assert examined([split / "imported"], split, "calls", by_kinds=False) == by_kinds


def test_after_the_end_of_its_own_file_silence_means_nothing(lines: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, every = lines
    (tmp_path / "city.toml").write_bytes((folder / "city.toml").read_bytes())
    (tmp_path / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    write_parts(tmp_path, every, [every[1:2000], every[2000:]])
    first = tmp_path / "imported" / "part-0.manifest.json"
    manifest = msgspec.json.decode(first.read_bytes(), type=SourceManifest)
    assert manifest.first_us is not None
    early = msgspec.structs.replace(
        manifest, horizon_us=manifest.first_us
    )  # so every silence in it lies beyond its end
    first.write_bytes(msgspec.json.encode(early))

    policies = [tmp_path / "policy.toml"]
    joined = wiring.examine_file([tmp_path / "imported"], policies=policies, out=tmp_path / "joined")
    alone = wiring.examine_file(tmp_path / "imported" / "part-1.parquet", policies=policies, out=tmp_path / "alone")
    audited = wiring.audit_files([tmp_path / "imported"], policies=policies)
    assert joined.outcomes["unheard"] == alone.outcomes["unheard"] == audited.outcomes["unheard"] > 0
    assert joined.outcomes["pending"] == audited.outcomes["pending"] > 0
    # who says up to when all of them speak, says it of the first as well
    said = wiring.examine_file(
        [tmp_path / "imported"], policies=policies, out=tmp_path / "said", as_of="2025-06-01T00:00:00Z"
    )
    assert said.outcomes["pending"] == 0
    assert said.outcomes["unheard"] > joined.outcomes["unheard"]


def test_without_a_policy_parts_are_described_as_the_whole(split: Path) -> None:
    together = wiring.describe_file(sorted(split.glob("part-*.csv")), source=str(split / "city.toml"))
    assert wiring.describe_file([split / "imported"]).description == together.description


@pytest.fixture
def two(lines: tuple[Path, list[str]], tmp_path: Path) -> list[Path]:
    folder, every = lines
    (tmp_path / "city.toml").write_bytes((folder / "city.toml").read_bytes())
    write_parts(tmp_path, every, [every[1:200], every[200:400]])
    (tmp_path / "whole-year.csv").write_text("".join(every), encoding="utf-8")
    return sorted((tmp_path / "imported").glob("*.parquet"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"source": "elsewhere"}, "these are calls of elsewhere"),
        ({"profile_sha256": "0" * 64}, "they differ in profile sha256"),
        ({"horizon_us": None}, "up to when it can speak is not known"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(two: list[Path], changed: dict[str, Any], says: str) -> None:
    beside = two[1].with_suffix(".manifest.json")
    manifest = msgspec.json.decode(beside.read_bytes(), type=SourceManifest)
    beside.write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, **changed)))
    with pytest.raises(SourceError, match=says) as refused:
        wiring.describe_file(two)
    assert refused.value.file == two[1].name


def test_imported_calls_and_a_publishers_file_are_not_mixed(two: list[Path]) -> None:
    with pytest.raises(SourceError, match="it was not imported, and part-0"):
        wiring.describe_file([two[0], two[0].parent.parent / "part-1.csv"])


def test_a_folder_with_a_publishers_file_is_the_publishers(two: list[Path]) -> None:
    """A file that nobody imported yet is never passed over."""
    folder = two[0].parent
    before = wiring.describe_file([folder], source=str(folder.parent / "city.toml")).source.calls
    (folder / "read-me.txt").write_text("These are the calls of January.")
    assert wiring.describe_file([folder]).source.calls == before
    (folder / "later.csv").write_bytes((folder.parent / "whole-year.csv").read_bytes())
    shutil.rmtree(two[0].with_suffix(".coded"))
    shutil.rmtree(two[1].with_suffix(".coded"))
    found = wiring.describe_file([folder], source=str(folder.parent / "city.toml"))
    assert [one.name for one in found.source.files] == ["later.csv"]
    assert found.source.calls > before


def test_rows_of_one_call_in_several_files_are_refused(lines: tuple[Path, list[str]], tmp_path: Path) -> None:
    """Where a row is a unit's, only all rows of a call say what became of it."""
    folder, every = lines
    (tmp_path / "city.toml").write_bytes((folder / "city.toml").read_bytes())
    beat = every[1].rstrip("\r\n").rpartition(",")[2]
    other_unit = every[1].replace(f",{beat}", ",another")
    assert other_unit != every[1]
    write_parts(tmp_path, every, [every[1:200], every[200:300], [other_unit]])
    files = sorted((tmp_path / "imported").glob("*.parquet"))
    assert wiring.describe_file(files).source.calls > 250  # a number twice is allowed where a row is a call
    for path in files:
        beside = path.with_suffix(".manifest.json")
        manifest = msgspec.json.decode(beside.read_bytes(), type=SourceManifest)
        beside.write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, grain="unit_response")))
    assert wiring.describe_file(files[:2]).source.calls > 250  # whole calls in each
    with pytest.raises(SourceError, match=f"rows of the call '{every[1].partition(',')[0]}' lie in several files"):
        wiring.describe_file(files)


def test_a_bundle_of_parts_brings_them_and_is_computed_again(two: list[Path], tmp_path: Path) -> None:
    folder, out = two[0].parent, tmp_path / "out"
    (tmp_path / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    wiring.examine_file([folder], policies=[tmp_path / "policy.toml"], out=out)
    wiring.make_record(tmp_path / "desk", origin="example.org/test", database=None, high_water=None, after=None)
    given = wiring.Given(files=(folder,), policies=(tmp_path / "policy.toml",))
    with wiring.open_record(tmp_path / "desk") as record:
        wiring.bundle_result(out, given, record=record)
    assert {file.name for file in (out / "inputs").glob("part-*")} == {
        f"part-{number}.{kind}" for number in (0, 1) for kind in ("parquet", "manifest.json")
    }
    ((_, judgement),) = wiring.verify_paths([out], trust=wiring.read_trust(None, [str(out / "log.vkey")])).files
    assert any("computed again from the sealed inputs and is the same" in said for said in judgement.proved)
