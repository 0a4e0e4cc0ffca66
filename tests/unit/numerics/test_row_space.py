"""Which 0/1 vectors are rational combinations of 0/1 rows."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.numerics.row_space import MOST_ROWS, zero_one_vectors

Rows = list[list[int]]


def rank(rows: Rows) -> int:
    """Count pivots, by elimination in fractions."""
    left = [[Fraction(entry) for entry in row] for row in rows]
    found = 0
    for column in range(len(rows[0])):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left = [
            [a - b * row[column] / pivot[column] for a, b in zip(row, pivot, strict=True)] for row in left
        ]
        found += 1
    return found


matrices = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 1), min_size=width, max_size=width), min_size=1, max_size=5
    )
)


@given(matrices)
def test_all_of_them_and_nothing_else(rows: Rows) -> None:
    expected = {
        vector
        for vector in product((0, 1), repeat=len(rows[0]))
        if any(vector) and rank([*rows, list(vector)]) == rank(rows)
    }
    found = list(zero_one_vectors(rows))
    assert set(found) == expected
    assert len(found) == len(expected)


def test_a_combination_may_need_halves() -> None:
    assert (1, 0, 0) in set(zero_one_vectors([[1, 1, 0], [0, 1, 1], [1, 0, 1]]))


def test_too_many_rows() -> None:
    with pytest.raises(ArithmeticError):
        next(zero_one_vectors([[1]] * (MOST_ROWS + 1)))
