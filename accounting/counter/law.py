r"""The law of the counter's error: its variance at each step, and a certified bound on its maximum over all steps.

After t users the batches open to the top are ``N_j(t)`` of level j: the digits of t in the mixed radix of the batch sizes. Each holds noise that
is independent of the others', so the noise of the estimate has the cumulant generating function ``sum_j N_j(t) K_j``. With the plain estimator
``K_j(s) = M_j psi_j(s / g)``, where ``M_j`` is the number of noise bits of a batch and ``psi(s) = log(1 - p + p e^s) - p s``; least squares
gives a batch's own count the weight ``a_j`` and its parts ``1 - a_j``, so that ``K_j(s) = M_j psi_j(a_j s / g) + r_j K_{j-1}((1 - a_j) s)``.

Statement: counter-error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.ball import arb, ball, exact_upper, precision
from ..numerics.exact import ExactLike, exact, whole
from ..numerics.rounding import float_at_least
from .plan import Plan
from .tree import Estimator, noise_variance

__all__ = ["ErrorLaw", "read_confidence"]

_BITS = 96
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class _Node:
    """The estimate of a closed batch.

    Attributes:
        weight: of its own released count.
        noise: the variance of noise bits.
        rounding: the largest variance of randomized rounding.
    """

    weight: float
    noise: float
    rounding: float


@dataclass(frozen=True)
class ErrorLaw:
    """The error of a plan's counter, whose batches close when the plan says so.

    It covers any values in [0, 1] that do not react to releases. The noise has a law that does not depend on the values, apart from
    the randomized rounding of values, which is bounded. Users that no released count holds, fewer than the smallest
    batch, count 1/2 each and are off by at most as much.

    Attributes:
        plan: batch sizes, noise and horizon.
        estimator: how counts become estimates.
        rounded: whether values may lie between the steps of the plan, as read; None for plans of more than one step.
    """

    plan: Plan
    estimator: Estimator = Estimator.LEAST_SQUARES
    rounded: bool | None = None

    # ------------------------------------------------------------ variance

    @property
    def rounds(self) -> bool:
        """Whether the law counts with randomized rounding."""
        return self.plan.steps > 1 if self.rounded is None else self.rounded

    @cached_property
    def ratios(self) -> tuple[int, ...]:
        """How many batches of each level make one of the next; for the last level, how many there are."""
        sizes = [level.batch for level in self.plan.levels]
        return (*(above // below for below, above in pairwise(sizes)), self.plan.users // sizes[-1])

    @cached_property
    def _nodes(self) -> tuple[_Node, ...]:
        found: list[_Node] = []
        for place, level in enumerate(self.plan.levels):
            noise = noise_variance(level.randomizer, level.batch)
            rounding = 0.25 * level.batch / self.plan.steps**2 if self.rounds else 0.0
            weight = 1.0
            if place > 0 and self.estimator is Estimator.LEAST_SQUARES:
                below, ratio = found[-1], self.ratios[place - 1]
                weight = ratio * below.noise / (noise + ratio * below.noise)
                noise = weight**2 * noise + (1.0 - weight) ** 2 * ratio * below.noise
                rounding = weight**2 * rounding + (1.0 - weight) ** 2 * ratio * below.rounding
            found.append(_Node(weight, noise, rounding))
        return tuple(found)

    def digits(self, step: ExactLike) -> tuple[int, ...]:
        """Return how many batches of each level are open to the top after a step."""
        t = whole("step", step, least=1, most=self.plan.users)
        wholes = [t // level.batch for level in self.plan.levels]
        return (*(w % ratio for w, ratio in zip(wholes[:-1], self.ratios[:-1], strict=True)), wholes[-1])

    def variance(self, step: ExactLike) -> float:
        """Return the variance of the noise bits after a step."""
        return sum(count * node.noise for count, node in zip(self.digits(step), self._nodes, strict=True))

    def hidden(self, step: ExactLike) -> int:
        """Return the number of users that no released count holds after a step."""
        return whole("step", step, least=1, most=self.plan.users) % self.plan.levels[0].batch

    def rms(self) -> float:
        """Return the root of the mean over all steps of the mean squared error, for the worst values.

        Worst means that hidden users are as far from one half as they can be, and that rounding has its largest variance.
        """
        n, sizes = self.plan.users, [level.batch for level in self.plan.levels]
        wholes = [_sum_of_quotients(n, size) for size in sizes]
        open_to_top = [
            low - ratio * high for low, ratio, high in zip(wholes, self.ratios, [*wholes[1:], 0], strict=True)
        ]
        total = _sum_of_squared_remainders(n, sizes[0]) / 4.0
        for count, node in zip(open_to_top, self._nodes, strict=True):
            total += count * (node.noise + node.rounding)
        return math.sqrt(total / n)

    # ------------------------------------------------------------ certified tails

    @relies_on("counter-error")
    def bound(self, confidence: ExactLike) -> float:
        """Return a certified bound on the largest error over all steps.

        Args:
            confidence: the probability with which no step exceeds it, strictly between 0 and 1.

        Returns:
            A number that ``max_t |estimate_t - sum_t|`` exceeds with a probability of at most 1 - confidence, rounded up.

        Raises:
            ParameterError: the confidence breaks its rule.

        Guarantee:
            counter-error.
        """
        failure = (1 - read_confidence(confidence)) / 2
        counts = [*(ratio - 1 for ratio in self.ratios[:-1]), self.ratios[-1]]
        quantile = max(self._tail(counts, failure, sign, summed=True) for sign in (1, -1))
        return float_at_least(quantile + self._most_hidden)

    @relies_on("counter-error")
    def half_width(self, step: ExactLike, confidence: ExactLike) -> float:
        """Return a certified half width of the interval around the estimate after one step.

        Args:
            step: from 1 to the horizon.
            confidence: the probability that the interval holds the true sum, at least.

        Returns:
            In users, rounded up; hidden users included.

        Guarantee:
            counter-error.
        """
        failure = (1 - read_confidence(confidence)) / 2
        counts = self.digits(step)
        quantile = max(self._tail(counts, failure, sign, summed=False) for sign in (1, -1))
        return float_at_least(quantile + Fraction(self.hidden(step), 2))

    @relies_on("counter-error")
    def mean_bound(self) -> float:
        """Return a certified bound on the mean of the largest error over all steps, to be held against a lower bound.

        Returns:
            A number that ``E max_t |estimate_t - sum_t|`` does not exceed, rounded up.

        Guarantee:
            counter-error.
        """
        counts = [*(ratio - 1 for ratio in self.ratios[:-1]), self.ratios[-1]]
        variance = self._variance_of(counts)
        quantile = Fraction(0)
        if variance > 0.0:
            with precision(_BITS + self.plan.users.bit_length()):

                def at(exponent: float) -> arb:
                    s = arb(exponent)
                    above, below = (self._log_moments(counts, sign * s, summed=True) for sign in (1, -1))
                    return (above + (below - above).exp().log1p() + 1) / s

                guess = math.sqrt(8.0 / variance)
                quantile = exact_upper(at(_least(lambda exponent: float(at(exponent)), guess)))
        return float_at_least(quantile + self._most_hidden)

    @property
    def _most_hidden(self) -> Fraction:
        """How far the users that no released count holds are off together, at most."""
        return Fraction(min(self.plan.levels[0].batch - 1, self.plan.users), 2)

    def _variance_of(self, counts: Sequence[int]) -> float:
        return sum(c * (node.noise + node.rounding) for c, node in zip(counts, self._nodes, strict=True))

    def _tail(self, counts: Sequence[int], failure: Fraction, sign: int, *, summed: bool) -> Fraction:
        """Bound what the noise exceeds on one side with a probability of at most ``failure``; any exponent gives a bound."""
        variance = self._variance_of(counts)
        if variance == 0.0:
            return Fraction(0)
        with precision(_BITS + self.plan.users.bit_length()):
            log_failure = ball(failure).log()

            def at(exponent: float) -> arb:
                s = arb(exponent)
                return (self._log_moments(counts, sign * s, summed=summed) - log_failure) / s

            guess = math.sqrt(2.0 * (3.0 - float(log_failure)) / variance)
            return exact_upper(at(_least(lambda exponent: float(at(exponent)), guess)))

    def _log_moments(self, counts: Sequence[int], s: arb, *, summed: bool) -> arb:
        """Return the logarithm of the noise's moment generating function, or of its sum over steps.

        Args:
            counts: how many batches of each level are open to the top; where summed, at most.
            s: where.
            summed: add up over all numbers of batches up to ``counts``, except for the first level, where the largest one
                bounds all (Doob's inequality).
        """
        total = arb(0)
        for place, count in enumerate(counts):
            cumulant = self._cumulant(place, s)
            if summed and place > 0 and count > 0:
                total += ((count + 1) * cumulant).expm1().log() - cumulant.expm1().log()
            else:
                total += count * cumulant
        return total

    def _cumulant(self, place: int, s: arb) -> arb:
        """Return an upper bound on the cumulant generating function of one batch's estimate: equal to it but for rounding."""
        level, weight = self.plan.levels[place], arb(self._nodes[place].weight)
        randomizer = level.randomizer
        own, p = weight * s / randomizer.levels, ball(randomizer.p)
        found = level.batch * randomizer.bits * ((p * own.expm1()).log1p() - p * own)
        if self.rounds:
            found += level.batch * own**2 / 8
        if place > 0 and self.estimator is Estimator.LEAST_SQUARES:
            found += self.ratios[place - 1] * self._cumulant(place - 1, (1 - weight) * s)
        return found


def read_confidence(confidence: ExactLike) -> Fraction:
    """Read a probability strictly between 0 and 1."""
    given = exact("confidence", confidence)
    if not 0 < given < 1:
        raise ParameterError("confidence", "must lie strictly between 0 and 1", confidence)
    return given


def _least(function: Callable[[float], float], guess: float) -> float:
    """Return about where a function of a positive number is least; nothing rests on it."""
    low, high = math.log(guess) - 3.0, math.log(guess) + 2.0
    inner, outer = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_inner, at_outer = function(math.exp(inner)), function(math.exp(outer))
    for _ in range(_ROUNDS):
        if not at_inner > at_outer:
            high, outer, at_outer = outer, inner, at_inner
            inner = high - _GOLDEN * (high - low)
            at_inner = function(math.exp(inner))
        else:
            low, inner, at_inner = inner, outer, at_outer
            outer = low + _GOLDEN * (high - low)
            at_outer = function(math.exp(outer))
    return math.exp(0.5 * (low + high))


def _sum_of_quotients(n: int, size: int) -> int:
    """Return the sum over t = 1 .. n of ``floor(t / size)``."""
    wholes, rest = divmod(n, size)
    return size * (wholes * (wholes - 1) // 2) + wholes * (rest + 1)


def _sum_of_squared_remainders(n: int, size: int) -> int:
    """Return the sum over t = 1 .. n of ``(t mod size)^2``."""
    wholes, rest = divmod(n, size)
    return wholes * _sum_of_squares(size - 1) + _sum_of_squares(rest)


def _sum_of_squares(m: int) -> int:
    return m * (m + 1) * (2 * m + 1) // 6
