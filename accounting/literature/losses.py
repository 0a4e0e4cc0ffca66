"""What explicit data sets of one shuffle lose: exactly where enumeration reaches, else as certified lower ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, permutations
from math import comb
from typing import Literal

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.factor import Factor
from ..numerics.polynomials import excess, linear_forms, nothing_sent
from ..pairs.enumeration import channel_weights, experiment_of
from ..pairs.experiment import effort
from ..pairs.of_randomizer import pairs_of
from ..pairs.witness import Witness
from ..randomizers import FiniteKernel
from ..randomizers.base import InputPair
from .near import affordable, near_alike

__all__ = ["ENUMERATED", "MIXED", "Loss", "alike", "but_one", "enumerated", "loss_of", "mixed", "worst"]

ENUMERATED = 2_000_000
"""The largest estimate of steps at which all data sets are gone through: about half a second."""

MIXED = 100_000_000
"""The largest estimate of steps at which chosen mixtures are gone through: about a second."""

_BITS = 200
_WIDTH = 1e-9
_REMEMBERED = 20_000  # several bounds are compared with the same data sets
_SEARCHED = 1000  # users of binary response up to which its worst data set is searched
_SHARES = 4  # chosen mixtures give each value a multiple of a quarter of the other users,
_MOVED = 2  # or one value all but so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The largest divergence among the data sets that were gone through.

    Attributes:
        delta: exactly, or a certified lower end.
        target: the target's two values.
        others: pairs (value, number of other users who hold it).
        delta_is: "equal" or "at least".
    """

    delta: Fraction
    target: InputPair
    others: tuple[tuple[int, int], ...]
    delta_is: Literal["equal", "at least"] = "equal"


@lru_cache(maxsize=_REMEMBERED)
def worst(kernel: FiniteKernel, users: int, alphas: tuple[Fraction, ...]) -> tuple[Loss, ...]:
    """Return the largest loss that is found, at each factor.

    All data sets are gone through where they are few; else chosen mixtures where histograms are few; else those in which all
    others hold one value (of binary response up to 1000 users the worst data set of all), or all but one where there are
    three messages.

    Args:
        kernel: a randomizer with a rational channel.
        users: n, the target included.
        alphas: factors e^epsilon.
    """
    if _enumerable(kernel, users):
        return tuple(enumerated(kernel, users, alphas))
    if _mixtures_work(kernel, users) <= MIXED:
        return tuple(mixed(kernel, users, alphas))
    several = zip(alike(kernel, users, alphas), but_one(kernel, users, alphas), strict=True)
    return tuple(one if other is None or one.delta >= other.delta else other for one, other in several)


@relies_on("histogram-enumeration")
def enumerated(kernel: FiniteKernel, users: int, alphas: Sequence[Fraction]) -> list[Loss]:
    """Go through all neighbouring data sets once, for all factors; the randomizer's channel is rational."""
    experiment = experiment_of(kernel, users, _BITS)
    best: list[tuple[int, InputPair, tuple[int, ...]]] = [(-1, (0, 0), ())] * len(alphas)
    for each in experiment.comparisons():
        for i, alpha in enumerate(alphas):
            value = excess(*each.lower, alpha)
            if value > best[i][0]:
                best[i] = (value, each.target, each.others)
    return [
        Loss(
            delta=Fraction(value, alpha.denominator * experiment.scale),
            target=target,
            others=tuple(sorted(Counter(others).items())),
        )
        for alpha, (value, target, others) in zip(alphas, best, strict=True)
    ]


@relies_on("histogram-enumeration")
def loss_of(
    kernel: FiniteKernel,
    target: InputPair,
    others: Sequence[tuple[int, int]],
    alphas: Sequence[Fraction],
) -> list[Fraction]:
    """Return exactly what one pair of data sets loses, at each factor; the randomizer's channel is rational."""
    sides, base = channel_weights(kernel, _BITS)
    forms = linear_forms(sides[0])
    law = nothing_sent(len(sides[0][0]))
    for value, count in others:
        law = law * forms[value] ** count
    first, second = law * forms[target[0]], law * forms[target[1]]
    scale = base ** (1 + sum(count for _, count in others))
    return [Fraction(excess(first, second, alpha), alpha.denominator * scale) for alpha in alphas]


