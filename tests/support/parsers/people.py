"""What people write and hand in: policies, profiles, claims, tables, settings."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from tests.support.parsers.asking import Parser, as_text, in_file, texts
from tests.support.policy_packs import STARTER
from tests.support.small_policies import TWO_SPEEDS
from tests.support.sources import TOWN

from answerable.answer.intake.call_list import read_call_list
from answerable.answer.intake.claim_file import read_claim
from answerable.answer.intake.claim_template import claim_template
from answerable.answer.intake.decisions_file import read_decisions
from answerable.answer.intake.facts_file import read_facts
from answerable.answer.intake.monitoring_file import read_monitoring
from answerable.answer.intake.sample_file import read_checked, read_drawn
from answerable.answer.registration import SCHEMA as REGISTRATION
from answerable.answer.registration import written
from answerable.answer.sampling import ANSWERS, DRAWN, SCHEMA, Drawn, cells_digest, list_digest
from answerable.config import read_said, read_settings, read_smtp
from answerable.errors import InputError
from answerable.model.claim import ClaimKind
from answerable.model.vocabulary import FACTS
from answerable.policy import read_policy
from answerable.policy.condition import parse_condition
from answerable.policy.layout import laid_out
from answerable.sources import read_profile
from answerable.wiring.claim_form import fields_of, instant, tables_of

AT: Final = "2018-06-19T14:05:00-07:00"
ZONE: Final = ZoneInfo("America/Los_Angeles")
LIST: Final = (
    "id,about,within,place,district,beat,type,call,receipt\n"
    f"gate-1,{AT},15 min,Customs Quay,,520,a crowd,,\ngate-2,{AT},1 h,,C,,fireworks,18-1,\n"
)
MONITORING: Final = f"number,at,event,about\n1,{AT},heartbeat,\n2,{AT},alarm,18-1\n3,{AT},acknowledged,18-1\n"
FACTS_FILE: Final = (
    f"call,fact,value,asserted_by,occurred_at,recorded_at\nR1,life_safety,no,requester,{AT},{AT}\n"
    f'R1,priority,2,"desk, second",{AT},{AT}\nR1,priority,,desk,{AT},{AT}\n'
)
DECISIONS: Final = (
    "call,at,recorded_at,actor,rank,decision,clause,reason,conditions,review_due,recorded_by\n"
    f'R1,{AT},{AT},"Deputy, Ops",deputy,decline_with_conditions,c,R,Later,{AT},Sergeant\n'
)
CELLS: Final = ("18-1", AT, "noise", "2", "C", "520", "answered", "a unit came")
CHECKED: Final = (
    ",".join((*DRAWN, *ANSWERS)) + "\n" + ",".join((*CELLS, "no", "Nobody came", "Ana", "2018-08-01")) + "\n"
)
ROWS: Final = (cells_digest(CELLS),)
SAMPLE: Final = Drawn(
    schema=SCHEMA, program="answerable", seed="1", size=1, population=3, outcomes=(), claim=None,
    record_kind="result", record_file="calls.parquet", record_sha256="0" * 64, manifest_sha256="1" * 64,
    list_sha256=list_digest(ROWS), rows=ROWS,
)  # fmt: skip
COMPARED: Final = claim_template(ClaimKind.SLOWER_RESPONSE).replace("# registration", "registration").encode()
REGISTERED: Final = written({"schema": REGISTRATION, "claim": "a", "terms": {"alpha": "0.05"}}, sealed_at_us=10**15)
SETTINGS: Final = """memory = "1GB"
threads = 2
[serve]
listen = "127.0.0.1:8040"
alarm-to = ["https://a.example/x", "mailto:desk@alder.example"]
[smtp]
host = "mail.alder.example"
port = 587
security = "starttls"
from = "desk@alder.example"
"""


def claims() -> list[bytes]:
    """A claim of every kind, as it is handed out to be filled in."""
    return [claim_template(kind).encode() for kind in ClaimKind]


def read_with_tables(data: bytes) -> object:
    """A claim that names a list, or the log of a watch, gets one."""
    return read_claim(data, file="a.toml", read_file=lambda name: (LIST if "list" in name else MONITORING).encode())


def no_file(name: str) -> bytes:
    """For a table that names files: there are none."""
    raise InputError(f"{name} is not there")


def read_every_setting(path: Path) -> None:
    """Whatever is asked of a file of settings."""
    for read in (read_said, read_settings, read_smtp):
        read({}, folder=path.parent)


TABLE = ("answer/intake/table.py", "model/times.py")
PARSERS = (
    Parser("policy", ("policy/load.py",), texts(STARTER, TWO_SPEEDS), lambda data: read_policy(data, file="p.toml")),
    Parser("policy, laid out", ("policy/layout.py",), texts(STARTER), lambda data: laid_out(data, file="p.toml")),
    Parser(
        "condition", ("policy/grammar.py",),
        texts("not (life_safety and priority <= 2) or kind == 'call'", "asks_for != 'additional_resources'"),
        as_text(lambda text: parse_condition(text, FACTS)),
    ),
    Parser(
        "profile", ("sources/profiling/profile_text.py",), texts(TOWN), lambda data: read_profile(data, file="t.toml")
    ),
    Parser("claim", ("answer/intake/claim_file.py",), claims, read_with_tables),
    Parser(
        "registration of a claim", ("answer/intake/claim_file.py",), lambda: [REGISTERED],
        lambda data: read_claim(COMPARED, file="claim.toml", read_file=lambda _: data),
    ),
    Parser("claim, in its form", ("wiring/claim_form.py",), claims, as_text(lambda text: fields_of(tables_of(text)))),
    Parser(
        "time in a form", ("wiring/claim_form.py",), texts("2018-06-01 14:30", AT),
        as_text(lambda text: instant(text, name="When", zone=ZONE)),
    ),
    Parser("list", TABLE, texts(LIST), lambda data: read_call_list(data, file="l.csv", read_file=no_file)),
    Parser("facts", TABLE, texts(FACTS_FILE), lambda data: read_facts(data, file="f.csv")),
    Parser("decisions", TABLE, texts(DECISIONS), lambda data: read_decisions(data, file="d.csv")),
    Parser("log of a watch", TABLE, texts(MONITORING), lambda data: read_monitoring(data, file="m.csv")),
    Parser(
        "sample, as drawn", ("answer/intake/sample_file.py",), lambda: [msgspec.json.encode(SAMPLE)],
        lambda data: read_drawn(data, file="s.json"),
    ),
    Parser("sample, checked", TABLE, texts(CHECKED), lambda data: read_checked(data, file="s.csv", drawn=SAMPLE)),
    Parser("settings", ("config.py",), texts(SETTINGS), in_file("settings/answerable.toml", read_every_setting)),
)  # fmt: skip
