"""What the program says, reads and writes stands in the page that documents it, and every link leads somewhere."""

from __future__ import annotations

import json
import re
import unicodedata
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.examinations import sample_examination
from tests.support.published import published

from answerable.answer.compare.calls import FEWEST_COMPARATORS, FEWEST_INCIDENTS
from answerable.answer.compare.rank_test import DRAWS
from answerable.answer.intake import call_list, claim_file, decisions_file, facts_file, monitoring_file
from answerable.answer.outcome import outcome_of
from answerable.answer.situation import Decline, Situation
from answerable.config import read_settings
from answerable.engines.describe import describe
from answerable.model.claim import ClaimKind, Evidence, PassageTest
from answerable.model.comparison import (
    BalanceRow,
    BothTests,
    Comparison,
    Missing,
    OtherClaimant,
    Placebo,
    Registration,
    Terms,
    Waits,
)
from answerable.model.decision import DecisionKind
from answerable.model.examination import EditRow, PolicyInForce, ReportRow
from answerable.model.finding import CallInScope, ClaimFinding, Finding, PassageVerdict, Verdict
from answerable.model.listed import Candidate, Identification
from answerable.model.outcome import SEVERITY, Outcome, Reason
from answerable.model.snapshot import Edited, Snapshot, Snapshots, States
from answerable.model.source import ClockOffset, FileSeal, Rows, SourceManifest
from answerable.model.times import spoken_duration
from answerable.model.vocabulary import FACTS
from answerable.report.bounds import bound_rows, uncertain_statistics
from answerable.report.finding_json import finding_json
from answerable.report.manifest_json import manifest_json
from answerable.report.words import REASONS
from answerable.sources import find_profile, import_calls
from answerable.sources.snapshots.changes import COLUMNS as CHANGE_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
IGNORED_FOLDERS = {"node_modules", "build", "dist"}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """The text under each heading of rank 2 or 3, by the heading."""
    parts = re.split(r"^##+ (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def section(name: str, begins: str) -> str:
    found = [text for heading, text in sections(page(name)).items() if heading.startswith(begins)]
    assert len(found) == 1, f"{name} has {len(found)} headings that begin with {begins!r}"
    return found[0]


def rows_named(text: str) -> set[str]:
    """Every name in code letters in the first column of a table of `text`."""
    first = re.findall(r"^\| *((?:`[^`]+`,? ?)+)[^|]*\|", text, flags=re.MULTILINE)
    return {name for cell in first for name in re.findall(r"`([^`]+)`", cell)}


def first_table(text: str) -> str:
    """The first table of `text`."""
    found = re.search(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert found
    return found[0]


def in_code(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def fields(kind: type[msgspec.Struct]) -> set[str]:
    return set(kind.__struct_encode_fields__)


# Outcomes and findings


def test_every_outcome_is_in_the_table_of_outcomes_and_no_other() -> None:
    table = page("reference/outcomes.md").split("## Which policy")[0]
    assert rows_named(table) == set(Outcome)


def test_every_reason_is_explained_with_the_record_that_the_report_says_would_settle_it() -> None:
    text = section("reference/outcomes.md", "Undetermined")
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+\.) \|$", text, flags=re.MULTILINE))
    assert rows == {reason.value: REASONS[reason].settles for reason in Reason}


def test_the_order_of_severity_is_the_programs() -> None:
    text = section("reference/outcomes.md", "Periods")
    told = text.split("in this order:")[1].split("`because`")[0]
    assert re.findall(r"`(\w+)`", told) == [outcome.value for outcome in SEVERITY]


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_reached_by_a_rule_on_the_page(outcome: Outcome) -> None:
    """Each stands as a result, in the table, under silence, or under refusals."""
    text = page("reference/outcomes.md").split("## How an outcome is decided")[1].split("## Periods")[0]
    assert f"`{outcome.value}`" in text


def test_what_the_page_says_of_refusals_is_what_the_rules_do() -> None:
    text = section("reference/outcomes.md", "Refusals")
    expected = {
        Decline.AGAINST: "`declined_against_policy`",
        Decline.FACTS_OPEN: "`undetermined` (`fact`)",
        Decline.NOT_RECORDED: "`undetermined` (`decision_not_recorded`)",
        Decline.WITHIN: "`declined_within_policy`",
    }
    for decline, said in expected.items():
        ruling = outcome_of(Situation(decline=decline))
        spelled = f"`{ruling.outcome.value}`" + (f" (`{ruling.reason.value}`)" if ruling.reason else "")
        assert spelled == said
        assert f": {said}" in text


@pytest.mark.parametrize("kind", ClaimKind)
def test_every_kind_of_claim_has_its_section_and_its_row(kind: ClaimKind) -> None:
    assert kind.value in rows_named(section("formats/claim.md", "`[claim]`"))
    text = section("reference/findings.md", f"`{kind.value}`")
    asked = set(Verdict) if kind is ClaimKind.STATEMENT else set(Finding)
    assert asked <= in_code(text), "a word of this kind's answers is not explained"


def test_every_finding_is_explained() -> None:
    assert rows_named(page("reference/findings.md").split("## `calls_ignored`")[0]) == set(Finding)


def test_every_verdict_is_explained_and_every_test_of_a_passage_has_its_row() -> None:
    text = section("reference/findings.md", "`statement`")
    assert rows_named(text) == {*Verdict, *PassageTest}
    assert set(PassageTest) <= rows_named(section("formats/claim.md", "`[[passage]]`"))


# What people write

CLAIM_TABLES: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("`[claim]`", claim_file._ClaimTable),
    ("`[scope]`", claim_file._ScopeTable),
    ("`[independent-count]`", claim_file._CountTable),
    ("`[[evidence]]`", claim_file._EvidenceTable),
    ("`[[passage]]`", claim_file._PassageTable),
    ("`[comparison]`", claim_file._ComparisonTable),
    ("`[list]`", claim_file._ListTable),
    ("`[monitoring]`", claim_file._MonitoringTable),
)


@pytest.mark.parametrize(("heading", "table"), CLAIM_TABLES, ids=[heading for heading, _ in CLAIM_TABLES])
def test_every_key_of_a_claims_table_is_documented_and_no_other(heading: str, table: type[msgspec.Struct]) -> None:
    first = first_table(section("formats/claim.md", heading))
    assert rows_named(first) == fields(table)


def test_every_table_of_a_claim_has_its_section() -> None:
    headings = " ".join(sections(page("formats/claim.md")))
    for name in fields(claim_file._Document) - {"answerable-claim"}:
        assert f"[{name}]" in headings


def test_every_column_of_the_facts_file_is_documented_and_no_other() -> None:
    assert rows_named(section("formats/facts-and-decisions.md", "The facts file")) == set(facts_file.COLUMNS)


def test_every_column_of_the_decisions_file_is_documented_and_no_other() -> None:
    columns = {*decisions_file.REQUIRED, *decisions_file.OPTIONAL}
    assert rows_named(section("formats/facts-and-decisions.md", "The decisions file")) == columns


def test_every_column_of_a_call_list_and_of_a_watchs_log_is_documented_and_no_other() -> None:
    assert rows_named(page("formats/call-list.md")) == {*call_list.REQUIRED, *call_list.OPTIONAL}
    assert rows_named(page("formats/monitoring-log.md")) == {*monitoring_file.REQUIRED, *monitoring_file.OPTIONAL}


def test_every_figure_of_a_comparison_is_documented() -> None:
    text = page("formats/result-folder.md")
    for kind in (Comparison, Terms, Registration, BothTests, Waits, Missing, Placebo, OtherClaimant, BalanceRow):
        assert fields(kind) <= in_code(text), kind.__name__
    for one in (Identification, Candidate):
        assert fields(one) <= in_code(text), one.__name__


def test_what_is_registered_is_what_the_page_says_is_compared() -> None:
    text = " ".join(page("explanation/statistics.md").split())
    assert "The same local day, priority, district and type group, received within two hours" in text
    assert f"{DRAWS:,} draws" in text
    assert FEWEST_COMPARATORS == 5
    assert FEWEST_INCIDENTS == 6
    assert "Fewer than six incidents get no statistics" in text


def test_the_examples_of_lists_and_logs_are_read() -> None:
    (listed,) = re.findall(r"^```csv\n(.*?)^```", page("formats/call-list.md"), flags=re.MULTILINE | re.DOTALL)
    assert len(call_list.read_call_list(listed.encode(), file="list.csv", read_file=lambda _: b"a receipt")) == 3
    (log,) = re.findall(r"^```csv\n(.*?)^```", page("formats/monitoring-log.md"), flags=re.MULTILINE | re.DOTALL)
    assert len(monitoring_file.read_monitoring(log.encode(), file="log.csv")) == 4


def test_every_kind_of_decision_is_documented_and_no_other() -> None:
    assert rows_named(section("formats/facts-and-decisions.md", "decision")) == {*DecisionKind, "decision"}


def test_every_fact_of_the_vocabulary_is_documented_and_no_other() -> None:
    assert rows_named(section("formats/response-policy.md", "The vocabulary")) == set(FACTS)


# What the program writes


def test_every_column_of_calls_is_documented_in_its_order() -> None:
    columns = list(ReportRow.__struct_fields__)
    for text in (section("formats/result-folder.md", "`calls.csv`"), section("reference/report.md", "calls.csv")):
        first = [
            name
            for cell in re.findall(r"^\| (`[^|]+)\|", text, flags=re.MULTILINE)
            for name in re.findall(r"`(\w+)`", cell)
        ]
        assert first == columns


def test_every_key_of_the_files_of_several_exports_is_documented() -> None:
    text = page("formats/snapshots.md")
    assert set(CHANGE_COLUMNS) <= rows_named(section("formats/snapshots.md", "`CALLS.changes.csv`"))
    assert fields(Snapshot) <= rows_named(section("formats/snapshots.md", "`CALLS.manifest.json`"))
    assert fields(Snapshots) | fields(Edited) | fields(States) <= in_code(text)
    assert rows_named(section("formats/snapshots.md", "How rows are matched")) == {
        "new", "changed", "gone", "not_covered", "unread", "undetermined",
    }  # fmt: skip
    assert rows_named(section("formats/result-folder.md", "`edits.csv`")) == fields(EditRow)


def test_every_key_of_finding_json_is_documented() -> None:
    written: dict[str, Any] = json.loads(finding_json(sample_examination()))
    text = section("formats/result-folder.md", "`finding.json`")
    assert set(written) <= rows_named(text.split("**`source`**")[0])
    _, source, edited, policies, claims = re.split(r"^\*\*", text, flags=re.MULTILINE)
    assert set(written["source"]) <= in_code(source)
    assert fields(Edited) | {"exports", "number", "file", "as_of_us", "sha256", "outcomes", "first", "now"} <= in_code(
        edited
    )
    assert fields(PolicyInForce) | set(written["policies"][0]["duties"][0]) <= in_code(policies)
    for kind in (ClaimFinding, CallInScope, PassageVerdict, Evidence):
        assert fields(kind) <= in_code(claims), kind.__name__


def test_every_key_of_source_json_is_documented() -> None:
    text = section("formats/result-folder.md", "`source.json`")
    assert fields(SourceManifest) == rows_named(text)
    for kind in (FileSeal, Rows, ClockOffset):
        assert fields(kind) <= in_code(text), kind.__name__


def test_every_key_of_manifest_json_is_documented(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_bytes(b"")
    made = manifest_json(sample_examination(), written=[tmp_path / "calls.csv"], out=tmp_path)
    written: dict[str, Any] = json.loads(made)
    text = section("formats/result-folder.md", "`manifest.json`")
    assert set(written) == rows_named(text)
    nested = {key for name in ("files", "policies", "claims") for key in written[name][0]}
    assert nested | set(written["source"]) | set(written["source"]["file"]) <= in_code(text)


def test_every_column_of_the_quarantine_is_documented(tmp_path: Path) -> None:
    source = tmp_path / "calls.csv"
    source.write_text("no,when\n1,yesterday\n", encoding="utf-8")
    profile = tmp_path / "tiny.toml"
    text = page("formats/source-profile.md")
    block = re.search(r"```toml\n(answerable-profile.*?)```", text, flags=re.DOTALL)
    assert block
    profile.write_text(block[1], encoding="utf-8")
    source.write_text("Call No,Received,Dispatched,Dispo\n1,yesterday,,RPT\n", encoding="utf-8")
    import_calls(source, profile=find_profile(str(profile)), out=tmp_path / "calls.parquet")
    header = (tmp_path / "calls.quarantine.csv").read_text(encoding="utf-8").splitlines()[0]
    assert set(header.split(",")) == rows_named(section("formats/result-folder.md", "`private/quarantine.csv`"))


# The measured figures of the explanation


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("san_diego_ca/pd_calls_for_service_2023_datasd_jan1-18.csv", "san-diego-ca"),
        ("san_francisco_ca_fire/sffd_2016-12.csv", "san-francisco-ca-fire"),
    ],
)
def test_the_figures_of_the_explanation_are_those_of_the_published_files(
    name: str, profile: str, tmp_path: Path
) -> None:
    text = page("explanation/what-a-file-can-show.md")
    out = tmp_path / "calls.parquet"
    manifest = import_calls(published(name), profile=find_profile(profile), out=out)
    description = describe(out, timezone=manifest.timezone, settings=read_settings())
    assert manifest.file.sha256 in text
    assert f"{manifest.rows.read:,} rows" in text
    if profile == "san-diego-ca":
        assert f"{description.disposition_codes['W']:,} rows" in text
        return
    assert f"{manifest.calls:,} calls" in text
    assert f"{description.arrived['yes']:,} yes, {description.arrived['not_recorded']} not\nrecorded" in text
    for one in description.intervals:
        if one.counted and one.population == "calls" and "24 h" not in one.definition:
            spoken = [spoken_duration(seconds or 0) for seconds in (one.mean_s, one.median_s, one.p90_s)]
            assert f"| {one.definition} | {one.counted:,} | {' | '.join(spoken)} |" in text
    (arrived, *_) = description.intervals
    assert arrived.bounds is not None
    for row in bound_rows(arrived.bounds):
        assert f"| {row.within[0]} | {row.median} | {row.p90} | {row.mean} |" in text
    assert f"all {arrived.bounds.calls:,} lies" in text