def mixed(kernel: FiniteKernel, users: int, alphas: Sequence[Fraction]) -> list[Loss]:
    """Go through data sets in which the others are shared out in quarters, or all but one or two hold one value; exactly.

    Values that neither neighbour holds stand for their class where the randomizer knows one
    (``companions``), so that k-ary response is looked at with at most one such value.
    """
    best: list[Loss | None] = [None] * len(alphas)
    for pair in kernel.neighbours():
        for others in _mixtures(sorted({*pair, *kernel.companions(pair)}), users - 1):
            found = loss_of(kernel, pair, others, alphas)
            for i, delta in enumerate(found):
                former = best[i]
                if former is None or delta > former.delta:
                    best[i] = Loss(delta=delta, target=pair, others=others)
    return [each for each in best if each is not None]


@relies_on("homogeneous-witness", "binary-threshold")
def alike(kernel: FiniteKernel, users: int, alphas: Sequence[Fraction]) -> list[Loss]:
    """Return certified lower ends of the pairs that explicit data sets attain."""
    pairs = pairs_of(kernel, users)
    attained = pairs.lower if users <= _SEARCHED else pairs.explicit
    found: list[Loss] = []
    for alpha in alphas:
        values = [pair.value(Factor.of(alpha), _WIDTH) for pair in attained]
        value = max(values, key=lambda each: each.delta.lower)
        witness = value.witness
        if not isinstance(witness, Witness):
            raise ArithmeticError(f"{kernel.describe()}: a pair that is attained names no data sets")
        held = tuple(sorted((x, count) for x, count in witness.others if count))
        found.append(Loss(delta=value.delta.lower, target=witness.target, others=held, delta_is="at least"))
    return found


def but_one(kernel: FiniteKernel, users: int, alphas: Sequence[Fraction]) -> list[Loss | None]:
    """Return certified lower ends where all others hold a third value but one, who holds one of the target's values.

    Only for three messages, and while the window of histograms is affordable; else there are none.
    """
    channel = kernel.channel()
    if channel is None:
        return [None] * len(alphas)
    crowds = [
        (pair, companion, lone)
        for pair in kernel.neighbours()
        for companion in kernel.companions(pair)
        if companion not in pair and affordable(channel, companion, users)
        for lone in pair
    ]
    found: list[Loss | None] = []
    for alpha in alphas:
        losses = [
            Loss(
                delta=near_alike(channel, pair, companion, lone, users, alpha),
                target=pair,
                others=tuple(sorted(((companion, users - 2), (lone, 1)))),
                delta_is="at least",
            )
            for pair, companion, lone in crowds
        ]
        found.append(max(losses, key=lambda loss: loss.delta, default=None))
    return found


def _enumerable(kernel: FiniteKernel, users: int) -> bool:
    try:
        return experiment_of(kernel, users, _BITS).steps <= ENUMERATED
    except ParameterError:  # it refuses work that is far beyond
        return False


def _mixtures(values: Sequence[int], users: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Share out users among values: in parts of about a quarter, then all to one but for one or two users."""
    kinds = len(values)
    divisions = [_quarters(shares, users) for shares in _compositions(_SHARES, kinds)]
    for most, few in permutations(range(kinds), 2):
        divisions.extend(
            [users - moved if i == most else moved if i == few else 0 for i in range(kinds)]
            for moved in range(1, min(_MOVED, users) + 1)
        )
    for counts in dict.fromkeys(map(tuple, divisions)):
        yield tuple((value, count) for value, count in zip(values, counts, strict=True) if count)


def _quarters(shares: Sequence[int], users: int) -> list[int]:
    ends = [users * sum(shares[:i]) // _SHARES for i in range(len(shares) + 1)]
    return [end - start for start, end in pairwise(ends)]


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)


def _mixtures_work(kernel: FiniteKernel, users: int) -> int:
    """Estimate the products of weights that the laws of the chosen mixtures take."""
    sides, base = channel_weights(kernel, _BITS)
    letters = len(sides[0][0])
    pair = kernel.neighbours()[0]
    kinds = len({*pair, *kernel.companions(pair)})
    histograms = comb(users + letters - 1, letters - 1)
    divisions = comb(_SHARES + kinds - 1, kinds - 1) + _MOVED * kinds * (kinds - 1)
    return len(kernel.neighbours()) * divisions * (histograms * histograms // 4) * effort(users, base)
