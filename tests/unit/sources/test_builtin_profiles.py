"""Every built-in profile on a row made up from its own words: recognised alone, read whole, and honest about itself."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from tests.support.sources import read_calls, read_quarantine

from answerable.errors import SourceError
from answerable.model.call import Inclusion
from answerable.sources import Fit, Profile, find_profile, import_calls, profiles, recognise

ALL = profiles()
DRAFTS = tuple(profile for profile in ALL if not profile.verified)
CODED = tuple(profile for profile in DRAFTS if "disposition_raw" in profile.definition.columns)
WRITTEN = {
    "Y": "2019", "m": "06", "d": "03", "H": "13", "I": "01", "M": "02", "S": "03", "p": "PM", "f": "000",
}  # fmt: skip


def ids(profile: Profile) -> str:
    return profile.id


def written(form: str) -> str:
    """Two minutes past one in the afternoon of 3 June 2019, as a format writes it."""
    return re.sub(r"%-?(.)", lambda found: WRITTEN[found[1]], form)


def made_up(profile: Profile, folder: Path, **columns: str) -> Path:
    """A file of one row: every column the profile names, its times in its first format, and what is given."""
    definition = profile.definition
    row = {name: "" for name, _ in definition.needed()}
    for canonical in definition.columns:
        ref = definition.ref(canonical)
        assert ref is not None
        if canonical.endswith("_at"):
            form = (*definition.clock.formats, *definition.clock.time_of_day)[0]
            parts = list(written(form).rsplit(" ", 1)) if ref.with_ else [written(form)]
            if len(parts) == 2 and parts[1] == "PM":
                form = next(f for f in definition.clock.formats if "%H" in f and " " in f)
                parts = list(written(form).rsplit(" ", 1))
            row |= dict(zip(ref.names(), parts, strict=True))
    row |= columns
    path = folder / "calls.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(row), delimiter=definition.file.delimiter)
        writer.writeheader()
        writer.writerow(row)
    return path


@pytest.mark.parametrize("profile", ALL, ids=ids)
def test_a_file_with_its_columns_is_taken_for_no_other(profile: Profile, tmp_path: Path) -> None:
    found = recognise(made_up(profile, tmp_path))
    assert (found.profile, found.fit) == (profile.id, Fit.EXACT)
    assert [one.profile for one in found.nearest if one.fit is not Fit.NONE] == [profile.id]


@pytest.mark.parametrize("profile", ALL, ids=ids)
def test_a_time_as_its_format_writes_it_is_read(profile: Profile, tmp_path: Path) -> None:
    manifest = import_calls(made_up(profile, tmp_path), profile=profile, out=tmp_path / "out.parquet")
    assert read_quarantine(tmp_path / "out.parquet") == []
    assert manifest.rows.imported == 1
    (call,) = read_calls(tmp_path / "out.parquet")
    times = [call[name] for name in profile.definition.columns if name.endswith("_at")]
    assert all(at is None for at in times) if profile.definition.clock.time_of_day else all(times)


@pytest.mark.parametrize("profile", ALL, ids=ids)
def test_only_a_file_of_all_calls_may_speak_of_ignored_ones(profile: Profile) -> None:
    definition = profile.definition
    if definition.inclusion.rule is not Inclusion.ALL_CALLS:
        assert definition.can_answer["ignored"].answer == "no"
    if definition.inclusion.rule in (Inclusion.DISPATCHED_ONLY, Inclusion.RESPONDED_ONLY):
        assert definition.can_answer["sent"].answer == "no"


@pytest.mark.parametrize("profile", ALL, ids=ids)
def test_no_publisher_but_the_made_up_one_gives_a_blank_a_meaning(profile: Profile) -> None:
    assert bool(profile.definition.blank_means_no) == (profile.id == "alder-city")


@pytest.mark.parametrize("profile", DRAFTS, ids=ids)
def test_a_profile_that_nobody_held_against_rows_says_so(profile: Profile, tmp_path: Path) -> None:
    manifest = import_calls(made_up(profile, tmp_path), profile=profile, out=tmp_path / "out.parquet")
    assert manifest.verified is False
    assert "has not been held against real rows" in manifest.notes[0]
    assert profile.definition.source.verified_how.startswith("Not held against real rows")


@pytest.mark.parametrize("profile", CODED, ids=ids)
def test_a_code_that_it_does_not_list_stops_the_import_and_says_how_to_confirm(
    profile: Profile, tmp_path: Path
) -> None:
    ref = profile.definition.ref("disposition_raw")
    assert ref is not None
    path = made_up(profile, tmp_path, **{ref.column: "ZZ"})
    with pytest.raises(SourceError) as caught:
        import_calls(path, profile=profile, out=tmp_path / "out.parquet")
    said = str(caught.value)
    assert f"line 2, column {ref.column}, value 'ZZ'" in said
    assert f"{ref.column}: 'ZZ' (1)" in said
    assert f"answerable sources show {profile.id} --toml" in said
    assert "write verified = true" in said


def test_portlands_dispatched_calls_cannot_show_an_ignored_one(tmp_path: Path) -> None:
    profile = find_profile("portland-or")
    path = made_up(
        profile, tmp_path, TimeInQueue_sec="120", ResponseTime_sec="600", Priority="High", PriorityNumber="1"
    )
    manifest = import_calls(path, profile=profile, out=tmp_path / "out.parquet")
    (call,) = read_calls(tmp_path / "out.parquet")
    assert call["dispatched_at"] - call["queued_at"] == 120_000_000
    assert call["arrived_at"] - call["queued_at"] == 600_000_000
    assert (call["received_at"], call["dispatched"], call["fact_priority"]) == (None, "yes", 1)
    assert (str(manifest.inclusion), manifest.start_point) == ("dispatched_only", "queued")
    assert {key: one.answer for key, one in manifest.can_answer.items() if one.answer == "no"} == {
        "received": "no", "sent": "no", "who_decided": "no", "ignored": "no",
    }  # fmt: skip
    assert any("cannot be in this set" in note for note in manifest.notes)


def test_the_text_of_a_profile_is_a_profile_again(tmp_path: Path) -> None:
    profile = find_profile("portland-or")
    mine = tmp_path / "mine.toml"
    mine.write_text(profile.text, encoding="utf-8")
    again = find_profile(mine)
    assert (again.definition, again.sha256, again.text) == (profile.definition, profile.sha256, profile.text)


def test_the_reference_lists_every_profile_under_what_it_was_held_against() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
    held, _, reported = page.partition("\nNot held against real rows")
    for profile in ALL:
        if profile.id != "alder-city":
            assert f"| `{profile.id}` |" in (held if profile.verified else reported)
            assert f"| `{profile.id}` |" not in (reported if profile.verified else held)
