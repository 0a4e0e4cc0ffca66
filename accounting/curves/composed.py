"""The privacy curve of several pairs together: losses on a grid, composed in exact integers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import precision
from ..numerics.convolution import ComposedLoss, compose_above, compose_below
from ..numerics.dots import GridLoss, loss_above, loss_below
from ..numerics.enclosure import Enclosure
from ..numerics.exact import ExactLike, delta_parameter
from ..numerics.factor import Factor
from ..numerics.rounding import float_at_least, float_at_most
from ..numerics.samples import Layout
from ..pairs.witness import JointWitness, Witness
from .bounds import Bounds
from .curve import PrivacyCurve, read_factor, read_width
from .inverse import Guess, certified_inverse
from .pair_curve import PairCurve, Part

__all__ = ["ComposedCurve"]

_AROUND = 3.5  # spreads around the losses that decide on the answer, where the grid is dense
_TRIES = 3
_USUAL = 0.02
_MANY = 50
_SHARPEST, _BLUNTEST = 5e-6, 1e-4  # widths of samples
_LOST = 1e-7  # share of delta that may go to the infinite loss
_LEAST = 1e-36  # deltas below are looked at as if they were this
_LARGEST = 300.0


@dataclass(frozen=True, slots=True)
class _Composed:
    """The composition at one resolution: of the upper pairs from both sides, of the witnesses from below."""

    above: ComposedLoss
    below: ComposedLoss
    attained: ComposedLoss


@dataclass(frozen=True, slots=True)
class ComposedCurve(PrivacyCurve):
    """The privacy curve of a concatenation under replacing one user's values, with both ends.

    Attributes:
        parts: the kinds of shuffles.
        inputs: "adaptive" or "fixed"; the upper end holds for both.
    """

    parts: tuple[Part, ...]
    inputs: str
    _known: dict[tuple[float, float], _Composed] = field(default_factory=dict, compare=False, repr=False)

    @relies_on("adaptive-composition", "parallel-batches", "open-batches")
    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        factor, width = read_factor(epsilon, alpha), self._width(relative_width, "1e-3")
        with precision(64):
            level = _gaussian_delta(float(factor.log()), self._spread)
        fineness = self._first_fineness(width / (2.0 - 2.0 * math.log(level)))
        for _ in range(_TRIES):
            found = self._composed(level, fineness)
            above, below = found.above.delta(factor), found.below.delta(factor)
            lost = found.above.infinite_share - self._floor
            if level > _LEAST and lost > above.upper / 10**6:
                level = max(min(float(above.lower), level) / 1e3, _LEAST)
                continue
            reached = Enclosure(below.lower, above.upper).relative_width
            if reached <= width or level <= _LEAST or self._is_blind:
                break
            fineness *= _finer(width / reached)
        attained = found.attained.delta(factor)
        return Bounds(
            lower=float_at_most(attained.lower),
            upper=float_at_least(above.upper),
            upper_claims=self._upper_claims,
            lower_claims=self._lower_claims,
            witness=self._witness,
            assumptions=self._assumptions,
            upper_value=Enclosure(below.lower, above.upper),
        )

    @relies_on("adaptive-composition", "parallel-batches", "open-batches", "certified-inverse")
    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        level = delta_parameter("delta", delta)
        width = self._width(relative_width, "1e-4")
        if level == 0:
            return self._at_zero()
        fineness = self._first_fineness(width)
        for _ in range(_TRIES):
            found = self._composed(float(level), fineness)
            _, upper = _inverted(found.above, level)
            numeric, _ = _inverted(found.below, level)
            if upper is None or numeric is None:
                break
            reached = Enclosure(numeric, upper).relative_width
            if reached <= width or not numeric or self._is_blind:
                break
            fineness *= _finer(width / reached)
        lower, _ = _inverted(found.attained, level)
        return Bounds(
            lower=math.inf if lower is None else float_at_most(lower),
            upper=math.inf if upper is None else float_at_least(upper),
            upper_claims=(*self._upper_claims, "certified-inverse"),
            lower_claims=(*self._lower_claims, "certified-inverse"),
            witness=self._witness,
            assumptions=self._assumptions,
            upper_value=None if upper is None or numeric is None else Enclosure(numeric, upper),
        )

    def _at_zero(self) -> Bounds:
        """At delta = 0 the losses of all parts add, from above and for the witnesses."""
        bounds = [(PairCurve(part.pairs).epsilon(delta=0), part.count) for part in self.parts]
        return Bounds(
            lower=_added([(each.lower, count) for each, count in bounds], float_at_most),
            upper=_added([(each.upper, count) for each, count in bounds], float_at_least),
            upper_claims=("pure-ratio", "adaptive-composition"),
            lower_claims=("pure-ratio",),
            witness=self._witness,
            assumptions=self._assumptions,
        )

    def losses_above(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        share = float(tail) / self._count
        above = [(loss_above(part.samples_above(step, share)), part.count) for part in self.parts]
        return compose_above(step, above, tail).loss

    def losses_attained(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        share = float(tail) / self._count
        below = [(loss_below(part.samples_attained(step, share)), part.count) for part in self.parts]
        return compose_below(step, below, tail).loss

    @property
    def attained_by(self) -> tuple[JointWitness | None, tuple[str, ...]]:
        return self._witness, self._lower_claims

    def _composed(self, level: float, fineness: float) -> _Composed:
        """Compose at a resolution that suits deltas near ``level``; what suits smaller ones suits it too."""
        level = max(level, _LEAST)
        finer = [key for key in self._known if key[0] <= level and key[1] <= fineness]
        key = max(finer, default=(level, fineness))
        if key not in self._known:
            self._known[key] = self._newly_composed(level, fineness)
        return self._known[key]

    def _newly_composed(self, level: float, fineness: float) -> _Composed:
        count = self._count
        step = _dyadic(fineness * self._spread / math.sqrt(count))
        tail = level * _LOST / count
        height = math.sqrt(-2.0 * math.log(level))
        above, below, attained = [], [], []
        for part in self.parts:
            layout = Layout(
                dense=height * part.spread / self._spread + _AROUND,
                leeway=1.0 if count > _MANY else 16.0,
                # the error of a kind is its count times the square of its marks' distance: rare kinds may be coarse
                apart=max(math.isqrt(count // (part.count * len(self.parts))), 1),
                width=min(max(fineness**2 / 40.0, _SHARPEST), _BLUNTEST),
            )
            dots = part.samples_above(step, tail, layout)
            own = dots
            if part.pairs.quick != (part.witness,):
                own = part.samples_attained(step, tail, layout)
            above.append((loss_above(dots), part.count))
            below.append((loss_below(dots), part.count))
            attained.append((loss_below(own), part.count))
        trim = Fraction(level * _LOST)
        return _Composed(
            compose_above(step, above, trim),
            compose_below(step, below, trim),
            compose_below(step, attained, trim),
        )

    @property
    def _is_smooth(self) -> bool:
        """Whether curves come in pieces, so that a fine grid costs little."""
        return all(pair.is_smooth for part in self.parts for pair in part.pairs.quick)

    @property
    def _is_blind(self) -> bool:
        """Whether finer grids cannot be seen to be sharper, as some samples bound from above only."""
        return any(pair.is_from_above for part in self.parts for pair in part.pairs.quick)

    def _width(self, relative_width: ExactLike | None, default: str) -> float:
        """The width to aim at; infinite where nobody asked for one and it would cost much, or would not be seen."""
        if relative_width is None and (self._is_blind or not self._is_smooth):
            return math.inf
        return read_width(relative_width, default)

    def _first_fineness(self, width: float) -> float:
        """A grid step over the spread of one shuffle's loss that should give a relative width of epsilon."""
        if width == math.inf:
            return _USUAL
        if not self._is_smooth:
            return math.sqrt(1.2 * width)
        # of many shuffles what matters is near 0, where walks are nearly lattices
        return math.sqrt((2.2 if self._count > _MANY else 4.4) * width)

    @property
    def _count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def _spread(self) -> float:
        return math.sqrt(sum(part.count * part.spread**2 for part in self.parts))

    @property
    def _floor(self) -> Fraction:
        """A lower bound for the infinite loss of the composition."""
        return max(part.floor for part in self.parts)

    @property
    def _witness(self) -> JointWitness | None:
        found: dict[Witness, int] = {}
        for part in self.parts:  # independent releases of one shuffle share their data sets
            data = part.witness.witness_at_zero()
            if data is not None:
                found[data] = found.get(data, 0) + part.count
        return JointWitness(parts=tuple((data, count // data.releases) for data, count in found.items()))

    @property
    def _upper_claims(self) -> tuple[str, ...]:
        own = (claim for part in self.parts for pair in part.pairs.quick[:1] for claim in pair.claims)
        return tuple(dict.fromkeys((*own, "connect-the-dots", "grid-composition", "adaptive-composition")))

    @property
    def _lower_claims(self) -> tuple[str, ...]:
        own = (claim for part in self.parts for claim in part.witness.claims)
        return tuple(dict.fromkeys((*own, "connect-the-dots", "grid-composition")))

    @property
    def _assumptions(self) -> tuple[str, ...]:
        return ("fixed-inputs",) if self.inputs == "fixed" else ()


def _inverted(loss: ComposedLoss, level: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """Bound the least epsilon >= 0 at which a composed curve is at most the level; None is infinite."""

    def curve(factor: Factor, _: float) -> Enclosure:
        return loss.delta(factor)

    if loss.infinite_share > level:
        return None, None
    if loss.delta(Factor.exp(Fraction(0))).upper <= level:
        return Fraction(0), Fraction(0)
    guess = loss.epsilon(level)
    near = float(guess) if guess is not None and guess > 0 else 1e-9
    return certified_inverse(curve, level, Guess(near, 1.0), Fraction(_LARGEST), 1e-9)


def _finer(ratio: float) -> float:
    """How much finer the grid is to be when the width is to be multiplied by ``ratio``: it is quadratic."""
    return max(0.15, 0.85 * math.sqrt(ratio))


def _gaussian_delta(epsilon: float, mu: float) -> float:
    """About delta of a Gaussian mechanism of this mu; a guess, at least _LEAST."""
    z = epsilon / mu - mu / 2
    first, second = 0.5 * math.erfc(z / math.sqrt(2.0)), 0.5 * math.erfc((z + mu) / math.sqrt(2.0))
    return min(max((first - math.exp(min(epsilon, 700.0)) * second) * 0.1, _LEAST), 0.1)


def _dyadic(value: float) -> Fraction:
    """A short binary fraction near a positive float."""
    mantissa, exponent = math.frexp(value)
    return Fraction(round(mantissa * 4096), 4096) * Fraction(2) ** exponent


def _added(terms: list[tuple[float, int]], rounded: Callable[[Fraction], float]) -> float:
    if any(math.isinf(value) for value, _ in terms):
        return math.inf
    return rounded(sum((Fraction(value) * count for value, count in terms), Fraction(0)))
