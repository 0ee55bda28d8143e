"""Whatever the exports: the counts reconcile, history only grows, and importing in order gives one result."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.snapshots import Joined, call, export, first_export, joined, later_export, rows_of

SLOW = [HealthCheck.too_slow]
ROW = st.builds(
    call,
    st.sampled_from(["A", "B", "C", "D", ""]),
    st.sampled_from([10, 20]),
    Dispatched=st.sampled_from(["", "2023-06-01 12:30:00", "no time"]),
    Code=st.sampled_from(["", "HND"]),
)
EXPORTS = st.lists(st.lists(ROW, max_size=5).map(lambda rows: export(*rows)), min_size=2, max_size=4)


def imported_in_order(exports: list[bytes], folder: str) -> Joined:
    return joined(Path(folder), exports)


@settings(max_examples=5, suppress_health_check=SLOW)
@given(EXPORTS)
def test_every_row_and_every_call_is_accounted_for(exports: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = imported_in_order(exports, folder)
        known = 0
        for one in found.snapshots.every:
            assert one.row_states.reconciles()
            assert one.call_states.reconciles()
            assert one.rows.read == one.row_states.later + one.rows.quarantined + one.rows.duplicates
            assert one.call_states.earlier == known
            known += one.call_states.new + one.call_states.undetermined_later
            assert one.calls == known
        assert len(found.calls) == known


@settings(max_examples=5, suppress_health_check=SLOW)
@given(EXPORTS)
def test_history_holds_every_observation_once_it_was_new_and_nothing_else(exports: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = imported_in_order(exports, folder)
        alone = [first_export(Path(folder), content, name=f"alone-{n}") for n, content in enumerate(exports)]
        assert {one["row_key"] for one in found.history} == {one["row_key"] for out in alone for one in rows_of(out)}
        observed = [one.observed for one in found.snapshots.every]
        assert [one["snapshot"] for one in found.history] == [
            number for number, n in enumerate(observed, start=1) for _ in range(n)
        ]


@settings(max_examples=4, suppress_health_check=SLOW)
@given(EXPORTS)
def test_what_was_written_before_stands_unchanged_at_the_beginning(exports: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = imported_in_order(exports, folder)
        before = rows_of(Path(folder, "1.parquet"))
        first = [{key: one[key] for key in before[0]} for one in found.history[: len(before)]]
        assert first == before
        for day in range(2, len(exports)):
            earlier = Path(folder, f"{day}.changes.csv").read_bytes()
            assert found.changes_file.read_bytes().startswith(earlier)
            assert found.snapshots.every[day - 1].changes_bytes == len(earlier)
            history = rows_of(Path(folder, f"{day}.history.parquet"))
            assert found.history[: len(history)] == history


@settings(max_examples=4, suppress_health_check=SLOW)
@given(EXPORTS)
def test_the_calls_are_the_latest_observation_of_each_in_the_history(exports: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = imported_in_order(exports, folder)
        latest = {one["call_no"]: one for one in found.history}  # in the order of the exports
        now = {one["call_no"]: one for one in found.calls}
        assert now.keys() == latest.keys()
        for number, one in now.items():
            assert {key: one[key] for key in one if key in latest[number] and key != "last_seen_at"} == {
                key: latest[number][key] for key in one if key in latest[number] and key != "last_seen_at"
            }


@settings(max_examples=4, suppress_health_check=SLOW)
@given(EXPORTS)
def test_the_same_exports_in_order_give_the_same_digests_and_the_last_one_again_changes_nothing(
    exports: list[bytes],
) -> None:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        found, again = imported_in_order(exports, folder), imported_in_order(exports, other)
        assert found.manifest == again.manifest
        assert found.out.read_bytes() == again.out.read_bytes()
        once_more = later_export(
            Path(folder), exports[-1], onto=found.out, day=len(exports) + 1, name="once-more"
        )  # another day: it is a snapshot of its own, in which nothing changed
        assert once_more.last.call_states.unchanged == once_more.last.call_states.later
        assert once_more.last.calls_sha256 == found.last.calls_sha256
        assert once_more.history_file.read_bytes() == found.history_file.read_bytes()
        assert once_more.changes_file.read_bytes() == found.changes_file.read_bytes()
