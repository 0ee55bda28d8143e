"""Whatever anybody writes is read, or refused in words: no parser lets another error out, and none goes on for ever."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.fault_runs import FULL, runs
from tests.support.parsers import ALL
from tests.support.parsers.asking import Parser

from answerable.errors import AnswerableError

TEXTS, OF_THE_SLOW = runs(40, full=4_000), runs(5, full=400)
MOST_S: Final = 1.0
"""A text that takes longer is a hang. That is looked at in the full run alone."""

PIECES: Final = [
    b"\x00", b"\xff", b"\xc3", b"\xef\xbb\xbf", "\u202e".encode(), b"\r", b"\n", b"\n\n", b"\t", b'"', b"'", b'"""',
    b"\\", b"\\u0000", b"\\ud800", b"#", b"=", b",", b":", b"{", b"}", b"]", b"[[", b"-", b"1e999", b"NaN", b"null",
    b"true", b"[]", b"{}", b"0", b"-1", b"9" * 20, b"9" * 5_000, b"0x" + b"f" * 5_000, b"a." * 40_000, b"[" * 5_000,
    b"{\"a\":" * 5_000, b"(" * 5_000, b"not " * 3_000, b"x" * 70_000, b"%00", b"&=" * 300, b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-14:00", b"../" * 20, b"\xf0\x9f\x98\x80",
]  # fmt: skip
"""What readers have stumbled over."""

CHANGES = st.lists(
    st.tuples(
        st.integers(0, 1_000),
        st.integers(0, 12) | st.integers(0, 400),
        st.sampled_from(PIECES) | st.binary(max_size=4) | st.integers(0, 1_000),
    ),
    min_size=1,
    max_size=4,
)
"""Where (in thousandths), how much is taken out, and what is put there: bytes, or a copy of what stands elsewhere."""


def changed(text: bytes, changes: list[tuple[int, int, bytes | int]]) -> bytes:
    """A text with these changes, one after the other."""
    for thousandths, out, put in changes:
        at = len(text) * thousandths // 1_000
        there = len(text) * put // 1_000 if isinstance(put, int) else 0
        text = text[:at] + (put if isinstance(put, bytes) else text[there : there + 60]) + text[at + out :]
    return text


def tried(parser: Parser, texts: int) -> tuple[int, float]:
    """How many texts an error refused (a judge has verdicts), and the longest that one took of a processor."""
    seeds, told = parser.seeds(), set[str]()
    refused, longest_s = 0, 0.0

    def read(text: bytes) -> None:
        nonlocal refused, longest_s
        begun_s = time.process_time()
        try:
            told.add(repr(parser.read(text))[:300])
        except AnswerableError as fault:
            refused += 1
            told.add(fault.message)
        longest_s = max(longest_s, time.process_time() - begun_s)

    @settings(max_examples=texts, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(seeds), CHANGES)
    def fuzz(seed: bytes, changes: list[tuple[int, int, bytes | int]]) -> None:
        read(changed(seed, changes))

    for seed in seeds:
        parser.read(seed)
    read(seeds[0])  # what is loaded on first use is loaded
    longest_s = 0.0
    fuzz()
    assert "" not in told, "refused without a word"
    assert len(told) > 1, "whatever is written, it says the same"
    return refused, longest_s


@pytest.mark.timeout(3600 if FULL else 60)
@pytest.mark.parametrize("parser", ALL, ids=lambda parser: parser.name.replace(" ", "-"))
def test_whatever_is_written_is_read_or_refused_in_words(
    parser: Parser, record_property: Callable[[str, object], None]
) -> None:
    texts = OF_THE_SLOW if parser.slow else TEXTS
    refused, longest_s = tried(parser, texts)
    if FULL:
        assert longest_s <= MOST_S
        record_property("counted", f"{texts:,} texts, {refused:,} refused, the longest {longest_s * 1_000:.0f} ms")


