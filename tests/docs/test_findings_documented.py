"""The life of a finding on its page: every step, key and file; the how-to is executed; the schema is the types'."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from click.testing import CliRunner
from tests.support.examinations import sample_examination
from tests.support.findings import desk, edited, hostile_examination, published, town_result, whole
from tests.support.json_schema import faults, inlined

from answerable.cli import app
from answerable.model.finding import Finding, Verdict
from answerable.model.finding_life import ClaimFound, Document, OtherFinding, Signer, Standing, Step
from answerable.report.finding_document import FOUND, finding_schema, read_finding
from answerable.report.finding_json import finding_json
from answerable.report.letter import BLANKS
from answerable.wiring.finding_publication import Publication

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "formats" / "dossier.md").read_text(encoding="utf-8")
HOW_TO = (DOCS / "how-to" / "sign-a-finding.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    return PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", text, flags=re.MULTILINE)


def in_code(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def test_every_standing_has_its_row() -> None:
    assert first_cells(part("The life of a finding")) == list(Standing)


def test_every_step_and_every_key_of_it_is_documented() -> None:
    text = part("Steps")
    common, own = text.split("| step |")
    kinds = get_args(Step)
    shared = set.intersection(*({*kind.__struct_encode_fields__} for kind in kinds))
    assert set(first_cells(common)) == {*shared, "step"}
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", own, flags=re.MULTILINE))
    assert list(rows) == [kind.__struct_config__.tag for kind in kinds]
    for kind in kinds:
        assert {*kind.__struct_encode_fields__} - shared <= in_code(rows[kind.__struct_config__.tag]), kind
    for inner in (ClaimFound, OtherFinding, Document, Signer):
        assert {*inner.__struct_fields__} <= in_code(own), inner


def test_every_file_of_a_publication_is_documented(tmp_path: Path) -> None:
    with desk(tmp_path) as record:
        result = town_result(tmp_path, record=record)
        whole(result, record)
        out = published(result, tmp_path / "out", record)
    named = first_cells(part("The publication")) + list(in_code(part("The publication")))
    for path in out.glob("*.html"):
        assert path.name in named, path.name
    assert {*json.loads((out / "publication.json").read_bytes())} == set(
        first_cells(part("The publication").split("`publication.json` is canonical JSON")[1])
    )
    assert (
        Publication.parse((out / "publication.json").read_bytes()).encode() == (out / "publication.json").read_bytes()
    )
    note = (out / "dossier" / "signature.note").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```\n(answerable/finding-signature@1\n.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert [line.split(" ")[0] for line in block.splitlines()] == [
        line.split(" ")[0] for line in note.split("\n\n")[0].splitlines()
    ]


def test_every_blank_of_a_letter_is_documented() -> None:
    assert set(BLANKS) <= in_code(part("The letter"))


# finding.json


def test_the_schema_on_the_page_is_that_of_the_program() -> None:
    page = json.loads((DOCS / "formats" / "finding.schema.json").read_bytes())
    assert page == finding_schema(), "write it anew: answerable finding schema > docs/formats/finding.schema.json"
    done = CliRunner().invoke(app, ["finding", "schema"])
    assert json.loads(done.stdout) == page


def test_every_finding_and_every_verdict_is_in_the_schemas_list() -> None:
    assert set(get_args(FOUND)) == {*map(str, Finding), *map(str, Verdict)}


@pytest.mark.parametrize("examination", [sample_examination(), hostile_examination()], ids=["plain", "compared"])
def test_what_is_written_is_what_the_schema_says_and_is_read_again(examination: Any) -> None:
    content = finding_json(examination)
    assert list(faults(json.loads(content), inlined(finding_schema(), finding_schema()))) == []
    found = read_finding(content, file="finding.json")
    assert json.loads(msgspec.json.encode(found)) == json.loads(content)


def test_something_else_is_not_what_the_schema_says() -> None:
    written = json.loads(finding_json(sample_examination()))
    written["claims"][0]["finding"] = "guilty"
    del written["outcomes"]
    assert len(list(faults(written, inlined(finding_schema(), finding_schema())))) == 2


# The how-to, command by command


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```\n(.*?)^```", HOW_TO, flags=re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line.startswith("answerable ")]


def test_the_how_to_works_from_the_first_command_to_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(tmp_path) as record:
        shutil.move(town_result(tmp_path / "one", record=record), tmp_path / "report")
        shutil.move(town_result(tmp_path / "two", record=record), tmp_path / "report-2")
    shutil.copy(tmp_path / "report" / "log.vkey", tmp_path / "log.vkey")
    (tmp_path / "reply.txt").write_text("We have looked at it again.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    given = commands()
    assert [words[1] for words in given if words[0] == "finding"] == [
        "propose", "publish", "ask", "reply", "key", "sign", "publish", "propose", "supersede", "publish",
    ]  # fmt: skip
    for words in given:
        if words[:2] == ["finding", "sign"]:
            edited(tmp_path / "report")
        run(words)
        if words[:2] == ["finding", "propose"] and "--supersedes" in words:
            for earlier in given:  # "Ask, edit and sign as before."
                if earlier[1] in ("ask", "reply", "sign"):
                    if earlier[1] == "sign":
                        edited(tmp_path / "report-2")
                    run(["report-2" if word == "report" else word for word in earlier])
    assert "Superseded by finding-" in (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
    shown = run(["finding", "show", "report"])
    assert "superseded" in shown.splitlines()[0]


def run(words: list[str]) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, f"answerable {shlex.join(words)}\n{done.output}"
    return done.stdout
