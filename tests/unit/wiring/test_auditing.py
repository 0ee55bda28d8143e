"""What an audit refuses, and how several files add up."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb
import pytest
from tests.support.small_policies import TWO_SPEEDS

from answerable import wiring
from answerable.errors import InputError, MissingExtraError, SourceError
from answerable.generated.cities import CITIES
from answerable.generated.parts import Part
from answerable.generated.profile import profile_toml
from answerable.generated.write import write_part

ROWS = 1_500


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cities' calls in one folder, with a policy beside it."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "calls").mkdir()
    (folder / "policy.toml").write_text(TWO_SPEEDS, encoding="utf-8")
    for city in CITIES[1:3]:
        part, profile = Part(city, ROWS, 0, ROWS, Path(f"{city.id}.csv")), folder / f"{city.id}.toml"
        profile.write_text(profile_toml(city), encoding="utf-8")
        with duckdb.connect() as con:
            write_part(part, out=folder, seed=1, cursor=con.cursor())
        wiring.import_file(
            folder / part.path, source=str(profile), out=folder / "calls" / f"{city.id}.parquet"
        )  # fmt: skip
    return folder


def test_files_and_a_folder_of_them_add_up_to_the_same(imported: Path) -> None:
    policy, files = imported / "policy.toml", sorted((imported / "calls").glob("*.parquet"))
    assert len(files) == 2
    whole = wiring.audit_files([imported / "calls"], policies=[policy])
    single = [wiring.audit_files([file], policies=[policy]) for file in files]
    assert wiring.audit_files(files, policies=[policy]).digest == whole.digest
    assert [one.file for one in whole.files] == [file.name for file in files]
    for outcome, calls in whole.outcomes.items():
        assert calls == sum(one.outcomes[outcome] for one in single)
    assert whole.ignored == sum(one.ignored for one in single)
    assert whole.policies[0].calls == sum(one.policies[0].calls for one in single)
    assert len({one.digest for one in (whole, *single)}) == 3


def test_what_is_no_imported_file_is_refused(tmp_path: Path, imported: Path) -> None:
    (tmp_path / "calls.csv").write_text("a\n")
    for given in (tmp_path, tmp_path / "calls.csv"):
        with pytest.raises(InputError, match="no calls that `answerable import` wrote"):
            wiring.audit_files([given], policies=[imported / "policy.toml"])


def test_an_engine_there_is_not_is_refused(imported: Path) -> None:
    with pytest.raises(InputError, match="no engine 'sqlite'"):
        wiring.audit_files([imported / "calls"], policies=[imported / "policy.toml"], engine="sqlite")


def test_spark_that_is_not_installed_is_said(imported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyspark", "pyspark.errors", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match="PySpark"):
        wiring.audit_files([imported / "calls"], policies=[imported / "policy.toml"], engine="spark")


def test_calls_without_their_codes_are_read_by_the_reference_alone(imported: Path, tmp_path: Path) -> None:
    source = next((imported / "calls").glob("*.parquet"))
    for file in (source, source.with_suffix(".manifest.json")):
        shutil.copy(file, tmp_path)
    policy = [imported / "policy.toml"]
    with pytest.raises(SourceError, match="coded record"):
        wiring.audit_files([tmp_path], policies=policy)
    by_reference = wiring.audit_files([tmp_path], policies=policy, engine="reference")
    assert by_reference.digest == wiring.audit_files([source], policies=policy).digest
