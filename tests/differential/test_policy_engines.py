"""Generated policies on dirty rows: the reference, the cells, DuckDB, SQLite and PostgreSQL decide every row alike.

The ledger at the end has every difference that is known, with its exact reason. Among tables whose columns have the
types of their facts there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import psycopg
import pytest
from hypothesis import given, settings
from tests.support.cell_engines import Engine, Row, opened_duck, opened_postgres, opened_sqlite
from tests.support.policy_packs import PACKS
from tests.support.postgres_server import PostgresServer
from tests.support.random_policy import RandomPolicy, policies
from tests.support.small_policies import CHOICES, NARROW, TWO_SPEEDS

from answerable.model.vocabulary import FACTS
from answerable.policy import Cells, Policy, decide, load_policy

ROWS = 250
DIRT: dict[str, tuple[object, ...]] = {
    "text": (
        "",
        "moon",
        "City",
        "city ",
        " city",
        "federal-property",
        "'; --",
        "\N{CYRILLIC SMALL LETTER ES}ity",
        "null",
        "true",
    ),
    "number": (-1, 5, 9, 10, 168, 2**31, 2**53 + 1, -(2**40)),
}
"""Values that are none of their fact; those of a yes-no fact cannot be stored in a column of its type."""
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "policy-engines.md"
ENGINES = ("duckdb", "sqlite", "postgresql")


def dirty_calls(count: int, *, seed: int) -> list[Row]:
    random = Random(seed)
    return [{fact: _value(random, fact) for fact in FACTS} for _ in range(count)]


def _value(random: Random, fact: str) -> object:
    kind, chance = FACTS[fact], random.random()
    if chance < 0.2:
        return None
    if kind.yes_no:
        return random.random() < 0.5
    if chance < 0.4:
        return random.choice(DIRT["text" if kind.one_of else "number"])
    assert kind.first is not None or kind.one_of
    return random.choice(kind.one_of) if kind.one_of else random.choice([0, 1, 2, 3, 4, kind.last])


CALLS = dirty_calls(ROWS, seed=20180619)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with _opened(request.param, request) as opened:
        opened.fill(CALLS)
        yield opened


@contextmanager
def _opened(name: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    if name == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with opened_postgres(server.dsn(server.new_database())) as postgres:
            yield postgres
        return
    with opened_duck() if name == "duckdb" else opened_sqlite() as opened:
        yield opened


def assert_decides_alike(engine: Engine, policy: Policy) -> None:
    cells = Cells(policy)
    expected = [decide(policy, call) for call in CALLS]
    assert [cells.decision(cells.encode(call)) for call in CALLS] == expected
    found = engine.found(cells)
    assert len(found) == ROWS
    assert [(n, one, other) for n, (one, other) in enumerate(zip(found, expected, strict=True)) if one != other] == []


@settings(max_examples=40)
@given(policies)
def test_every_engine_decides_generated_policies_as_the_reference_does(engine: Engine, random: RandomPolicy) -> None:
    assert_decides_alike(engine, load_policy(random.text(), file="random.toml"))


@pytest.mark.parametrize("name", PACKS)
def test_every_engine_decides_the_packs_as_the_reference_does(engine: Engine, name: str) -> None:
    assert_decides_alike(engine, load_policy(PACKS[name].read_bytes(), file=name))


@pytest.mark.parametrize("text", [TWO_SPEEDS, CHOICES, NARROW], ids=["two speeds", "choices", "narrow"])
def test_every_engine_decides_small_policies_as_the_reference_does(engine: Engine, text: str) -> None:
    assert_decides_alike(engine, load_policy(text.encode(), file="small.toml"))


def test_the_dirty_calls_reach_different_decisions() -> None:
    """A comparison of engines that all say one thing would show nothing."""
    for name, file in PACKS.items():
        policy = load_policy(file.read_bytes(), file=name)
        decisions = {repr(decide(policy, call)) for call in CALLS}
        assert len(decisions) > 5, name


@pytest.mark.parametrize("name", ENGINES)
def test_a_cell_beyond_32_bits_is_one_number_in_every_engine(name: str, request: pytest.FixtureRequest) -> None:
    """Weights are cast: PostgreSQL would otherwise multiply in 32 bits, and refuse."""
    looks = " or ".join(
        [f"hour_of_week == {hour}" for hour in range(0, 168, 2)] + [f"priority == {n}" for n in range(10)]
    )
    several = ("requester", "type_group", "priority_class", "discipline", "place")
    more = " or ".join(f"{fact} == '{value}'" for fact in several for value in FACTS[fact].one_of)
    yes_no = " or ".join(fact for fact, kind in FACTS.items() if kind.yes_no)
    when = f'when = "{looks} or {more} or {yes_no}"\ndispatch-within = "5 min"'
    text = TWO_SPEEDS.replace('when = "priority <= 1"\ndispatch-within = "5 min"', when)
    cells = Cells(load_policy(text.encode(), file="wide.toml"))
    assert cells.count > 2**32
    with _opened(name, request) as opened:
        opened.fill(CALLS)
        assert opened.found(cells) == [decide(cells.policy, call) for call in CALLS]


# The ledger: every known difference, shown.

LEDGER = {
    "sqlite without STRICT": (
        "A column takes any value. The text 'no' in a yes-no column is 0 where a truth is asked, so NOT is true and "
        "the call counts as a known no; the reference says unknown. Tables of calls must be STRICT."
    ),
    "postgresql char(n)": (
        "Values of char(n) are compared without their trailing spaces: 'city ' is 'city'. The reference says unknown. "
        "Columns of facts must be text."
    ),
    "duckdb and integers for yes or no": (
        "A column of integers is cast where a truth is asked: 2 is yes. The reference says unknown. Columns of yes-no "
        "facts must be BOOLEAN."
    ),
}


def decided(engine: Engine) -> tuple[str | None, ...]:
    """The rule of every call under a policy that asks one yes-no fact and one of several."""
    cells = Cells(load_policy(CHOICES.encode(), file="choices.toml"))
    return tuple(one.rule for one in engine.found(cells))


def test_ledger_sqlite_without_strict_takes_a_text_for_a_no() -> None:
    call: Row = {"asks_for": "additional_resources", "alternatives_exhausted": "no", "life_safety": False}
    with opened_sqlite(strict=False) as loose:
        loose.fill([call])
        assert decided(loose) == ("resources",)
    assert decide(load_policy(CHOICES.encode(), file="choices.toml"), call).rule is None
    with opened_sqlite() as strict, pytest.raises(Exception, match="cannot store TEXT value in INTEGER column"):
        strict.fill([call])


def test_ledger_postgresql_pads_char_n(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        padded = connection.execute("SELECT 'city '::char(10) = 'city', 'city '::text = 'city'").fetchone()
    assert padded == (True, False)


def test_ledger_duckdb_takes_two_for_yes() -> None:
    with opened_duck() as duck:
        assert duck.run("SELECT CASE WHEN two THEN 'yes' ELSE 'unknown' END FROM (SELECT 2 AS two)") == [("yes",)]


def test_what_the_ledger_says_stands_in_the_documentation() -> None:
    words = " ".join(PAGE.read_text(encoding="utf-8").split())
    for reason in LEDGER.values():
        assert reason in words
