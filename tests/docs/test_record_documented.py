"""What is sent to a record and what is entered stands on its page, and nothing else does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.support.records import call, repeating_chance

from answerable.record.entry import FORMAT, OWN_TYPES, Draft, EntryType, disclose
from answerable.stores.record_folder import SETTINGS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "formats" / "record.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    return TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]


def rows(table: str) -> list[str]:
    first = re.findall(r"^\| ((?:`[^`]+`,? ?)+) *\|", table, flags=re.MULTILINE)
    return [name for cell in first for name in re.findall(r"`([^`]+)`", cell)]


def tables(text: str) -> list[list[str]]:
    return [rows(one) for one in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)]


def test_every_key_of_what_is_sent_is_documented_and_no_other() -> None:
    keys, types = tables(part("What is sent"))
    assert keys == list(Draft.__struct_fields__)
    assert set(types) - {"type"} == set(EntryType)


def test_the_types_that_only_the_record_writes_come_last() -> None:
    _, types = tables(part("What is sent"))
    assert set(types[-len(OWN_TYPES) :]) == OWN_TYPES


def test_the_example_is_an_entry() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    draft = msgspec.json.decode(blocks[0], type=Draft)
    assert draft.private


def test_every_key_of_what_is_entered_is_documented_and_no_other() -> None:
    digest = "x" * 43
    draft = msgspec.structs.replace(call(1, phone="503"), about="call-0", committed=(digest,), public={})
    chance = repeating_chance()
    body: dict[str, Any] = json.loads(
        disclose(draft, recorded_at_us=1, salts={name: chance(16) for name in draft.salted}).body
    )
    (keys,) = tables(part("What is entered"))
    assert set(keys) == set(body)
    assert f"`{FORMAT}`" in TEXT


@pytest.mark.parametrize("name", [SETTINGS, "record.db", "vault.db", "keys/", "high-water", "writer.lock"])
def test_every_part_of_the_folder_is_named(name: str) -> None:
    assert name in part("What lies where")