def test_the_neighbourhood_of_the_explanation_has_the_bounds_it_says(tmp_path: Path) -> None:
    out = tmp_path / "calls.parquet"
    name = "seattle_wa/call_data_radius_2018-2023.csv"
    manifest = import_calls(published(name), profile=find_profile("seattle-wa"), out=out)
    (queued, *_) = uncertain_statistics(
        describe(out, timezone=manifest.timezone, settings=read_settings()).intervals, population="calls"
    )
    assert queued.bounds is not None
    best, worst = bound_rows(queued.bounds)
    text = " ".join(page("explanation/what-a-file-can-show.md").split())
    assert (
        f"Of {queued.bounds.calls} calls in one Seattle neighbourhood {queued.bounds.unknown} have no arrival" in text
    )
    assert f"the median lies between {best.median} and {worst.median}" in text


# Links


def markdown_files() -> list[Path]:
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not any(part.startswith(".") or part in IGNORED_FOLDERS for part in path.relative_to(ROOT).parts)
    )


def prose(text: str) -> str:
    """The text without its blocks and words in code letters, in which a bracket is no link."""
    return re.sub(r"`[^`\n]*`", "`…`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def links(path: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text(encoding="utf-8")))
    return [link for link in found if not re.match(r"[a-z][a-z0-9+.-]*:", link)]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)}


