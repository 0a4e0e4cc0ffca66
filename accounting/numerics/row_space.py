"""The row space of a matrix of zeros and ones over the rationals: which 0/1 vectors it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpz_mat

__all__ = ["MOST_ROWS", "zero_one_vectors"]

MOST_ROWS = 12
"""The rows of the largest matrix that is searched: at most 2^12 candidates."""


def zero_one_vectors(rows: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Go through all nonzero 0/1 vectors in the rational row space.

    In reduced row echelon form a vector of the row space is the sum of the rows, weighted with its entries at
    the pivots. So a 0/1 vector is a sum of some of the rows, and all subsets are tried.

    Args:
        rows: at most ``MOST_ROWS`` rows of equal length, of zeros and ones.
    """
    if len(rows) > MOST_ROWS:
        raise ArithmeticError(f"{len(rows)} rows are too many to try all of their combinations")
    reduced, scale, rank = fmpz_mat([list(row) for row in rows]).rref()
    table = [[int(entry) for entry in row] for row in reduced.tolist()[:rank]]
    one = int(scale)
    sums = [[0] * len(rows[0])]
    for row in table:
        sums += [[a + b for a, b in zip(done, row, strict=True)] for done in sums]
    for vector in sums[1:]:
        if all(entry in (0, one) for entry in vector):
            yield tuple(entry // one for entry in vector)
