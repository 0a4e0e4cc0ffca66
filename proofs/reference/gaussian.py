"""Gaussian noise by its definition, in mpmath: masses of pieces of the line for any value."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mpmath import MPContext


def pieces(sigma: str, values: Sequence[str], cuts: Sequence[str]) -> list[list[Any]]:
    """Return, for each value, the masses below the first cut, between the cuts, and above the last one; 60 digits.

    Args:
        sigma: the standard deviation.
        values: numbers of [0, 1].
        cuts: rising numbers.
    """
    context = MPContext()
    context.dps = 60
    spread = context.mpf(sigma) * context.sqrt(2)
    rows = []
    for value in map(context.mpf, values):
        below = [(context.mpf(cut) - value) / spread for cut in cuts]
        heights = [context.mpf(0), *((1 + context.erf(place)) / 2 for place in below), context.mpf(1)]
        rows.append([high - low for low, high in pairwise(heights)])
    return rows
