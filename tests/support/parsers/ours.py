"""What this program wrote, and anybody may have changed since."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from tests.support.finding_lives import life
from tests.support.findings import town_result
from tests.support.parsers.asking import Parser, in_file, put, scratch, texts
from tests.support.parsers.proofs import FILES, PRIVATE, Public
from tests.support.policy_packs import STARTER
from tests.support.records import KEYRING
from tests.support.small_log import ORIGIN, TRUST
from tests.support.sources import import_given, row, town_csv

from answerable.answer.compare.evidence import Evidence
from answerable.answer.finding_life import read_step, step_bytes
from answerable.config import read_settings
from answerable.engines.coded_record import coded_folder, read_coded_manifest, write_coded
from answerable.generated.folder import MANIFEST, refuse_other_calls
from answerable.generated.made import Generated, Terms
from answerable.policy import load_policy
from answerable.policy.receipt import decision_receipt
from answerable.proof import seal_of
from answerable.record.entry import Draft, EntryType
from answerable.record.evidence import OPENING, read_opening
from answerable.record.following import Followed
from answerable.record.ports import Mark
from answerable.record.reading import read_versions
from answerable.report.datasette import SCHEMA as DATASETTE
from answerable.report.finding_document import read_finding
from answerable.report.out_folder import replaces_earlier_result
from answerable.stores.high_water_file import HighWaterFile
from answerable.stores.key_files import KeyFolder
from answerable.stores.record_folder import SETTINGS, RecordFolder
from answerable.wiring.desk_spool import Kept, SpoolFile
from answerable.wiring.explaining import explain_call, recompute_receipt
from answerable.wiring.exporting import METADATA, export_sqlite
from answerable.wiring.finding_life_verifying import listed_files
from answerable.wiring.finding_publication import Publication
from answerable.wiring.importing import manifest_beside
from answerable.wiring.log_reading import FORMAT, load_reading
from answerable.wiring.result_folder import open_result
from answerable.wiring.watching import EvidenceFolder
from answerable.wiring.witnessing import look_at_log

CALL: Final = row(Number="1", Received="2018-06-19 14:05:00", Code="A")
TERMS: Final = Terms(rows=1, seed=1)
OPENED: Final = {"schema": OPENING, "id": "a", "digest": PRIVATE.digest, "disclosure": PRIVATE.text}
FOLLOWED: Final = Followed(origin=ORIGIN, size=1, root="0" * 64, first_seen_us=1)
EVIDENCE: Final = Evidence(agency="A", district="C")
PUBLICATION: Final = Publication(
    finding="f", status="draft", program="answerable", files={"a": seal_of([b"x"])}, withheld={"b": "why"}
)
KEPT: Final = Kept(draft=Draft(id="a", type=EntryType.CALL), salts={"place": bytes(16)}, taken_at_us=1)


@cache
def result() -> Path:
    """The result of an examination."""
    put("a-result/keep", b"")
    return town_result(scratch() / "a-result")


@cache
def imported() -> Path:
    """An imported file, with its manifest and its codes beside it."""
    out = import_given(scratch() / "imported", put("town.csv", town_csv([CALL]))).out
    write_coded(out, parquet_sha256="0" * 64, settings=read_settings({}))
    return out


def of_result(name: str) -> Callable[[], list[bytes]]:
    """A file of the result."""
    return lambda: [(result() / name).read_bytes()]


def beside_import() -> Path:
    """The manifest beside the imported file, as it was."""
    return imported().with_suffix(".manifest.json")


@cache
def manifest_of_import() -> bytes:
    """Its bytes."""
    return beside_import().read_bytes()


def with_manifest(data: bytes) -> object:
    """The imported file with another manifest."""
    beside_import().write_bytes(data)
    return manifest_beside(imported())


def step_texts() -> list[bytes]:
    """The steps of a finding's life."""
    return [step_bytes(one) for one in life().steps]


def reading() -> list[bytes]:
    """What was read of a log."""
    told = msgspec.to_builtins(read_versions(Public(FILES), trust=TRUST))
    return [json.dumps({"schema": FORMAT, **told}).encode()]


def decision() -> list[bytes]:
    """A decision, written down so that others can work it out again."""
    policy = load_policy(STARTER.encode(), file="starter.toml")
    return [json.dumps(decision_receipt(policy, {"life_safety": True})).encode()]


def policy_file() -> Path:
    """The policy of that decision."""
    return put("starter.toml", STARTER.encode())


def evidence(data: bytes) -> object:
    """Evidence that was kept of an agency in a district."""
    folder = EvidenceFolder(scratch() / "evidence")
    folder.write(EVIDENCE)
    (file,) = (scratch() / "evidence").iterdir()
    file.write_bytes(data)
    return folder.read("A", "C")


