"""Planning: batch sizes, noise and the split of the budget over levels for the smallest error, certified at the end.

The search works on a normal approximation of everything, in floats: k counts with noise variances v_j cost about as much as one Gaussian
mechanism with ``1/v = sum_j 1/v_j``. What it finds is a plan like any other: its privacy is then enclosed by the general
accountant, and the noise is scaled until the certified loss fits the budget closely. A poor search gives a worse plan, never a broken promise.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from ..composition.quick import QuickTotal
from ..curves import Bounds
from ..errors import NotCoveredError, ParameterError
from ..model import Budget
from ..numerics.exact import ExactLike, exact, whole
from ..randomizers import BinomialCount
from .law import ErrorLaw
from .plan import LARGEST_HORIZON, Level, Plan
from .tree import Estimator

__all__ = ["MOST_SHUFFLERS", "Objective", "Planned", "equal_plan", "plan", "plan_of_sizes"]

_Word = TypeVar("_Word", bound=StrEnum)
_Number = TypeVar("_Number", int, float)

MOST_SHUFFLERS = 50
_CONFIDENCE = Fraction(95, 100)
_DIGITS = 12  # binary digits of a noise bit's chance
_MOST_BITS = 10**7
_CLOSE = 0.995  # of the budget, that a plan should use
_GUESSES = 12
_ROUGH = 1.0025  # of the budget, what a coarse grid may say
_CERTIFICATES = 5
_ROUNDING_SHARE = 0.02  # of the variance, that rounding of values to steps may add
_MOVES = (0.5, 0.7, 0.85, 0.93, 1.08, 1.2, 1.5, 2.0)
_WORSE = 3  # numbers of shufflers in a row that make the error larger, after which no more are tried


class Objective(StrEnum):
    """What a plan makes small."""

    MAXIMUM = "maximum"
    RMS = "rms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what is certified about it.

    Attributes:
        plan: batch sizes and noise.
        privacy: encloses the total epsilon at the budget's delta.
        law: of its error.
        confidence: of the bound on the largest error.
    """

    plan: Plan
    privacy: Bounds
    law: ErrorLaw
    confidence: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What the search makes small.

    Attributes:
        users: the horizon.
        budget: of a user.
        objective: what is to be small.
        estimator: how counts become estimates.
        log_failure: the logarithm of half the chance that the bound on the largest error may fail.
        gaussian: the variance of one Gaussian count that fits the budget.
    """

    users: int
    budget: Budget
    objective: Objective
    estimator: Estimator
    log_failure: float
    gaussian: float

    def error(self, sizes: Sequence[int], variances: Sequence[float]) -> float:
        """Return about what is to be made small, for batch sizes and noise variances of a batch."""
        counts = [above // below - 1 for below, above in pairwise(sizes)]
        counts.append(self.users // sizes[-1])
        nodes = self._nodes(sizes, variances)
        if self.objective is Objective.RMS:
            mean = sum(0.5 * count * v for count, v in zip(counts, nodes, strict=True))
            return math.sqrt(mean + (sizes[0] - 1) * (2 * sizes[0] - 1) / 24.0)
        return 0.5 * (sizes[0] - 1) + _largest(counts, nodes, self.log_failure)

    def split(self, sizes: Sequence[int]) -> tuple[float, ...]:
        """Return noise variances that fit the budget and, for the plain estimator, make the error small."""
        counts = [above / below - 1.0 for below, above in pairwise(sizes)]
        counts.append(max(self.users / sizes[-1], 0.5))
        roots = [math.sqrt(count) for count in counts]
        return tuple(self.gaussian * sum(roots) / root for root in roots)

    def fitted(self, variances: Sequence[float]) -> tuple[float, ...]:
        """Scale noise variances so that they fit the budget."""
        scale = self.gaussian * sum(1.0 / v for v in variances)
        return tuple(v * scale for v in variances)

    def _nodes(self, sizes: Sequence[int], variances: Sequence[float]) -> list[float]:
        if self.estimator is Estimator.PLAIN:
            return list(variances)
        nodes = [variances[0]]
        for place, own in enumerate(variances[1:], 1):
            parts = nodes[-1] * (sizes[place] // sizes[place - 1])
            nodes.append(own * parts / (own + parts))
        return nodes


def plan(
    users: ExactLike,
    shufflers: ExactLike = "best",
    *,
    epsilon: ExactLike,
    delta: ExactLike,
    objective: Objective | str = Objective.MAXIMUM,
    estimator: Estimator | str = Estimator.LEAST_SQUARES,
    values: str = "bits",
    confidence: ExactLike = _CONFIDENCE,
) -> Planned:
    """Plan a counter.

    Args:
        users: the horizon, at least 2.
        shufflers: how many work at once, from 1 to 50; or ``"best"``.
        epsilon: of the budget, in nats, above 0.
        delta: of the budget, a probability above 0.
        objective: ``"maximum"``, the largest error over all steps, or ``"rms"``.
        estimator: ``"plain"`` or ``"least-squares"``.
        values: ``"bits"``, or ``"reals"`` in [0, 1], which are rounded to so many steps that it hardly adds to the error.
        confidence: of the bound on the largest error.

    Returns:
        The plan, with its certified privacy and the law of its error.

    Raises:
        ParameterError: an argument breaks its rule.
        NotCoveredError: no noise within reach keeps the budget.
    """
    task = _task(users, epsilon, delta, objective, estimator, confidence)
    if shufflers == "best":
        sizes, variances = _best(task)
    else:
        most = min(MOST_SHUFFLERS, max(1, int(math.log2(task.users))))
        remedy = f"With {task.users} users more than {most} levels of nested batches have no room"
        sizes, variances = _sized(task, whole("shufflers", shufflers, least=1, most=most, remedy=remedy))
    return _certified(task, sizes, variances, values=values, confidence=exact("confidence", confidence))


def equal_plan(
    users: ExactLike,
    shufflers: ExactLike,
    *,
    epsilon: ExactLike,
    delta: ExactLike,
    confidence: ExactLike = _CONFIDENCE,
) -> Planned:
    """Return the plan of the paper's choice: equal ratios r of batch sizes, a smallest batch of ``sqrt(r) / epsilon``, equal noise, plain sums.

    Source: Tenenbaum, Kaplan, Mansour and Stemmer, arXiv 2301.12535, with the powers of epsilon that make all terms of the error alike.
    """
    task = _task(users, epsilon, delta, Objective.MAXIMUM, Estimator.PLAIN, confidence)
    count = whole("shufflers", shufflers, least=1, most=MOST_SHUFFLERS)
    eps = float(task.budget.epsilon)
    ratio = max(2, round((task.users * eps) ** (2.0 / (2 * count + 1))))
    first = max(2, round(math.sqrt(ratio) / eps))
    sizes = [first * ratio**place for place in range(count)]
    return plan_of_sizes(
        task.users, sizes, epsilon=epsilon, delta=delta, estimator=Estimator.PLAIN, confidence=confidence
    )


def plan_of_sizes(
    users: ExactLike,
    sizes: Sequence[int],
    *,
    epsilon: ExactLike,
    delta: ExactLike,
    estimator: Estimator | str = Estimator.LEAST_SQUARES,
    confidence: ExactLike = _CONFIDENCE,
) -> Planned:
    """Return a plan of given batch sizes, the smallest first, with equal noise at each level."""
    task = _task(users, epsilon, delta, Objective.MAXIMUM, estimator, confidence)
    variances = [task.gaussian * len(sizes)] * len(sizes)
    return _certified(task, sizes, variances, values="bits", confidence=exact("confidence", confidence))


def _task(
    users: ExactLike,
    epsilon: ExactLike,
    delta: ExactLike,
    objective: Objective | str,
    estimator: Estimator | str,
    confidence: ExactLike,
) -> _Task:
    n = whole("users", users, least=2, most=LARGEST_HORIZON)
    budget = Budget(epsilon=epsilon, delta=delta)
    for name, value in (("epsilon", budget.epsilon), ("delta", budget.delta)):
        if value == 0:
            remedy = "A released count with finite noise is never (epsilon, 0)-DP" if name == "delta" else ""
            raise ParameterError(name, "must be above 0 for a counter", 0, remedy)
    given = exact("confidence", confidence)
    if not 0 < given < 1:
        raise ParameterError("confidence", "must lie strictly between 0 and 1", confidence)
    return _Task(
        users=n,
        budget=budget,
        objective=_one_of("objective", Objective, objective),
        estimator=_one_of("estimator", Estimator, estimator),
        log_failure=math.log(float(1 - given) / 2.0),
        gaussian=_gaussian_variance(float(budget.epsilon), float(budget.delta)),
    )


def _one_of(name: str, kind: type[_Word], value: _Word | str) -> _Word:
    try:
        return kind(value)
    except ValueError:
        raise ParameterError(name, f"must be {' or '.join(kind)}", value) from None


# ---------------------------------------------------------------- the search, in floats


def _best(task: _Task) -> tuple[list[int], tuple[float, ...]]:
    """Try 1, 2, .. shufflers until more of them make the error larger."""
    found: list[tuple[float, list[int], tuple[float, ...]]] = []
    for count in range(1, min(MOST_SHUFFLERS, max(1, int(math.log2(task.users)))) + 1):
        sizes, variances = _sized(task, count)
        found.append((task.error(sizes, variances), sizes, variances))
        best = min(range(len(found)), key=lambda place: found[place][0])
        if len(found) - 1 - best >= _WORSE:
            break
    _, sizes, variances = min(found, key=lambda entry: entry[0])
    return sizes, variances


def _sized(task: _Task, count: int) -> tuple[list[int], tuple[float, ...]]:
    """Descend along one smallest batch and the ratios, then along the noise."""
    ratio = max(2.0, (task.users / math.sqrt(task.gaussian * count)) ** (2.0 / (2 * count + 1)))
    parts = [max(2, round(task.users / ratio**count)), *[round(ratio)] * (count - 1)]

    def error(parts: list[int]) -> float:
        sizes = _products(parts)
        return task.error(sizes, task.split(sizes))

    parts = _descended(parts, error, lambda part, move: max(2, round(part * move)))
    sizes = _products(parts)
    variances = list(task.split(sizes))
    variances = _descended(variances, lambda v: task.error(sizes, task.fitted(v)), lambda v, move: v * move)
    return sizes, task.fitted(variances)


def _descended(
    values: list[_Number], error: Callable[[list[_Number]], float], moved: Callable[[_Number, float], _Number]
) -> list[_Number]:
    """Change one entry at a time while that makes the error smaller."""
    best, improved = error(values), True
    while improved:
        improved = False
        for trial in _neighbours(values, moved):
            if (found := error(trial)) < best * (1.0 - 1e-6):
                values, best, improved = trial, found, True
    return values


def _neighbours(values: list[_Number], moved: Callable[[_Number, float], _Number]) -> Iterator[list[_Number]]:
    for place in range(len(values)):
        for move in _MOVES:
            trial = list(values)
            trial[place] = moved(trial[place], move)
            yield trial
    for place, other in pairwise(
        range(len(values))
    ):  # a batch size in the middle: one ratio up, the next one down
        for move in _MOVES:
            trial = list(values)
            trial[place], trial[other] = moved(trial[place], move), moved(trial[other], 1.0 / move)
            yield trial


def _products(parts: Sequence[int]) -> list[int]:
    sizes = [parts[0]]
    for part in parts[1:]:
        sizes.append(sizes[-1] * part)
    return sizes


def _largest(counts: Sequence[int], variances: Sequence[float], log_failure: float) -> float:
    """Return about what `ErrorLaw.bound` would say of normal noise."""
    total = sum(count * v for count, v in zip(counts, variances, strict=True))
    if total <= 0.0:
        return 0.0
    best, s = math.inf, math.sqrt(-2.0 * log_failure / total)
    for _ in range(24):
        found = -log_failure
        for place, (count, v) in enumerate(zip(counts, variances, strict=True)):
            cumulant = 0.5 * v * s * s
            if place == 0 or count == 0:
                found += count * cumulant
            elif cumulant * (count + 1) > 500.0:
                return min(best, found / s)
            else:
                found += math.log(math.expm1((count + 1) * cumulant) / math.expm1(cumulant))
        if found / s >= best:
            break
        best, s = found / s, s * 1.07
    return best


def _gaussian_variance(epsilon: float, delta: float) -> float:
    """Return the variance with which a Gaussian count of sensitivity 1 is (epsilon, delta)-DP."""

    def lost(sigma: float) -> float:
        first = 0.5 * math.erfc((epsilon * sigma - 0.5 / sigma) / math.sqrt(2.0))
        second = 0.5 * math.erfc((epsilon * sigma + 0.5 / sigma) / math.sqrt(2.0))
        return first - math.exp(min(epsilon, 700.0)) * second

    low, high = 1e-6, 1e9
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if lost(middle) > delta else (low, middle)
    return high * high


# ---------------------------------------------------------------- bits, and the certificate


def _certified(
    task: _Task, sizes: Sequence[int], variances: Sequence[float], *, values: str, confidence: Fraction
) -> Planned:
    """Scale the noise until the certified loss uses the budget up, almost."""
    steps = _steps(task, sizes, variances, values)

    def made(scale: float) -> Plan:
        levels = [
            Level(size, _bits(size, v * scale, steps)) for size, v in zip(sizes, variances, strict=True)
        ]
        return Plan(levels, users=task.users, epsilon=task.budget.epsilon, delta=task.budget.delta)

    budget, scale = float(task.budget.epsilon), 1.0
    for _ in range(_GUESSES):  # on a coarse grid, whose upper ends are a little too large
        ratio = _roughly(made(scale)) / budget
        if abs(ratio - _ROUGH) < 0.001:
            break
        scale *= min(max((ratio / _ROUGH) ** 1.7, 0.05), 50.0)
    best: tuple[Plan, Bounds] | None = None
    for _ in range(_CERTIFICATES):
        found = made(scale)
        lost = found.privacy()
        fits = lost.upper <= budget
        if fits and (best is None or lost.upper > best[1].upper):
            best = found, lost
        if best is not None and (not fits or lost.upper >= _CLOSE * budget):
            break
        scale *= min(max((lost.upper / (0.9985 * budget)) ** 1.7, 0.05), 50.0)
    if best is None:
        raise NotCoveredError(
            f"no noise within reach keeps epsilon = {task.budget.epsilon} at delta = {task.budget.delta} with these batches"
        )
    kept, lost = best
    law = ErrorLaw(kept, task.estimator, rounded=values == "reals")
    return Planned(plan=kept, privacy=lost, law=law, confidence=confidence)


def _roughly(made: Plan) -> float:
    """Bound the epsilon of a plan from above, on a coarse grid where there are several levels."""
    if len(made.levels) == 1:
        return made.privacy().upper
    parts = Counter(level.shuffle for level in made.levels)
    delta = made.budget.delta
    return QuickTotal.near(parts, delta).epsilon(parts, delta).upper


def _steps(task: _Task, sizes: Sequence[int], variances: Sequence[float], values: str) -> int:
    """Return into how many steps values are rounded: so many that rounding adds a small share of the variance."""
    if values == "bits":
        return 1
    if values != "reals":
        raise ParameterError("values", "must be bits or reals", values)
    counts = [above // below - 1 for below, above in pairwise(sizes)]
    counts.append(task.users // sizes[-1])
    total = sum(count * v for count, v in zip(counts, variances, strict=True)) or variances[0]
    return max(1, math.ceil(math.sqrt(0.25 * task.users / (_ROUNDING_SHARE * total))))


def _bits(batch: int, variance: float, steps: int) -> BinomialCount:
    """Return the randomizer whose batch has about, and not below, a noise variance; its chance has few binary digits."""
    needed = variance * steps**2 / batch  # of one user, in steps
    bits = max(1, math.ceil(4.0 * needed))
    if bits > _MOST_BITS:
        raise NotCoveredError(f"a batch of {batch} users would need {bits} noise bits a user")
    share = min(needed / bits, 0.25)
    chance = 2.0 * share / (1.0 + math.sqrt(max(1.0 - 4.0 * share, 0.0)))  # p (1 - p) = share, p <= 1/2
    places = _DIGITS - math.frexp(chance)[1]
    chance_in_digits = min(math.ceil(chance * 2.0**places), 2 ** (places - 1))
    return BinomialCount(steps, bits, Fraction(chance_in_digits, 2**places))
