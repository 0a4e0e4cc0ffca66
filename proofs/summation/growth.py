"""How the counter's error grows with the number of users: fitted exponents beside 1/(2k + 1).

    python -m proofs.summation.growth                       # the law from 10^3 to 10^9 users, and runs to 10^6
    python -m proofs.summation.growth --runs-to 10000000    # runs to 10^7
    python -m proofs.summation.growth --certified           # plans that are certified, two for each decade: ten minutes

It exits with 1 where an interval of the law's exponents does not hold 1/(2k + 1).

Without ``--certified`` plans are *sketches* (`accounting.counter.planner.sketch`): batch sizes of the planner's search, with the noise of normal counts, and
no certificate of privacy. Errors of certified plans are larger, by a factor that grows slowly with n to a limit: where a batch has many more users than
it needs noise bits, their chance is small and their sum is as skewed as a Poisson count, which takes up to twice the variance of a normal one. With
``--certified`` that adds to the exponents of these n, most for one shuffler (0.34); local exponents come down to 1/3 when the limit is near.

What is fitted. For k shufflers the ratio of batch sizes is of order ``n^(2/(2k+1))``, the smallest batch of order ``n^(1/(2k+1))``. At finite n the error has
corrections in powers of the ratio's inverse, because of r batches of a level only r - 1 are ever open to the top; for one shuffler there is no such ratio, and
the corrections are in powers of the smallest batch's inverse (b - 1 users are hidden, not b). So the regression is

    log rms  =  a + exponent * log n + c z + d z^2 + residual,    z = n^(-2/(2k+1)), for one shuffler n^(-1/3)

and its residuals are the roundings of batch sizes and noise bits to whole numbers, taken as independent with one variance; intervals are Student's, 95 %.
The plain regression, without c and d, is printed too: where levels have few batches each it is NOT near 1/(2k + 1). Local exponents, between n and 10 n,
show how it gets there.

Runs count a stream of ones (then hidden users are as far from one half as can be) with a seeded generator. Their mean squared errors over the law's are regressed on
log n, with weights by the number of runs: the slope is how far the runs' exponent is from the law's, with its interval.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accounting.counter import Counter, SeededSource
from accounting.counter.law import ErrorLaw
from accounting.counter.planner import plan, sketch

__all__ = ["Fit", "fitted", "growth", "law_of", "main", "observed"]

_Floats = NDArray[np.float64]

_FEWEST, _MOST, _FARTHEST = 3, 9, 15  # decades of users
_A_DECADE, _A_DECADE_CERTIFIED = 8, 2
_RUNS_A_DECADE = 2
_MOST_RUNS, _FEWEST_RUNS = 60, 6
_LIMIT = 0.975


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted exponent.

    Attributes:
        exponent: the estimate.
        half_width: of its 95 % interval.
    """

    exponent: float
    half_width: float

    def holds(self, value: float) -> bool:
        """Whether the interval holds a value."""
        return abs(self.exponent - value) <= self.half_width

    def __str__(self) -> str:
        return f"{self.exponent:.4f} ± {self.half_width:.4f}"


def fitted(
    users: ArrayLike,
    errors: ArrayLike,
    *,
    corrections: Sequence[_Floats] = (),
    weights: ArrayLike | None = None,
) -> Fit:
    """Regress the logarithm of errors on that of users.

    Args:
        users: n; shape (points,).
        errors: above 0; shape (points,).
        corrections: more columns; each of shape (points,).
        weights: inverse to the variances of residuals, up to a factor; by default equal. Shape (points,).
    """
    x, y = np.log(np.asarray(users, dtype=np.float64)), np.log(np.asarray(errors, dtype=np.float64))
    root = np.sqrt(np.ones(len(x)) if weights is None else np.asarray(weights, dtype=np.float64))
    columns = np.column_stack([np.ones(len(x)), x, *corrections]) * root[:, None]
    found, *_ = np.linalg.lstsq(columns, y * root, rcond=None)
    free = len(x) - columns.shape[1]
    rest = y * root - columns @ found
    spread = float(np.linalg.inv(columns.T @ columns)[1, 1] * (rest @ rest)) / free
    return Fit(float(found[1]), _student(free) * math.sqrt(spread))


