"""The places at which a picture's numbers are computed: read exactly, or chosen evenly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeVar

from ..errors import ParameterError
from ..numerics.exact import LARGEST_COUNT, ExactLike, whole

__all__ = ["MOST_PLACES", "decades", "evenly", "read_counts", "read_places"]

MOST_PLACES = 5000

_Place = TypeVar("_Place", int, Fraction)


def read_places(
    name: str, values: Sequence[ExactLike], reader: Callable[[str, ExactLike], _Place]
) -> tuple[_Place, ...]:
    """Read rising places.

    Args:
        name: what the caller calls them.
        values: at least one and at most 5000.
        reader: of one of them.

    Raises:
        ParameterError: there is none or too many, one breaks its rule, or they do not rise.
    """
    if not values:
        raise ParameterError(name, "must be at least one value", "none")
    if len(values) > MOST_PLACES:
        raise ParameterError(name, f"must be at most {MOST_PLACES} values", len(values))
    found = tuple(reader(name, value) for value in values)
    for here, there, written in zip(found, found[1:], values[1:], strict=False):
        if not here < there:
            raise ParameterError(name, "must rise", written, "Sort them, and name each once")
    return found


def read_counts(
    name: str, values: Sequence[ExactLike], *, least: int, most: int = LARGEST_COUNT
) -> tuple[int, ...]:
    """Read rising whole numbers.

    Raises:
        ParameterError: there is none, one is out of range, or they do not rise.
    """
    return read_places(name, values, lambda named, value: whole(named, value, least=least, most=most))


def evenly(most: Fraction, points: int) -> tuple[Fraction, ...]:
    """Return ``points`` places from 0 to ``most``, at least two."""
    return tuple(most * i / (points - 1) for i in range(points))


def decades(first: int, last: int, *, per_decade: int) -> tuple[int, ...]:
    """Return whole numbers from ``10^first`` to ``10^last``, each about the same factor above the one before."""
    steps = range((last - first) * per_decade + 1)
    return tuple(dict.fromkeys(round(10.0 ** (first + step / per_decade)) for step in steps))
