"""`answerable finding` and `claim register --record` at the command line: words, JSON, refusals with what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.support.findings import desk, edited, town_result
from tests.support.small_policies import TWO_SPEEDS

from answerable import wiring
from answerable.cli import app
from answerable.errors import DisclosureError

CHIEF = "Office of the Chief"
SIGNER = (
    "--name",
    "Ana Reyes",
    "--office",
    "City Ombudsman",
    "--rank",
    "director",
    "--body",
    "City of Alder, Ombudsman",
)
PATTERN = """answerable-claim = 1
[claim]
id = "gate"
kind = "pattern"
text = "They come late."
alleged-by = "Counsel"
[scope]
from = 2018-06-11T00:00:00-07:00
to = 2018-07-01T00:00:00-07:00
where = "requester == 'federal_agency'"
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def flowing(text: str) -> str:
    """Without the line breaks of whatever terminal it is."""
    return " ".join(text.split())


def answer(*words: str | Path) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


@pytest.fixture
def result(tmp_path: Path) -> Path:
    return Path(shutil.move(town_result(tmp_path / "made"), tmp_path / "report"))


def test_each_step_says_where_the_finding_stands_and_what_comes_next(result: Path, tmp_path: Path) -> None:
    said = flowing(run("finding", "propose", result).stdout)
    assert "proposed, unsigned" in said
    assert "The record supports (proposed, unsigned): Finding on claim gate-calls: sustained." in said
    assert "answerable finding ask" in said

    said = flowing(run("finding", "ask", result, "--who", CHIEF, "--by", "2090-01-01").stdout)
    assert "reply: none yet." in said
    assert "answerable finding reply" in said

    (tmp_path / "reply.txt").write_text("We have looked.")
    said = flowing(run("finding", "reply", result, tmp_path / "reply.txt", "--who", CHIEF).stdout)
    assert "reply: received on" in said
    assert "answerable finding sign" in said

    assert run("finding", "key", "ombudsman.alder.example", "--out", tmp_path / "key").exit_code == 0
    edited(result)
    said = flowing(run("finding", "sign", result, "--key", tmp_path / "key", *SIGNER, "--i-decided-none").stdout)
    assert "Signed by Ana Reyes, City Ombudsman (director), City of Alder, Ombudsman." in said
    assert "proposed, unsigned" not in said
    assert "answerable finding publish" in said

    said = flowing(run("finding", "publish", result, "--out", tmp_path / "public").stdout)
    assert "(published)" in said
    assert "private/quarantine.csv: rows that could not be read" in said
    shown = run("finding", "show", result).stdout
    assert "signed and published" in shown

    judged = run("verify", tmp_path / "public", "--key", tmp_path / "key.vkey")
    assert judged.exit_code == 0, judged.output
    assert "PROVED: finding" in judged.stdout
    assert run("verify", tmp_path / "public").exit_code == 3
    letter = tmp_path / "public" / "dossier" / "letter.md"
    letter.write_text(letter.read_text() + "And more.\n")
    refuted = run("verify", tmp_path / "public", "--key", tmp_path / "key.vkey")
    assert refuted.exit_code == 1
    assert "not the letter that was signed" in refuted.stdout


