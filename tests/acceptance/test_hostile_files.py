"""What a careless or a hostile person hands in: refused in words, or read with every row accounted for."""

from __future__ import annotations

import csv
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from tests.support.small_policies import TWO_SPEEDS

from answerable.cli import app
from answerable.demo import Story, write_story

ROWS = 1_200
Fields: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class City:
    """The story's files, the header and the first ROWS rows of its calls."""

    story: Story
    header: str
    lines: tuple[str, ...]

    def fields(self, position: int) -> Fields:
        (values,) = csv.reader([self.lines[position]])
        return dict(zip(self.header.split(","), values, strict=True))

    def line(self, **changed: str) -> str:
        """The first row with other values, as one line of CSV."""
        values = self.fields(0) | changed
        return ",".join('"' + value.replace('"', '""') + '"' for value in values.values())


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    story = write_story(tmp_path_factory.mktemp("alder"), seed=5)
    with story.calls.open(encoding="utf-8") as text:
        header, *lines = text.read().splitlines()
    return City(story, header, tuple(lines[:ROWS]))


def run(*words: object, **env: str) -> Result:
    return CliRunner(env=env).invoke(app, [str(word) for word in words])


def written(path: Path, city: City, lines: Iterable[str], *, end: str = "\n") -> Path:
    path.write_bytes((end.join([city.header, *lines]) + end).encode())
    return path


