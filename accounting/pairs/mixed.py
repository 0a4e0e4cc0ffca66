"""Users of one batch with different local epsilons: the best crowd to hide in, and data sets told apart by one count.

Upper end: a crowd that hides as one group does; users of louder groups count together, as many as it takes to hide like one.
Lower end: all others hold one value, and a threshold on how many more messages say 0 than 1. Statement: mixed-populations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise

from ..claims import relies_on
from ..numerics.ball import acb, arb, ball, exact_lower, exact_upper, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.noise import CountLaw
from ..randomizers.base import Letter
from ..randomizers.mixed import MixedResponse
from .pair import Pair, Value
from .walks import WalkPair
from .witness import Witness

__all__ = ["CrowdPair", "MixedCount", "ThresholdPair", "crowds", "thresholds"]

_LARGEST_TILT = 650.0
_LEAST_SPREAD = 0.1
_BITS = 256
_FEW = 12  # counts up to which every threshold is looked at
_NEAR = (-1, 2)  # beside the saddle's threshold
_COARSE = 1e-2
_MOST = 64  # thresholds looked at for one factor


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdPair(Pair):
    """The least of several upper bounds of the same pairs of data sets, one for each crowd.

    Attributes:
        walks: the bounds.
    """

    walks: tuple[WalkPair, ...]

    @property
    def is_symmetric(self) -> bool:
        return all(walk.is_symmetric for walk in self.walks)

    @property
    def claims(self) -> tuple[str, ...]:
        return self.walks[0].claims

    @relies_on("mixed-populations")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        """The bound of the crowd that looks best; each is one."""
        return min(self.walks, key=lambda walk: walk.hint(alpha)).value(alpha, relative_width)

    def ceiling(self) -> Factor | None:
        return self.walks[0].ceiling()

    def floor(self) -> Enclosure:
        return Enclosure.exactly(0)

    def hint(self, alpha: Factor) -> float:
        return min(walk.hint(alpha) for walk in self.walks)


@relies_on("mixed-populations", "blanket-reduction")
def crowds(randomizer: MixedResponse, users: int) -> tuple[CrowdPair, ...]:
    """Return upper bounds for a target of each group, by crowds that hide as the group of each local epsilon does."""
    sizes = randomizer.sizes(users)
    bounds = []
    for target, factor in enumerate(randomizer.factors):
        others = list(sizes)
        others[-1] += users - sum(sizes)  # whoever is left over hides at least like the loudest
        others[target if others[target] else -1] -= 1
        walks = tuple(
            WalkPair(
                users=crowd_size(randomizer, others, loudest) + 1,
                letters=partial(_letters, randomizer, target, loudest),
                largest=factor,
                basis=("mixed-populations", "blanket-reduction"),
                symmetric=True,
            )
            for loudest in range(len(sizes))
        )
        bounds.append(CrowdPair(walks=walks))
    return tuple(bounds)


def crowd_size(randomizer: MixedResponse, others: Sequence[int], loudest: int) -> int:
    """Count others who hide like one of a group: quieter ones are one each, louder ones as many together as it takes.

    Args:
        randomizer: the groups.
        others: how many users there are of each group, besides the target.
        loudest: the group.
    """
    crowd = sum(others[: loudest + 1])
    wanted = _log_seen(randomizer, loudest)
    for group in range(loudest + 1, len(others)):
        with precision(_BITS):
            together = math.ceil(exact_upper(wanted / _log_seen(randomizer, group)))
        crowd += others[group] // together
    return crowd


def _log_seen(randomizer: MixedResponse, group: int) -> arb:
    """The logarithm of the chance that a message is not one of the blanket; it is about epsilon0, which may be tiny."""
    bits = _BITS
    while True:
        with precision(bits):
            _, lie = randomizer.masses(group)
            found = (-randomizer.values * lie).log1p()
        if found.is_finite():
            return found
        bits *= 2


def _letters(randomizer: MixedResponse, target: int, loudest: int) -> tuple[Letter, ...]:
    """The target's messages beside the least mass that any user of the crowd gives them."""
    truth, lie = randomizer.masses(target)
    _, least = randomizer.masses(loudest)
    rest = randomizer.values - 2
    others = (Letter(rest * lie, rest * lie, rest * least),) if rest else ()
    alone = Letter(arb(0), arb(0), 1 - randomizer.values * least)
    return (Letter(truth, lie, least), Letter(lie, truth, least), *others, alone)


