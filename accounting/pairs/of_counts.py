"""From a count and a number of users to its pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from ..claims import relies_on
from ..errors import NotCoveredError
from ..randomizers import BinomialCount, SharedNoise, VectorCount
from .counts import CountPair
from .gaussian_shift import AxisPair, GaussianShiftPair, axis_steps, shift_windows
from .known import Pairs
from .noise_pair import NoisePair

__all__ = ["count_pairs", "noise_pairs", "vector_pairs"]

_SHIFTS = 64  # levels up to which all shifts are looked at


@relies_on("shifted-counts")
def count_pairs(randomizer: BinomialCount, users: int) -> Pairs:
    """Both orders of the farthest values, exactly; they have one curve where bits are fair."""
    exact = tuple(CountPair(randomizer=randomizer, users=users, rising=rising) for rising in (True, False))
    if exact[0].is_symmetric:
        exact = exact[:1]
    return Pairs(upper=exact, lower=exact, is_exact=True)


@relies_on("gaussian-shift", "shifted-counts")
def vector_pairs(randomizer: VectorCount, users: int) -> Pairs:
    """One coordinate is a count; several are bounded by a Gaussian shift. Two vectors on an axis or a diagonal are attained."""
    orders = (True,) if randomizer.p == Fraction(1, 2) else (True, False)
    lower = tuple(AxisPair.of(randomizer, users, rising=rising) for rising in orders)
    if randomizer.dimension == 1:
        steps = min(2 * randomizer.levels, math.ceil(randomizer.levels * randomizer.sensitivity))
        if axis_steps(randomizer) == (1, steps):
            return Pairs(upper=lower, lower=lower, is_exact=True)
        farthest = BinomialCount(levels=steps, bits=randomizer.bits, p=randomizer.p)
        upper = tuple(CountPair(randomizer=farthest, users=users, rising=rising) for rising in orders)
        return Pairs(upper=upper, lower=lower)
    windows = shift_windows(randomizer, users)
    if not windows:
        raise NotCoveredError(
            f"{users * randomizer.bits} noise bits for each coordinate are too few beside {2 * randomizer.levels} steps: "
            "no proved bound covers them; take more bits or fewer levels"
        )
    return Pairs(upper=(GaussianShiftPair(windows=windows),), lower=lower)


@relies_on("shifted-noise")
def noise_pairs(randomizer: SharedNoise, users: int) -> Pairs:
    """The largest shift is worst where the noise is log-concave; else all shifts are looked at."""
    noise = randomizer.noise(users)
    shifts: Sequence[int] = (randomizer.levels,)
    if not noise.is_log_concave:
        if randomizer.levels > _SHIFTS:
            raise NotCoveredError(
                f"{randomizer.describe()}, {users} users: where the shapes sum to less than 1, at most {_SHIFTS} levels are covered"
            )
        shifts = range(1, randomizer.levels + 1)
    words = randomizer.describe()
    exact = tuple(
        NoisePair(noise=noise, shift=shift, rising=rising, users=users, randomizer=words)
        for shift in reversed(shifts)
        for rising in (True, False)
    )
    return Pairs(upper=exact, lower=exact, is_exact=True)
