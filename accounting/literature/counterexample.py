"""The counterexample to a published bound, found anew each time by a search through a small family."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..errors import ParameterError
from ..randomizers import FiniteKernel
from .certificate import Counterexample
from .families import asymmetric_binary, extremal_channels, kary, small_channels
from .registry import PUBLISHED
from .search import Claiming, Factors, search, shrink

__all__ = ["SEEDS", "Seed", "counterexample_for", "refute"]

_FACTORS = tuple(map(Fraction, ("2", "3", "3/2", "5")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """One small search.

    Attributes:
        title: the family in words.
        kernels: makes the randomizers.
        users: numbers of users, the target included.
        alphas: factors e^epsilon; see `search`.
    """

    title: str
    kernels: Callable[[], Iterable[FiniteKernel]]
    users: Sequence[int]
    alphas: Factors = None


SEEDS: tuple[Seed, ...] = (
    Seed(title="k-ary response, few users", kernels=lambda: kary((2, 3, 4), _FACTORS), users=range(2, 5)),
    Seed(
        title="k-ary response, working sizes",
        kernels=lambda: kary((2, 4), map(Fraction, (3, 13))),
        users=(1000,),
        alphas=tuple(map(Fraction, ("21/20", "5/4", "9/5"))),
    ),
    Seed(title="asymmetric binary channels", kernels=lambda: asymmetric_binary(5), users=(2, 3)),
    Seed(title="small channels", kernels=lambda: small_channels(3, 3, 5), users=(2,)),
    Seed(
        title="channels of extremal form",
        kernels=lambda: extremal_channels(2, _FACTORS[:2]),
        users=(2, 3),
    ),
)
"""Families for a first look, in this order; a few seconds in all."""


def refute(bound: Claiming, seeds: Sequence[Seed] = SEEDS) -> Counterexample | None:
    """Look for a counterexample in small families and make it small.

    Args:
        bound: what claims a delta.
        seeds: the searches, tried in order.

    Returns:
        A counterexample from which no step leads to a smaller one; None where the families hold none, which proves nothing.
    """
    for seed in seeds:
        found = search(bound, seed.kernels(), users=seed.users, alphas=seed.alphas).counterexample
        if found is not None:
            return shrink(bound, found)
    return None


def counterexample_for(bound_id: str) -> dict[str, Any] | None:
    """Find the counterexample to a published bound anew, in a few seconds.

    Args:
        bound_id: a key of ``PUBLISHED``.

    Returns:
        ``channel``, ``users``, ``target``, ``others``, ``alpha``, ``exact`` and ``claimed`` as in `Counterexample.as_dict`;
        None where the small families refute nothing.

    Raises:
        ParameterError: there is no such bound.
    """
    if bound_id not in PUBLISHED:
        raise ParameterError("bound", f"must be one of {', '.join(PUBLISHED)}", bound_id)
    found = refute(PUBLISHED[bound_id])
    return None if found is None else found.as_dict()
