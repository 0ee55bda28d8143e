"""`answerable sources reconcile`: the table, the verdict and the exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

from answerable.cli.text import shown
from answerable.errors import SourceError
from answerable.model.reconciliation import ReconciledFile, Reconciliation, State
from answerable.model.source import Rows

ROWS = Rows(read=1_005, imported=1_000, quarantined=3, duplicates=2)


def imported(file: str, **changes: Any) -> ReconciledFile:
    given = {
        "file": file, "state": State.RECONCILES, "profile": "harbor-city", "verified": True, "rows": ROWS,
        "found_again": {"imported": 1_000, "quarantined": 3}, "calls": 900, "first_us": 1_529_442_000_000_000,
        "last_us": 1_529_542_000_000_000, "timezone": "America/Los_Angeles", "inclusion": "dispatched_only",
        "ignored": "no", "ignored_because": "a call to which nobody was sent is not in this file", "seconds": 0.26,
    }  # fmt: skip
    return ReconciledFile(**{**given, **changes})


def refused(file: str, because: str) -> ReconciledFile:
    return ReconciledFile(file=file, state=State.NO_CALLS, because=because)


def found(*files: ReconciledFile, not_read: tuple[str, ...] = ()) -> Reconciliation:
    times = sum(one.rows is not None for one in files)
    rows = Rows(read=1_005 * times, imported=1_000 * times, quarantined=3 * times, duplicates=2 * times)
    ok = all(one.state is State.RECONCILES for one in files)
    return Reconciliation(files=files, rows=rows, calls=900 * times, not_read=not_read, ok=ok)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_every_file_has_its_sum_and_all_have_one(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["reconcile"] = found(imported("2018/a.csv"), imported("2019/b.csv"))
    done = run("sources", "reconcile", "calls.csv")
    assert done.exit_code == 0, done.output
    (asked,) = wiring.asked
    assert asked[:2] == ("reconcile", ((Path("calls.csv"),),))
    text = squeezed(done.stdout)
    assert "a.csv 1,005 1,000 3 2 900 0.3 b.csv 1,005" in text
    assert "all 2,010 2,000 6 4 1,800 0.5" in text
    assert "a.csv harbor-city 19 Jun 2018 20 Jun 2018" in text
    assert "harbor-city dispatched calls only. Ignored calls: no, a call to which nobody was sent" in text
    assert "Every row is accounted for. 2 files, 1,800 calls: 2,010 rows read = 2,000 imported + 6" in text
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_files_of_one_name_are_told_apart_by_their_folders(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["reconcile"] = found(imported("2018/a.csv"), imported("2019/a.csv"))
    text = squeezed(run("sources", "reconcile", "calls.csv").stdout)
    assert "2018/a.csv 1,005" in text
    assert "2019/a.csv 1,005" in text


def test_what_is_not_accounted_for_is_named_and_exits_with_one(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["reconcile"] = found(
        imported("a.csv"), refused("codes.csv", "This is no table of calls."), not_read=("notes.md",)
    )
    done = run("sources", "reconcile", "calls.csv")
    assert done.exit_code == 1
    text = squeezed(done.stdout)
    assert "codes.csv: This is no table of calls." in text
    assert "Not read, by their names notes.md" in text
    assert "1 of 2 files not accounted for. Imported: 1 file, 900 calls" in text
    assert "all 1,005" not in text
    assert "Every row is accounted for" not in text


def test_where_nothing_was_imported_no_sum_is_shown(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["reconcile"] = found(refused("codes.csv", "This is no table of calls."))
    text = run("sources", "reconcile", "calls.csv").stdout
    assert text.endswith("1 of 1 file not accounted for.\n")
    assert "Rows:" not in text


def test_a_profile_that_nobody_checked_is_said_to_be_so(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["reconcile"] = found(imported("a.csv", verified=False, first_us=None))
    text = squeezed(run("sources", "reconcile", "calls.csv").stdout)
    assert "Not checked against the publisher's own rows." in text
    assert "a.csv harbor-city not known not known" in text


def test_as_json_it_is_one_document_with_the_same_exit_code(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["reconcile"] = found(imported("a.csv"), refused("codes.csv", "No calls."))
    done = run("sources", "reconcile", "calls.csv", "--json")
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    assert document["files"][0]["rows"] == {"read": 1005, "imported": 1000, "quarantined": 3, "duplicates": 2}
    assert [one["state"] for one in document["files"]] == ["reconciles", "no_calls"]
    assert (document["ok"], document["rows"]["read"]) == (False, 1005)


def test_nothing_to_read_is_an_input_error(run: Callable[..., Result], wiring: Any) -> None:
    wiring.answers["reconcile"] = SourceError("nothing below it can be read as calls")
    assert run("sources", "reconcile", "calls.csv").exit_code == 2


def test_hostile_names_are_spelled_out(run: Callable[..., Result], wiring: Any) -> None:
    evil = "\x1b[2J\u202e\n.csv"
    wiring.answers["reconcile"] = found(imported(evil), refused(evil, evil), not_read=(evil,))
    done = run("sources", "reconcile", "calls.csv")
    assert all(shown(line) == line for line in done.stdout.split("\n"))
