"""Cities' own rows as a publisher exports them again and again, against an independent count with pandas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.support.published import published
from tests.support.snapshots import Joined, manifest_of, rows_of

from answerable.sources import add_snapshot, find_profile, import_calls

MILWAUKEE, FEED = "milwaukee_wi/mpd_live_feed_2018-05.csv", "milwaukee-wi-feed"
SAN_FRANCISCO, FIRE = "san_francisco_ca_fire/sffd_2016-12.csv", "san-francisco-ca-fire"
OPEN = "Service in Progress"

pytestmark = pytest.mark.data


def in_order(folder: Path, exports: Sequence[pd.DataFrame], *, profile: str) -> list[Joined]:
    """Import the exports in their order; what each later one gave."""
    found: list[Joined] = []
    for number, rows in enumerate(exports, start=1):
        file, out = folder / f"{number}.csv", folder / f"{number}.parquet"
        rows.to_csv(file, index=False)
        if number == 1:
            import_calls(file, profile=find_profile(profile), out=out)
            continue
        onto = folder / f"{number - 1}.parquet"
        given: dict[str, Any] = {"profile": find_profile(profile), "onto": onto, "known": manifest_of(onto)}
        found.append(Joined(add_snapshot(file, out=out, **given), out))
    return found


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Canonical calls by their number, without what says where in which file a row stood."""
    left_out = {
        "raw_file", "raw_line_no", "as_of", "last_seen_at", "raw", "call_no", "snapshot", "last_snapshot", "gone_in",
        "undetermined",
    }  # fmt: skip
    kept = [{key: value for key, value in one.items() if key not in left_out} for one in rows]
    return sorted(kept, key=lambda one: str(one["call_id"]))


@pytest.fixture(scope="module")
def milwaukee() -> pd.DataFrame:
    return pd.read_csv(published(MILWAUKEE), dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def san_francisco() -> pd.DataFrame:
    return pd.read_csv(published(SAN_FRANCISCO), dtype=str, keep_default_na=False)


def test_three_parts_of_a_feed_in_the_order_of_reading_give_the_calls_of_the_whole(
    milwaukee: pd.DataFrame, tmp_path: Path
) -> None:
    cuts = [0, 11_322, 22_645, 33_968]
    parts = [milwaukee.iloc[begin:end] for begin, end in pairwise(cuts)]
    found = in_order(tmp_path, parts, profile=FEED)
    import_calls(published(MILWAUKEE), profile=find_profile(FEED), out=tmp_path / "whole.parquet")
    assert plain(found[-1].calls) == plain(rows_of(tmp_path / "whole.parquet"))
    assert [one.last.call_states.new for one in found] == [11_323, 11_323]
    assert found[-1].snapshots.edited.calls == 0
    for (earlier, later), one in zip(pairwise(parts), found, strict=True):
        # a part that reaches back beyond the one before lacks that one's last calls
        reached = parts[0].time if earlier is parts[0] else pd.concat(parts[:2]).time
        inside = int(((reached >= later.time.min()) & (reached <= later.time.max())).sum())
        assert one.last.call_states.gone == inside
        assert one.last.call_states.not_covered == len(reached) - inside


def test_the_whole_page_read_three_times_names_every_status_that_moved_on(
    milwaukee: pd.DataFrame, tmp_path: Path
) -> None:
    exports = [milwaukee.iloc[:end].copy() for end in (11_322, 22_645, 33_968)]
    for rows in exports[:2]:
        rows.iloc[-1_500:, rows.columns.get_loc("status")] = OPEN
    exports[1] = exports[1].drop(exports[1].index[100:110])
    moved = [
        int((before.set_index("id").status != after.set_index("id").status.reindex(before.id)).sum())
        for before, after in ((exports[0], exports[2]), (exports[1], exports[2]))
    ]
    second, third = in_order(tmp_path, exports, profile=FEED)
    assert (second.last.call_states.gone, third.last.call_states.returned) == (10, 10)
    assert [second.last.call_states.changed, third.last.call_states.changed] == moved
    statuses = [one for one in third.changes if one["what"] == "published"]
    assert {one["column"] for one in statuses} == {"status"}
    assert {one["earlier"] for one in statuses} == {OPEN}
    now = milwaukee.set_index("id").status
    assert all(now[one["identity"]] == one["later"] for one in statuses)
    assert third.snapshots.edited.columns["disposition_raw"] == len(statuses) == sum(moved)
    import_calls(tmp_path / "3.csv", profile=find_profile(FEED), out=tmp_path / "alone.parquet")
    assert plain(third.calls) == plain(rows_of(tmp_path / "alone.parquet"))
    assert len(third.history) == 33_968 + sum(moved)


def test_units_edited_and_taken_out_change_the_calls_they_belong_to(
    san_francisco: pd.DataFrame, tmp_path: Path
) -> None:
    later = san_francisco.copy()
    edited = later.index[::150]
    later.loc[edited, "On Scene DtTm"] = "01/07/2017 11:00:00 PM"
    taken = later.index[7::200]
    gone_rows = san_francisco.loc[taken]
    later = later.drop(taken).iloc[::-1]  # the publisher sorts as it likes
    (found,) = in_order(tmp_path, [san_francisco, later], profile=FIRE)
    rows, calls = found.last.row_states, found.last.call_states
    assert (rows.changed, rows.gone, rows.new) == (len(edited.difference(taken)), len(taken), 0)
    touched = set(san_francisco.loc[edited.difference(taken), "Call Number"]) | set(gone_rows["Call Number"])
    wholly_gone = set(san_francisco["Call Number"]) - set(later["Call Number"])
    assert calls.gone == len(wholly_gone)
    assert calls.changed == len(touched - wholly_gone)
    assert calls.unchanged == 3_560 - len(touched)
    units = later.groupby("Call Number")["Unit ID"].nunique()
    counted = {one["call_id"]: one["units_dispatched"] for one in found.calls if one["call_id"] not in wholly_gone}
    assert counted == {number: int(n) for number, n in units.items()}
    assert {one["call_id"] for one in found.calls if one["gone_in"]} == wholly_gone


def test_the_whole_feed_again_changes_nothing(tmp_path: Path, milwaukee: pd.DataFrame) -> None:
    (found,) = in_order(tmp_path, [milwaukee, milwaukee.sort_values("id")], profile=FEED)
    assert (found.last.call_states.unchanged, found.last.observed, found.changes) == (33_968, 0, [])
    assert found.last.calls_sha256 == found.snapshots.every[0].calls_sha256
