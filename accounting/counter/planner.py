"""Planning: batch sizes, noise and the split of the budget over levels for the smallest error, certified at the end.

What the search in ``sizes.py`` finds is a plan like any other: its privacy is enclosed by the general accountant, and the noise is scaled until the
certified loss fits the budget closely. A poor search gives a worse plan, never a broken promise.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ..composition.quick import QuickTotal
from ..curves import Bounds
from ..errors import NotCoveredError, ParameterError
from ..model import Budget
from ..model.relation import read_member
from ..numerics.exact import ExactLike, whole
from ..randomizers import BinomialCount
from .law import ErrorLaw, read_confidence
from .plan import LARGEST_HORIZON, Level, Plan
from .sizes import MOST_SHUFFLERS, Objective, Task, best, gaussian_variance, sized
from .tree import Estimator

__all__ = ["MOST_SHUFFLERS", "Objective", "Planned", "equal_plan", "plan", "plan_of_sizes", "sketch"]

_CONFIDENCE = Fraction(95, 100)
_DIGITS = 12  # binary digits of a noise bit's chance
_MOST_BITS = 10**7
_CLOSE = 0.995  # of the budget, that a plan should use
_GUESSES = 12
_ROUGH = 1.0025  # of the budget, what a coarse grid may say
_CERTIFICATES = 5
_ROUNDING_SHARE = 0.02  # of the variance, that rounding of values to steps may add


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

    @property
    def without_reports(self) -> float:
        """The largest error of counting each user as 1/2, which asks nobody; a plan for few users may promise no less."""
        return self.plan.users / 2


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
        sizes, variances = best(task)
    else:
        sizes, variances = sized(task, _count(task, shufflers))
    return _certified(task, sizes, variances, values=values, confidence=read_confidence(confidence))


def sketch(
    users: ExactLike,
    shufflers: ExactLike,
    *,
    epsilon: ExactLike,
    delta: ExactLike,
    objective: Objective | str = Objective.MAXIMUM,
    estimator: Estimator | str = Estimator.LEAST_SQUARES,
) -> ErrorLaw:
    """Return the error law of about the plan that `plan` would make, in a thousandth of the time.

    Its noise is that of normal counts, so that its errors are up to a fifth too small, and its privacy is NOT certified: use it to see how
    the error grows, and never to count.
    """
    task = _task(users, epsilon, delta, objective, estimator, _CONFIDENCE)
    sizes, variances = sized(task, _count(task, shufflers))
    levels = [Level(size, _bits(size, v, 1)) for size, v in zip(sizes, variances, strict=True)]
    made = Plan(levels, users=task.users, epsilon=task.budget.epsilon, delta=task.budget.delta)
    return ErrorLaw(made, task.estimator)


def _count(task: Task, shufflers: ExactLike) -> int:
    most = min(MOST_SHUFFLERS, max(1, int(math.log2(task.users))))
    remedy = f"With {task.users} users more than {most} levels of nested batches have no room"
    return whole("shufflers", shufflers, least=1, most=most, remedy=remedy)


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
    return _certified(task, sizes, variances, values="bits", confidence=read_confidence(confidence))


def _task(
    users: ExactLike,
    epsilon: ExactLike,
    delta: ExactLike,
    objective: Objective | str,
    estimator: Estimator | str,
    confidence: ExactLike,
) -> Task:
    n = whole("users", users, least=2, most=LARGEST_HORIZON)
    budget = Budget(epsilon=epsilon, delta=delta)
    for name, value in (("epsilon", budget.epsilon), ("delta", budget.delta)):
        if value == 0:
            remedy = "A released count with finite noise is never (epsilon, 0)-DP" if name == "delta" else ""
            raise ParameterError(name, "must be above 0 for a counter", 0, remedy)
    return Task(
        users=n,
        budget=budget,
        objective=read_member("objective", Objective, objective),
        estimator=read_member("estimator", Estimator, estimator),
        log_failure=_log((1 - read_confidence(confidence)) / 2),
        gaussian=gaussian_variance(float(budget.epsilon), float(budget.delta)),
    )


def _log(value: Fraction) -> float:
    return math.log(value.numerator) - math.log(value.denominator)  # also of what no float holds


# ---------------------------------------------------------------- bits, and the certificate


def _certified(
    task: Task, sizes: Sequence[int], variances: Sequence[float], *, values: str, confidence: Fraction
) -> Planned:
    """Scale the noise until the certified loss uses the budget up, almost."""
    steps = _steps(task, sizes, variances, values)

    def made(scale: float) -> Plan:
        levels = [
            Level(size, _bits(size, v * scale, steps)) for size, v in zip(sizes, variances, strict=True)
        ]
        return Plan(levels, users=task.users, epsilon=task.budget.epsilon, delta=task.budget.delta)

    budget = float(task.budget.epsilon)
    scale = _scale(lambda scale: _roughly(made(scale)) / budget)
    kept: tuple[Plan, Bounds] | None = None
    for _ in range(_CERTIFICATES):
        found = made(scale)
        lost = found.privacy()
        fits = math.isfinite(lost.upper) and Fraction(lost.upper) <= task.budget.epsilon
        if fits and (kept is None or lost.upper > kept[1].upper):
            kept = found, lost
        if kept is not None and (not fits or lost.upper >= _CLOSE * budget):
            break
        scale *= min(max((lost.upper / (0.9985 * budget)) ** 1.7, 0.05), 50.0)
    if kept is None:
        raise NotCoveredError(
            f"no noise within reach keeps epsilon = {task.budget.epsilon} at delta = {task.budget.delta} with these batches"
        )
    final, lost = kept
    law = ErrorLaw(final, task.estimator, rounded=values == "reals")
    return Planned(plan=final, privacy=lost, law=law, confidence=confidence)


def _scale(ratio_at: Callable[[float], float]) -> float:
    """Return a scale of the noise at which a plan loses about its budget, on a coarse grid, whose upper ends are a little too large.

    Counts of few users lose in steps: a guess that leaves what is already known between two scales would go to and fro, and halving takes its place.
    """
    scale, little, much = (
        1.0,
        0.0,
        math.inf,
    )  # the largest scale known to be too little, the smallest that is enough
    for _ in range(_GUESSES):
        ratio = ratio_at(scale)
        if abs(ratio - _ROUGH) < 0.001:
            return scale
        if ratio > _ROUGH:
            little = max(little, scale)
        else:
            much = min(much, scale)
        scale *= min(max((ratio / _ROUGH) ** 1.7, 0.05), 50.0)
        if 0.0 < little < much < math.inf and not little**0.9 * much**0.1 < scale < little**0.1 * much**0.9:
            scale = math.sqrt(little * much)
    return much if math.isfinite(much) else scale


def _roughly(made: Plan) -> float:
    """Bound the epsilon of a plan from above, on a coarse grid where there are several levels."""
    if len(made.levels) == 1:
        return made.privacy().upper
    parts = Counter(level.shuffle for level in made.levels)
    delta = made.budget.delta
    return QuickTotal.near(parts, delta).epsilon(parts, delta).upper


def _steps(task: Task, sizes: Sequence[int], variances: Sequence[float], values: str) -> int:
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
        raise NotCoveredError(
            f"no noise within reach keeps the budget: a batch of {batch} users would need {bits} noise bits a user,"
            f" at most {_MOST_BITS} are tried. Allow a larger epsilon or delta, or plan for more users"
        )
    share = min(needed / bits, 0.25)
    chance = 2.0 * share / (1.0 + math.sqrt(max(1.0 - 4.0 * share, 0.0)))  # p (1 - p) = share, p <= 1/2
    places = _DIGITS - math.frexp(chance)[1]
    chance_in_digits = min(math.ceil(chance * 2.0**places), 2 ** (places - 1))
    return BinomialCount(steps, bits, Fraction(chance_in_digits, 2**places))
