"""A file to calls: nothing lost, nothing guessed, everything counted."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from tests.support.sources import BLANKS, TOWN, import_town, read_calls, row, town_csv

from answerable.config import Settings
from answerable.errors import SourceError, StorageError
from answerable.model.call import CALL_COLUMNS, Quality
from answerable.model.source import Rows, SourceManifest
from answerable.model.times import to_us
from answerable.sources import find_profile, import_calls, read_profile
from answerable.sources.rows import staging


def instant(text: str) -> int:
    return to_us(datetime.fromisoformat(text))


PLAIN = row(
    Number="007", Received="2023-06-01 12:00:00", Dispatched="2023-06-01 12:05:00", Arrived="2023-06-01 12:15:00",
    Closed="2023-06-01 13:00:00", Code="HND", Closer="D1", Source="911", Urgency="0", Danger="Y",
)  # fmt: skip


def test_a_row_becomes_a_call(tmp_path: Path) -> None:
    found = import_town(tmp_path, town_csv([PLAIN]))
    (call,) = found.calls
    assert list(call) == [column for column, _ in CALL_COLUMNS] + ["raw"]
    assert call["received_at"] == instant("2023-06-01T12:00:00-07:00")
    assert call["call_id"] == "007"
    assert (call["disposition"], call["disposition_text"], call["origin"]) == ("handled", "Handled", "public_911")
    assert (call["dispatched"], call["dispatched_evidence"]) == ("yes", "time")
    assert (call["ended_by"], call["reason_given"], call["handover"]) == ("agency", "yes", "none")
    assert (call["priority_rank"], call["priority_class"]) == (1, "life_safety")
    assert (call["source"], call["agency"], call["discipline"]) == ("town", "Town Police", "police")
    assert call["raw_line_no"] == 2


def test_facts_come_from_what_is_bound_and_the_rest_is_unknown(tmp_path: Path) -> None:
    found = import_town(tmp_path, town_csv([PLAIN, row(Number="8", Received="2023-06-05 00:30:00", Urgency="x")]))
    first, second = found.calls
    assert (first["fact_kind"], first["fact_priority"], first["fact_life_safety"]) == ("call", 0, True)
    assert (first["fact_hour_of_week"], second["fact_hour_of_week"]) == (3 * 24 + 12, 0)
    assert (first["fact_discipline"], first["fact_priority_class"]) == ("police", "life_safety")
    assert [second[f"fact_{name}"] for name in ("priority", "life_safety", "requester", "priority_class")] == [None] * 4
    assert found.manifest.unlisted_facts == {"priority": 1}


def test_the_raw_row_is_kept_as_it_was(tmp_path: Path) -> None:
    content = b"Number, Received ,Dispatched,Arrived,Closed,Code,Closer,Source,Prio,Danger,Note,note\n"
    content += b' 7 ,2023-06-01 12:00:00,,,,,,,0,,"a ""b"", c",x\n'
    found = import_town(tmp_path, content)
    (raw,) = found.calls[0]["raw"]
    assert (raw["line"], raw["Number"], raw["Note"], raw["note (2)"]) == (2, " 7 ", 'a "b", c', "x")
    assert found.calls[0]["call_id"] == "7"


def test_a_drifted_header_is_accepted_and_said(tmp_path: Path) -> None:
    content = town_csv([PLAIN]).replace(b"Urgency", b"Prio").replace(b"Received", b"RECEIVED")
    notes = import_town(tmp_path, content).manifest.notes
    assert "Column 'Urgency' is spelled 'Prio' in this file." in notes
    assert "Column 'Received' is spelled 'RECEIVED' in this file." in notes


def test_missing_columns_are_refused_by_name_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"line 1: columns that the profile town needs are missing: Urgency"
    ) as caught:
        import_town(tmp_path, town_csv([PLAIN]).replace(b"Urgency", b"Haste"))
    assert "header-drift" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["town.csv"]


def test_rows_reconcile_as_imported_quarantined_and_duplicates(tmp_path: Path) -> None:
    content = town_csv([PLAIN, PLAIN, row(Number="9", Received="yesterday"), PLAIN, row(Number="10")])
    content += b'11,"2023-06-01 12:00:00\n12,2023-06-01 12:00:00\n'
    found = import_town(tmp_path, content)
    assert found.manifest.rows == Rows(read=7, imported=2, quarantined=3, duplicates=2)
    assert [(q["line"], q["column"], q["value"], q["reason"]) for q in found.quarantine] == [
        ("4", "Received", "yesterday", "is not a time in any format of the profile"),
        ("7", "", "", "a quote is never closed"),
        ("8", "", "", "expected 10 fields, found 2"),
    ]
    assert found.quarantine[0]["raw"] == "9,yesterday,,,,,,,,"
    assert found.quarantine[1]["raw"] == '11,"2023-06-01 12:00:00'
    assert [call["raw_line_no"] for call in found.calls] == [2, 6]


def test_a_time_of_two_digits_is_not_a_year(tmp_path: Path) -> None:
    profile = TOWN.replace('"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"', '"%m/%d/%Y %H:%M:%S"')
    found = import_town(tmp_path, town_csv([row(Number="1", Received="06/01/23 12:00:00")]), profile=profile)
    assert found.manifest.rows.quarantined == 1


def test_blank_and_sentinel_times_are_missing_not_wrong(tmp_path: Path) -> None:
    found = import_town(
        tmp_path, town_csv([row(Number="1", Received="2023-06-01 12:00:00", Dispatched="1900-01-01 00:00:00")])
    )
    (call,) = found.calls
    assert (call["dispatched_at"], call["quality_dispatched"]) == (None, Quality.SENTINEL)
    assert (call["arrived_at"], call["quality_arrived"]) == (None, Quality.MISSING)
    assert (call["phone_at"], call["quality_phone"]) == (None, Quality.MISSING)
    assert found.manifest.quality["dispatched"] == {"sentinel": 1}
    assert "phone" not in found.manifest.quality


def test_precision_is_that_of_the_format(tmp_path: Path) -> None:
    rows = [row(Number="1", Received="2023-06-01 12:00"), row(Number="2", Received="2023-06-02")]
    first, second = import_town(tmp_path, town_csv(rows)).calls
    assert (first["quality_received"], second["quality_received"]) == (Quality.MINUTE_PRECISION, Quality.DATE_ONLY)
    assert second["received_at"] == instant("2023-06-02T00:00:00-07:00")


def test_midnight_is_a_placeholder_only_where_the_profile_says_so(tmp_path: Path) -> None:
    rows = town_csv([row(Number="1", Received="2023-06-01 00:00:00", Closed="2023-06-02 00:00:00")])
    profile = TOWN.replace("start-point", 'midnight-placeholder = ["closed"]\nstart-point')
    (call,) = import_town(tmp_path, rows, profile=profile).calls
    assert (call["quality_received"], call["quality_closed"]) == (0, Quality.MIDNIGHT_PLACEHOLDER)


def test_the_repeated_hour_is_resolved_by_the_order_of_the_call(tmp_path: Path) -> None:
    rows = [
        row(Number="1", Received="2022-11-06 01:59:30", Dispatched="2022-11-06 01:27:24", Closed="2022-11-06 03:00:00"),
        row(Number="2", Received="2022-11-06 01:10:00"),
        row(Number="3", Received="2022-03-13 02:30:00", Dispatched="2022-03-13 03:10:00"),
    ]
    found = import_town(tmp_path, town_csv(rows))
    calls = {call["call_id"]: call for call in found.calls}
    assert calls["1"]["dispatched_at"] - calls["1"]["received_at"] == 1_674_000_000
    assert calls["1"]["quality_dispatched"] == Quality.DST_AMBIGUOUS
    assert calls["2"]["quality_received"] == Quality.DST_AMBIGUOUS | Quality.DST_UNDECIDED
    assert calls["2"]["received_at"] == instant("2022-11-06T01:10:00-07:00")
    assert calls["3"]["quality_received"] == Quality.DST_NONEXISTENT
    assert calls["3"]["received_at"] == instant("2022-03-13T02:30:00-08:00")
    assert calls["3"]["quality_dispatched"] == Quality.OUT_OF_ORDER
    assert found.manifest.quality["received"] == {"dst_ambiguous": 2, "dst_nonexistent": 1, "dst_undecided": 1}


def test_a_negative_interval_is_flagged_never_dropped(tmp_path: Path) -> None:
    times = {"Received": "2023-06-01 12:00:00", "Dispatched": "2023-06-01 11:00:00", "Closed": "2023-06-01 11:30:00"}
    (call,) = import_town(tmp_path, town_csv([row(Number="1", **times)])).calls
    assert call["dispatched_at"] < call["received_at"]
    assert (call["quality_dispatched"], call["quality_closed"]) == (Quality.OUT_OF_ORDER, Quality.OUT_OF_ORDER)


def test_an_interval_gives_a_time_where_there_is_none(tmp_path: Path) -> None:
    profile = TOWN.replace('origin_raw           = "Source"\n', "").replace('\n[origin]\n911 = "public_911"\n', "")
    profile = (
        profile.replace("[records]\norigin = true", "")
        + '[intervals]\nenroute = { column = "Source", after = "dispatched", unit = "min" }\n'
    )
    rows = [
        row(Number="1", Received="2023-06-01 12:00:00", Dispatched="2023-06-01 12:01:00", Source="1.5"),
        row(Number="2", Received="2023-06-01 12:00:00", Source="2"),
        row(Number="3", Received="2023-06-01 12:00:00", Source="soon"),
    ]
    found = import_town(tmp_path, town_csv(rows), profile=profile)
    first, second = found.calls
    assert first["enroute_at"] == instant("2023-06-01T12:02:30-07:00")
    assert (first["quality_enroute"], second["quality_enroute"]) == (Quality.DERIVED_FROM_INTERVAL, Quality.MISSING)
    assert (found.quarantine[0]["column"], found.quarantine[0]["reason"]) == ("Source", "is not a number")


def test_unlisted_codes_are_imported_and_counted(tmp_path: Path) -> None:
    rows = [row(Number=str(n), Received="2023-06-01 12:00:00", Code="ZZ", Source="CB", Urgency="7") for n in (1, 2)]
    found = import_town(tmp_path, town_csv(rows))
    assert found.manifest.unlisted_codes == {"Code": {"ZZ": 2}, "Source": {"CB": 2}, "Urgency": {"7": 2}}
    call = found.calls[0]
    assert (call["disposition"], call["origin"], call["priority_class"]) == ("unknown_code", "unknown", "unknown")
    assert (call["disposition_raw"], call["fact_priority"]) == ("ZZ", 7)


def test_an_unlisted_code_stops_a_profile_that_nobody_verified(tmp_path: Path) -> None:
    draft = TOWN.replace("verified     = true", "verified     = false")
    rows = [PLAIN, row(Number="8", Received="2023-06-01 12:00:00", Code="ZZ")]
    with pytest.raises(
        SourceError, match=r"town\.csv, line 3, column Code, value 'ZZ': the profile town is not verified"
    ):
        import_town(tmp_path, town_csv(rows), profile=draft)
    assert [path.name for path in tmp_path.iterdir()] == ["town.csv"]
    assert import_town(tmp_path, town_csv([PLAIN]), profile=draft).manifest.verified is False


def test_a_header_alone_imports_nothing(tmp_path: Path) -> None:
    found = import_town(tmp_path, town_csv([]))
    assert found.manifest.rows == Rows(read=0, imported=0, quarantined=0, duplicates=0)
    assert (found.manifest.calls, found.manifest.first_us, found.manifest.horizon_us, found.calls) == (
        0,
        None,
        None,
        [],
    )


def test_calls_are_sorted_by_receipt_and_two_imports_are_the_same_bytes(tmp_path: Path) -> None:
    rows = [row(Number=str(n), Received=f"2023-06-0{1 + n % 7} 12:00:{n % 60:02}") for n in range(3000)]
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    first, second = import_town(one, town_csv(rows)), import_town(two, town_csv(rows))
    received = [call["received_at"] for call in first.calls]
    assert received == sorted(received)
    assert first.out.read_bytes() == second.out.read_bytes()
    assert first.manifest == second.manifest
    assert first.manifest.parquet_sha256 == hashlib.sha256(first.out.read_bytes()).hexdigest()


def test_the_manifest_on_disk_is_the_one_returned(tmp_path: Path) -> None:
    found = import_town(tmp_path, town_csv([PLAIN]), profile=TOWN + BLANKS)
    stored = msgspec.json.decode((tmp_path / "calls.manifest.json").read_bytes(), type=SourceManifest)
    assert stored == found.manifest
    assert set(stored.blank_means_no) == {"dispatched", "disposition", "closed"}
    assert (stored.first_us, stored.horizon_us) == (found.calls[0]["received_at"], found.calls[0]["closed_at"])
    assert (stored.start_point, stored.records_origin, stored.records_callbacks) == ("received", True, False)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "calls.manifest.json", "calls.parquet", "calls.quarantine.csv", "town.csv",
    ]  # fmt: skip


def test_the_horizon_is_the_callers_then_the_profiles_then_the_latest_time(tmp_path: Path) -> None:
    stated = TOWN.replace("start-point", 'horizon = "2023-07-01T00:00:00Z"\nstart-point')
    edited = TOWN.replace("start-point", 'edit-window = "2 d"\nstart-point')
    content, latest = town_csv([PLAIN]), instant("2023-06-01T13:00:00-07:00")
    assert import_town(tmp_path, content, profile=stated, as_of_us=5).manifest.horizon_us == 5
    assert import_town(tmp_path, content, profile=stated).manifest.horizon_us == instant("2023-07-01T00:00:00+00:00")
    assert import_town(tmp_path, content, profile=edited).manifest.horizon_us == latest - 2 * 86_400_000_000
    assert import_town(tmp_path, content).manifest.horizon_us == latest


def test_odd_names_and_values_are_data_not_sql(tmp_path: Path) -> None:
    profile = TOWN.replace('call_id              = "Number"', 'call_id = "Num\\"ber\'; --"')
    profile = profile.replace("HND = {", '"H\'ND" = {')
    content = town_csv([PLAIN]).replace(b"Number", b'"Num""ber\'; --"').replace(b"HND", b"H'ND")
    (call,) = import_town(tmp_path, content, profile=profile).calls
    assert (call["call_id"], call["disposition"]) == ("007", "handled")


def test_a_path_with_a_pattern_in_it_is_one_file(tmp_path: Path) -> None:
    folder = tmp_path / "calls [20*]?"
    folder.mkdir()
    (folder / "other.csv").write_bytes(town_csv([PLAIN, row(Number="8", Received="2023-06-01 12:00:00")]))
    assert import_town(folder, town_csv([PLAIN])).manifest.rows.read == 1


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    found = import_town(tmp_path, town_csv([PLAIN]).replace(b"D1", b"Jos\xe9"))
    assert found.calls[0]["raw"][0]["Closer"] == "José"
    assert found.manifest.encoding == "windows-1252"
    assert any("Not UTF-8 (first at line 2" in note for note in found.manifest.notes)
    again = import_town(tmp_path, town_csv([PLAIN]).replace(b"D1", b"Jos\xe9"), encoding="latin-1")
    assert (again.manifest.encoding, again.manifest.notes) == ("iso8859-1", ())


def test_an_error_leaves_what_was_there_before(tmp_path: Path) -> None:
    before = import_town(tmp_path, town_csv([PLAIN])).out.read_bytes()
    with pytest.raises(SourceError):
        import_town(tmp_path, b"\n")
    assert (tmp_path / "calls.parquet").read_bytes() == before
    assert not list(tmp_path.glob(".answerable*"))


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "town.csv").write_bytes(town_csv([PLAIN]))
    with pytest.raises(StorageError, match="nothing was written"):
        import_calls(
            tmp_path / "town.csv",
            profile=read_profile(TOWN.encode(), file="town.toml"),
            out=tmp_path / "file" / "calls.parquet",
        )


def test_progress_hears_of_every_step(tmp_path: Path) -> None:
    (tmp_path / "town.csv").write_bytes(town_csv([PLAIN]))
    heard: list[tuple[str, int, int | None]] = []
    import_calls(
        tmp_path / "town.csv",
        profile=read_profile(TOWN.encode(), file="town.toml"),
        out=tmp_path / "new" / "calls.parquet",
        progress=lambda *step: heard.append(step),
    )
    steps = list(dict.fromkeys(step for step, _, _ in heard))
    assert steps == ["sealing", "reading", "times", "writing", "accounting", "done"]
    lines = [done for step, done, _ in heard if step == "reading"]
    assert lines == sorted(lines)
    assert heard[-1] == ("done", 1, 1)


def three_files(folder: Path) -> list[Path]:
    for name, number in (("one", 1), ("two", 2), ("three", 3)):
        (folder / f"{name}.csv").write_bytes(town_csv([(str(number), *PLAIN[1:])]))
    return [folder / f"{name}.csv" for name in ("one", "two", "three")]


def test_a_long_import_that_was_stopped_goes_on_and_ends_with_the_same_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "SMALL_BYTES", 0)
    files, profile = three_files(tmp_path), read_profile(TOWN.encode(), file="town.toml")
    whole = import_calls(files, profile=profile, out=tmp_path / "whole" / "calls.parquet")
    heard: list[int] = []

    def stop(step: str, done: int, _total: int | None) -> None:
        if step == "reading":
            heard.append(done)
            if len(heard) == 4:
                raise KeyboardInterrupt

    out = tmp_path / "stopped" / "calls.parquet"
    with pytest.raises(KeyboardInterrupt) as stopped:
        import_calls(files, profile=profile, out=out, progress=stop)
    assert "the same command goes on from there" in stopped.value.__notes__[0]
    (stage,) = out.parent.iterdir()
    later: list[int] = []
    again = import_calls(
        files, profile=profile, out=out,
        progress=lambda step, done, _total: later.append(done) if step == "reading" else None,
    )  # fmt: skip
    assert again.parquet_sha256 == whole.parquet_sha256
    assert len(later) < len(heard) + 3
    assert not stage.exists()


def test_a_short_import_that_was_stopped_leaves_nothing_and_begins_again(tmp_path: Path) -> None:
    files, profile = three_files(tmp_path), read_profile(TOWN.encode(), file="town.toml")
    out = tmp_path / "stopped" / "calls.parquet"

    def stop(step: str, _done: int, _total: int | None) -> None:
        if step == "times":
            assert list(out.parent.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        import_calls(files, profile=profile, out=out, progress=stop)
    assert not getattr(stopped.value, "__notes__", [])
    assert not list(out.parent.iterdir())
    again = import_calls(files, profile=profile, out=out)
    assert again.rows.imported == len(files)


@pytest.mark.parametrize(("memory", "kept"), [("", False), ("7MB", True)], ids=["the usual memory", "hardly any"])
def test_what_is_small_beside_the_memory_is_staged_there(tmp_path: Path, memory: str, kept: bool) -> None:
    with staging.staging(tmp_path / "calls.parquet", Settings(memory=memory), key="one") as stage:
        stage.expect(1_000_000)
        stage.con.execute("CREATE TABLE told AS SELECT 1")
        found = stage.con.execute("SELECT database_name FROM duckdb_tables() WHERE table_name = 'told'").fetchall()
        assert (stage.kept, found == [("staging",)]) == (kept, kept)


def test_what_is_no_text_is_staged_on_the_disk(tmp_path: Path) -> None:
    with staging.staging(tmp_path / "calls.parquet", Settings(), key="one") as stage:
        stage.expect(None)
        assert stage.kept


def test_two_runs_of_the_same_import_do_not_disturb_each_other(tmp_path: Path) -> None:
    (tmp_path / "town.csv").write_bytes(town_csv([PLAIN]))
    (tmp_path / "town.toml").write_text(TOWN)
    script = """
