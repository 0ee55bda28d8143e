"""The examples in docs/formats are read by the program's own readers; the tutorial's commands print what it says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner

from answerable.answer.intake.claim_file import read_claim
from answerable.answer.intake.decisions_file import read_decisions
from answerable.answer.intake.facts_file import read_facts
from answerable.cli import app
from answerable.errors import ClaimError
from answerable.model.claim import ClaimKind, PassageTest
from answerable.model.decision import DecisionKind
from answerable.model.vocabulary import FACTS
from answerable.policy import Severity, check_policy, load_policy, parse_condition
from answerable.sources import find_profile

DOCS = Path(__file__).resolve().parents[2] / "docs"
FORMATS = DOCS / "formats"


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of a page in a language."""
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


CLAIMS = blocks(FORMATS / "claim.md", "toml")


def document(name: str) -> bytes:
    """The document of the page that is introduced by its name."""
    text = (FORMATS / "claim.md").read_text(encoding="utf-8")
    found = re.search(rf"`{re.escape(name)}`:\n\n```text\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert found, f"claim.md does not show {name}"
    return found[1].encode()


def test_every_block_of_the_formats_is_in_a_language_that_is_tested() -> None:
    for path in FORMATS.glob("*.md"):
        languages = re.findall(r"^```(\w*)$(?=\n.)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert set(languages) <= {"toml", "csv", "text", "json", ""}, path.name


@pytest.mark.parametrize("text", CLAIMS, ids=["calls_ignored", "statement"])
def test_every_example_of_a_claim_is_read_with_its_document_checked(text: str) -> None:
    claim = read_claim(text.encode(), file="claim.md", read_file=document)
    assert claim.evidence
    assert all(one.passages_checked and one.size_bytes > 0 for one in claim.evidence)
    for condition in (claim.scope.where, *(passage.where for passage in claim.passages)):
        if condition is not None:
            parse_condition(condition, FACTS)


def test_the_examples_of_claims_show_every_table_and_every_test_of_a_passage() -> None:
    read = [read_claim(text.encode(), file="claim.md", read_file=document) for text in CLAIMS]
    assert {claim.kind for claim in read} == {ClaimKind.CALLS_IGNORED, ClaimKind.STATEMENT}
    assert any(claim.independent_count is not None for claim in read)
    assert {passage.test for claim in read for passage in claim.passages} == set(PassageTest)


def test_a_quotation_that_is_not_in_the_document_is_refused_as_the_page_says() -> None:
    wrong = CLAIMS[0].replace("nobody came.", "somebody came.")
    with pytest.raises(ClaimError, match="does not contain the passage"):
        read_claim(wrong.encode(), file="claim.md", read_file=document)


def test_a_time_without_its_offset_is_refused_as_the_page_says() -> None:
    wrong = CLAIMS[0].replace("from  = 2018-06-01T00:00:00-07:00", "from  = 2018-06-01T00:00:00")
    assert wrong != CLAIMS[0]
    with pytest.raises(ClaimError, match="timezone"):
        read_claim(wrong.encode(), file="claim.md", read_file=document)


def test_the_examples_of_facts_and_decisions_are_read() -> None:
    facts_text, decisions_text = blocks(FORMATS / "facts-and-decisions.md", "csv")
    facts = read_facts(facts_text.encode(), file="facts.csv")
    assert [fact.value for fact in facts] == [False, False, 2, None]
    decisions = read_decisions(decisions_text.encode(), file="decisions.csv")
    assert [one.decision for one in decisions] == [
        DecisionKind.RESPOND,
        DecisionKind.DECLINE_WITH_CONDITIONS,
        DecisionKind.REVIEW,
        DecisionKind.WITHDRAW,
    ]
    assert decisions[0].reason is None


def _must_be_given(reader: str) -> Iterator[tuple[str, str, bool]]:
    text = (FORMATS / "facts-and-decisions.md").read_text(encoding="utf-8")
    part = text.split("## The decisions file")[0 if reader == "facts" else 1].split("### decision")[0]
    for column, blank in re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", part, flags=re.MULTILINE):
        yield reader, column, blank == "error"


@pytest.mark.parametrize(("reader", "column", "refused"), [*_must_be_given("facts"), *_must_be_given("decisions")])
def test_a_blank_is_refused_exactly_where_the_page_says_so(reader: str, column: str, refused: bool) -> None:
    text = blocks(FORMATS / "facts-and-decisions.md", "csv")[0 if reader == "facts" else 1]
    header, first = text.splitlines()[:2]
    cells = first.split(",")
    cells[header.split(",").index(column)] = ""
    data = f"{header}\n{','.join(cells)}\n".encode()
    read = read_facts if reader == "facts" else read_decisions
    if refused:
        with pytest.raises(ClaimError, match=f"column {column}"):
            read(data, file="a.csv")
    else:
        assert read(data, file="a.csv")


def test_every_example_of_a_policy_is_loaded_and_checked_without_an_error() -> None:
    for text in blocks(FORMATS / "response-policy.md", "toml"):
        policy = load_policy(text.encode(), file="response-policy.md")
        assert not [problem for problem in check_policy(policy) if problem.severity is Severity.ERROR]


def test_every_whole_example_of_a_profile_is_read(tmp_path: Path) -> None:
    whole = [text for text in blocks(FORMATS / "source-profile.md", "toml") if text.startswith("answerable-profile")]
    assert whole
    for number, text in enumerate(whole):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        assert find_profile(str(path)).id


# The tutorial

TUTORIAL = DOCS / "tutorial.md"


def test_the_tutorials_commands_print_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    text = TUTORIAL.read_text(encoding="utf-8")
    for name, content in re.findall(r"`(\w+\.toml)`:\n\n```toml\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        Path(name).write_text(content, encoding="utf-8")
    sessions = blocks(TUTORIAL, "text")
    assert len(sessions) == text.count("$ answerable ")
    for session in sessions:
        command, *expected = session.splitlines()
        assert_prints(command.removeprefix("$ answerable "), expected)
    for named in re.findall(r"`((?:demo|july)/[^`]+)`", text):
        assert PurePosixPath(named).name
        assert Path(named).exists(), f"the tutorial speaks of {named}"


def assert_prints(arguments: str, expected: list[str]) -> None:
    """The lines stand in what is printed, in their order; `…` stands for any number of lines."""
    done = CliRunner().invoke(app, shlex.split(arguments))
    assert done.exit_code == 0, done.output
    printed = done.stdout.splitlines()
    at, may_skip = 0, False
    for line in expected:
        if line == "…":
            may_skip = True
            continue
        found = printed.index(line, at) if may_skip and line in printed[at:] else at
        assert found < len(printed), f"`{arguments}` ends before: {line}"
        assert printed[found] == line, f"`{arguments}` does not print: {line}\n{done.stdout}"
        at, may_skip = found + 1, False
    assert may_skip or at == len(printed), f"`{arguments}` prints more than the tutorial shows"
