"""Results from which findings are proposed: a small town's, examined in full, and one full of hostile text."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from tests.support.comparisons import PLAIN, comparison
from tests.support.examinations import sample_examination, sample_rows
from tests.support.finding_lives import CHIEF, DAY_US, NOON_US, SIGNER, UNION
from tests.support.small_policies import TWO_SPEEDS
from tests.support.sources import BLANKS, TOWN, row, town_csv

from answerable import wiring
from answerable.engines.write_calls import write_calls
from answerable.model.comparison import BalanceRow, OtherClaimant, Waits
from answerable.model.examination import Examination
from answerable.model.finding_life import Signer
from answerable.proof.note import SigningKey
from answerable.report import write_report
from answerable.wiring.finding_acts import FindingTold
from answerable.wiring.recording import OpenRecord

ORIGIN = "alder.example/findings/2018h2"
KEY = SigningKey(name="ombudsman.alder.example", seed=bytes(range(32, 64)))
CLAIM = """answerable-claim = 1
[claim]
id = "gate-calls"
kind = "calls_ignored"
text = "Calls from the gate were ignored."
alleged-by = "Counsel for the dock workers"
[scope]
from = 2018-06-01T00:00:00-07:00
"""
DECISIONS = (
    "call,at,recorded_at,actor,rank,decision,clause,reason,conditions,review_due,recorded_by\n"
    "2,2018-06-19T13:10:00-07:00,2018-06-19T13:11:00-07:00,"
    '"Watch Commander, East",watch_commander,respond,calls,,,,Desk Sergeant\n'
)
SILENT = row(Number="1", Received="2018-06-19 12:00:00", Source="911", Urgency="1", Danger="N")
SENT = row(
    Number="2", Received="2018-06-19 13:00:00", Dispatched="2018-06-19 13:02:00", Arrived="2018-06-19 13:09:00",
    Closed="2018-06-19 14:00:00", Code="HND", Source="911", Urgency="1", Danger="N",
)  # fmt: skip
LATER = row(
    Number="3", Received="2018-06-20 13:00:00", Dispatched="2018-06-20 13:02:00", Closed="2018-06-20 14:00:00",
    Code="HND", Source="911", Urgency="1", Danger="N",
)  # fmt: skip
REPLY = "We have looked at call 1 again.\nNobody saw it on the board."


def town_result(
    folder: Path, *, record: OpenRecord | None = None, rows: tuple[tuple[str, ...], ...] = (SILENT, SENT, LATER),
    decisions: str | None = DECISIONS, claim: str = CLAIM,
) -> Path:  # fmt: skip
    """A small town's calls examined under a policy, with one claim; with `record`, a bundle."""
    made = _examined(rows, decisions, claim)
    shutil.copytree(made / "result", folder / "result")
    if record is not None:
        wiring.bundle_result(folder / "result", _given(made, decisions), record=record)
    return folder / "result"


