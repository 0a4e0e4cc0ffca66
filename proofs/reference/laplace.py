"""Laplace noise by its definition, in mpmath: masses of pieces of the line for any value."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mpmath import MPContext


def pieces(epsilon0: str, values: Sequence[str], cuts: Sequence[str]) -> list[list[Any]]:
    """Return, for each value, the masses below the first cut, between the cuts, and above the last one; 60 digits.

    Args:
        epsilon0: one over the scale.
        values: numbers of [0, 1].
        cuts: rising numbers.
    """
    context = MPContext()
    context.dps = 60
    rate = context.mpf(epsilon0)

    def below(point: Any, value: Any) -> Any:
        if point <= value:
            return context.exp(-rate * (value - point)) / 2
        return 1 - context.exp(-rate * (point - value)) / 2

    rows = []
    for value in map(context.mpf, values):
        heights = [context.mpf(0), *(below(context.mpf(cut), value) for cut in cuts), context.mpf(1)]
        rows.append([high - low for low, high in pairwise(heights)])
    return rows