def test_every_step_as_json(result: Path, tmp_path: Path) -> None:
    told = answer("finding", "propose", result)
    assert told["standing"] == "proposed"
    assert told["claims"] == [{"id": "gate-calls", "finding": "sustained", "cannot_be_determined": False}]
    assert told["letter"] == str(result / "dossier" / "letter.md")
    told = answer("finding", "ask", result, "--who", CHIEF, "--by", "2090-01-01", "--how", "by letter")
    (asked,) = told["asked"]
    assert (asked["who"], asked["open"], asked["replies"]) == (CHIEF, True, [])
    made = answer("finding", "key", "ombudsman.alder.example", "--out", tmp_path / "key")
    assert set(made) == {"secret", "public", "key"}
    published = answer("finding", "publish", result, "--out", tmp_path / "draft", "--draft")
    assert published["status"] == "draft"
    assert {one["name"] for one in published["withheld"]} == {"private/quarantine.csv"}
    shown = answer("finding", "show", result)
    assert shown["signed"] is None
    judged = json.loads(run("verify", result, "--json").stdout)["files"][0]
    assert judged["kind"] == "finding"
    assert judged["shows"]["standing"] == "asked"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sign", "--key", "KEY", *SIGNER), "Nobody has been asked for a reply"),
        (("publish", "--out", "OUT"), "nothing unsigned is published"),
        (("reply", "KEY", "--who", CHIEF), "Asked were: nobody"),
        (("ask", "--who", CHIEF, "--by", "tomorrow"), "--by: 'tomorrow'"),
        (("propose", "--because", "so"), "--because needs --supersedes"),
        (("propose",), "proposed from this result already"),
    ],
)
def test_what_may_not_be_is_refused_with_what_to_do(
    result: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    run("finding", "propose", result)
    run("finding", "key", "ombudsman.alder.example", "--out", tmp_path / "key")
    paths = {"KEY": str(tmp_path / "key"), "OUT": str(tmp_path / "out")}
    done = run("finding", words[0], result, *(paths.get(word, word) for word in words[1:]))
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
    assert not (tmp_path / "out").exists()


def test_showing_what_is_no_finding_names_the_command_that_begins_one(result: Path) -> None:
    done = run("finding", "show", result)
    assert done.exit_code == 2
    assert "answerable finding propose" in done.output


# claim register --record


@pytest.fixture
def claim(tmp_path: Path) -> Path:
    (tmp_path / "policy.toml").write_text(TWO_SPEEDS)
    (tmp_path / "claim.toml").write_text(PATTERN)
    with desk(tmp_path):
        pass
    return tmp_path


def register(folder: Path, *more: str | Path) -> dict[str, Any]:
    files = ("--policy", folder / "policy.toml", "--out", folder / "reg.json")
    return answer("claim", "register", folder / "claim.toml", *files, *more)


def entries(folder: Path) -> list[dict[str, Any]]:
    with wiring.read_record(folder / "desk") as record:
        return [json.loads(entry.body) for entry in record.store.entries(1, 99)]


def test_a_registration_is_entered_and_says_when(claim: Path) -> None:
    done = register(claim, "--record", claim / "desk")
    (entry,) = entries(claim)
    assert (entry["type"], entry["claim"], entry["registration"]) == ("allegation", "gate", done["digest"])
    written = json.loads((claim / "reg.json").read_bytes())
    assert written["sealed_at"] is not None
    (claim / "claim.toml").write_text(PATTERN + '[comparison]\nregistration = "reg.json"\n')
    checked = answer("claim", "check", claim / "claim.toml", "--policy", claim / "policy.toml")
    assert checked["sealed"]
    judged = run("verify", claim / "reg.json.tlog-proof", "--key", _key(claim))
    assert judged.exit_code == 0, judged.output


def test_a_sealed_registration_shows_nothing_until_it_is_opened(claim: Path) -> None:
    done = register(claim, "--record", claim / "desk", "--sealed")
    (entry,) = entries(claim)
    assert set(entry) == {"_sd", "committed", "entry", "id", "recorded_at_us", "type"}
    assert entry["type"] == "evidence"
    document, opening = (Path(done["entered"][name]) for name in ("document", "opening"))
    assert opening.stat().st_mode & 0o077 == 0
    assert json.loads(document.read_bytes())["digest"] == done["digest"]
    opened = run("evidence", "open", claim / "desk", document, "--opening", opening)
    assert opened.exit_code == 0, opened.output
    document.write_bytes(document.read_bytes().replace(b"gate", b"yard"))
    with pytest.raises(DisclosureError):
        wiring.open_evidence(claim / "desk", document, opening=opening, receipt=None)


def test_sealing_needs_a_record(claim: Path) -> None:
    files = ("--policy", claim / "policy.toml", "--out", claim / "reg.json")
    done = run("claim", "register", claim / "claim.toml", *files, "--sealed")
    assert done.exit_code == 2
    assert "--sealed needs --record" in done.output
    assert not (claim / "reg.json").exists()


def test_what_the_log_does_not_take_is_not_registered(claim: Path) -> None:
    wiring.close_record(claim / "desk", next_origin="x/2")
    done = run(
        "claim", "register", claim / "claim.toml", "--policy", claim / "policy.toml", "--out", claim / "reg.json",
        "--record", claim / "desk",
    )  # fmt: skip
    assert done.exit_code != 0
    assert not (claim / "reg.json").exists()


def _key(folder: Path) -> str:
    with wiring.read_record(folder / "desk") as record:
        (key,) = record.keyring.verifiers
        return str(key)
