"""A small atom of large batches: its report hides in each batch among the users who are in no other one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..curves import Bounds, PairCurve, PrivacyCurve
from ..curves.composed import ComposedCurve
from ..curves.curve import read_factor
from ..curves.pair_curve import Part
from ..numerics.ball import arb, ball, exact_lower, exact_upper, precision
from ..numerics.dots import GridLoss
from ..numerics.exact import ExactLike, delta_parameter
from ..numerics.factor import Factor
from ..numerics.rounding import float_at_least
from ..pairs.known import Pairs
from ..pairs.reused import report_pairs
from ..pairs.walks import WalkPair
from ..pairs.witness import JointWitness, Witness
from ..randomizers import FiniteRandomizer, KaryRandomizedResponse, Randomizer
from ..randomizers.base import Letter
from .atoms import Atom

__all__ = ["CrowdBound", "ReusedCurve", "crowd_bound"]

_MOST = 4  # crowds that are looked at; each takes about as long as a composition
_BITS = 200


@dataclass(frozen=True, slots=True)
class ReusedCurve(PrivacyCurve):
    """The curve of re-used reports: that of the smallest atom, or of crowds where these bound it better.

    Attributes:
        base: the curve of the smallest atom, and of what is seen together.
        rest: the smallest atom that no crowds are looked at for; None when the base is all there is.
        bounds: crowds of the atoms that are smaller.
    """

    base: PairCurve
    rest: PairCurve | None
    bounds: tuple[CrowdBound, ...]

    @classmethod
    def of(cls, randomizer: Randomizer, atoms: Sequence[Atom], pairs: Pairs) -> ReusedCurve:
        """Choose the atoms whose crowds are worth a look: the smallest ones.

        Raises:
            NotCoveredError: no proved claim covers the randomizer.
        """
        base = PairCurve(pairs)
        alone = {atom.batches[0]: atom.users for atom in atoms if len(atom.batches) == 1}
        small: list[tuple[int, ...]] = []
        rest = None
        for atom in sorted(atoms, key=lambda each: each.users):
            sizes = tuple(sorted(alone.get(name, 0) for name in atom.batches))
            if len(sizes) < 2 or sizes[0] == 0 or len(small) == _MOST:
                rest = atom.users
                break
            small.append(sizes)
        found = [crowd_bound(randomizer, sizes) for sizes in dict.fromkeys(small)]
        bounds = tuple(bound for bound in found if bound is not None)
        if pairs.is_exact or rest is None or not bounds or len(bounds) < len(found):
            return cls(base, None, ())
        return cls(base, PairCurve(report_pairs(randomizer, rest)), bounds)

    @relies_on("reused-crowds")
    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        bounds = self.base.delta(epsilon=epsilon, alpha=alpha, relative_width=relative_width)
        factor = read_factor(epsilon, alpha)
        if self.rest is None or factor.compare_with_one() < 0:
            return bounds
        rest = self.rest.delta(epsilon=epsilon, alpha=alpha, relative_width=relative_width)
        return _improved(bounds, rest, [bound.delta(factor) for bound in self.bounds])

    @relies_on("reused-crowds", "certified-inverse")
    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        bounds = self.base.epsilon(delta=delta, relative_width=relative_width)
        level = delta_parameter("delta", delta)
        if self.rest is None or level == 0:
            return bounds
        rest = self.rest.epsilon(delta=delta, relative_width=relative_width)
        return _improved(bounds, rest, [bound.epsilon(level) for bound in self.bounds])

    def losses_above(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return self.base.losses_above(step=step, tail=tail)

    def losses_attained(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return self.base.losses_attained(step=step, tail=tail)

    @property
    def attained_by(self) -> tuple[Witness | JointWitness | None, tuple[str, ...]]:
        return self.base.attained_by

    @property
    def basis(self) -> PrivacyCurve:
        return self.base


def _improved(bounds: Bounds, rest: Bounds, crowds: Sequence[float]) -> Bounds:
    """Take the largest upper end of all atoms; that of a small one is the lesser of two bounds of it."""
    upper = max(rest.upper, *(min(bounds.upper, crowd) for crowd in crowds))
    if upper >= bounds.upper:
        return bounds
    claims = ("reused-atoms", "reused-crowds", *rest.upper_claims, "walk-identity", "adaptive-composition")
    claims += ("connect-the-dots", "grid-composition", "blanket-reduction")
    return replace(bounds, upper=upper, upper_claims=tuple(dict.fromkeys(claims)), upper_value=None)


@dataclass(frozen=True, slots=True)
class CrowdBound:
    """A bound for one report that is in several batches, each with users of its own.

    Attributes:
        distance: returns the largest total variation distance of two laws of one report, positive.
        crowds: bounds what the batches tell of the report itself, given everything else.
    """

    distance: Callable[[], arb]
    crowds: ComposedCurve

    @relies_on("reused-crowds")
    def delta(self, alpha: Factor) -> float:
        """Bound delta from above at a factor e^epsilon of at least 1."""
        with precision(_BITS):
            factor = exact_lower(1 + (alpha.ball() - 1) / self.distance())
        told = self.crowds.delta(alpha=max(factor, Fraction(1)))  # 1 at least, up to rounding
        with precision(_BITS):
            return float_at_least(exact_upper(self.distance() * ball(Fraction(told.upper))))

    @relies_on("reused-crowds")
    def epsilon(self, delta: Fraction) -> float:
        """Bound epsilon >= 0 from above at a positive delta; infinite when nothing finite holds."""
        with precision(_BITS):
            share = exact_lower(ball(delta) / self.distance())
        if share >= 1:
            return 0.0
        told = self.crowds.epsilon(delta=share).upper
        if math.isinf(told):
            return math.inf
        with precision(_BITS):
            factor = 1 + self.distance() * (ball(Fraction(told)).exp() - 1)
            return float_at_least(exact_upper(factor.log()))


@lru_cache(maxsize=64)
def crowd_bound(randomizer: Randomizer, sizes: tuple[int, ...]) -> CrowdBound | None:
    """Prepare the bound for a report that is in batches with so many users of their own.

    Args:
        randomizer: what every user applies.
        sizes: for each batch with the report, users who are in no other batch; each at least 1.

    Returns:
        None when some message is impossible for some value, when no report tells anything, or when the
        randomizer's messages are not known.
    """
    terms = _terms(randomizer)
    if terms is None:
        return None
    distance, least = terms

    def letters() -> tuple[Letter, ...]:
        mass = least()
        return (
            Letter(arb(1), arb(0), mass),
            Letter(arb(0), arb(1), mass),
            Letter(arb(0), arb(0), 1 - 2 * mass),
        )

    parts = []
    for size, count in Counter(sizes).items():
        pair = WalkPair(
            users=size + 1, letters=letters, largest=None, basis=("blanket-reduction",), symmetric=True
        )
        parts.append(Part.of(Pairs(upper=(pair,), lower=(pair,)), count))
    return CrowdBound(distance, ComposedCurve(tuple(parts), "adaptive"))


def _terms(randomizer: Randomizer) -> tuple[Callable[[], arb], Callable[[], arb]] | None:
    """Return the largest distance of two laws, and a mass that each message has for every value."""
    match randomizer:
        case KaryRandomizedResponse(values=values, factor=factor):

            def least() -> arb:
                return 1 / (factor.ball() + (values - 1))

            return lambda: (factor.ball() - 1) * least(), least
        case FiniteRandomizer(matrix=matrix):
            smallest = min(entry for row in matrix for entry in row)
            farthest = max(
                sum((max(p - q, Fraction(0)) for p, q in zip(one, other, strict=True)), Fraction(0))
                for one in matrix
                for other in matrix
            )
            if smallest == 0 or farthest == 0:
                return None
            return lambda: ball(farthest), lambda: ball(smallest)
        case _:
            return None