@cache
def _examined(rows: tuple[tuple[str, ...], ...], decisions: str | None, claim: str) -> Path:
    """The examination, once a session; who changes its result gets a copy."""
    made = Path(tempfile.mkdtemp(prefix="answerable-test-findings-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    files = {
        "town.csv": town_csv(list(rows)),
        "town.toml": (TOWN + BLANKS).encode(),
        "policy.toml": TWO_SPEEDS.encode(),
    }
    files |= {"claim.toml": claim.encode()} | ({} if decisions is None else {"decisions.csv": decisions.encode()})
    for name, content in files.items():
        (made / name).write_bytes(content)
    given = _given(made, decisions)
    wiring.examine_file(
        given.files, source=str(made / "town.toml"), policies=given.policies, decisions=given.decisions,
        claims=given.claims, out=made / "result", command="typed",
    )  # fmt: skip
    return made


def _given(made: Path, decisions: str | None) -> wiring.Given:
    return wiring.Given(
        files=(made / "town.csv",),
        policies=(made / "policy.toml",),
        decisions=None if decisions is None else made / "decisions.csv",
        claims=(made / "claim.toml",),
        options=(("--source", str(made / "town.toml")),),
    )


@contextmanager
def desk(folder: Path) -> Iterator[OpenRecord]:
    """A new record, open for writing."""
    wiring.make_record(folder / "desk", origin=ORIGIN, database=None, high_water=None, after=None)
    with wiring.open_record(folder / "desk") as record:
        yield record


def proposed(result: Path, record: OpenRecord | None = None, **more: Any) -> FindingTold:
    return wiring.propose_finding(result, record=record, at_us=NOON_US, **more)


def asked(result: Path, record: OpenRecord | None = None, *, who: str = CHIEF) -> FindingTold:
    return wiring.ask_for_reply(
        result, who=who, by="2018-08-11", how="by letter", record=record, at_us=NOON_US + DAY_US
    )


def replied(
    result: Path, record: OpenRecord | None = None, *, day: int = 5, text: str = REPLY, **more: Any
) -> FindingTold:
    document = result.parent / "reply.txt"
    document.write_text(text, encoding="utf-8")
    given = {"who": CHIEF, **more}
    return wiring.enter_reply(result, document=document, record=record, at_us=NOON_US + day * DAY_US, **given)


def edited(result: Path, *, signer: Signer = SIGNER) -> Path:
    """The letter with its blanks filled in."""
    letter = result / "dossier" / "letter.md"
    text = letter.read_text(encoding="utf-8")
    for blank, said in (
        ("[Place and date]", "Alder, 12 August 2018"),
        ("[Addressee]", "the City Council"),
        ("[name]", signer.name),
        ("[office]", signer.office),
        ("[rank]", signer.rank),
        ("[body]", signer.body),
    ):
        text = text.replace(blank, said)
    letter.write_text(text, encoding="utf-8")
    return letter


def signed(result: Path, record: OpenRecord | None = None, *, day: int = 12, **more: Any) -> FindingTold:
    given = {"signer": SIGNER, "key": KEY, "states_decided_none": True, **more}
    return wiring.sign_finding(result, record=record, at_us=NOON_US + day * DAY_US, **given)


def whole(result: Path, record: OpenRecord | None = None) -> FindingTold:
    """Proposed, asked, replied, edited, signed."""
    proposed(result, record)
    asked(result, record)
    replied(result, record)
    edited(result)
    return signed(result, record)


def published(result: Path, out: Path, record: OpenRecord | None = None, *, day: int = 13, **more: Any) -> Path:
    wiring.publish_finding(result, out=out, record=record, at_us=NOON_US + day * DAY_US, **more)
    return out


def judged(*folders: Path, keys: tuple[str, ...] = (str(KEY.verifier),)) -> Any:
    """What `verify` makes of the folders, with the keys of the signer and of the log."""
    known = [*keys, *(str(folder / "log.vkey") for folder in folders if (folder / "log.vkey").is_file())]
    return wiring.verify_paths(folders, trust=wiring.read_trust(None, known))


def judgement(folder: Path, **more: Any) -> Any:
    ((_, found),) = judged(folder, **more).files
    return found


def hostile_examination() -> Examination:
    """Every kind of finding, hostile texts, and one claim with every figure of a comparison."""
    found = sample_examination()
    waits = Waits(median_s=540.0, p90_s=1800.0, sent_share=930, curve=((60.0, 900), (540.0, 500), (1800.0, 100)))
    others = Waits(median_s=240.0, p90_s=700.0, sent_share=990, curve=((60.0, 700), (240.0, 500), (700.0, 100)))
    compared = comparison(
        PLAIN, waits=waits, comparable_waits=others, e_value=3.4,
        balance=(BalanceRow(trait="hour_of_day", claimed=14.2, comparable=14.0, standardised=0.02, balanced=True),
                 BalanceRow(trait="calls_waiting", claimed=9.0, comparable=4.0, standardised=0.6, balanced=False)),
        others=(OtherClaimant(name="state_agency", incidents=9, z=0.4, p_slower=0.34, p_adjusted=0.5),),
    )  # fmt: skip
    first, *rest = found.claims
    return msgspec.structs.replace(found, claims=(msgspec.structs.replace(first, comparison=compared), *rest))


def hostile_result(folder: Path) -> Path:
    """A result folder of that examination, as `examine` leaves it."""
    found, rows = hostile_examination(), sample_rows()
    folder.mkdir(parents=True, exist_ok=True)
    write_calls([(None, row) for row in rows], folder / "calls.parquet")
    (folder / "source.json").write_bytes(msgspec.json.encode(found.source))
    (folder / "private").mkdir()
    (folder / "private" / "quarantine.csv").write_text("file,line\n", encoding="utf-8")
    write_report(found, rows, folder)
    return folder


__all__ = ["CHIEF", "DAY_US", "NOON_US", "SIGNER", "UNION"]