def anchor(heading: str) -> str:
    kept = [
        letter
        for letter in heading.strip().lower()
        if letter in "-_ " or unicodedata.category(letter)[0] in ("L", "N", "M")
    ]
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_to_a_file_and_a_heading_that_exist(path: Path) -> None:
    for link in links(path):
        name, _, heading = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{path.name}: {link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{path.name}: {link} leads out of the repository"
        if heading:
            assert heading in anchors(target), f"{path.name}: {link}: no such heading"


def test_every_page_of_the_documentation_is_in_its_index() -> None:
    index = DOCS / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    missing = [
        path.relative_to(DOCS).as_posix()
        for path in DOCS.rglob("*")
        if path.is_file() and path.suffix != ".svg" and path not in {*linked, index}  # a picture stands in a page
    ]
    assert not missing, "not linked from docs/README.md"


def test_names_of_outcomes_are_spelled_in_full_in_every_page() -> None:
    """A word in code letters that looks like a value of a closed list is one."""
    known: set[str] = {value for kind in (Outcome, Reason, Finding, Verdict, PassageTest) for value in _values(kind)}
    for name in ("reference/outcomes.md", "reference/findings.md"):
        for word in in_code(page(name)):
            if re.match(r"(declined|answered|closed|sent|handed|none|not|policy_f)_\w+$", word):
                assert word in known, f"{name}: {word}"


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]
