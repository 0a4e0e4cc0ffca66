"""A black-box audit: from runs on two neighbouring inputs, a lower bound on epsilon that holds with a stated confidence.

An event E of probabilities P and Q under the two inputs shows that ``epsilon >= log((P - delta) / Q)``. One half of the runs chooses the event: a threshold on an
estimate of the likelihood ratio, for one order of the two inputs. The other half, which had no part in the choice, bounds P
from below and Q from above by Clopper and Pearson's intervals.

``python -m proofs.empirical.audit`` audits counters of 10^3 and 10^4 users and prints the bounds beside the certified epsilon.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from accounting import BinomialCount
from accounting.counter import Counter, Level, Plan, SeededSource
from accounting.numerics.ball import arb, exact_upper, precision

__all__ = ["PLANS", "Audit", "at_least", "at_most", "audit", "first_batches", "main"]

Samples = NDArray[np.float64]
"""One row a run, one column a number that the run shows, of which there are few different ones."""

_BISECTIONS = 40
_THRESHOLDS = 400
_FEWEST = 20  # runs in an event, below which it is not looked at
_DEGREE = 3
_CHUNK = 1_000_000  # users


def _plan(*levels: tuple[int, int, str]) -> Plan:
    made = [Level(batch, BinomialCount(1, bits, p)) for batch, bits, p in levels]
    return Plan(made, users=10**12, epsilon=9, delta="0.01")


PLANS = {
    "n = 10^3, k = 3": _plan((10, 4, "1/2"), (100, 1, "1/8"), (1000, 1, "1/64")),
    "n = 10^3, k = 3, less noise": _plan((10, 1, "1/2"), (100, 1, "1/16"), (1000, 1, "1/128")),
    "n = 10^4, k = 4, less noise": _plan(
        (10, 2, "1/2"), (100, 1, "1/16"), (1000, 1, "1/128"), (10000, 1, "1/1024")
    ),
}
"""Plans for one run whose last user closes all levels; delta is that of the audit."""


# ---------------------------------------------------------------- intervals


def at_least(hits: int, runs: int, failure: Fraction) -> float:
    """Return a lower end of the probability of an event that happened ``hits`` times in independent runs.

    Args:
        hits: how often.
        runs: of how many.
        failure: the probability with which the end may be above the truth, at most.

    Source: Clopper and Pearson, Biometrika 26 (1934).
    """
    if hits == 0:
        return 0.0
    low, high = 0.0, hits / runs
    with precision(96):
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            many = arb(middle).beta_lower(hits, runs - hits + 1, regularized=True)
            low, high = (middle, high) if exact_upper(many) <= failure else (low, middle)
    return low


def at_most(hits: int, runs: int, failure: Fraction) -> float:
    """Return an upper end, as `at_least` does a lower one."""
    return math.nextafter(1.0 - at_least(runs - hits, runs, failure), 2.0)


# ---------------------------------------------------------------- the audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found.

    Attributes:
        epsilon: a lower bound, in nats, that is above the truth with a probability of at most 1 - confidence; may be negative.
        delta: at which.
        confidence: of the bound.
        runs: that tested the event, under each input.
        hits: how many of them were in the event, under the input that makes it likelier and under the other one.
    """

    epsilon: float
    delta: Fraction
    confidence: Fraction
    runs: int
    hits: tuple[int, int]


def audit(first: Samples, second: Samples, *, delta: Fraction, confidence: Fraction) -> Audit:
    """Bound epsilon from below, for the worse order of the inputs.

    Args:
        first: what runs on the first input show; shape (runs, numbers).
        second: what runs on the second, neighbouring input show; the same shape.
        delta: at which epsilon is asked for, a probability.
        confidence: of the bound.
    """
    half = len(first) // 2
    score = _likelihood_ratio(first[:half], second[:half])
    learned = score(first[:half]), score(second[:half])
    tested = score(first[half:]), score(second[half:])
    up, down = _threshold(*learned, float(delta)), _threshold(-learned[1], -learned[0], float(delta))
    if up[0] >= down[0]:
        one, two = (int((side >= up[1]).sum()) for side in tested)
    else:
        two, one = (int((-side >= down[1]).sum()) for side in tested)
    failure = (1 - confidence) / 2
    p, q = at_least(one, len(tested[0]), failure), at_most(two, len(tested[1]), failure)
    epsilon = math.log((p - float(delta)) / q) if p > delta else -math.inf
    return Audit(epsilon=epsilon, delta=delta, confidence=confidence, runs=len(tested[0]), hits=(one, two))


