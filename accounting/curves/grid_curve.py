"""The privacy curve of losses on a grid that came from elsewhere: an upper end, and no witness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.convolution import ComposedLoss, compose_above
from ..numerics.dots import BITS, GridLoss, loss_above
from ..numerics.enclosure import Enclosure
from ..numerics.exact import ExactLike, delta_parameter, exact, probability
from ..numerics.factor import Factor
from ..numerics.rounding import float_at_least
from ..numerics.samples import sample
from .bounds import Bounds
from .chords import Point
from .curve import PrivacyCurve, read_factor, read_width
from .inverse import Guess, certified_inverse
from .scale import losses_on

__all__ = ["GridCurve", "composed_on_grid"]

_UNIT = 1 << BITS
_LARGEST = 300
_WIDTH = 1e-9
_SMALL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCurve(PrivacyCurve):
    """A curve of which only dominating losses are known.

    Nothing here proves that they dominate a mechanism: that is what ``claims`` and ``assumptions`` say.

    Attributes:
        step: the grid's step in nats, positive.
        loss: dominating losses, for both orders of each pair of neighbouring data sets.
        claims: ids of the claims that its making rests on.
        assumptions: ids of the named assumptions that the caller owes.
    """

    step: Fraction
    loss: GridLoss
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    _composed: ComposedLoss = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.step <= 0:
            raise ParameterError("step", "must be positive", self.step)
        masses = self.loss.masses
        if not masses or min(masses) < 0 or self.loss.infinite < 0:
            raise ParameterError(
                "loss", "must have at least one mass, and none below 0", f"{len(masses)} masses"
            )
        if sum(masses) + self.loss.infinite < _UNIT:
            raise ParameterError("loss", "must have a total mass of at least 1", "less", "Round masses up")
        object.__setattr__(self, "_composed", ComposedLoss.of(self.step, self.loss))

    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        factor = read_factor(epsilon, alpha)
        read_width(relative_width, "1e-6")
        value = self._composed.delta(factor)
        return Bounds(
            lower=0.0,
            upper=float_at_least(value.upper),
            upper_claims=self.claims,
            assumptions=self.assumptions,
            upper_value=value,
        )

    @relies_on("certified-inverse")
    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        level = delta_parameter("delta", delta)
        read_width(relative_width, "1e-6")
        upper = self._inverted(level)
        return Bounds(
            lower=0.0,
            upper=math.inf if upper is None else float_at_least(upper),
            upper_claims=(*self.claims, "certified-inverse"),
            assumptions=self.assumptions,
        )

    def is_on(self, step: Fraction) -> bool:
        return step == self.step

    def losses_above(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        if step == self.step:
            return self.loss
        spread = max(math.sqrt(2.0 * math.pi) * self.delta(epsilon=0).upper, float(step))

        def curve(factors: Sequence[Factor], _: float) -> list[Enclosure]:
            return [self._composed.delta(factor) for factor in factors]

        floor = Fraction(self.loss.infinite, _UNIT)
        return loss_above(sample(curve, step, float(tail), floor, spread=spread, mirrors=False))

    def losses_attained(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return GridLoss(0, (_UNIT,), 0)

    @property
    def attained_by(self) -> tuple[None, tuple[str, ...]]:
        return None, ()

    def points(self) -> list[Point] | None:
        """Return the curve's own points from epsilon = 0 on, as ``chords.points_above`` does."""
        if self.loss.infinite:
            return None
        top = self.loss.low + len(self.loss.masses) - 1
        marks = range(max(top, 1))
        found = [Point(k * self.step, self._composed.delta(Factor.exp(k * self.step)).upper) for k in marks]
        return [*found, Point(max(top, 1) * self.step, Fraction(0))]

    def _inverted(self, level: Fraction) -> Fraction | None:
        """Find an epsilon at which the curve is certainly at most the level; None is infinite."""
        if Fraction(self.loss.infinite, _UNIT) > level:
            return None
        if self._composed.delta(Factor.exp(Fraction(0))).upper <= level:
            return Fraction(0)
        top = (self.loss.low + len(self.loss.masses) - 1) * self.step
        guess = self._composed.epsilon(level) if level else None
        if guess is None:
            return top

        def curve(factor: Factor, _: float) -> Enclosure:
            return self._composed.delta(factor)

        near = Guess(max(float(guess), _SMALL), 1.0)
        _, upper = certified_inverse(curve, level, near, Fraction(_LARGEST), _WIDTH)
        return top if upper is None else upper


@relies_on("adaptive-composition", "grid-composition", "connect-the-dots")
def composed_on_grid(
    curves: Sequence[PrivacyCurve], *, interval: ExactLike = "1e-4", tail: ExactLike = "1e-25"
) -> GridCurve:
    """Compose mechanisms of any kind, in exact integers on one grid of losses.

    Args:
        curves: one for each mechanism that sees the user, at least one; equal objects are raised to a power.
        interval: the grid's step in nats. Curves that come from dp_accounting should have this very interval.
        tail: about how much mass may be moved to the infinite loss, in all.

    Returns:
        A curve with an upper end only: at least that of the composition, adaptive or not, at every epsilon.

    Raises:
        ParameterError: there is no curve, or a number breaks its rule.
    """
    if not curves:
        raise ParameterError("curves", "must be at least one", "none")
    step = exact("interval", interval)
    if not 0 < step <= 1:
        raise ParameterError("interval", "must be positive and at most 1", interval)
    for curve in curves:
        if not isinstance(curve, PrivacyCurve):
            raise ParameterError("curves", "must be privacy curves", curve, "Ask a shuffle for its curve()")
    times = {id(curve): (curve, 0) for curve in curves}
    for curve in curves:
        times[id(curve)] = (curve, times[id(curve)][1] + 1)
    share = probability("tail", tail) / len(curves)
    parts = [(losses_on(curve, step, share), count) for curve, count in times.values()]
    rests = [curve.delta(epsilon=0) for curve, _ in times.values()]
    claims = [claim for each in rests for claim in each.upper_claims]
    return GridCurve(
        step=step,
        loss=compose_above(step, parts, share).loss,
        claims=tuple(
            dict.fromkeys((*claims, "connect-the-dots", "grid-composition", "adaptive-composition"))
        ),
        assumptions=tuple(dict.fromkeys(name for each in rests for name in each.assumptions)),
    )
