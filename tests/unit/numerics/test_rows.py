from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.numerics.rows import alike, earliest, undominated

matrices = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 4), min_size=width, max_size=width), min_size=1, max_size=14
    )
)


@given(matrices)
def test_rows_have_one_label_exactly_when_they_are_equal(rows: list[list[int]]) -> None:
    matrix = np.array(rows, dtype=np.int64)
    labels = alike(matrix.T, len(rows))
    for i, j in product(range(len(rows)), repeat=2):
        assert (labels[i] == labels[j]) == (rows[i] == rows[j])
    assert labels.max() + 1 == len(set(map(tuple, rows)))
    first = earliest(labels, int(labels.max()) + 1)
    assert list(first) == sorted(rows.index(list(row)) for row in set(map(tuple, rows)))


def test_labels_of_no_columns_are_all_the_same() -> None:
    assert list(alike([], 3)) == [0, 0, 0]


@given(matrices, st.integers(1, 5), st.integers(0, 4))
def test_every_row_is_at_least_one_that_is_kept(rows: list[list[int]], most: int, column: int) -> None:
    matrix = np.array(rows, dtype=np.int64)
    weights = matrix[:, column % matrix.shape[1]].astype(np.float64)  # the wrong way round on purpose
    kept = undominated(matrix, weights, most)
    assert len(set(kept.tolist())) == len(kept)
    for row in matrix:
        assert any((row >= matrix[i]).all() for i in kept)


@given(matrices)
def test_with_falling_weights_only_the_least_rows_are_kept(rows: list[list[int]]) -> None:
    matrix = np.array(rows, dtype=np.int64)
    kept = undominated(matrix, -matrix.sum(axis=1).astype(np.float64), len(rows))
    least = {
        tuple(row)
        for row in rows
        if not any((np.array(other) <= row).all() and other != row for other in rows)
    }
    assert {tuple(matrix[i].tolist()) for i in kept} == least
    assert len(kept) == len(least)


@pytest.mark.parametrize("most", [1, 2, 100])
def test_a_front_without_order_is_kept_whole(most: int) -> None:
    matrix = np.array([[i, 9 - i] for i in range(10)], dtype=np.int64)
    assert sorted(undominated(matrix, np.zeros(10), most).tolist()) == list(range(10))
