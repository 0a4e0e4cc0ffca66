"""Rows of integer matrices: which are equal, and which are nowhere above another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Integers", "alike", "earliest", "undominated"]

Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


def alike(columns: Iterable[Integers], length: int) -> Integers:
    """Label rows so that two have the same label exactly when they are equal.

    Labels are refined column by column and compared as integers, so no two different rows can collide.

    Args:
        columns: the columns, each of the given length.
        length: the number of rows.

    Returns:
        Labels from 0 on, in the order in which each first occurs.
    """
    labels: Integers = np.zeros(length, dtype=np.int64)
    count = min(length, 1)
    for column in columns:
        if count == length:
            break
        values, codes = np.unique(column, return_inverse=True)
        keys = labels * len(values) + codes
        found, labels = np.unique(keys, return_inverse=True)
        count = len(found)
    order = np.argsort(earliest(labels, count), kind="stable")
    renamed = np.empty(count, dtype=np.int64)
    renamed[order] = np.arange(count)
    return renamed[labels]


def earliest(labels: Integers, count: int) -> Integers:
    """Return the first index of each label from 0 to ``count - 1``; each has to occur."""
    first = np.full(count, len(labels), dtype=np.int64)
    np.minimum.at(first, labels, np.arange(len(labels), dtype=np.int64))
    return first


def undominated(rows: Integers, weights: Floats, most: int) -> Integers:
    """Return indices of rows such that every row is componentwise at least one of them.

    Args:
        rows: shape (m, k).
        weights: shape (m,); larger ones are tried first. Any are sound.
        most: rows to try; what none of them is below is kept untested.

    Returns:
        Indices, those that were tried first.
    """
    alive = np.argsort(-weights, kind="stable")
    columns = [np.ascontiguousarray(rows[alive, j]) for j in range(rows.shape[1])]
    tried: list[int] = []
    while len(alive) and len(tried) < most:
        above = np.ones(len(alive), dtype=np.bool_)
        for column in columns:
            above &= column >= column[0]
        tried.append(int(alive[0]))
        alive = alive[~above]
        columns = [column[~above] for column in columns]
    return np.concatenate([np.asarray(tried, dtype=np.int64), alive])