@pytest.mark.parametrize("seed", [b'{"a": [1, 2, {"b": "c"}]}'])
def test_a_reader_that_lets_another_error_out_is_found_out(seed: bytes) -> None:
    """The control: the plain reader of JSON, of which one believes that it raises ValueError alone."""

    def careless(data: bytes) -> object:
        try:
            return json.loads(data)
        except ValueError as fault:
            raise AnswerableError(str(fault)) from fault

    with pytest.raises(BaseException, match="recursion") as found:
        tried(Parser("careless", (), lambda: [seed], careless), 400)
    assert not isinstance(found.value, AnswerableError)


# that none is forgotten


SOURCE: Final = Path(__file__).resolve().parents[2] / "src" / "answerable"
READS: Final = re.compile(
    r"\bjson\.loads\(|tomllib\.loads\(|\b(?:json_as|json_values|toml_values)\(|msgspec\.\w+\.(?:decode|Decoder)\b|"
    r"parse_qsl\(|tomlkit\.parse\(|csv\.(?:reader|DictReader)\(|def parse\(|fromisoformat\(|zipfile\.ZipFile\(|"
    r"shlex\.split\(|ElementTree"
)
BY_OTHERS: Final = {
    "notation.py": "the reader itself, tried by all that use it",
    "answer/registration.py": "reads what claim_file.py read and wrote canonically",
    "cli/printing.py": "splits a command of this program's own, to print it",
    "demo/entries.py": "the made-up city's own file",
    "demo/ledger.py": "the made-up city's own times",
    "policy/receipt.py": "its own JSON, for lists where JSON has lists",
    "record/fsck.py": "entries of the record, bit by bit in test_flipped_bits.py",
    "record/prepared.py": "entries of the record, bit by bit in test_flipped_bits.py",
    "report/svg.py": "a chart that it has just drawn",
    "sources/recount.py": "counts the rows of a quarantine file just written",
    "web/alarm_calls.py": "a message that it made itself",
    "web/frames.py": "frames between a desk and its own web processes, cut and changed in test_frames.py",
    "web/log_files.py": "entries of the record, bit by bit in test_flipped_bits.py",
    "wiring/auditing.py": "a part of an audit, sealed with what it follows from (test_killed_and_resumed.py)",
    "wiring/demo_record.py": "the made-up city's own file",
    "wiring/desk_demo.py": "the made-up city's own file",
    "wiring/desk_entries.py": "entries of the record, in test_desk_applies_anything.py",
    "wiring/desk_examined.py": "a result that this process has just written",
    "wiring/desk_examining.py": "a claim that was read before it is examined",
    "wiring/desk_kept.py": "a state signed with the record's own key (test_desk_kept.py)",
    "wiring/desk_log_reading.py": "who read a log, as it has written it down itself",
    "wiring/desk_publishing.py": "writes an archive",
    "wiring/documents.py": "asks whether a file is a policy; whatever else it is, it is sealed as it is",
    "wiring/finding_acts.py": "a day of the command line, refused in words (test_finding.py)",
    "wiring/finding_pages.py": "a result that was verified before its pages are made",
    "wiring/handbook.py": "a policy that was loaded before",
    "wiring/recomputing.py": "files of a bundle that were held against their seals before",
    "wiring/registering.py": "a registration that it has just written",
}
"""Who reads too, and why it is not in the table: what tries it, or why it reads nobody else's text."""


def test_every_module_that_reads_stands_in_the_table_or_says_why_not() -> None:
    reading = {
        str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if READS.search(path.read_text(encoding="utf-8"))
    }
    tables = {module for parser in ALL for module in parser.modules}
    assert reading - tables - set(BY_OTHERS) == set(), "these read, and nobody tries them"
    assert set(BY_OTHERS) - reading == set(), "these read no more"
    assert tables & set(BY_OTHERS) == set()
    assert {module for module in tables if not (SOURCE / module).is_file()} == set()
