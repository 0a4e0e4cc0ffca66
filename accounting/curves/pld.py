"""The one door to dp_accounting's privacy loss distributions: out of our curves, and into them.

dp_accounting computes in floats. What goes out is inflated, so that its own float evaluation of delta at an epsilon is
not below our curve; what it does to the masses afterwards (Fourier transforms) is its own affair. Statement: float-losses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np

from ..claims import relies_on
from ..errors import NotCoveredError, ParameterError
from ..numerics.convolution import ComposedLoss
from ..numerics.dots import BITS, GridLoss, loss_above
from ..numerics.exact import ExactLike, probability
from ..numerics.factor import Factor
from ..numerics.rounding import float_at_least
from ..numerics.samples import Samples
from .curve import PrivacyCurve
from .grid_curve import GridCurve
from .scale import losses_on

__all__ = ["from_dp_accounting", "import_dp_accounting", "read_interval", "to_dp_accounting"]

_UNIT = 1 << BITS
_NEAR = Fraction(1)  # losses nearer to 0 are treated as if they were this far
_NEGLIGIBLE = 1 << 8  # masses up to this, in units of 2^-BITS, are also booked as infinite
_LEAST_TAIL = Fraction(1, 10**60)
_ROUNDING = Fraction(1, 1 << 52)
_LOST = _UNIT >> 40  # what floats may lose of a total mass of 1


def import_dp_accounting() -> Any:
    """Import the package, late: it costs more than a second.

    Raises:
        NotCoveredError: it is not installed.
    """
    try:
        import dp_accounting
    except ImportError:
        raise NotCoveredError(
            "dp-accounting is not installed: pip install 'concurrent-shuffle-accounting[dp-accounting]'"
        ) from None
    return dp_accounting


def to_dp_accounting(curve: PrivacyCurve, *, interval: float = 1e-4, tail: ExactLike = "1e-25") -> Any:
    """Return a pessimistic ``PrivacyLossDistribution`` whose delta is at least the curve at every epsilon.

    It covers both orders, so it is symmetric. Its ``get_delta_for_epsilon``, asked for one float epsilon, is not below the curve's
    exact value. That is not promised for arrays of epsilons, for ``get_epsilon_for_delta``, or after ``compose`` and ``self_compose``,
    where the package subtracts nearly equal floats and transforms. To compose with a certificate, bring the other mechanism here:
    ``from_dp_accounting`` and ``composed``.

    Args:
        curve: of the mechanism, under replacing one user's value.
        interval: the ``value_discretization_interval``, in nats; what is to be composed must have the same.
        tail: about how much mass may be moved to the infinite loss.

    Raises:
        ParameterError: the interval is not between 1e-9 and 1, or the tail is no probability.
        NotCoveredError: dp-accounting is not installed.

    Guarantee:
        float-losses, on top of the claims of the curve.
    """
    step = read_interval("interval", interval)
    package = import_dp_accounting()
    loss = losses_on(curve, step, max(probability("tail", tail), _LEAST_TAIL))
    masses, infinite = inflated(loss, step)
    distribution = package.pld.privacy_loss_distribution.PrivacyLossDistribution
    return distribution.create_from_rounded_probability(masses, infinite, float(step), symmetric=True)


def read_interval(name: str, value: float) -> Fraction:
    """Read a discretization interval: the float itself, as the package multiplies with it."""
    if isinstance(value, bool) or not isinstance(value, (float, int, np.floating)):
        raise ParameterError(name, "must be a float", value)
    if not 1e-9 <= value <= 1.0:
        raise ParameterError(name, "must lie between 1e-9 and 1", value, "dp_accounting's default is 1e-4")
    return Fraction(float(value))


@relies_on("float-losses")
def inflated(loss: GridLoss, step: Fraction) -> tuple[dict[int, float], float]:
    """Return masses in floats, with the infinite one, so that the package's float delta is not below the losses' own.

    What a mark's rounded loss may cost is given to the mark after it; all masses grow by what relative errors may cost.
    """
    masses, carried = list(loss.masses), 0
    off = Fraction(0)
    for k in count():
        if k == len(masses):
            masses.append(0)
        masses[k] += carried
        off = 4 * _ROUNDING * max(abs((loss.low + k) * step), _NEAR)
        carried = math.ceil(masses[k] * 4 * off / step) if masses[k] else 0
        if k >= len(loss.masses) - 1 and masses[k] <= _NEGLIGIBLE:
            break
    worst = 2 * max(off, 4 * _ROUNDING * max(abs(loss.low * step), _NEAR)) / step
    grown = 1 / (1 - worst) / (1 - (len(masses) + 64) * _ROUNDING)
    finite = {
        loss.low + k: float_at_least(Fraction(mass, _UNIT) * grown) for k, mass in enumerate(masses) if mass
    }
    return finite, float_at_least(Fraction(loss.infinite + masses[-1], _UNIT) * grown)


def from_dp_accounting(distribution: Any) -> GridCurve:
    """Return the privacy curve of a pessimistic ``PrivacyLossDistribution``, for both of its orders.

    The masses are taken as the exact numbers that the floats are. Whether they dominate a mechanism is the package's claim; it is
    named among the assumptions of every answer.

    Args:
        distribution: made by dp_accounting with ``pessimistic_estimate=True``.

    Raises:
        ParameterError: it is no such distribution, or an optimistic one, or has masses that are no probabilities.

    Guarantee:
        connect-the-dots: the curve is at least the larger one of both orders at every epsilon.
    """
    curves, step = [], None
    for name in ("_pmf_remove", "_pmf_add"):
        part = getattr(distribution, name, None)
        if part is None:
            raise ParameterError(
                "distribution", "must be a dp_accounting PrivacyLossDistribution", type(distribution).__name__
            )
        loss, step = _loss_of(part)
        curves.append(ComposedLoss.of(step, loss))
    one, other = curves
    if step is None or one.step != other.step:
        raise ParameterError(
            "distribution", "must have one interval for both orders", f"{one.step}, {other.step}"
        )
    loss = one.loss if distribution._symmetric else _larger(one, other)
    return GridCurve(
        step=step, loss=_filled(loss), claims=("connect-the-dots",), assumptions=("dp-accounting-dominates",)
    )


def _loss_of(part: Any) -> tuple[GridLoss, Fraction]:
    if not part._pessimistic_estimate:
        raise ParameterError(
            "distribution",
            "must be pessimistic",
            "an optimistic one",
            "An optimistic one bounds nothing from above",
        )
    masses: Mapping[int, float]
    if hasattr(part, "_loss_probs"):
        masses = part._loss_probs
    else:
        masses = {part._lower_loss + k: mass for k, mass in enumerate(part._probs.tolist())}
    infinite = float(part._infinity_mass)
    # Fourier transforms leave negative masses of the order of 1e-17: without them the curve is larger
    kept = {int(mark): float(mass) for mark, mass in masses.items() if not mass <= 0}
    if not all(math.isfinite(mass) for mass in (*kept.values(), infinite)) or infinite < 0:
        raise ParameterError("distribution", "must have finite masses", "others")
    if not kept:
        kept = {0: 0.0}
    low, high = min(kept), max(kept)
    filled = [0] * (high - low + 1)
    for mark, mass in kept.items():
        filled[mark - low] = math.ceil(Fraction(mass) * _UNIT)
    return GridLoss(low, tuple(filled), math.ceil(Fraction(infinite) * _UNIT)), Fraction(part._discretization)


@relies_on("connect-the-dots")
def _larger(one: ComposedLoss, other: ComposedLoss) -> GridLoss:
    """Losses whose curve is at least both: both are linear in e^epsilon between the marks."""
    low = min(one.low, other.low)
    high = max(curve.low + len(curve.masses) for curve in (one, other))
    marks = tuple(range(low - 1, high))
    factors = [Factor.exp(mark * one.step) for mark in marks]
    values = tuple(one.delta(factor).maximum(other.delta(factor)) for factor in factors)
    return loss_above(Samples.of(one.step, marks, values, Fraction(0)))


def _filled(loss: GridLoss) -> GridLoss:
    """Raise the total mass to 1 where floats lost a little: at the least loss."""
    missing = _UNIT - sum(loss.masses) - loss.infinite
    if missing > _LOST:
        raise ParameterError(
            "distribution", "must have a total mass of 1", float(1 - Fraction(missing, _UNIT))
        )
    if missing <= 0:
        return loss
    return GridLoss(loss.low, (loss.masses[0] + missing, *loss.masses[1:]), loss.infinite)
