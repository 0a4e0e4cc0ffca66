"""Checks of reductions against every small channel: the claims that published bounds rest on, where they stand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from accounting.literature.factors import factors_below
from accounting.literature.families import small_channels
from accounting.literature.losses import enumerated
from accounting.randomizers import FiniteKernel
from proofs.reference import bounds

from .check import CheckFailedError, Evidence, checks

__all__ = ["best_blanket", "best_clones"]

_SMALL = ((2, 2, 7), (2, 3, 6), (3, 2, 6), (3, 3, 5))
_MORE = ((2, 2, 12), (2, 3, 9), (3, 2, 9), (3, 3, 7))
_MOST = ((2, 2, 24), (2, 3, 14), (3, 2, 14), (3, 3, 9), (4, 3, 7), (3, 4, 8))
_USERS = (2, 3)

_Bound = Callable[[FiniteKernel, int, Fraction], Fraction]


@checks("local-blanket", evidence=Evidence.EXHAUSTIVE, units=_MORE)
@checks("local-blanket", evidence=Evidence.EXHAUSTIVE, units=_MOST, deep=True)
def best_clones(values: int, messages: int, denominator: int) -> int:
    """Every channel of few values and messages with small denominators, all data sets of 2 and 3 users, in fractions."""
    known: dict[tuple[Fraction, int, Fraction], Fraction] = {}

    def bound(kernel: FiniteKernel, users: int, alpha: Fraction) -> Fraction:
        factor = kernel.local_factor()
        if factor is None or factor.rational is None:
            raise CheckFailedError(f"{kernel}: e^epsilon0 is not rational")
        place = (factor.rational, users, alpha)
        if place not in known:  # at two values the pair of clones is that of the blanket of binary response
            known[place] = bounds.variation_ratio_delta(factor.rational, 2, users, alpha)
        return known[place]

    return _compared(values, messages, denominator, bound)


@checks("blanket-reduction", evidence=Evidence.EXHAUSTIVE, units=_SMALL)
def best_blanket(values: int, messages: int, denominator: int) -> int:
    """Every channel of few values and messages with small denominators, all data sets of 2 and 3 users, in fractions."""

    def bound(kernel: FiniteKernel, users: int, alpha: Fraction) -> Fraction:
        channel = kernel.channel() or ()
        return max(bounds.blanket_walk(channel, pair, users, alpha) for pair in kernel.neighbours())

    return _compared(values, messages, denominator, bound)


def _compared(values: int, messages: int, denominator: int, bound: _Bound) -> int:
    cases = 0
    for kernel in small_channels(values, messages, denominator):
        alphas = factors_below(kernel)
        for users in _USERS:
            for alpha, loss in zip(alphas, enumerated(kernel, users, alphas), strict=True):
                claimed = bound(kernel, users, alpha)
                if loss.delta > claimed:
                    raise CheckFailedError(
                        f"channel {kernel.channel()}, {users} users, target {loss.target}, others {loss.others}, "
                        f"e^epsilon = {alpha}: lost {loss.delta}, bound {claimed}"
                    )
                cases += 1
    return cases