def _student(free: int) -> float:
    """Return about the quantile of Student's t (Fisher's expansion; 0.1 % off at 8 degrees of freedom)."""
    z = NormalDist().inv_cdf(_LIMIT)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / free + second / free**2 + third / free**3


def corrections(users: ArrayLike, shufflers: int) -> list[_Floats]:
    """Return the columns of finite-size corrections, as the module says."""
    power = 1 if shufflers == 1 else 2
    z = np.asarray(users, dtype=np.float64) ** (-power / (2 * shufflers + 1))
    return [z, z**2]


def law_of(users: int, shufflers: int, objective: str, *, certified: bool = False) -> ErrorLaw:
    """Return the error law of a sketch, or of a certified plan, at epsilon = 1 and delta = 1e-8."""
    if certified:
        return plan(users, shufflers, epsilon=1, delta="1e-8", objective=objective).law
    return sketch(users, shufflers, epsilon=1, delta="1e-8", objective=objective)


def _grid(first: int, last: int, a_decade: int) -> list[int]:
    return [round(10 ** (first + i / a_decade)) for i in range((last - first) * a_decade + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the law's errors grow for one number of shufflers.

    Attributes:
        shufflers: k.
        plain: the exponent of rms without corrections.
        corrected: with them.
        maximum: the exponent of the bound on the largest error, without corrections.
        local_rms: between 10^3 and 10^4, .. users, and on.
        local_maximum: the same for the bound.
    """

    shufflers: int
    plain: Fit
    corrected: Fit
    maximum: Fit
    local_rms: tuple[float, ...]
    local_maximum: tuple[float, ...]

    @property
    def expected(self) -> float:
        """The exponent for many users."""
        return 1.0 / (2 * self.shufflers + 1)

    @property
    def agrees(self) -> bool:
        """Whether the interval of the corrected fit holds it."""
        return self.corrected.holds(self.expected)


def growth(shufflers: int, *, certified: bool = False) -> Growth:
    """Fit the law's errors from 10^3 to 10^9 users; local exponents to 10^15, or to 10^9 where many plans are certified."""
    users = _grid(_FEWEST, _MOST, _A_DECADE_CERTIFIED if certified else _A_DECADE)
    decades = _grid(_FEWEST, _MOST if certified and shufflers > 1 else _FARTHEST, 1)
    by_rms = {n: law_of(n, shufflers, "rms", certified=certified).rms() for n in {*users, *decades}}
    of_largest = decades if certified else sorted({*users, *decades})
    by_largest = {n: law_of(n, shufflers, "maximum", certified=certified).bound("0.95") for n in of_largest}
    rms = [by_rms[n] for n in users]
    within = [n for n in of_largest if n <= users[-1]]
    return Growth(
        shufflers=shufflers,
        plain=fitted(users, rms),
        corrected=fitted(users, rms, corrections=corrections(users, shufflers)),
        maximum=fitted(within, [by_largest[n] for n in within]),
        local_rms=_local([by_rms[n] for n in decades]),
        local_maximum=_local([by_largest[n] for n in decades]),
    )


def _local(errors: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(step) for step in np.diff(np.log10(errors)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """How the errors of runs grow for one number of shufflers.

    Attributes:
        users: n, shape (points,).
        shares: root of the mean squared error of runs over the law's; shape (points,).
        plain: the exponent without corrections.
        beyond_law: the exponent of ``shares``: of runs less that of the law.
    """

    users: tuple[int, ...]
    shares: tuple[float, ...]
    plain: Fit
    beyond_law: Fit


def observed(shufflers: int, *, most: int, seed: int = 1) -> Observed:
    """Run sketches for 10^3 to about ``most`` users.

    Args:
        shufflers: k.
        most: the largest number of users; at least 10^4.
        seed: of the generator.
    """
    users = [n for n in _grid(_FEWEST, _MOST, _RUNS_A_DECADE) if n <= most]
    squares, shares, runs = [], [], []
    for place, n in enumerate(users):
        law = law_of(n, shufflers, "rms")
        runs.append(min(_MOST_RUNS, max(_FEWEST_RUNS, most // n)))
        values = np.ones(n)
        sums = np.arange(1, n + 1)
        found = []
        for run in range(runs[-1]):
            source = SeededSource(seed * 10**6 + place * 10**3 + run)
            errors = Counter(law.plan, source=source, estimator=law.estimator).estimates(values) - sums
            found.append(float(np.mean(errors**2)))
        squares.append(math.sqrt(float(np.mean(found))))
        shares.append(squares[-1] / law.rms())
    return Observed(
        users=tuple(users),
        shares=tuple(shares),
        plain=fitted(users, squares, weights=runs),
        beyond_law=fitted(users, shares, weights=runs),
    )


def lines(found: Sequence[Growth], *, runs_to: int) -> Iterator[str]:
    """Yield the lines that the command prints; runs are made on the way."""
    yield "Law: exponents fitted from 10^3 to 10^9 users, epsilon = 1, delta = 1e-8."
    yield ""
    yield "| k | 1/(2k+1) | rms, with corrections | agrees | rms, plain | largest (95 %), plain |"
    yield "|---|---|---|---|---|---|"
    for g in found:
        agrees = "yes" if g.agrees else "no"
        yield f"| {g.shufflers} | {g.expected:.4f} | {g.corrected} | {agrees} | {g.plain} | {g.maximum} |"
    for name, of in (("rms", "local_rms"), ("largest error", "local_maximum")):
        columns = max(len(getattr(g, of)) for g in found)
        ends = range(_FEWEST + 1, _FEWEST + 1 + columns)
        yield ""
        yield f"Local exponents of the {name}, up to"
        yield ""
        yield f"| k | 1/(2k+1) | {' | '.join(f'10^{end}' for end in ends)} |"
        yield "|---|---|" + "---|" * len(ends)
        for g in found:
            cells = [f"{x:.3f}" for x in getattr(g, of)]
            cells += [""] * (columns - len(cells))
            yield f"| {g.shufflers} | {g.expected:.4f} | {' | '.join(cells)} |"
    if not runs_to:
        return
    yield ""
    yield f"Runs to {runs_to} users: exponents of the root mean squared error, and how far from the law's."
    yield ""
    yield "| k | 1/(2k+1) | plain | less the law's | runs / law, first and last |"
    yield "|---|---|---|---|---|"
    for g in found:
        o = observed(g.shufflers, most=runs_to)
        yield (
            f"| {g.shufflers} | {g.expected:.4f} | {o.plain} | {o.beyond_law.exponent:+.4f} ± "
            f"{o.beyond_law.half_width:.4f} | {o.shares[0]:.3f}, {o.shares[-1]:.3f} |"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Print fitted exponents; exit with 1 where an interval of the law's does not hold 1/(2k + 1)."""
    parser = argparse.ArgumentParser(prog="python -m proofs.summation.growth")
    parser.add_argument("--shufflers", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6])
    parser.add_argument(
        "--runs-to", type=int, default=10**6, help="largest number of users of runs; 0 for none"
    )
    parser.add_argument(
        "--certified", action="store_true", help="certify every plan: ten minutes, two points a decade"
    )
    given = parser.parse_args(argv)
    found = [growth(k, certified=given.certified) for k in given.shufflers]
    for line in lines(found, runs_to=given.runs_to):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0 if all(g.agrees for g in found) else 1


if __name__ == "__main__":
    sys.exit(main())