@dataclass(frozen=True, slots=True)
class MixedCount(CountLaw):
    """How many more of the others' messages say 0 than 1, from -others on; of two values, how many say 0.

    Attributes:
        randomizer: the groups.
        others: how many users of each group there are, besides the target.
        held: the value of all of them: 0, 1, or 2 for a third one.
    """

    randomizer: MixedResponse
    others: tuple[int, ...]
    held: int

    @property
    def most(self) -> int:
        """The largest value."""
        return (self.steps - 1) * sum(self.others)

    @property
    def steps(self) -> int:
        """How many values one user's part has."""
        return min(self.randomizer.values, 3)

    @property
    def mean(self) -> Fraction:
        """About the mean."""
        return Fraction(self._moments(0.0)[0])

    def chances(self, group: int) -> tuple[arb, ...]:
        """The law of one user's part, at the working precision."""
        truth, lie = self.randomizer.masses(group)
        zero, one = (truth if self.held == value else lie for value in (0, 1))
        return (one, zero) if self.steps == 2 else (one, 1 - zero - one, zero)

    def log_transform(self, s: acb) -> acb:
        """Any branch: it is only used as ``exp`` of itself, and the powers are whole."""
        total, step = acb(0), s.exp()
        for group, count in enumerate(self.others):
            if count:
                law = self.chances(group)
                inner = acb(law[-1])
                for chance in reversed(law[:-1]):
                    inner = inner * step + chance
                # half a turn away from the cut of the logarithm
                total += count * ((-inner).log() + acb(0, arb.pi()) if inner.real < 0 else inner.log())
        return total

    def tilt(self, place: float) -> float:
        wanted = min(max(place, 0.25), self.most - 0.25)
        low, high = -_LARGEST_TILT, _LARGEST_TILT
        for _ in range(90):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self._moments(middle)[0] < wanted else (low, middle)
        return (low + high) / 2.0 or 1e-300

    def spread(self, tilt: float) -> float:
        return max(math.sqrt(self._moments(tilt)[1]), _LEAST_SPREAD)

    def converges(self, tilt: arb) -> bool:
        return True

    def fading(self, tilt: arb, angle: arb) -> arb:
        """``exp(-2 sin^2(x/2) sum of w_1 (w_0 + w_2))`` over all users, w the tilted law of one part, falling in x."""
        half, step = (angle / 2).sin(), tilt.exp()
        total = arb(0)
        for group, count in enumerate(self.others):
            if count:
                law = self.chances(group)
                weights = [chance * step**j for j, chance in enumerate(law)]
                whole = sum(weights, arb(0))
                neighbours = sum((a * b for a, b in pairwise(weights)), arb(0))
                total += count * neighbours / whole**2
        return (-2 * half * half * total).exp()

    def tail(self, z: int) -> arb:
        return arb(0) if z > self.most else CountLaw.tail(self, z)

    def head(self, z: int) -> arb:
        return arb(1) if z > self.most else CountLaw.head(self, z)

    def saddle_mean(self, tilt: float) -> float:
        """The mean of the tilted law, in floats."""
        return self._moments(tilt)[0]

    def _moments(self, tilt: float) -> tuple[float, float]:
        """Mean and variance of the tilted law, in floats."""
        mean = variance = 0.0
        for group, count in enumerate(self.others):
            logs = [log + j * tilt for j, log in enumerate(_logs(self.randomizer, group, self.held))]
            top = max(logs)
            weights = [math.exp(log - top) for log in logs]
            whole = sum(weights)
            first = sum(j * weight for j, weight in enumerate(weights)) / whole
            variance += count * sum((j - first) ** 2 * weight for j, weight in enumerate(weights)) / whole
            mean += count * first
        return mean, variance


