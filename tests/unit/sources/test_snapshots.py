"""A later export onto earlier ones: what is named, what is kept, what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import msgspec
import pytest
from tests.support.snapshots import (
    NAMED,
    UNITS,
    Joined,
    as_of_us,
    call,
    export,
    first_export,
    joined,
    later_export,
    manifest_of,
    rows_of,
)
from tests.support.sources import HEADER, TOWN, row, town_csv

from answerable.errors import SourceError
from answerable.model.snapshot import JUDGED, broken_link
from answerable.sources import add_snapshot, find_profile, import_calls, read_profile

SENT = "2023-06-01 12:12:00"
FILES = (".parquet", ".quarantine.csv", ".history.parquet", ".changes.csv", ".manifest.json")


@pytest.fixture(scope="module")
def late_edit(tmp_path_factory: pytest.TempPathFactory) -> Joined:
    """A dispatch is written in afterwards."""
    folder = tmp_path_factory.mktemp("late")
    return joined(folder, [export(call("A", 10)), export(call("A", 10, Dispatched=SENT, Closer="K9"))])


def test_a_change_is_named_with_both_values_both_times_and_both_lines(late_edit: Joined) -> None:
    published = [one for one in late_edit.changes if one["what"] == "published"]
    assert [(one["column"], one["earlier"], one["later"]) for one in published] == [
        ("Dispatched", "", SENT),
        ("Closer", "", "K9"),
    ]
    assert {one["call_id"] for one in late_edit.changes} == {one["identity"] for one in late_edit.changes} == {"A"}
    assert {(one["earlier_as_of"], one["later_as_of"]) for one in late_edit.changes} == {
        ("2023-06-01T23:00:00Z", "2023-06-02T23:00:00Z")
    }
    assert {(one["earlier_line"], one["later_line"]) for one in late_edit.changes} == {("3", "3")}


def test_what_follows_from_a_change_is_named_too(late_edit: Joined) -> None:
    follows = {one["column"]: (one["earlier"], one["later"]) for one in late_edit.changes if one["what"] == "canonical"}
    assert follows["dispatched_at"] == ("", "2023-06-01T19:12:00Z")
    assert follows["dispatched"] == ("not_recorded", "yes")
    assert "row_key" not in follows
    assert late_edit.last.changed_columns.keys() == follows.keys()
    assert late_edit.snapshots.edited.columns == {column: 1 for column in JUDGED if column in follows}
    assert late_edit.snapshots.edited.calls == 1


def test_the_call_is_as_it_was_last_seen_and_its_history_has_both(late_edit: Joined) -> None:
    (now,) = (one for one in late_edit.calls if one["call_id"] == "A")
    then, later = (one for one in late_edit.history if one["call_id"] == "A")
    assert (now["dispatched"], then["dispatched"], later["dispatched"]) == ("yes", "not_recorded", "yes")
    assert (then["snapshot"], then["state"], later["snapshot"], later["state"]) == (1, "new", 2, "changed")
    assert then["call_no"] == later["call_no"] == now["call_no"]
    assert now["row_key"] == later["row_key"] != then["row_key"]
    assert now["last_seen_at"] is None


def test_a_value_edited_and_edited_back_is_an_edit_twice(tmp_path: Path) -> None:
    plain, sent = export(call("A", 10)), export(call("A", 10, Dispatched=SENT))
    found = joined(tmp_path, [plain, sent, plain])
    assert [one["dispatched"] for one in found.history if one["call_id"] == "A"] == [
        "not_recorded",
        "yes",
        "not_recorded",
    ]
    assert found.last.calls_sha256 == found.snapshots.every[0].calls_sha256
    assert found.snapshots.edited.columns["dispatched"] == 1


def test_a_call_that_comes_back_is_said_to_and_is_gone_no_longer(tmp_path: Path) -> None:
    there = export(call("A", 10))
    found = joined(tmp_path, [there, export(), there])
    assert [(one["snapshot"], one["what"]) for one in found.changes] == [("2", "gone"), ("3", "returned")]
    assert (found.last.call_states.returned, found.snapshots.edited.gone) == (1, 0)
    assert all(one["gone_in"] is None and one["last_seen_at"] is None for one in found.calls)


def test_a_call_that_stays_away_is_named_once_and_keeps_the_time_of_the_last_export_that_had_it(tmp_path: Path) -> None:
    found = joined(tmp_path, [export(call("A", 10)), export(), export(call("B", 20))])
    assert [(one["snapshot"], one["what"], one["call_id"]) for one in found.changes] == [("2", "gone", "A")]
    (gone,) = (one for one in found.calls if one["call_id"] == "A")
    assert (gone["last_seen_at"], gone["last_snapshot"], gone["gone_in"]) == (as_of_us(1), 1, 2)
    assert found.snapshots.edited.gone == 1


def test_a_later_month_takes_nothing_from_an_earlier_one(tmp_path: Path) -> None:
    june = [call("A", 10), call("B", 20)]
    july = town_csv([row(Number="C", Received="2023-07-01 12:00:00")])
    found = joined(tmp_path, [town_csv(june), july])
    assert (found.last.call_states.not_covered, found.last.call_states.gone, found.changes) == (2, 0, [])
    assert [one["call_id"] for one in found.calls] == ["A", "B", "C"]


def test_an_export_without_any_row_takes_nothing_either(tmp_path: Path) -> None:
    found = joined(tmp_path, [export(call("A", 10)), town_csv([])])
    assert found.last.call_states.not_covered == 3
    assert len(found.calls) == 3


def test_columns_in_another_order_or_spelling_change_no_row(tmp_path: Path) -> None:
    first = first_export(tmp_path, export(call("A", 10, Urgency="1")))
    header = [*reversed(HEADER)]
    header[header.index("Urgency")] = "Prio"
    rows = [reversed(one) for one in (call("first", 0), call("A", 10, Urgency="1"), call("last", 59))]
    content = "\n".join([",".join(header), *(",".join(one) for one in rows)]) + "\n"
    found = later_export(tmp_path, content.encode(), onto=first, day=2)
    assert (found.last.call_states.unchanged, found.changes) == (3, [])
    assert (found.last.columns_added, found.last.columns_removed) == ((), ())
    onto_both = later_export(tmp_path, export(call("A", 10, Urgency="0")), onto=found.out, day=3)
    assert [
        (one["column"], one["earlier"], one["later"]) for one in onto_both.changes if one["what"] == "published"
    ] == [("Urgency", "1", "0")]


def test_a_column_that_is_new_is_a_change_only_where_something_is_in_it(tmp_path: Path) -> None:
    first = first_export(tmp_path, export(call("A", 10), call("B", 20)))
    lines = export(call("A", 10), call("B", 20)).decode().splitlines()
    content = "\n".join(
        [lines[0] + ",Note", *(line + (",seen" if line.startswith("B") else ",") for line in lines[1:])]
    )
    found = later_export(tmp_path, content.encode(), onto=first, day=2)
    assert (found.last.call_states.unchanged, found.last.call_states.changed) == (3, 1)
    assert [(one["call_id"], one["column"], one["later"]) for one in found.changes] == [("B", "Note", "seen")]
    assert found.last.columns_added == ("Note",)
    assert {one["raw"][0]["Note"] for one in found.calls} == {None, "seen"}
    assert found.snapshots.edited.calls == 0  # nothing that an outcome may rest on


def test_whatever_lies_in_quarantine_is_searched_for_the_calls_that_are_missing(tmp_path: Path) -> None:
    first = first_export(tmp_path, export(*(call(letter, 10 + at) for at, letter in enumerate("ABCDE"))))
    broken = [
        b'A,"unclosed',
        b"B,nul\0byte,,,,,,,,",
        '"C","quo""ted, \u2028 \u00e9",too,few'.encode(),
        b"D;2023-06-01 12:13:00",
    ]
    lines = export().splitlines()
    found = later_export(tmp_path, b"\r\n".join([*lines[:2], *broken, lines[2]]) + b"\r\n", onto=first, day=2)
    assert found.last.rows.quarantined >= 3
    assert {one["call_id"]: one["what"] for one in found.changes} == {
        "A": "unread", "B": "unread", "C": "unread", "D": "unread", "E": "gone",
    }  # fmt: skip


# Units' rows


def unit(number: str, name: str, **values: str) -> tuple[str, ...]:
    return call(number, 10, Closer=name, **values)


def test_a_unit_edited_added_or_removed_changes_its_call(tmp_path: Path) -> None:
    before = [unit("A", "A-1", Dispatched=SENT), unit("B", "B-1"), unit("B", "B-2", Dispatched=SENT), unit("C", "C-1")]
    after = [unit("A", "A-1", Dispatched="2023-06-01 12:20:00"), unit("B", "B-1"), unit("C", "C-1"), unit("C", "C-2")]
    found = joined(tmp_path, [export(*before), export(*after)], profile=UNITS)
    assert (found.last.call_states.changed, found.last.call_states.unchanged) == (3, 2)
    rows = found.last.row_states
    assert (rows.changed, rows.new, rows.gone, rows.unchanged) == (1, 1, 1, 4)
    named = {(one["what"], one["identity"]) for one in found.changes if one["what"] != "canonical"}
    assert named == {("published", "A-1"), ("row_gone", "B-2"), ("row_new", "C-2")}
    calls = {one["call_id"]: one for one in found.calls}
    assert (calls["B"]["units_dispatched"], len(calls["B"]["raw"]), len(calls["C"]["raw"])) == (None, 1, 2)
    (then,) = (one for one in found.history if one["call_id"] == "B" and one["snapshot"] == 1)
    assert [one["Closer"] for one in then["raw"]] == ["B-1", "B-2"]


def test_a_units_row_that_repeats_is_undetermined_while_its_call_is_known(tmp_path: Path) -> None:
    before = export(unit("A", "A-1"))
    after = export(unit("A", "A-1", Code="HND"), unit("A", "A-1", Code="GOA"))
    found = joined(tmp_path, [before, after], profile=UNITS)
    assert found.last.call_states.changed == 1
    assert (found.last.row_states.undetermined_earlier, found.last.row_states.undetermined_later) == (1, 2)
    assert found.snapshots.edited.undetermined == 0


def test_an_identity_of_two_columns_needs_both(tmp_path: Path) -> None:
    profile = TOWN.replace("[inclusion]", '[file]\nidentity = ["Number", "Received"]\n\n[inclusion]')
    found = joined(tmp_path, [export(call("A", 10)), export(call("A", 11), call("A", 10, Code="HND"))], profile=profile)
    assert (found.last.call_states.new, found.last.call_states.changed) == (1, 1)
    assert {one["identity"] for one in found.changes} == {'["A","2023-06-01 12:10:00"]'}


# The chain, and what is refused


def test_each_snapshot_is_sealed_and_cites_the_one_before(late_edit: Joined) -> None:
    first, second = late_edit.snapshots.every
    assert (first.previous, second.previous) == ("", first.sha256)
    assert broken_link(late_edit.snapshots.every) is None
    assert first.file.name == "1.csv"
    assert (first.as_of_us, second.as_of_us) == (as_of_us(1), as_of_us(2))
    for field, value in (("observed", 9), ("as_of_us", 0), ("previous", "")):
        altered = (first, msgspec.structs.replace(second, **{field: value}))
        assert broken_link(altered) == 2
    assert broken_link((second,)) == 1
    assert broken_link((msgspec.structs.replace(first, calls_sha256="0").sealed(), second)) == 2


def test_the_same_export_up_to_the_same_time_adds_nothing(late_edit: Joined, tmp_path: Path) -> None:
    content = late_edit.out.with_suffix(".csv").read_bytes()
    again = later_export(tmp_path, content, onto=late_edit.out, day=2)
    assert again.manifest == late_edit.manifest
    for end in FILES:
        assert again.out.with_suffix(end).read_bytes() == late_edit.out.with_suffix(end).read_bytes()


def refused(folder: Path, *, onto: Path, day: int, profile: str = NAMED, content: bytes | None = None) -> SourceError:
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "refused.csv"}
    with pytest.raises(SourceError) as caught:
        later_export(folder, content or export(call("B", 20)), onto=onto, day=day, profile=profile, name="refused")
    left = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "refused.csv"}
    assert left == before
    return caught.value


def test_an_older_export_is_refused_with_both_times(tmp_path: Path) -> None:
    out = joined(tmp_path, [export(), export(call("A", 10)), export()]).out
    fault = refused(tmp_path, onto=out, day=2)
    assert "speaks up to 2023-06-02T23:00:00Z" in str(fault)
    assert "already reaches 2023-06-03T23:00:00Z" in str(fault)


def test_a_profile_without_identity_is_refused_with_what_to_write(tmp_path: Path) -> None:
    out = first_export(tmp_path, export(), profile=TOWN)
    fault = refused(tmp_path, onto=out, day=2, profile=TOWN)
    assert "no identity" in str(fault)
    assert 'identity = ["Call Number"]' in str(fault)


def test_another_source_and_another_version_of_the_profile_are_refused(tmp_path: Path) -> None:
    out = first_export(tmp_path, export())
    assert "another version" in str(refused(tmp_path, onto=out, day=2, profile=NAMED.replace("made up so", "made up")))
    with pytest.raises(SourceError, match="of the source town"):
        add_snapshot(
            tmp_path / "1.csv", profile=find_profile("san-diego-ca"), onto=out, known=manifest_of(out),
            out=tmp_path / "x.parquet",
        )  # fmt: skip


@pytest.mark.parametrize(("end", "said"), [(".history.parquet", "not those"), (".changes.csv", "not those")])
def test_an_altered_or_missing_file_beside_the_calls_is_refused(end: str, said: str, tmp_path: Path) -> None:
    out = joined(tmp_path, [export(), export(call("A", 10))]).out
    beside = out.with_suffix(end)
    kept = beside.read_bytes()
    beside.write_bytes(kept + b" ")
    assert said in str(refused(tmp_path, onto=out, day=3))
    beside.unlink()
    assert "is not beside it" in str(refused(tmp_path, onto=out, day=3))


def test_a_manifest_in_which_a_snapshot_was_altered_is_refused(tmp_path: Path) -> None:
    out = joined(tmp_path, [export(), export(call("A", 10))]).out
    beside = out.with_suffix(".manifest.json")
    manifest = json.loads(beside.read_bytes())
    manifest["snapshots"]["every"][0]["file"]["name"] = "other.csv"
    beside.write_text(json.dumps(manifest))
    assert "snapshot 1 of the manifest" in str(refused(tmp_path, onto=out, day=3))


def test_calls_that_another_version_of_the_program_wrote_are_refused(tmp_path: Path) -> None:
    out = first_export(tmp_path, export())
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT * EXCLUDE (last_seen_at) FROM read_parquet('{out}')) TO '{tmp_path / 'old.parquet'}'"
        )
    (tmp_path / "old.parquet").replace(out)
    assert "no column last_seen_at" in str(refused(tmp_path, onto=out, day=2))


def test_a_run_that_is_killed_leaves_the_earlier_calls_and_no_result(tmp_path: Path) -> None:
    joined(tmp_path, [export(call("A", 10)), export(call("A", 10, Dispatched=SENT))])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "town.toml").write_text(NAMED)
    (tmp_path / "later.csv").write_bytes(export())
    # the process ends itself without any clean-up at the moment in which everything is made and nothing published
    program = (
        "import os, signal, sys; from answerable.cli import main; "
        "from answerable.sources.snapshots import later_export; "
        "later_export.publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL); "
        "sys.argv[1:] = ['import', 'later.csv', '--source', 'town.toml', '--onto', '2.parquet', '--out', '3.parquet', "
        "'--as-of', '2023-06-05T00:00:00Z']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=dict(os.environ), capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    assert not [name for name in after if name.startswith("3.")]
    words = "later.csv --source town.toml --onto 2.parquet --out 3.parquet --as-of 2023-06-05T00:00:00Z --json"
    again = subprocess.run(
        [sys.executable, "-m", "answerable", "import", *words.split()],
        cwd=tmp_path, env=dict(os.environ), capture_output=True, check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["snapshots"]["every"][-1]["call_states"]["gone"] == 1
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".answerable")]


def test_a_folder_of_exports_is_read_without_what_the_imports_wrote_there(tmp_path: Path) -> None:
    joined(tmp_path, [export(), export(call("A", 10))])
    out = tmp_path / "out" / "all.parquet"
    found = import_calls(tmp_path, profile=read_profile(NAMED.encode(), file="town.toml"), out=out)
    assert [one.name for one in found.files] == ["1.csv", "2.csv"]
    assert len(rows_of(out)) == 3