def _likelihood_ratio(first: Samples, second: Samples) -> Callable[[Samples], Samples]:
    """Estimate the logarithm of the likelihood ratio, a smooth one of each column, added up; any function would do."""
    parts = []
    for one, two in zip(first.T, second.T, strict=True):
        values = np.unique(np.concatenate([one, two]))
        a, b = (np.bincount(np.searchsorted(values, side), minlength=len(values)) for side in (one, two))
        seen = a + b > _FEWEST
        low, high = values[seen][0], values[seen][-1]
        middle, half = 0.5 * (low + high), max(0.5 * (high - low), 1e-9)
        known = (a * b / np.maximum(a + b, 1))[seen]
        ratio = np.log((a[seen] + 0.5) / (b[seen] + 0.5))
        degree = min(_DEGREE, int(seen.sum()) - 1)
        curve = np.polynomial.Polynomial.fit(
            (values[seen] - middle) / half, ratio, degree, w=np.sqrt(known + 0.25), domain=[-1, 1]
        )
        parts.append((low, high, middle, half, curve))

    def score(samples: Samples) -> Samples:
        total = np.zeros(len(samples))
        for column, (low, high, middle, half, curve) in zip(samples.T, parts, strict=True):
            total += curve((np.clip(column, low, high) - middle) / half)
        return total

    return score


def _threshold(first: Samples, second: Samples, delta: float) -> tuple[float, float]:
    """Return what a threshold seems to promise, and the one that promises most; whatever it is, the bound holds."""
    tried = np.quantile(first, np.linspace(0.02, 0.98, _THRESHOLDS))
    one, two = (
        1.0 - np.searchsorted(np.sort(side), tried, side="left") / len(side) for side in (first, second)
    )
    careful = 2.5 / np.sqrt(len(first))
    least = _FEWEST / len(first)
    low = one - careful * np.sqrt(one * (1.0 - one)) - delta
    high = two + careful * np.sqrt(np.maximum(two, least) * (1.0 - two)) + 1.0 / len(first)
    promised = np.where((one > least) & (low > 0.0), np.log(np.maximum(low, 1e-12) / high), -np.inf)
    best = int(promised.argmax())
    return float(promised[best]), float(tried[best])


# ---------------------------------------------------------------- counters


def first_batches(
    make: Callable[[], Counter], users: int, runs: int, value: int, *, reports: int = 1
) -> Samples:
    """Run counters and return the estimates at the first closing of each level; the first user is the one in whom inputs differ.

    Many runs are one long run: all levels close together at its end, so that the next one finds the counter as new, and sums
    begin at what was estimated then.

    Args:
        make: a new counter with the plain estimator, whose largest batch divides ``users``.
        users: of one run.
        runs: how many.
        value: of the first user: 0 or 1; the others hold 0 and 1 in turn.
        reports: how often the first user is counted; more than once is a fault.
    """
    counter = make()
    stream = np.arange(users) % 2.0
    stream[0] = value
    stream[1:reports] = value
    closings = np.array([level.batch for level in counter.plan.levels]) - 1
    found, past = [], 0.0
    together = max(1, _CHUNK // users)
    for begin in range(0, runs, together):
        count = min(together, runs - begin)
        estimates = counter.estimates(np.tile(stream, count)).reshape(count, users)
        starts = np.concatenate([[past], estimates[:-1, -1]])
        found.append(estimates[:, closings] - starts[:, None])
        past = float(estimates[-1, -1])
    return np.concatenate(found)


def audited(plan: Plan, runs: int, *, seed: int, reports: int = 1) -> Audit:
    """Audit a plan's counter at its budget's delta, with confidence 0.99.

    Args:
        plan: one run has as many users as its largest batch.
        runs: of each input.
        seed: of the runs, which are experiments.
        reports: as in `first_batches`.
    """
    sides = [
        first_batches(
            partial(Counter, plan, source=SeededSource(2 * seed + world), estimator="plain"),
            plan.levels[-1].batch, runs, world, reports=reports,
        )
        for world in (1, 0)
    ]  # fmt: skip
    return audit(*sides, delta=plan.budget.delta, confidence=Fraction(99, 100))


def main() -> int:
    """Print the table; return how many bounds are above the certified epsilon."""
    above = 0
    for (name, plan), many in zip(PLANS.items(), (100_000, 100_000, 10_000), strict=True):
        certified = plan.privacy()
        for runs in (many // 10, many):
            found = audited(plan, runs, seed=1)
            above += found.epsilon > certified.upper
            print(
                f"{name:28} {runs:7} runs of each input: epsilon >= {found.epsilon:.3f}, certified <= {certified.upper:.4f}, "
                f"share {found.epsilon / certified.upper:.2f} (delta {float(found.delta)}, confidence {float(found.confidence)})",
                flush=True,
            )
    return above


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