def marks() -> list[bytes]:
    """A high-water mark, written twice."""
    path = put("marks/a", b"")
    path.unlink()
    for size in (1, 2):
        HighWaterFile(path).write(Mark(size=size, root=bytes(32)))
    return [path.read_bytes()]


def key_list() -> list[bytes]:
    """The list of a log's keys, beside which the keys lie."""
    KeyFolder(scratch() / "keys").save(KEYRING)
    return [(scratch() / "keys/keyring.json").read_bytes()]


def spooled() -> list[bytes]:
    """Two entries that wait."""
    path = put("spools/a", b"")
    SpoolFile(path).replace([KEPT, KEPT])
    return [path.read_bytes()]


PARSERS = (
    Parser(
        "finding.json", ("report/finding_document.py",), of_result("finding.json"),
        lambda data: read_finding(data, file="finding.json"),
    ),
    Parser(
        "manifest of a result", ("wiring/result_folder.py",), of_result("manifest.json"),
        in_file("result/manifest.json", lambda path: open_result(path.parent)),
    ),
    Parser(
        "manifest where a result is to be", ("report/out_folder.py",), of_result("manifest.json"),
        in_file("out/manifest.json", lambda path: replaces_earlier_result(path.parent)),
    ),
    Parser(
        "files of a manifest", ("wiring/finding_life_verifying.py",), of_result("manifest.json"),
        lambda data: list(listed_files(data)),
    ),
    Parser(
        "metadata where an export is to be", ("wiring/exporting.py",), texts(json.dumps({"answerable": DATASETTE})),
        in_file(f"export/{METADATA}", lambda path: export_sqlite(result(), out=path.with_name("calls.db"))), slow=True,
    ),
    Parser("manifest of an import", ("wiring/importing.py",), lambda: [manifest_of_import()], with_manifest),
    Parser(
        "codes beside an import", ("engines/coded_record.py",),
        lambda: [(coded_folder(imported()) / "coded.json").read_bytes()],
        in_file("coded/coded.json", lambda path: read_coded_manifest(path.parent)),
    ),
    Parser(
        "manifest of generated calls", ("generated/folder.py",), lambda: [msgspec.json.encode(Generated(terms=TERMS))],
        in_file(f"generated/{MANIFEST}", lambda path: refuse_other_calls(path.parent, TERMS)),
    ),
    Parser("step of a finding", ("answer/finding_life.py",), step_texts, read_step),
    Parser("publication", ("wiring/finding_publication.py",), lambda: [PUBLICATION.encode()], Publication.parse),
    Parser(
        "opening of a commitment", ("record/evidence.py",), texts(json.dumps(OPENED)),
        lambda data: read_opening(data, name="o.json"),
    ),
    Parser("reading of a log", ("wiring/log_reading.py",), reading, in_file("reading.json", load_reading)),
    Parser(
        "memory of a monitor", ("wiring/witnessing.py",), lambda: [msgspec.json.encode(FOLLOWED)],
        in_file("monitor.json", lambda path: look_at_log(str(scratch()), trust=TRUST, state=path, receipts=())),
    ),
    Parser("kept evidence", ("wiring/watching.py",), lambda: [msgspec.json.encode(EVIDENCE)], evidence),
    Parser(
        "receipt of a decision", ("wiring/explaining.py",), decision,
        in_file("decision.json", lambda path: recompute_receipt(path, policy_file())),
    ),
    Parser(
        "facts in JSON", ("wiring/explaining.py",), texts('{"life_safety": true, "priority": 2, "kind": null}'),
        in_file("facts.json", lambda path: explain_call(policy_file(), given=path)),
    ),
    Parser(
        "facts in TOML", ("wiring/explaining.py",), texts('life_safety = true\npriority = 2\nkind = "call"\n'),
        in_file("facts.toml", lambda path: explain_call(policy_file(), given=path)),
    ),
    Parser(
        "list of keys", ("stores/key_files.py",), key_list,
        in_file("keys/keyring.json", lambda path: KeyFolder(path.parent).load()),
    ),
    Parser(
        "settings of a record", ("stores/record_folder.py",), texts(f'origin = "{ORIGIN}"\n'),
        in_file(f"record/{SETTINGS}", lambda path: RecordFolder(path.parent)),
    ),
    Parser(
        "high-water mark", ("stores/high_water_file.py",), marks,
        in_file("mark", lambda path: HighWaterFile(path).read()),
    ),
    Parser("spool", ("wiring/desk_spool.py",), spooled, in_file("spool", lambda path: SpoolFile(path).read())),
)  # fmt: skip
