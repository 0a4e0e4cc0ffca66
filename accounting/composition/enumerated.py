"""Concatenations of few users: all data sets are gone through, so that ends are exact or attained.

With fixed inputs the curve is a supremum over data sets chosen in advance, and exact. It lies below the composition of the
suprema of the single shuffles, because different data sets are worst at different losses. With adaptive inputs the
upper end is that composition, and the lower end is what an explicit strategy loses: every batch has the data set that is worst
for what was released before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import permutations
from math import prod

from ..claims import relies_on
from ..curves.bounds import Bounds
from ..curves.composed import ComposedCurve
from ..curves.curve import PrivacyCurve, read_factor
from ..curves.inverse import Guess, certified_inverse
from ..errors import AccountingError
from ..numerics.ball import exact_lower, exact_upper, precision
from ..numerics.dots import GridLoss
from ..numerics.enclosure import Enclosure
from ..numerics.exact import ExactLike, delta_parameter
from ..numerics.factor import Factor
from ..numerics.rounding import float_at_least, float_at_most
from ..pairs.enumeration import experiment_of
from ..pairs.witness import JointWitness, Witness
from ..randomizers.public_functions import PublicFunctions
from ..shuffle import Shuffle
from .strategies import End, Option, adaptive_steps, fixed_steps, options_of, play_adaptively, play_fixed

__all__ = ["EnumeratedCurve"]

_BITS = 128  # of the enclosing matrices where probabilities are irrational
_SCALE = 128  # bits of the weights that are multiplied
_ENUMERATED = {"fixed": 3_000_000, "adaptive": 300_000}  # steps of going through the data sets of one shuffle
_PLAYED = {"fixed": 1_000_000, "adaptive": 100_000}  # atoms of all concatenations
_WIDTH = 1e-6
_SAME = 1e-5
_LARGEST = Fraction(300)
_ROUNDS = 4
_STEPS = 12
_ORDERED = 3
_MOST_SHUFFLES = 20
_REACTS = "so before any release; then every later batch has the data set that is worst for what was released before"


@dataclass(frozen=True)
class EnumeratedCurve(PrivacyCurve):
    """The curve of a concatenation, with all data sets gone through where they are few.

    Attributes:
        shuffles: the batches that the target user is in.
        composed: the composition of the single shuffles' curves, which bounds from above for all inputs.
    """

    shuffles: tuple[Shuffle, ...]
    composed: ComposedCurve
    _found: dict[Factor, _Worst] = field(default_factory=dict, compare=False, repr=False)

    @relies_on("histogram-enumeration", "shifted-counts", "parallel-batches")
    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        factor = read_factor(epsilon, alpha)
        if self._stages is not None and self._is_fixed:
            worst = self._at(factor)
            return self._exactly(worst.delta, worst)
        bounds = self.composed.delta(epsilon=epsilon, alpha=alpha, relative_width=relative_width)
        if self._stages is None:
            return bounds
        worst = self._at(factor)
        return self._raised(bounds, worst.delta, worst)

    @relies_on("histogram-enumeration", "shifted-counts", "parallel-batches", "certified-inverse")
    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        bounds = self.composed.epsilon(delta=delta, relative_width=relative_width)
        level = delta_parameter("delta", delta)
        if self._stages is None or level == 0 or bounds.upper_value is None:
            return bounds
        value = self._inverse(level, float(bounds.upper_value.upper))
        if value is None:
            return bounds
        worst = self._at(Factor.exp(value.lower))
        return self._exactly(value, worst) if self._is_fixed else self._raised(bounds, value, worst)

    def losses_above(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return self.composed.losses_above(step=step, tail=tail)

    def losses_attained(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return self.composed.losses_attained(step=step, tail=tail)

    @property
    def attained_by(self) -> tuple[JointWitness | None, tuple[str, ...]]:
        return self.composed.attained_by

    @property
    def basis(self) -> PrivacyCurve:
        return self.composed

    @property
    def _is_fixed(self) -> bool:
        return self.composed.inputs == "fixed"

    def _exactly(self, value: Enclosure, worst: _Worst) -> Bounds:
        claims = ("histogram-enumeration", "shifted-counts", "parallel-batches", "outward-rounding")
        return Bounds(
            lower=float_at_most(value.lower),
            upper=float_at_least(value.upper),
            upper_claims=claims,
            lower_claims=claims,
            witness=worst.witness,
            assumptions=("fixed-inputs",),
            is_exact=value.is_exact or value.relative_width <= _SAME,
            upper_value=value,
            lower_value=value,
        )

    def _raised(self, bounds: Bounds, value: Enclosure, worst: _Worst) -> Bounds:
        """Take the strategy's loss as the lower end, where it is more than what the grid left of it."""
        lower = float_at_most(value.lower)
        if lower <= bounds.lower:
            return bounds
        claims = ("histogram-enumeration", "shifted-counts", "outward-rounding")
        return replace(bounds, lower=lower, lower_claims=claims, lower_value=value, witness=worst.witness)

    def _inverse(self, level: Fraction, most: float) -> Enclosure | None:
        """Enclose the epsilon of a level; None when it is 0 or not found."""
        epsilon = most
        for _ in range(_ROUNDS):  # the epsilon of the options that are worst near the last one
            worst, former = self._at(Factor.exp(Fraction(epsilon))), epsilon
            epsilon = self._epsilon_of(worst.chosen, level, most)
            if epsilon <= 0.0:
                return None
            if abs(epsilon - former) <= 1e-9 * epsilon:
                break

        if not self._is_fixed:
            return self._raised_by_reacting(level, epsilon, most)

        def curve(factor: Factor, _: float) -> Enclosure:
            return self._at(factor).delta

        lower, upper = certified_inverse(curve, level, Guess(epsilon, 1.0), _LARGEST, _WIDTH)
        return None if upper is None else Enclosure(lower, upper)

    def _raised_by_reacting(self, level: Fraction, low: float, high: float) -> Enclosure | None:
        """Look for an epsilon at which the strategy still loses more than the level, beyond that of its first play."""
        found = None
        for _ in range(_STEPS):
            if self._at(Factor.exp(Fraction(low))).delta.lower > level:
                found = Enclosure(Fraction(low), Fraction(high))
                low = (low + high) / 2
            else:
                low, high = (
                    (low * (1.0 - 1e-9), low) if found is None else ((float(found.lower) + low) / 2, low)
                )
        return found

    def _epsilon_of(self, chosen: Sequence[int], level: Fraction, most: float) -> float:
        """About the epsilon of one option for each shuffle; 0 when there is none."""
        stages = [(options[i],) for options, i in zip(self._kept["lower"], chosen, strict=True)]
        low, high = 0.0, most
        for _ in range(40):
            middle = (low + high) / 2
            value, _ = self._played(stages, Factor.exp(Fraction(middle)), "lower")
            low, high = (middle, high) if value > level else (low, middle)
        return low

    def _at(self, factor: Factor) -> _Worst:
        """Return what the worst data sets, or the strategy, lose at a factor."""
        if factor not in self._found:
            lower, play = self._played(self._kept["lower"], factor, "lower")
            upper = self._played(self._kept["upper"], factor, "upper")[0] if self._is_fixed else Fraction(1)
            delta = Enclosure(lower, min(upper, Fraction(1)))
            self._found[factor] = _Worst(delta, play, self._witness(play))
        return self._found[factor]

    def _played(
        self, stages: Sequence[Sequence[Option]], factor: Factor, end: End
    ) -> tuple[Fraction, tuple[int, ...]]:
        """Return the largest divergence, and the options; with adaptive inputs those of all but the first guide only."""
        alpha = factor.rational
        if alpha is None:
            with precision(_BITS):
                alpha = exact_upper(factor.ball()) if end == "lower" else exact_lower(factor.ball())
        if self._is_fixed or all(len(options) == 1 for options in stages):
            value, chosen = play_fixed(stages, self._alike, alpha)
        else:
            value, chosen = max(self._reacting(stages, order, alpha) for order in self._orders)
        return Fraction(value, alpha.denominator << (_SCALE * len(self.shuffles))), chosen

    def _reacting(
        self, stages: Sequence[Sequence[Option]], order: Sequence[int], alpha: Fraction
    ) -> tuple[int, tuple[int, ...]]:
        """Play in one order of release; the options returned are the first release's, and the best fixed ones with it."""
        value, play = play_adaptively([stages[i] for i in order], alpha)
        first = next(option for (stage, _, _), option in play if stage == 0)
        known = [(first,) if i == order[0] else options for i, options in enumerate(stages)]
        _, chosen = play_fixed(known, (None,) * len(stages), alpha)
        kept = next(i for i, option in enumerate(stages[order[0]]) if option is first)
        return value, tuple(kept if i == order[0] else index for i, index in enumerate(chosen))

    @property
    def _orders(self) -> list[tuple[int, ...]]:
        """Orders of release to try: all that differ for up to three shuffles, else that of the list."""
        places = range(len(self.shuffles))
        if len(places) > _ORDERED:
            return [tuple(places)]
        return list(
            {tuple(self.shuffles[i] for i in order): order for order in permutations(places)}.values()
        )

    def _witness(self, chosen: Sequence[int]) -> JointWitness:
        parts: dict[Witness, int] = {}
        for shuffle, options, index in zip(self.shuffles, self._kept["lower"], chosen, strict=True):
            option = options[index]
            witness = Witness(
                randomizer=shuffle.randomizer.describe(),
                users=shuffle.users,
                target=option.target,
                others=tuple((value, option.others.count(value)) for value in dict.fromkeys(option.others)),
            )
            parts[witness] = parts.get(witness, 0) + 1
        return JointWitness(parts=tuple(parts.items()), reacts="" if self._is_fixed else _REACTS)

    @property
    def _alike(self) -> tuple[int | None, ...]:
        """For each shuffle the last earlier one that equals it."""
        return tuple(
            next((j for j in range(i - 1, -1, -1) if self.shuffles[j] == shuffle), None)
            for i, shuffle in enumerate(self.shuffles)
        )

    @property
    def _kept(self) -> dict[End, list[tuple[Option, ...]]]:
        if self._stages is None:
            raise ArithmeticError("there are too many data sets")
        return self._stages

    @cached_property
    def _stages(self) -> dict[End, list[tuple[Option, ...]]] | None:
        """The data sets of each shuffle with their laws, rounded for either end; None where they are too many."""
        inputs = self.composed.inputs
        if len(self.shuffles) > _MOST_SHUFFLES:
            return None
        crowd = prod(shuffle.users for shuffle in self.shuffles)  # there are about as many data sets, or more
        if crowd * (crowd // max(shuffle.users for shuffle in self.shuffles)) > _PLAYED[inputs]:
            return None
        found: dict[End, list[tuple[Option, ...]]] = {"lower": [], "upper": []}
        known: dict[Shuffle, dict[End, tuple[Option, ...]] | None] = {}
        for shuffle in self.shuffles:
            if shuffle not in known:
                known[shuffle] = _options(shuffle, _ENUMERATED[inputs])
            options = known[shuffle]
            if options is None:
                return None
            for end, stages in found.items():
                stages.append(options[end])
            steps = fixed_steps(found["lower"]) if self._is_fixed else adaptive_steps(found["lower"])
            if steps > _PLAYED[inputs]:
                return None
        return found


@dataclass(frozen=True, slots=True)
class _Worst:
    """What the worst data sets lose at one factor.

    Attributes:
        delta: encloses it; with adaptive inputs only the lower end says something.
        chosen: indices of the options.
        witness: the same in words.
    """

    delta: Enclosure
    chosen: tuple[int, ...]
    witness: JointWitness


def _options(shuffle: Shuffle, most: int) -> dict[End, tuple[Option, ...]] | None:
    """Go through the data sets of one shuffle; for the lower end P is rounded down and Q up, and conversely.

    Inputs of public functions are all lists of codes; values for many of them need not exist.
    """
    if isinstance(shuffle.randomizer, PublicFunctions):
        return None
    try:
        experiment = experiment_of(shuffle.randomizer, shuffle.users, _BITS)
    except AccountingError:  # too many data sets, or no channel to enumerate
        return None
    if experiment.steps > most:
        return None
    scale = experiment.scale

    def down(weight: int) -> int:
        return (weight << _SCALE) // scale

    def up(weight: int) -> int:
        return -((-weight << _SCALE) // scale)

    lower = (
        Option.of(o.target, o.others, [(down(p), up(q)) for p, q in o.atoms if down(p)])
        for o in options_of(experiment, "lower")
    )
    upper = (
        Option.of(o.target, o.others, [(up(p), down(q)) for p, q in o.atoms])
        for o in options_of(experiment, "upper")
    )
    return {"lower": tuple(lower), "upper": tuple(upper)}
