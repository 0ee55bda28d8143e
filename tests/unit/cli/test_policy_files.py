"""`answerable policy diff`, `fmt`, `new` and `schema` on files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.support.policy_packs import ALDER, STARTER, changed

from answerable.cli import app
from answerable.policy import Change, check_policy, load_policy, policy_schema
from answerable.policy.layout import laid_out
from answerable.report.diff_words import change_in_words, in_words

Run = Callable[..., Result]


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `policy …` in a folder with the policy of Alder City, 100 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("1.toml").write_text(ALDER, encoding="utf-8")
    return lambda *words: CliRunner().invoke(app, ["policy", *words])


def second(*changes: tuple[str, str]) -> None:
    text = ALDER
    for old, new in changes:
        text = changed(text, old, new)
    Path("2.toml").write_text(text, encoding="utf-8")


# diff


def test_a_difference_is_a_sentence_about_whom_it_concerns(policy: Run) -> None:
    second(('arrive-within = "15 min"', 'arrive-within = "20 min"'))
    done = policy("diff", "1.toml", "2.toml")
    assert done.exit_code == 0
    sentence = "  There within 20 min instead of 15 min, for\n    · a call where life_safety is yes\n"
    assert f"{sentence}      For example a call where life_safety is yes: rule life-safety.\n" in done.stdout
    assert "  clock life-safety-arrival, arrive-within\n    before  15 min\n    now     20 min\n" in done.stdout


def test_where_nothing_changes_it_is_said_to_be_proved(policy: Run) -> None:
    second(("# lowest first", "# from the bottom"))
    text = policy("diff", "1.toml", "2.toml").stdout
    assert "Nothing changes for anybody: proved for every possible call." in text
    assert text.endswith("What is said differently\n  Nothing.\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [("reopen-when = \"life_safety or", "reopen-when = \"life_safety or holiday and life_safety or"),
     ('issued-by-rank = "chief"', 'issued-by-rank = "sergeant"')],
)  # fmt: skip
def test_what_binds_beside_decisions_is_not_called_nothing(policy: Run, old: str, new: str) -> None:
    second((old, new))
    text = " ".join(policy("diff", "1.toml", "2.toml").stdout.split())
    assert "No call is decided otherwise: proved for every possible call. But what ends a refusal, or the ranks" in text


def test_another_order_of_the_ranks_changes_who_may_decline(policy: Run) -> None:
    second(('"watch_commander", "deputy_chief", "chief"]', '"deputy_chief", "watch_commander", "chief"]'))
    text = " ".join(policy("diff", "1.toml", "2.toml").stdout.split())
    assert "Declined by any of chief or deputy_chief or watch_commander instead of chief or deputy_chief, for" in text
    assert "ranks, lowest first before dispatcher, sergeant, watch_commander, deputy_chief, chief" in text


def test_rules_that_were_swapped_are_told_as_a_new_order(policy: Run) -> None:
    second(('id = "life-safety"', 'id = "x"'), ('id = "officer-assaulted"', 'id = "life-safety"'))
    text = Path("2.toml").read_text(encoding="utf-8").replace('id = "x"', 'id = "officer-assaulted"')
    Path("2.toml").write_text(text, encoding="utf-8")
    assert "order of the rules\n    before  life-safety, officer-assaulted" in policy("diff", "1.toml", "2.toml").stdout


def test_the_difference_as_json_has_every_region(policy: Run) -> None:
    second(('decline-by = "watch_commander"', 'decline-by = "sergeant"'))
    found = json.loads(policy("diff", "1.toml", "2.toml", "--json").stdout)
    assert (found["nothing_changes"], found["decided"], found["unlisted"]) == (False, True, 0)
    for region in found["regions"]:
        assert region["changes"] == [{"what": "decline-by", "before": "watch_commander", "after": "sergeant"}]
        assert region["rule_before"] == region["rule_after"] == "other-agency"
        assert region["where"]["kind"] == "request_for_assistance"
        assert region["for"].startswith("a request for assistance where ")
    assert [one["what"] for one in found["said_differently"]] == ["rule other-agency, decline-by"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("duty", "may-decline", "must-respond"), "must-respond instead of may-decline"),
        (Change("duty", None, "must-respond"), "now must-respond"),
        (Change("decline-by", "chief", None), "no longer declined by chief"),
        (Change("decline-ranks", ("a", "b"), ("b",)), "declined by any of b instead of a or b"),
        (Change("dispatch-within", None, 300), "now dispatched within 5 min"),
        (Change("arrive-within", 900, 1200), "there within 20 min instead of 15 min"),
        (Change("satisfied-by", ("unit",), ("phone", "unit")), "answered by phone or unit instead of unit"),
        (Change("calls sergeant", 0, 1), "now calls sergeant"),
        (Change("calls sergeant", 1, 0), "no longer calls sergeant"),
        (Change("rule", "a", "b"), "decided by rule b instead of a, on the same terms"),
    ],
)
def test_each_change_has_its_words(change: Change, words: str) -> None:
    assert change_in_words(change) == words


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({}, "every call"),
        ({"kind": "call"}, "a call for service"),
        ({"kind": "request_for_assistance", "priority": "2 to 4"}, "a request for assistance where priority is 2 to 4"),
        ({"kind": "unknown", "holiday": "yes"}, "a call where kind is unknown and holiday is yes"),
    ],
)
def test_each_region_has_its_words(where: dict[str, str], words: str) -> None:
    assert in_words(where) == words


# fmt


def test_fmt_lays_files_out_in_place_and_check_only_tells(policy: Run) -> None:
    before = Path("1.toml").read_bytes().replace(b" = ", b"=")
    Path("1.toml").write_bytes(before)
    told = policy("fmt", "--check", ".")
    assert (told.exit_code, told.stdout) == (1, "would lay out 1.toml\n0 files in canonical layout already.\n")
    assert Path("1.toml").read_bytes() == before
    done = policy("fmt", "1.toml")
    assert (done.exit_code, done.stdout) == (0, "laid out 1.toml\n0 files in canonical layout already.\n")
    assert Path("1.toml").read_bytes() == laid_out(before, file="1.toml")
    again = policy("fmt", "--check", "1.toml", "--json")
    assert (again.exit_code, json.loads(again.stdout)) == (0, {"changed": [], "files": ["1.toml"]})


def test_fmt_writes_none_where_one_file_cannot_be_loaded(policy: Run) -> None:
    before = Path("1.toml").read_bytes()
    Path("2.toml").write_text(changed(STARTER, 'when = "true"', 'when = "tru"'), encoding="utf-8")
    done = policy("fmt", ".")
    assert done.exit_code == 2
    assert "2.toml:" in done.stderr
    assert Path("1.toml").read_bytes() == before


# new and schema


def test_new_writes_a_policy_that_is_sound_and_laid_out(policy: Run) -> None:
    done = policy("new", "--out", "new.toml")
    assert (done.exit_code, done.stdout) == (0, "Written: new.toml\n")
    text = Path("new.toml").read_bytes()
    assert check_policy(load_policy(text, file="new.toml")) == ()
    assert laid_out(text, file="new.toml") == text
    assert policy("new").stdout.encode() == text
    assert json.loads(policy("new", "--json").stdout) == {"out": None, "policy": text.decode()}


def test_schema_writes_the_schema(policy: Run) -> None:
    assert json.loads(policy("schema").stdout) == policy_schema()
    policy("schema", "--out", "policy.schema.json")
    assert json.loads(Path("policy.schema.json").read_text(encoding="utf-8")) == policy_schema()


@pytest.mark.parametrize("command", ["new", "schema"])
def test_a_file_that_is_there_is_never_written_over(policy: Run, command: str) -> None:
    before = Path("1.toml").read_bytes()
    done = policy(command, "--out", "1.toml")
    assert done.exit_code == 2
    assert "1.toml is there already; it is not written over" in done.stderr
    assert Path("1.toml").read_bytes() == before