def imported(file: Path, *options: object, source: object = "alder-city") -> dict[str, Any]:
    out = file.with_name("calls.parquet")
    result = run("import", file, "--source", source, "--out", out, *options, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    rows = found["rows"]
    assert rows["read"] == rows["imported"] + rows["quarantined"] + rows["duplicates"]
    return found


def quarantined(file: Path) -> dict[int, Fields]:
    with file.with_name("calls.quarantine.csv").open(encoding="utf-8", newline="") as text:
        return {int(row["line"]): row for row in csv.DictReader(text)}


def policy_in(folder: Path, text: str = TWO_SPEEDS) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def claim_in(folder: Path, more: str = "", *, kind: str = "calls_ignored") -> Path:
    path = folder / "claim.toml"
    head = f'answerable-claim = 1\n[claim]\nid = "one"\nkind = "{kind}"\ntext = "Ignored."\nalleged-by = "Somebody"\n'
    path.write_text(head + more, encoding="utf-8")
    return path


def examined(file: Path, *options: object, source: object = "alder-city") -> tuple[dict[str, Any], pd.DataFrame]:
    out = file.with_name("out")
    words = ["examine", file, "--source", source, "--policy", policy_in(file.parent), *options, "--out", out, "--json"]
    result = run(*words)
    assert result.exit_code == 0, result.output
    calls = pd.read_csv(out / "calls.csv", dtype=str, keep_default_na=False)
    return json.loads(result.stdout), calls


# --- refusals: the right exit code, what and where and what to do, as JSON too, and nothing half-written


def refusal(result: Result, *, exit_code: int, says: Iterable[str], hint: bool = True) -> dict[str, Any]:
    """The error as JSON; `hint` False: the message itself says what would be right."""
    assert result.exit_code == exit_code, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["error"]
    said = f"{told['message']} {told['hint']}"
    missing = [word for word in says if word not in said]
    assert not missing, (missing, told)
    assert told["hint"] or not hint, f"nothing says what to do: {told}"
    assert "Traceback" not in result.output
    return told


def left_behind(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def empty_file(folder: Path, city: City) -> Path:
    (folder / "calls.csv").write_bytes(b"")
    return folder / "calls.csv"


def binary_file(folder: Path, city: City) -> Path:
    (folder / "calls.csv").write_bytes(b"\x7fELF\x02\x01\x01\0\0\0" + random.Random(3).randbytes(4_000))
    return folder / "calls.csv"


def zip_file(folder: Path, city: City) -> Path:
    (folder / "calls.csv").write_bytes(b"PK\x03\x04" + random.Random(4).randbytes(400))
    return folder / "calls.csv"


def a_folder(folder: Path, city: City) -> Path:
    (folder / "calls.csv").mkdir()
    return folder / "calls.csv"


def nothing(folder: Path, city: City) -> Path:
    return folder / "calls.csv"


def wrong_header(folder: Path, city: City) -> Path:
    (folder / "calls.csv").write_text("number,when,what\n1,2018-06-01,fire\n", encoding="utf-8")
    return folder / "calls.csv"


def blank_first_line(folder: Path, city: City) -> Path:
    (folder / "calls.csv").write_text("\n" + city.header + "\n" + city.lines[0] + "\n", encoding="utf-8")
    return folder / "calls.csv"


Make: TypeAlias = Callable[[Path, City], Path]
NOT_CALLS: list[tuple[Make, list[str]]] = [
    (empty_file, ["calls.csv", "empty"]),
    (binary_file, ["calls.csv"]),
    (zip_file, ["calls.csv"]),
    (a_folder, ["calls.csv"]),
    (nothing, ["calls.csv", "not exist"]),
    (wrong_header, ["calls.csv", "CallNumber"]),
    (blank_first_line, ["calls.csv", "first line"]),
]
NAMES = [make.__name__ for make, _ in NOT_CALLS]


@pytest.mark.parametrize(("make", "says"), NOT_CALLS, ids=NAMES)
def test_a_file_that_holds_no_calls_is_refused(make: Make, says: list[str], tmp_path: Path, city: City) -> None:
    file = make(tmp_path, city)
    before = left_behind(tmp_path)
    result = run("import", file, "--source", "alder-city", "--out", tmp_path / "calls.parquet", "--json")
    refusal(result, exit_code=2, says=says)
    assert left_behind(tmp_path) == before


@pytest.mark.parametrize(("make", "says"), NOT_CALLS, ids=NAMES)
def test_an_examination_of_no_calls_is_refused(make: Make, says: list[str], tmp_path: Path, city: City) -> None:
    file, policy, out = make(tmp_path, city), policy_in(tmp_path), tmp_path / "out"
    words = ["examine", file, "--source", "alder-city", "--policy", policy, "--out", out, "--json"]
    refusal(run(*words), exit_code=2, says=says)
    assert not out.exists() or not left_behind(out)


def test_a_refused_file_of_calls_leaves_no_folder_behind(tmp_path: Path, city: City) -> None:
    file, policy = wrong_header(tmp_path, city), policy_in(tmp_path)
    before = left_behind(tmp_path)
    words = ["examine", file, "--source", "alder-city", "--policy", policy, "--out", tmp_path / "new" / "out"]
    assert run(*words).exit_code == 2
    assert left_behind(tmp_path) == before


def test_a_refused_file_of_calls_leaves_an_earlier_result_alone(tmp_path: Path, city: City) -> None:
    examined(written(tmp_path / "calls.csv", city, city.lines[:20]))
    out = tmp_path / "out"
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    words = ["examine", wrong_header(tmp_path, city), "--source", "alder-city", "--policy", tmp_path / "policy.toml"]
    assert run(*words, "--out", out).exit_code == 2
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_parquet_file_that_is_not_the_sealed_one_is_refused(tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, city.lines[:20])
    imported(file)
    parquet = tmp_path / "calls.parquet"
    (tmp_path / "alone.parquet").write_bytes(parquet.read_bytes())
    refusal(run("examine", tmp_path / "alone.parquet", "--json"), exit_code=2, says=["alone.parquet", "manifest"])
    changed = bytearray(parquet.read_bytes())
    changed[len(changed) // 2] ^= 1
    parquet.write_bytes(changed)
    refusal(run("examine", parquet, "--json"), exit_code=2, says=["calls.parquet", "manifest"])
    (tmp_path / "calls.manifest.json").write_text("{", encoding="utf-8")
    refusal(run("examine", parquet, "--json"), exit_code=2, says=["calls.manifest.json"], hint=False)


def test_a_file_of_nobody_known_is_refused_without_guessing(tmp_path: Path, city: City) -> None:
    file = wrong_header(tmp_path, city)
    refusal(run("examine", file, "--json"), exit_code=2, says=["calls.csv"])
    checked = run("sources", "check", file, "--json")
    assert checked.exit_code == 1
    assert json.loads(checked.stdout)["profile"] is None


def refused_examination(
    folder: Path, city: City, *options: object, policy: object | None = None, says: Iterable[str], hint: bool = True
) -> dict[str, Any]:
    """The error of an examination that is refused with exit code 2 and writes nothing."""
    file = written(folder / "calls.csv", city, city.lines[:50])
    out = folder / "out"
    words = ["examine", file, "--source", "alder-city", "--policy", policy or policy_in(folder), *options]
    told = refusal(run(*words, "--out", out, "--json"), exit_code=2, says=says, hint=hint)
    assert not out.exists() or not left_behind(out)
    return told


def test_a_policy_is_not_a_program(tmp_path: Path, city: City) -> None:
    hostile = TWO_SPEEDS.replace('when = "true"', "when = \"__import__('os').system('touch owned')\"", 1)
    policy = policy_in(tmp_path, hostile)
    told = refused_examination(tmp_path, city, policy=policy, says=["policy.toml"])
    assert told["line"] == 1 + hostile[: hostile.index("__import__")].count("\n")
    assert not Path("owned").exists()
    assert run("policy", "check", policy, "--json").exit_code == 1


@pytest.mark.parametrize("evidence", ["../../etc/passwd", "../../../../../../../../etc/passwd", "/etc/passwd"])
def test_a_claim_reaches_no_file_outside_its_folder(evidence: str, tmp_path: Path, city: City) -> None:
    table = f'[[evidence]]\nid = "e"\nkind = "list"\nfile = "{evidence}"\nsender = "S"\ndated = 2018-06-19T14:09:00Z\n'
    claim = claim_in(tmp_path, table)
    refused_examination(tmp_path, city, "--claim", claim, says=["claim.toml", "etc/passwd"])


def test_evidence_that_is_a_link_out_of_the_folder_is_refused(tmp_path: Path, city: City) -> None:
    (tmp_path / "letter.txt").symlink_to("/etc/passwd")
    table = '[[evidence]]\nid = "e"\nkind = "list"\nfile = "letter.txt"\nsender = "S"\ndated = 2018-06-19T14:09:00Z\n'
    refused_examination(tmp_path, city, "--claim", claim_in(tmp_path, table), says=["letter.txt"])


FACTS = "call,fact,value,asserted_by,occurred_at,recorded_at\n"
DECISIONS = "call,at,recorded_at,actor,rank,decision,clause,reason,conditions,review_due\n"
WHEN = "2018-06-01T00:00:00-07:00"


WRONG_FACTS = [
    (f"18-153001,life_safety,perhaps,caller,{WHEN},{WHEN}", ["column value", "'perhaps'", "yes or no"]),
    (f"18-153001,priority,high,caller,{WHEN},{WHEN}", ["column value", "'high'", "whole number"]),
    (f"18-153001,place,moon,caller,{WHEN},{WHEN}", ["column value", "'moon'", "federal_property"]),
    (f"18-153001,life_safety,yes,caller,{WHEN},2018-06-01 00:00", ["column recorded_at", "offset"]),
    ("18-153001,life_safety,yes", ["expected 6 fields, found 3"]),
]


@pytest.mark.parametrize(("row", "says"), WRONG_FACTS, ids=["yes_or_no", "number", "value", "time", "fields"])
def test_a_wrong_fact_is_refused_with_its_place(row: str, says: list[str], tmp_path: Path, city: City) -> None:
    (tmp_path / "facts.csv").write_text(FACTS + row + "\n", encoding="utf-8")
    given = ("--facts", tmp_path / "facts.csv")
    refused_examination(tmp_path, city, *given, says=["facts.csv, line 2", *says], hint=False)


def test_an_unknown_fact_is_refused_with_what_there_is(tmp_path: Path, city: City) -> None:
    row = f"18-153001,eye_colour,blue,caller,{WHEN},{WHEN}\n"
    (tmp_path / "facts.csv").write_text(FACTS + row, encoding="utf-8")
    says = ["facts.csv, line 2", "column fact", "eye_colour", "life_safety"]
    refused_examination(tmp_path, city, "--facts", tmp_path / "facts.csv", says=says, hint=False)


def test_a_wrong_decision_is_refused_with_its_place(tmp_path: Path, city: City) -> None:
    (tmp_path / "d.csv").write_text(f"{DECISIONS}18-153001,{WHEN},{WHEN},X,chief,shrug,,,,\n", encoding="utf-8")
    says = ["d.csv, line 2", "column decision", "shrug", "decline_with_conditions"]
    refused_examination(tmp_path, city, "--decisions", tmp_path / "d.csv", says=says, hint=False)


def test_the_place_of_a_wrong_fact_stands_in_the_json_too(tmp_path: Path, city: City) -> None:
    (tmp_path / "facts.csv").write_text(FACTS + WRONG_FACTS[0][0] + "\n", encoding="utf-8")
    told = refused_examination(tmp_path, city, "--facts", tmp_path / "facts.csv", says=["facts.csv"], hint=False)
    assert (told.get("line"), told.get("column")) == (2, "value"), told


def test_a_folder_without_a_policy_is_refused(tmp_path: Path, city: City) -> None:
    (tmp_path / "policies").mkdir()
    refused_examination(tmp_path, city, policy=tmp_path / "policies", says=["policies", "no policy", ".toml"])


def test_a_policy_without_a_folder_for_the_result_is_refused(tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, city.lines[:5])
    refusal(run("examine", file, "--policy", policy_in(tmp_path), "--json"), exit_code=2, says=["--out"])


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, city.lines[:5])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("private", encoding="utf-8")
    words = ["examine", file, "--policy", policy_in(tmp_path), "--out", tmp_path / "mine", "--json"]
    refusal(run(*words), exit_code=2, says=["mine"])
    assert left_behind(tmp_path / "mine") == ["diary.txt"]


@pytest.mark.parametrize("out", ["/proc/answerable/out", "/dev/null/out"])
def test_a_folder_that_cannot_be_made_is_a_fault_of_the_disk(out: str, tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, city.lines[:5])
    words = ["examine", file, "--policy", policy_in(tmp_path), "--out", out, "--json"]
    refusal(run(*words), exit_code=4, says=[out])


def test_a_result_that_cannot_be_replaced_stays_whole(tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, city.lines[:50])
    examined(file)
    out = tmp_path / "out"
    (out / "finding.json").unlink()
    (out / "finding.json").mkdir()  # as root nothing is forbidden; but no file takes the place of a folder
    (out / "finding.json" / "held").touch()
    kept = {name: (out / name).read_bytes() for name in ("calls.csv", "calls.parquet", "source.json", "manifest.json")}
    written(file, city, city.lines[:40])
    words = ["examine", file, "--source", "alder-city", "--policy", tmp_path / "policy.toml", "--out", out, "--json"]
    refusal(run(*words), exit_code=4, says=["finding.json"])
    if (out / "manifest.json").exists():  # a folder with a manifest is a whole result
        assert {name: (out / name).read_bytes() for name in kept} == kept


def test_no_fault_leaves_working_folders_behind(tmp_path: Path, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    for make, _ in NOT_CALLS:
        (folder := tmp_path / make.__name__).mkdir()
        run("examine", make(folder, city), "--source", "alder-city", "--json")
    assert left_behind(tmp_path / "tmp") == []


EVIDENCE = '[[evidence]]\nid = "e"\nkind = "list"\nsender = "S"\ndated = 2018-06-19T14:09:00Z\n'


def test_a_claim_in_a_folder_of_the_root_reaches_no_other_folder_of_the_system(tmp_path: Path, city: City) -> None:
    """Where the claim lies in /tmp, "a folder beside the claim's" must not come to mean the whole disk."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", dir="/tmp", encoding="utf-8") as claim:
        claim.write(claim_in(tmp_path, EVIDENCE + 'file = "../etc/passwd"\npassages = ["root:"]\n').read_text("utf-8"))
        claim.flush()
        refused_examination(tmp_path, city, "--claim", claim.name, says=["etc/passwd"])


@pytest.mark.parametrize(
    "more", [EVIDENCE + 'file = "a\\u0000b"\n', "x = " + "[" * 50_000 + "]" * 50_000], ids=["nul_in_path", "deep"]
)
def test_a_claim_that_no_parser_likes_is_refused_in_words(more: str, tmp_path: Path, city: City) -> None:
    refused_examination(tmp_path, city, "--claim", claim_in(tmp_path, more), says=["claim.toml"], hint=False)


@pytest.mark.parametrize(
    "options", [("--encoding", "undefined"), ("--as-of", "0001-01-01T00:00:00Z"), ("--as-of", "9999-12-31T23:59:59Z")]
)
def test_an_odd_option_is_no_fault_of_the_program(options: tuple[str, str], tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, city.lines[:5])
    words = ["examine", file, "--policy", policy_in(tmp_path), "--out", tmp_path / "out", *options]
    assert run(*words, "--json").exit_code in (0, 2)
    assert run("examine", file, *options).exit_code in (0, 2)


@pytest.mark.parametrize("memory", ["lots", "'; DROP", "1GB; SELECT 1"])
def test_a_wrong_setting_is_named(memory: str, tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, city.lines[:5])
    result = run("examine", file, "--json", ANSWERABLE_MEMORY=memory)
    refusal(result, exit_code=2, says=["ANSWERABLE_MEMORY", memory, "1GB"], hint=False)


def test_one_version_given_twice_is_refused(tmp_path: Path, city: City) -> None:
    (tmp_path / "policies").mkdir()
    policy_in(tmp_path / "policies")
    other = TWO_SPEEDS.replace('"60 min"', '"90 min"')
    (tmp_path / "policies" / "other.toml").write_text(other, encoding="utf-8")
    refused_examination(tmp_path, city, policy=tmp_path / "policies", says=["2018-01-01"], hint=False)


# --- files that are read: every row accounted for


def test_a_header_without_rows_is_a_file_without_calls(tmp_path: Path, city: City) -> None:
    file = written(tmp_path / "calls.csv", city, [])
    found, calls = examined(file, "--claim", claim_in(tmp_path))
    assert (found["rows"]["read"], found["calls"], len(calls)) == (0, 0, 0)
    (claim,) = found["claims"]
    assert claim["finding"] == "not_sustained", "an empty file neither proves nor disproves"
    assert run("examine", file, "--source", "alder-city").exit_code == 0


def plain(tmp_path: Path, city: City) -> tuple[dict[str, Any], bytes]:
    folder = tmp_path / "plain"
    folder.mkdir()
    found = imported(written(folder / "calls.csv", city, city.lines[:300]))
    return found, (folder / "calls.parquet").read_bytes()


@pytest.mark.parametrize("how", ["bom", "crlf", "cr", "no_final_newline", "bom_crlf", "utf16"])
def test_how_the_text_is_written_changes_no_call(how: str, tmp_path: Path, city: City) -> None:
    expected, parquet = plain(tmp_path, city)
    text = "\n".join([city.header, *city.lines[:300]]) + "\n"
    bytes_of = {
        "bom": b"\xef\xbb\xbf" + text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(),
        "no_final_newline": text.rstrip("\n").encode(),
        "bom_crlf": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        "utf16": text.encode("utf-16"),
    }
    file = tmp_path / "calls.csv"
    file.write_bytes(bytes_of[how])
    found = imported(file)
    assert (found["rows"], found["quality"]) == (expected["rows"], expected["quality"])
    assert (tmp_path / "calls.parquet").read_bytes() == parquet


def test_latin_1_is_read_and_said(tmp_path: Path, city: City) -> None:
    lines = [city.line(CallNumber="18-1", Block="CALLE PEÑA"), city.line(CallNumber="18-2", Beat="ÉTÉ")]
    file = tmp_path / "calls.csv"
    file.write_bytes("\n".join([city.header, *lines, ""]).encode("latin-1"))
    found = imported(file)
    assert (found["rows"]["imported"], found["encoding"]) == (2, "windows-1252")
    assert any("line 2" in note and "--encoding" in note for note in found["notes"])
    _, calls = examined(file, "--encoding", "latin-1")
    assert calls.beat[1] == "ÉTÉ"
    utf8 = run("examine", file, "--source", "alder-city", "--encoding", "utf-8", "--json")
    told = refusal(utf8, exit_code=2, says=["calls.csv", "line 2", "--encoding"])
    assert told["line"] == 2


def broken(line: str, how: str) -> str:
    fields = line.split(",")
    match how:
        case "quote":
            fields[10] = '"' + fields[10]
        case "after_quote":
            fields[10] = '"a" b'
        case "missing":
            fields.pop()
        case "extra":
            fields.append("x")
        case "nul":
            fields[10] = "A\0B"
        case "received":
            fields[1] = "yesterday"
        case "dispatched":
            fields[3] = "06/31/2018 00:00:00"
        case "closed":
            fields[7] = "06/01/2018 24:61:00"
    return ",".join(fields)


BREAKS = ("quote", "after_quote", "missing", "extra", "nul", "received", "dispatched", "closed")
AT_COLUMN = {"received": "Received", "dispatched": "Dispatched", "closed": "Closed"}


def test_one_broken_row_in_a_hundred_is_found_at_its_line(tmp_path: Path, city: City) -> None:
    chance = random.Random(11)
    lines = list(city.lines)
    plain_rows = [at for at, line in enumerate(lines) if '"' not in line]
    planted = {at: BREAKS[n % len(BREAKS)] for n, at in enumerate(chance.sample(plain_rows, len(lines) // 100))}
    for at, how in planted.items():
        lines[at] = broken(lines[at], how)
    file = written(tmp_path / "calls.csv", city, lines)
    rows = imported(file)["rows"]
    assert rows == {"read": ROWS, "imported": ROWS - len(planted), "quarantined": len(planted), "duplicates": 0}
    found = quarantined(file)
    assert set(found) == {at + 2 for at in planted}
    for at, how in planted.items():
        row = found[at + 2]
        assert row["column"] == AT_COLUMN.get(how, ""), (how, row)
        assert row["raw"].replace("\\0", "\0") == lines[at], (how, row)
        assert row["reason"]


def test_a_broken_row_is_in_no_figure_and_said(tmp_path: Path, city: City) -> None:
    lines = [city.lines[0], broken(city.lines[1], "received"), *city.lines[2:20]]
    found, calls = examined(written(tmp_path / "calls.csv", city, lines))
    assert len(calls) == found["calls"] == sum(found["outcomes"].values()) == 19
    assert any("1 row" in limit for limit in found["limits"]), found["limits"]
    assert not any("1 rows" in limit for limit in found["limits"]), found["limits"]


def test_stray_quotes_beside_fields_that_span_lines_break_only_their_own_rows(tmp_path: Path, city: City) -> None:
    lines = [
        city.line(CallNumber="18-1", TypeText="TWO\nLINES"),
        city.line(CallNumber="18-2"),
        broken(city.lines[2], "quote"),
        city.line(CallNumber="18-4", TypeText='SAID "HELP"\nTWICE\n\nAND AGAIN'),
        broken(city.lines[4], "quote"),
        city.lines[5],
    ]
    file = written(tmp_path / "calls.csv", city, lines)
    assert imported(file)["rows"] == {"read": 6, "imported": 4, "quarantined": 2, "duplicates": 0}
    assert set(quarantined(file)) == {5, 10}


def test_inches_are_not_quotes(tmp_path: Path, city: City) -> None:
    fields = city.lines[3].split(",")
    fields[10] = '5" PIPE'
    file = written(tmp_path / "calls.csv", city, [city.lines[0], ",".join(fields), city.lines[4]])
    assert imported(file)["rows"] == {"read": 3, "imported": 3, "quarantined": 0, "duplicates": 0}


def test_duplicate_rows_are_counted_once(tmp_path: Path, city: City) -> None:
    lines = [*city.lines[:300], *city.lines[40:70], city.lines[40]]
    found = imported(written(tmp_path / "calls.csv", city, lines))
    assert found["rows"] == {"read": 331, "imported": 300, "quarantined": 0, "duplicates": 31}
    assert found["calls"] == 300


def test_blank_lines_are_no_rows_and_shift_no_line_numbers(tmp_path: Path, city: City) -> None:
    lines = [city.lines[0], "", "   ", city.lines[1], "", broken(city.lines[2], "missing"), "", ""]
    file = written(tmp_path / "calls.csv", city, lines)
    assert imported(file)["rows"] == {"read": 3, "imported": 2, "quarantined": 1, "duplicates": 0}
    assert set(quarantined(file)) == {7}


@pytest.mark.parametrize("letters", [100_000, 3_000_000])
def test_a_very_long_line_is_read_like_any_other(letters: int, tmp_path: Path, city: City) -> None:
    lines = [city.lines[0], city.line(CallNumber="18-2", Block="X" * letters), city.lines[2]]
    assert imported(written(tmp_path / "calls.csv", city, lines))["rows"]["imported"] == 3


def test_an_unknown_code_is_imported_counted_and_decides_nothing(tmp_path: Path, city: City) -> None:
    silent = {"Dispatched": "", "EnRoute": "", "OnScene": "", "Cleared": "", "Unit": "", "UnitsSent": ""}
    lines = [
        city.line(CallNumber="18-1", Disposition="ZZZ", Closed="", ClosedBy="", **silent),
        city.line(CallNumber="18-2", Disposition="ZZZ", **silent),
        city.line(CallNumber="18-3", Disposition="ZZZ"),
        city.line(CallNumber="18-4", Received="07/01/2018 00:00:00"),
    ]
    file = written(tmp_path / "calls.csv", city, lines)
    assert imported(file)["unlisted_codes"] == {"Disposition": {"ZZZ": 3}}
    found, calls = examined(file, "--claim", claim_in(tmp_path))
    assert not found["ignored"]
    assert list(calls.outcome[:3]) == ["undetermined", "undetermined", "answered"]
    assert list(calls.reason[:2]) == ["unknown_code", "unknown_code"]


def test_the_repeated_hour_is_ordered_by_the_calls_own_events(tmp_path: Path, city: City) -> None:
    times = {"Entered": "", "EnRoute": "", "OnScene": "", "Cleared": "", "Callback": ""}
    night = "11/04/2018 "
    crossing = times | {"Received": night + "01:50:00", "Dispatched": night + "01:04:00", "Closed": night + "02:30:00"}
    orderly = times | {"Received": night + "01:10:00", "Dispatched": night + "01:12:00", "Closed": night + "03:00:00"}
    lines = [
        city.line(CallNumber="18-1", LifeSafety="N", **crossing),
        city.line(CallNumber="18-2", LifeSafety="N", **orderly),
        city.line(CallNumber="18-3", Received="11/05/2018 00:00:00"),
    ]
    file = written(tmp_path / "calls.csv", city, lines)
    assert imported(file)["quality"]["received"]["dst_ambiguous"] == 2
    _, calls = examined(file)
    by_call = calls.set_index("call")
    assert by_call.waited_s["18-1"] == str(14 * 60), "the wall clock says minus 46 minutes"
    assert by_call.received["18-1"] == "2018-11-04 01:50:00-07:00"
    assert by_call.outcome["18-1"] == "answered"
    assert by_call.outcome["18-2"] in ("answered", "undetermined"), "two minutes or one hour and two"


def test_the_missing_hour_is_flagged_and_kept(tmp_path: Path, city: City) -> None:
    times = {"Entered": "", "EnRoute": "", "OnScene": "", "Cleared": "", "Closed": "", "Callback": ""}
    lines = [
        city.line(CallNumber="18-1", **times | {"Received": "03/11/2018 02:30:00", "Dispatched": "03/11/2018 03:31:00"})
    ]
    found = imported(written(tmp_path / "calls.csv", city, lines))
    assert found["rows"]["imported"] == 1
    assert found["quality"]["received"]["dst_nonexistent"] == 1


@pytest.mark.timeout(15)
@pytest.mark.parametrize("date", ["01/01/0001", "01/01/1900", "12/31/9999"])
def test_a_placeholder_of_another_age_holds_nothing_up(date: str, tmp_path: Path, city: City) -> None:
    lines = [city.lines[0], city.line(CallNumber="18-2", Cleared=f"{date} 00:00:00"), city.lines[2]]
    rows = imported(written(tmp_path / "calls.csv", city, lines))["rows"]
    assert (rows["read"], rows["imported"] + rows["quarantined"]) == (3, 3)


def test_two_columns_of_one_name_are_not_chosen_between(tmp_path: Path, city: City) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(f"{city.header},CallNumber\n{city.lines[0]},other\n", encoding="utf-8")
    result = run("import", file, "--source", "alder-city", "--out", tmp_path / "calls.parquet", "--json")
    refusal(result, exit_code=2, says=["calls.csv", "CallNumber"])


def test_dates_in_another_order_are_never_guessed(tmp_path: Path, city: City) -> None:
    def turned(line: str) -> str:
        fields = line.split(",")
        for at in range(1, 8):
            month, day, rest = fields[at].split("/") if fields[at] else ("", "", "")
            fields[at] = f"{day}/{month}/{rest}" if rest else ""
        return ",".join(fields)

    late_june = [
        ",".join(["18-9" + line[:9], line.split(",", 1)[1].replace("06/01/", "06/25/").replace("06/02/", "06/26/")])
        for line in city.lines[:200]
    ]
    file = written(tmp_path / "calls.csv", city, [turned(line) for line in late_june])
    found = imported(file)
    assert found["rows"] == {"read": 200, "imported": 0, "quarantined": 200, "duplicates": 0}
    rows = quarantined(file)
    assert Counter(row["column"] for row in rows.values())["Received"] == 200
    assert rows[2]["value"].startswith("25/06/2018")


# --- sources that cannot show what is claimed, and names that are not there

SAN_FRANCISCO = (
    "Call Number,Unit ID,Incident Number,Call Type,Call Date,Watch Date,Received DtTm,Entry DtTm,Dispatch DtTm,"
    "Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Call Final Disposition,Available DtTm,Address,City,"
    "Zipcode of Incident,Battalion,Station Area,Box,Original Priority,Priority,Final Priority,ALS Unit,Call Type Group,"
    "Number of Alarms,Unit Type,Unit sequence in call dispatch,Fire Prevention District,Supervisor District,"
    "Neighborhood  District,Location,RowID"
)


def unit_row(call: str, unit: str, *, there: str = "01/02/2018 10:06:00 AM") -> str:
    day = "01/02/2018"
    return (
        f"{call},{unit},17{call},Medical Incident,{day},{day},{day} 10:00:00 AM,{day} 10:00:30 AM,{day} 10:01:00 AM,"
        f"{day} 10:02:00 AM,{there},,,Code 2 Transport,{day} 11:00:00 AM,0 Block of X ST,San Francisco,94127,B08,39,"
        f'8644,3,3,3,true,Alarm,1,ENGINE,1,8,7,Y,"(37.7, -122.4)",{call}-{unit}'
    )


def test_a_source_of_dispatched_calls_alone_cannot_show_an_ignored_one(tmp_path: Path) -> None:
    rows = [unit_row("180020001", "E1"), unit_row("180020001", "M2", there=""), unit_row("180020002", "E1", there="")]
    file = tmp_path / "calls.csv"
    file.write_text("\n".join([SAN_FRANCISCO, *rows, ""]), encoding="utf-8")
    found, calls = examined(file, "--claim", claim_in(tmp_path), source="san-francisco-ca-fire")
    assert (found["rows"]["read"], found["calls"], len(calls)) == (3, 2, 2)
    (claim,) = found["claims"]
    assert (claim["finding"], claim["cannot_be_determined"]) == ("not_sustained", True)
    assert "cannot be determined" in claim["answer"].lower()


def test_the_same_in_the_words_of_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("\n".join([SAN_FRANCISCO, unit_row("180020001", "E1"), ""]), encoding="utf-8")
    words = ["examine", file, "--policy", policy_in(tmp_path), "--claim", claim_in(tmp_path), "--out", tmp_path / "out"]
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert "cannot be determined" in result.stdout.lower()


def test_names_that_are_in_no_row_are_said(tmp_path: Path, city: City) -> None:
    row = f"99-\x1b[31mGONE,{WHEN},{WHEN},X,chief,decline,calls,BUSY,,\n"
    (tmp_path / "d.csv").write_text(DECISIONS + row, encoding="utf-8")
    (tmp_path / "f.csv").write_text(FACTS + f"99-GONE,life_safety,yes,caller,{WHEN},{WHEN}\n", encoding="utf-8")
    file = written(tmp_path / "calls.csv", city, city.lines[:20])
    given = ["--decisions", tmp_path / "d.csv", "--facts", tmp_path / "f.csv"]
    claim = claim_in(tmp_path, '[scope]\ncalls = ["99-GONE", "18-153001"]\n')
    found, _ = examined(file, *given, "--claim", claim)
    said = " ".join(found["limits"])
    assert "99-GONE" in said
    assert "decisions name 1 call " in said
    assert "not found" in json.dumps(found["claims"][0]).lower()


# --- what stands in the data must not act on who reads it

ODD = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe \u2066x\u2069 \x9b31m"


def odd_file(folder: Path, city: City) -> Path:
    odd = {"TypeText": ODD, "Disposition": f"Q{ODD}", "Beat": ODD, "District": ODD, "Unit": ODD, "CallSource": ODD}
    closed = city.line(CallNumber=f"18-1{ODD}", Dispatched="", EnRoute="", OnScene="", Cleared="", UnitsSent="", **odd)
    silent = {"Dispatched": "", "EnRoute": "", "OnScene": "", "Cleared": "", "Closed": "", "ClosedBy": "", "Unit": ""}
    unheard = city.line(CallNumber=f"18-2{ODD}", TypeText=ODD, Disposition="", UnitsSent="", **silent)
    later = city.line(CallNumber="18-3", Received="07/01/2018 00:00:00")
    broken_time = city.line(CallNumber="18-4", Received=ODD)
    return written(folder / "calls.csv", city, [closed, unheard, later, broken_time])


def assert_harmless(text: str) -> None:
    raw = [char for char in ("\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\u2069") if char in text]
    assert not raw, (raw, text)


def test_nothing_in_the_data_reaches_the_terminal_raw(tmp_path: Path, city: City) -> None:
    file = odd_file(tmp_path, city)
    policy, claim = policy_in(tmp_path), claim_in(tmp_path)
    for words in (
        ["import", file, "--source", "alder-city", "--out", tmp_path / "calls.parquet"],
        ["examine", file, "--source", "alder-city"],
        ["examine", file, "--source", "alder-city", "--policy", policy, "--claim", claim, "--out", tmp_path / "out"],
        ["sources", "check", file],
    ):
        result = run(*words)
        assert result.exit_code == 0, result.output
        assert_harmless(result.output)


def test_nothing_in_an_error_reaches_the_terminal_raw(tmp_path: Path, city: City) -> None:
    (tmp_path / "odd.csv").write_text(f"{ODD},b\n1,2\n", encoding="utf-8")
    (tmp_path / f"{ODD.replace('/', '')}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "facts.csv").write_text(FACTS + f"18-1,life_safety,{ODD},caller,{WHEN},{WHEN}\n", encoding="utf-8")
    policy, file = policy_in(tmp_path), written(tmp_path / "calls.csv", city, city.lines[:2])
    for words in (
        ["examine", tmp_path / "odd.csv"],
        ["examine", tmp_path / "odd.csv", "--source", "alder-city"],
        ["examine", tmp_path / f"{ODD}.csv"],
        ["examine", file, "--source", f"no{ODD}"],
        ["examine", file, "--encoding", f"no{ODD}"],
        ["examine", file, "--policy", policy, "--facts", tmp_path / "facts.csv", "--out", tmp_path / "out"],
    ):
        result = run(*words)
        assert result.exit_code in (1, 2), result.output
        assert_harmless(result.output)


def test_the_page_shows_what_is_odd_and_does_not_obey_it(tmp_path: Path, city: City) -> None:
    html = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    silent = {"Dispatched": "", "EnRoute": "", "OnScene": "", "Cleared": "", "Closed": "", "ClosedBy": "", "Unit": ""}
    lines = [
        city.line(CallNumber=f"18-2{html}{ODD}", TypeText=html, Beat=html, Disposition="", UnitsSent="", **silent),
        city.line(CallNumber="18-3", Received="07/01/2018 00:00:00"),
    ]
    claim = claim_in(tmp_path)
    claim.write_text(claim.read_text("utf-8").replace("Ignored.", f"Ignored. {html.replace(chr(34), '')}"), "utf-8")
    found, _ = examined(written(tmp_path / "calls.csv", city, lines), "--claim", claim)
    assert found["outcomes"]["unheard"] == 1
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "alert(1)" in page
    assert_harmless(page)


def test_a_spreadsheet_calculates_nothing_from_a_type(tmp_path: Path, city: City) -> None:
    formulas = ["=HYPERLINK(1)", "+1+1", "-1-1", "@SUM(1)", "\t=1", "\r=1"]
    lines = [
        city.line(CallNumber=f"={n}", TypeText=formula, Beat=formula, District=formula, PriorityInitial="=2")
        for n, formula in enumerate(formulas)
    ]
    examined(written(tmp_path / "calls.csv", city, lines))
    with (tmp_path / "out" / "calls.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["type"].lstrip("'").strip() for row in rows] == [formula.strip() for formula in formulas]
    risky = [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert not risky
