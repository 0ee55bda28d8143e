"""Shares that are whole numbers out of a hundred must come to a hundred."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.generated.cities import CITIES, ORIGINS, TYPES, rows_of_cities
from answerable.model.vocabulary import FACTS


def test_the_shares_of_cities_types_and_origins_come_to_a_hundred() -> None:
    assert sum(city.per_hundred for city in CITIES) == 100
    assert {name: sum(one.per_hundred for one in types) for name, types in TYPES.items()} == dict.fromkeys(TYPES, 100)
    assert {name: sum(share for _, share in one) for name, one in ORIGINS.items()} == dict.fromkeys(ORIGINS, 100)


def test_no_two_cities_draw_from_the_same_numbers_or_lie_in_the_same_folder() -> None:
    assert len({city.number for city in CITIES}) == len({city.id for city in CITIES}) == len(CITIES)


def test_every_type_belongs_to_a_group_that_policies_know() -> None:
    assert {one.group for types in TYPES.values() for one in types} <= set(FACTS["type_group"].one_of)


@given(st.integers(min_value=1, max_value=10**10))
def test_every_row_is_some_citys(rows: int) -> None:
    shared = rows_of_cities(rows)
    assert sum(shared.values()) == rows
    assert all(abs(shared[city.id] - rows * city.per_hundred / 100) <= 1 for city in CITIES)


@pytest.mark.parametrize("rows", [1, 2])
def test_very_few_rows_are_the_first_cities(rows: int) -> None:
    shared = rows_of_cities(rows)
    assert [shared[city.id] for city in CITIES] == [1] * rows + [0] * (len(CITIES) - rows)
