"""Continual sums in other models of privacy, at the same budget, to hold the counter against.

Local model: every user sends one bit by randomized response, which everybody sees at once, so that its loss is epsilon0 = epsilon (pure). The
estimate of the sum is the sum of unbiased reports. No local counter does better than by a constant: the sum of n bits alone, at the end, costs
an error of order ``sqrt(n)/epsilon`` in the local model (Chan, Shi and Song, ESA 2012, DOI 10.1007/978-3-642-33090-2_25; Beimel, Nissim
and Omri, CRYPTO 2008).

Central model: a trusted curator adds normal noise to linear functions of the stream.

- *Binary tree*: counts of all dyadic runs of users; a user is in one a level. At each step the sum of the runs of the binary digits of the step.
- *Honaker's tree*: the same release; each run's count is combined with those of its parts, with weights inverse to their variances (Honaker, Efficient
  use of differentially private binary trees, TPDP 2015, "estimation from below").
- *Square root*: the factorization of the matrix of ones below the diagonal into two equal Toeplitz matrices with the entries ``binom(2m, m)/4^m``
  (Henzinger, Fichtenberger and Upadhyay, arXiv 2211.05006; Henzinger, Upadhyay and Upadhyay, arXiv 2211.05009).

Bounds on the largest error over all steps: for the local model the moment generating function and Doob's inequality, as for the counter; for
normal noise a union bound over all steps with the variance of each. They are formulas, evaluated in floats: not certified ends, but each is the kind of
bound that our counter's certified one is held against. The variance of normal noise is the least that is (epsilon, delta)-DP (the analytic Gaussian mechanism,
Balle and Wang, arXiv 1805.06530), in floats, too; tests compare it with dp_accounting.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accounting.counter.sizes import gaussian_variance

__all__ = ["Baseline", "baselines", "binary_tree", "honaker_tree", "local_model", "square_root"]

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The error of one way to count.

    Attributes:
        name: of the mechanism.
        rms: root of the mean over all steps of the mean squared error.
        bound: what the largest error over all steps exceeds with a probability of at most 1 - confidence.
        epsilon: what a user loses, in nats, at the budget's delta.
    """

    name: str
    rms: float
    bound: float
    epsilon: float


def baselines(users: int, epsilon: float, delta: float, *, confidence: float = 0.95) -> list[Baseline]:
    """Return all of them at one budget."""
    return [
        local_model(users, epsilon, confidence=confidence),
        binary_tree(users, epsilon, delta, confidence=confidence),
        honaker_tree(users, epsilon, delta, confidence=confidence),
        square_root(users, epsilon, delta, confidence=confidence),
    ]


def local_model(users: int, epsilon: float, *, confidence: float = 0.95) -> Baseline:
    """Return the error of sums of binary randomized response.

    Args:
        users: n.
        epsilon: of each report, in nats; delta is 0.
        confidence: of the bound.
    """
    keep = 1.0 / (1.0 + math.exp(-epsilon))
    unit = 1.0 / (2.0 * keep - 1.0)  # what a report of 1 instead of 0 adds to the estimate
    variance = keep * (1.0 - keep) * unit**2
    log_failure = math.log((1.0 - confidence) / 2.0)

    def at(s: float) -> float:
        up = math.log1p((1.0 - keep) * math.expm1(s * unit)) - (1.0 - keep) * s * unit
        down = math.log1p(keep * math.expm1(s * unit)) - keep * s * unit
        return (users * max(up, down) - log_failure) / s

    guess = math.sqrt(-2.0 * log_failure / (users * variance))
    bound = min(at(guess * factor) for factor in np.geomspace(0.25, 2.0, 200))
    return Baseline(
        name="local model: randomized response",
        rms=math.sqrt(variance * (users + 1) / 2.0),
        bound=float(bound),
        epsilon=epsilon,
    )


def binary_tree(users: int, epsilon: float, delta: float, *, confidence: float = 0.95) -> Baseline:
    """Return the error of the central binary tree; epsilon in nats."""
    return _of_tree("central model: binary tree", users, epsilon, delta, confidence, lambda own, _: own)


def honaker_tree(users: int, epsilon: float, delta: float, *, confidence: float = 0.95) -> Baseline:
    """Return the error of the central binary tree with Honaker's estimates; epsilon in nats."""
    return _of_tree(
        "central model: binary tree, Honaker's estimates",
        users,
        epsilon,
        delta,
        confidence,
        lambda own, parts: 1.0 / (1.0 / own + 1.0 / parts),
    )


def square_root(users: int, epsilon: float, delta: float, *, confidence: float = 0.95) -> Baseline:
    """Return the error of the square-root factorization; epsilon in nats."""
    steps = np.arange(1, users)
    entries = np.concatenate([[1.0], np.cumprod(1.0 - 0.5 / steps)])
    rows = np.cumsum(
        entries**2
    )  # of the left factor; the last one is also the largest column of the right factor
    variances = gaussian_variance(epsilon, delta) * rows[-1] * rows
    return _normal("central model: square-root factorization", variances, epsilon, confidence)


def tree_variances(users: int, of_node: Callable[[float, float], float]) -> _Floats:
    """Return the variance after each step, for counts of variance 1.

    Args:
        users: n.
        of_node: the variance of a run's estimate from that of its own count and that of its two parts together.
    """
    steps = np.arange(1, users + 1)
    variances, node = np.zeros(users), 1.0
    for level in range(users.bit_length()):
        if level:
            node = of_node(1.0, 2.0 * node)
        variances += node * (steps >> level & 1)
    return variances


def _of_tree(
    name: str,
    users: int,
    epsilon: float,
    delta: float,
    confidence: float,
    of_node: Callable[[float, float], float],
) -> Baseline:
    levels = (
        users.bit_length()
    )  # runs of 1, 2, 4, .. users that end within the stream: a user is in one of each
    variances = gaussian_variance(epsilon, delta) * levels * tree_variances(users, of_node)
    return _normal(name, variances, epsilon, confidence)


def _normal(name: str, variances: _Floats, epsilon: float, confidence: float) -> Baseline:
    return Baseline(
        name=name,
        rms=float(np.sqrt(variances.mean())),
        bound=_union_bound(variances, 1.0 - confidence),
        epsilon=epsilon,
    )


def _union_bound(variances: _Floats, failure: float) -> float:
    """Return where the tails of all steps together are ``failure``."""
    kinds, counts = np.unique(np.sqrt(variances).round(9), return_counts=True)
    if len(kinds) > 4096:  # move each step up to the largest of its group
        edges = np.linspace(0, len(kinds), 4097).astype(np.int64)
        counts = np.add.reduceat(counts, edges[:-1])
        kinds = kinds[edges[1:] - 1]
    low, high = 0.0, 50.0 * float(kinds[-1])
    tails = np.vectorize(math.erfc, otypes=[float])
    for _ in range(60):
        middle = 0.5 * (low + high)
        over = float((counts * tails(middle / (math.sqrt(2.0) * kinds))).sum()) > failure
        low, high = (middle, high) if over else (low, middle)
    return high