import sys
from pathlib import Path
from answerable.sources import import_calls, read_profile
def wait(step, done, total):
    if step == "times":
        print("waiting", flush=True)
        sys.stdin.readline()
profile = read_profile(Path("town.toml").read_bytes(), file="town.toml")
import_calls(Path("town.csv"), profile=profile, out=Path("calls.parquet"), progress=wait)
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "waiting\n"
        second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "another run is at the same import" in second.stderr
        first.communicate("go on\n")
    assert first.returncode == 0
    assert (tmp_path / "calls.parquet").exists()


def test_the_row_key_can_be_recomputed_from_the_raw_row(tmp_path: Path) -> None:
    (call,) = import_town(tmp_path, town_csv([PLAIN])).calls
    values = [value for key, value in call["raw"][0].items() if key != "line"]
    content = "".join(f"{len(value.encode())}:{value}" for value in values)
    assert call["raw_hash"] == hashlib.sha256(content.encode()).hexdigest()
    assert call["row_key"] == call["raw_hash"][:32]


def test_the_made_up_city_is_imported_with_its_own_profile(tmp_path: Path) -> None:
    header = (
        "CallNumber,Received,Entered,Dispatched,EnRoute,OnScene,Cleared,Closed,CallSource,TypeCode,TypeText,"
        "PriorityInitial,PriorityFinal,Disposition,ClosedBy,DuplicateOf,Abandoned,Callback,Requester,Place,Kind,AsksFor,"
        "LifeSafety,OfficerAssaulted,SafeExitNeeded,District,Beat,Block,Unit,UnitsSent"
    )
    day = "06/19/2018"
    lines = [
        f"1,{day} 14:00:00,{day} 14:01:00,,,,,,AGENCY,RES,More,2,,,,,N,,FEDERAL,FEDPROP,RFA,ADDRES,N,N,,S,11,1 A,,",
        f"2,{day} 14:10:00,,,,,,{day} 14:30:00,911,D,,3,,PHN,D2,,N,{day} 14:20:00,PUBLIC,CITY,CALL,HELP,,,,S,11,,,",
        f"3,{day} 14:11:00,,,,,,,911,BOL,Lookout,0,1,,,,Y,,,,CALL,,,,,S,11,,,",
    ]
    (tmp_path / "export.csv").write_text("\n".join([header, *lines, ""]))
    out = tmp_path / "calls.parquet"
    manifest = import_calls(tmp_path / "export.csv", profile=find_profile("alder-city"), out=out)
    request, phoned, lookout = read_calls(out)
    assert (request["fact_kind"], request["fact_requester"]) == ("request_for_assistance", "federal_agency")
    assert (request["dispatched"], request["dispatched_evidence"]) == ("no", "blank_means_no")
    assert (request["ended_by"], request["reason_given"], request["origin"]) == ("nobody", "no", "agency")
    assert (phoned["dispatched"], phoned["ended_by"], phoned["reason_given"]) == ("no", "agency", "yes")
    assert phoned["contact_at"] == instant("2018-06-19T14:20:00-07:00")
    assert (lookout["entry_kind"], lookout["abandoned"], lookout["fact_priority_final"]) == ("broadcast", True, 1)
    assert (manifest.records_callbacks, manifest.records_origin) == (True, True)
    assert manifest.unlisted_codes == {}
