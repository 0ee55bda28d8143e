"""The schema for editors accepts every policy that loads, and speaks of the same keys as the loader."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from tests.support.json_schema import faults
from tests.support.policy_packs import ALDER, STARTER, changed
from tests.support.random_policy import RandomPolicy, policies
from tests.unit.policy.test_policy_load import ONE_CHANGE

from answerable.model.vocabulary import FACTS
from answerable.policy import keys as keys_module
from answerable.policy import policy_schema, read_policy
from answerable.policy.keys import TABLES

SCHEMA = policy_schema()
PACKS = sorted((Path(__file__).resolve().parents[3] / "policies").rglob("*.toml"))
BEYOND = (
    # what a schema cannot say: order, references, conditions, dates, printable characters
    "there is no fact", "is never", "names", "stands twice", "there are no functions", "effective before",
    "ends before", "stands before this rule", "cannot be printed", "without a clock that always runs",
    "is greater than", "is a number", "may stand only in promises", "a rank cannot be", "must be a text, not a date",
)  # fmt: skip


def wrong(text: str) -> list[str]:
    return [*faults(tomllib.loads(text), SCHEMA)]


@pytest.mark.parametrize("text", [ALDER, STARTER, *(pack.read_text(encoding="utf-8") for pack in PACKS)])
def test_every_policy_that_comes_with_the_program_is_as_the_schema_says(text: str) -> None:
    assert wrong(text) == []


@settings(max_examples=40)
@given(policies)
def test_every_policy_that_loads_is_as_the_schema_says(random: RandomPolicy) -> None:
    assert wrong(random.text().decode()) == []


@pytest.mark.parametrize(("old", "new", "message", "hint"), ONE_CHANGE, ids=range(len(ONE_CHANGE)))
def test_a_planted_fault_is_found_unless_it_lies_beyond_a_schema(
    old: str, new: str, message: str, hint: str | None
) -> None:
    found = wrong(changed(ALDER, old, new))
    assert found or any(said in message for said in BEYOND)


def test_most_planted_faults_are_found() -> None:
    found = [bool(wrong(changed(ALDER, old, new))) for old, new, *_ in ONE_CHANGE]
    assert sum(found) >= 50


def _without(path: str, key: str) -> str:
    """The Alder City policy with one key of one table left out, as TOML again."""
    lines, inside, out = ALDER.split("\n"), False, []
    header = f"[{path}]" if path in ("policy", "ranks") else f"[[{path}]]"
    done = False
    for line in lines:
        inside = line.startswith(header) if line.startswith("[") else inside
        if inside and not done and line.split("=")[0].strip() == key:
            done = True
            continue
        out.append(line)
    assert done, f"{path} has no {key}"
    return "\n".join(out)


REQUIRED = [
    (path, key.name)
    for path, table in TABLES.items()
    if path in ("policy", "ranks", "duty", "clock", "promise", "example")
    for key in table
    if key.required
]


@pytest.mark.parametrize(("path", "key"), REQUIRED)
def test_a_key_that_the_schema_requires_is_required_by_the_loader(path: str, key: str) -> None:
    text = _without(path, key)
    told = [fault.what for fault in read_policy(text.encode(), file="x.toml")[1]]
    assert f"the key {key!r} is missing" in told
    assert any(one.endswith(f": {key} is missing") for one in wrong(text))


def test_a_key_that_the_schema_does_not_require_may_be_left_out() -> None:
    for key in ("issued-by-rank", "source"):
        text = _without("policy", key)
        assert read_policy(text.encode(), file="x.toml")[1] == ()
        assert wrong(text) == []


def test_every_key_of_the_loader_is_in_the_schema_with_what_it_is_for() -> None:
    def properties(schema: dict[str, Any]) -> dict[str, Any]:
        return dict(schema.get("properties") or schema["items"]["properties"])

    for path, table in TABLES.items():
        at = SCHEMA
        for part in filter(None, path.split(".")):
            at = properties(at)[part]
        assert {*properties(at)} == {key.name for key in table}
        assert all(properties(at)[key.name]["description"] for key in table)
    assert {*properties(properties(SCHEMA)["facts"])} == {*FACTS}


def test_a_new_key_of_the_loader_is_a_new_key_of_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys_module.Key("colour", keys_module.Kind.TEXT, "Which colour.")
    monkeypatch.setitem(keys_module.TABLES, "clock", (*keys_module.CLOCK, key))
    assert "colour" in policy_schema()["properties"]["clock"]["items"]["properties"]


def test_the_schema_is_plain_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