@lru_cache(maxsize=256)
def _logs(randomizer: MixedResponse, group: int, held: int) -> tuple[float, ...]:
    law = MixedCount(randomizer, (0,) * len(randomizer.shares), held)
    with precision(1100):
        return tuple(float(chance.log()) for chance in law.chances(group))


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPair(Pair):
    """All others hold one value; what one threshold on the difference of two counts tells apart is a lower end.

    Attributes:
        noise: the others' part.
        target: the target's group, who holds 0 in the first data set and 1 in the second.
    """

    noise: MixedCount
    target: int

    @property
    def is_symmetric(self) -> bool:
        return self.noise.held == 2

    @property
    def claims(self) -> tuple[str, ...]:
        return ("mixed-populations", "noise-tails", "swap-law", "outward-rounding")

    @relies_on("mixed-populations", "noise-tails", "swap-law")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        if alpha.at_least(self.ceiling()):
            return Value(Enclosure.exactly(0), self.witness_at_zero())
        if alpha.compare_with_one() < 0:
            mirrored = replace(self, noise=replace(self.noise, held=(1, 0, 2)[self.noise.held]))
            found = mirrored.value(alpha.inverse(), relative_width).delta
            with precision(160):
                factor = alpha.ball()
                low, high = (1 - factor + factor * ball(end) for end in (found.lower, found.upper))
                ends = Enclosure(exact_lower(low), min(exact_upper(high), Fraction(1)))
            return Value(ends, self.witness_at_zero())
        return Value(self._largest(alpha), self.witness_at_zero())

    def _largest(self, alpha: Factor) -> Enclosure:
        """Enclose the largest value over all thresholds, alpha at least 1: values rise up to it and then fall.

        So one that is certainly below another one, on its right, has all smaller ones below it, too; and likewise on the other side.
        """
        last = self.noise.most + self.noise.steps - 1
        first, end = self._thresholds(alpha)
        with precision(self.noise.bits(last)):
            found = {t: self._excess(alpha, t) for t in range(first, end + 1)}
            while True:
                most = max(value.lower() for value in found.values())
                left = first > 0 and not found[first] < most
                right = end < last and not found[end] < most
                lost = most <= 0 and any(value.contains(0) for value in found.values())
                if not (left or right) or lost or len(found) > _MOST:
                    break
                if left:
                    first -= 1
                    found[first] = self._excess(alpha, first)
                if right:
                    end += 1
                    found[end] = self._excess(alpha, end)
            lower = max(exact_lower(value) for value in found.values())
            upper = max(exact_upper(value) for value in found.values())
        if (
            left or right
        ):  # of deltas far below all that matters digits are lost; what bounds all data sets bounds these
            bound = crowds(self.noise.randomizer, sum(self.noise.others) + 1)[self.target]
            upper = bound.value(alpha, _COARSE).delta.upper
        return Enclosure(max(lower, Fraction(0)), min(upper, Fraction(1)))

    def _excess(self, alpha: Factor, t: int) -> arb:
        """Enclose ``P(E) - alpha Q(E)``, E: the difference, with the target's part, is at least t; at most 1 in any case."""
        with precision(self.noise.bits(max(t, 1))):
            law, factor = self._target(), alpha.ball()
            value = arb(0)
            for j, (first, second) in enumerate(zip(law, reversed(law), strict=True)):
                value += (first - factor * second) * _tail(self.noise, t - j)
            # a transform that may be 0 somewhere has no logarithm
            return value if value.is_finite() else arb(0).union(arb(1)).union(1 - factor)

    def ceiling(self) -> Factor:
        return self.noise.randomizer.factors[self.target]

    def floor(self) -> Enclosure:
        return Enclosure.exactly(0)

    def witness_at_zero(self) -> Witness:
        noise = self.noise
        groups = tuple(others + (group == self.target) for group, others in enumerate(noise.others))
        return Witness(
            randomizer=f"{noise.randomizer.describe()} (groups of {', '.join(map(str, groups))}; the target in group {self.target + 1})",
            users=sum(groups),
            target=(0, 1),
            others=((noise.held, sum(noise.others)),),
        )

    def _target(self) -> tuple[arb, ...]:
        truth, lie = self.noise.randomizer.masses(self.target)
        return (lie, truth) if self.noise.steps == 2 else (lie, 1 - truth - lie, truth)

    def _thresholds(self, alpha: Factor) -> tuple[int, int]:
        """The first and the last threshold to begin with, where the likelihood ratio of the difference is about alpha.

        Neighbouring masses of the others' part differ by e^tilt there.
        """
        highest = self.noise.most + self.noise.steps - 1
        if highest <= _FEW:
            return 0, highest
        with precision(128):
            factor = alpha.ball()
            law = self._target()
            costs = [a - factor * b for a, b in zip(law, reversed(law), strict=True)]
            # costs[j] e^(tilt j) sum to zero at the threshold; the last one is positive and the first one negative
            if len(costs) == 2:
                root = -costs[0] / costs[1]
            else:
                c, b, a = costs
                root = ((b * b - 4 * a * c).sqrt() - b) / (2 * a)
            tilt = float(root.log())
        if math.isnan(tilt):  # alpha, or all local factors, are nearly 1
            tilt = 0.0
        middle = round(self.noise.saddle_mean(max(min(tilt, _LARGEST_TILT), -_LARGEST_TILT)))
        first, end = (min(max(middle + step, 0), highest) for step in _NEAR)
        return first, end


@relies_on("mixed-populations")
def thresholds(randomizer: MixedResponse, users: int) -> tuple[ThresholdPair, ...]:
    """Return data sets for a target of the loudest group, to which whoever is left over belongs."""
    sizes = list(randomizer.sizes(users))
    sizes[-1] += users - sum(sizes)
    target = len(sizes) - 1
    others = tuple(size - (group == target) for group, size in enumerate(sizes))
    held = (2,) if randomizer.values > 2 else (0, 1)
    return tuple(ThresholdPair(noise=MixedCount(randomizer, others, value), target=target) for value in held)


@lru_cache(maxsize=4096)
def _tail(noise: MixedCount, z: int) -> arb:
    with precision(noise.bits(max(z, 1))):
        return noise.tail(z)
