"""Vector counts at larger sizes: quantiles step by step, sums of coordinates, rounded lengths, the vectors of a lower end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from random import Random

from flint import arb, ctx

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs import gaussian_shift

from .boxes import exactly, phi
from .check import CheckFailedError, Evidence, checks
from .vectors import ALPHAS, CHANCES, binomial, bound, divergence, moved, root_below, weights

__all__ = [
    "diagonals_by_enumeration",
    "drawn_laws_of_many_bits",
    "rounded_lengths_by_enumeration",
    "steps_of_the_quantiles",
    "sums_of_all_coordinates",
]

F = Fraction
_ACCURACY = arb(2) ** -70


def _density(x: arb) -> arb:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def root(total: int, count: int, p: Fraction) -> arb:
    """The signed root c(count), by its definition."""
    z, one = exactly(F(count, total)), arb(1)
    chance = exactly(p)
    gap = z * (z / chance).log() + (one - z) * ((one - z) / (one - chance)).log()
    size = (2 * total * gap).nonnegative_part().sqrt()
    return size if count >= total * p else -size


def steepness(total: int, count: int) -> arb:
    """The root of N/(K (N-K))."""
    return exactly(F(total, count * (total - count))).sqrt()


def quantile(tail: arb, rest: arb, guess: arb) -> arb:
    """Enclose the x with ``Phi(x) = tail``, ``rest = 1 - tail``, by Newton's method on the logarithm and two comparisons."""
    side, sign = (tail, 1) if tail < rest else (rest, -1)
    x = (sign * guess).mid()
    for _ in range(9):
        below = phi(x)  # its logarithm is concave
        x = (x + (side / below).log() * below / _density(x)).mid()
    if not (phi(x - _ACCURACY) <= side and phi(x + _ACCURACY) >= side):
        raise CheckFailedError(f"no quantile was found for {tail}")
    return sign * arb(x, _ACCURACY)


@checks("binomial-normal", evidence=Evidence.ENCLOSED, units=((0, 200), (1, 120), (2, 200), (3, 160)))
@checks(
    "binomial-normal",
    evidence=Evidence.ENCLOSED,
    units=tuple((p, total) for p in range(len(CHANCES)) for total in (201, 300, 400)),
    deep=True,
)
def steps_of_the_quantiles(chance: int, total: int) -> int:
    """Every count of laws of 120 to 200 bits (deep: to 400): masses below Stirling's, and in every window no quantile grows by more than the code says."""
    p, seen = CHANCES[chance], 0
    with ctx.workprec(160 + 6 * total):
        law = binomial(total, p)
        roots = {k: root(total, k, p) for k in range(1, total)}
        tail, places = F(0), []
        for k, mass in enumerate(law[:-1]):
            tail += mass
            if k and not exactly(mass) <= steepness(total, k) * _density(roots[k]):
                raise CheckFailedError(
                    f"N = {total}, p = {p}: P(Z = {k}) = {float(mass)} is above Stirling's"
                )
            places.append(quantile(exactly(tail), exactly(1 - tail), roots.get(k, roots[1])))
        steps = [arb(0), *(after - before for before, after in pairwise(places))]
        ends = range(1, total)
        for low, high in ((a, b) for a in ends for b in ends if a <= total * p <= b and (b - a) % 3 == 1):
            seen += _window(total, p, low, high, roots, steps)
    if not seen:
        raise CheckFailedError(f"N = {total}, p = {p}: no window has a longest step")
    return seen


def _window(total: int, p: Fraction, low: int, high: int, roots: dict[int, arb], steps: list[arb]) -> int:
    """Compare one window's longest step with the condition that defines it, and with all steps of the law."""
    longest = gaussian_shift._longest_step(total, low, high, p)
    if longest is None:
        return 0
    case = f"N = {total}, p = {p}, window {low} .. {high}: a step of {longest}"
    for end in (low, high):
        far = abs(roots[end])
        for steep in (low, high):
            if not phi(far + longest) - phi(far) >= steepness(total, steep) * _density(far):
                raise CheckFailedError(f"{case} has less mass than the step to {steep} may have at {end}")
    for k in range(low, high + 1):
        if steps[k] > longest:
            raise CheckFailedError(f"{case}, but the quantile grows by {steps[k]} to {k}")
    return high - low + 5


@checks("binomial-normal", evidence=Evidence.PROPERTY, units=((1, 24), (2, 24)))
@checks("binomial-normal", evidence=Evidence.PROPERTY, units=tuple((i, 400) for i in range(3, 9)), deep=True)
def drawn_laws_of_many_bits(seed: int, draws: int) -> int:
    """Drawn laws of 100 to 10^12 bits at drawn counts: incomplete beta functions between Phi(c(k)) and Phi(c(k+1)), and drawn shifts within both bounds of the code."""
    random, seen = Random(seed), 0
    with ctx.workprec(200):
        for total, p, low, high, k, shift in _drawn(random, draws):
            case = f"N = {total}, p = {p}, count {k}"
            tails = [_beta_tails(total, p, at) for at in (k, k - shift)]
            for (tail, rest), at in zip(tails, (k, k - shift), strict=True):
                if not tail <= phi(root(total, at + 1, p)) or not rest <= phi(-root(total, at, p)):
                    raise CheckFailedError(
                        f"{case}: P(Z <= {at}) = {tail} is not between the two normal tails"
                    )
            after, before = (
                quantile(tail, rest, root(total, at, p))
                for (tail, rest), at in zip(tails, (k, k - shift), strict=True)
            )
            kappa = gaussian_shift._steepest(total, low, high)
            longest = gaussian_shift._longest_step(total, low, high, p)
            if after - before > (shift + 1) * kappa:
                raise CheckFailedError(
                    f"{case}: the quantile grows by {after - before}, more than (s+1) {kappa}"
                )
            if longest is not None and after - before > shift * longest:
                raise CheckFailedError(
                    f"{case}: the quantile grows by {after - before}, more than s {longest}"
                )
            seen += 4
    return seen


def _drawn(random: Random, draws: int) -> Iterator[tuple[int, Fraction, int, int, int, int]]:
    """Draw laws, windows that contain the mean, counts and shifts within the window."""
    for _ in range(draws):
        total = round(10 ** random.uniform(2, 12))
        p = F(random.randint(1, 99), 100)
        deviation = math.sqrt(total * float(p) * (1 - float(p)))
        spread = random.uniform(1, 9)
        low = max(math.floor(total * p - math.ceil(spread * deviation)), 1)
        high = min(math.ceil(total * p + math.ceil(spread * deviation)), total - 2)
        shift = random.choice(
            (1, random.randint(1, high - low), random.randint(1, math.isqrt(high - low) + 1))
        )
        k = random.choice((high, low + shift, random.randint(low + shift, high)))
        if k - shift >= 1 and k <= total - 2:
            yield (
                total,
                p,
                k - shift if k - shift < total * p else low,
                max(k + 1, math.ceil(total * p)),
                k,
                shift,
            )


def _beta_tails(total: int, p: Fraction, k: int) -> tuple[arb, arb]:
    """``P(Z <= k)`` and ``P(Z > k)`` as incomplete beta functions."""
    ends = arb(k + 1), arb(total - k)
    return (
        exactly(1 - p).beta_lower(ends[1], ends[0], regularized=True),
        exactly(p).beta_lower(ends[0], ends[1], regularized=True),
    )


@checks(
    "gaussian-shift",
    evidence=Evidence.EXHAUSTIVE,
    units=((2, 2, "2828/1000", 6), (2, 3, "5/2", 8), (3, 1, "2", 4), (3, 2, "5/2", 4), (2, 2, "3/2", 8)),
)
def diagonals_by_enumeration(dimension: int, levels: int, sensitivity: str, bits: int) -> int:
    """Two and three coordinates, noise of two users: the witness's vectors are allowed, and the whole release loses at least what the code says they do."""
    seen = 0
    for p in CHANCES:
        randomizer = csa.VectorCount(dimension, levels, sensitivity, bits, p)
        noise = weights(2 * bits, p)
        for rising in (True, False):
            pair = gaussian_shift.AxisPair.of(randomizer, 2, rising=rising)
            witness = pair.witness_at_zero()
            first, second = ([value] * pair.axes + [0] * (dimension - pair.axes) for value in witness.target)
            case = f"{randomizer}: {first} against {second}"
            distance = sum((a - b) ** 2 for a, b in zip(first, second, strict=True))
            if max(map(abs, (*first, *second))) > levels or distance > (levels * F(sensitivity)) ** 2:
                raise CheckFailedError(f"{case} are not allowed")
            law, other = moved(noise, first), moved(noise, second)
            for alpha in ALPHAS:
                exact, found = divergence(law, other, alpha), pair.value(Factor.of(alpha), 1e-9).delta.lower
                if found > exact:
                    raise CheckFailedError(f"{case}, alpha = {alpha}: {float(found)} is above {float(exact)}")
                seen += 1
    return seen


@checks(
    "gaussian-shift", evidence=Evidence.EXHAUSTIVE, units=((4, 1200, 25, 0), (20, 300, 5, 1), (2, 1000, 6, 2))
)
@checks(
    "gaussian-shift",
    evidence=Evidence.EXHAUSTIVE,
    units=((4, 2500, 10, 2), (40, 300, 6, 3), (20, 1500, 30, 1)),
    deep=True,
)
def sums_of_all_coordinates(dimension: int, bits: int, levels: int, chance: int) -> int:
    """All coordinates moved alike, by whole steps or by half a step more: tests on their sum, every threshold, are below the bound, and near it."""
    p, seen, nearest = CHANCES[chance], 0, F(9)
    laws = [weights(2 * bits * dimension, share) for share in (p, 1 - p)]  # of both orders
    still = [_tails(law) for law in laws]
    side, small = root_below(F(dimension)), F(1, 10**6)  # the root lies in between
    # the farthest vectors; and nearer ones, of which every coordinate is rounded up or down
    for halves, sensitivity in (
        (4 * levels, 2 * side),
        (2 * levels - 1, (side + small) * F(2 * levels - 1, 2 * levels)),
        (3, (side + small) * F(3, 2 * levels)),
    ):
        randomizer = csa.VectorCount(dimension, levels, sensitivity, bits, p)
        raised = dimension if halves % 2 else 0  # coordinates that half a step more raises by a fair coin
        pairs = [(_tails(_spread(law, raised)), tails) for law, tails in zip(laws, still, strict=True)]
        for alpha in (*ALPHAS, F(100), F(10**4)):
            most = bound(randomizer, alpha)
            found = max(_largest_gap(*pair, dimension * (halves // 2), alpha, 2**raised) for pair in pairs)
            if found > most:
                raise CheckFailedError(
                    f"{dimension} coordinates, N = {2 * bits}, p = {p}, each moved by {halves} halves, alpha = {alpha}: "
                    f"{float(found)} is above {float(most)}"
                )
            if F(1, 10) < found < F(4, 5):
                nearest = min(nearest, most / found)
            seen += 1
    if nearest > F(5, 4):
        raise CheckFailedError(f"no sum comes near the bound: {float(nearest)} times at best")
    return seen


def _spread(law: list[int], coins: int) -> list[int]:
    """Weights of the sum with fair coins, over ``2^coins`` times the scale."""
    for _ in range(coins):
        law = [a + b for a, b in zip((*law, 0), (0, *law), strict=True)]
    return law


def _tails(law: Sequence[int]) -> list[int]:
    return [*list(accumulate(law[::-1]))[::-1], 0]


def _largest_gap(
    first: Sequence[int], second: Sequence[int], shift: int, alpha: Fraction, scale: int
) -> Fraction:
    """The largest ``P(Y >= t - shift) - alpha P(Z >= t)``, where Y's weights are on a scale so many times as large."""
    up, down = alpha.numerator * scale, alpha.denominator
    best = max(down * first[max(t - shift, 0)] - up * mass for t, mass in enumerate(second))
    return F(best, down * first[0])


@checks("gaussian-shift", evidence=Evidence.EXHAUSTIVE, units=((1, 30), (7, 24), (3, 60)))
@checks("gaussian-shift", evidence=Evidence.EXHAUSTIVE, units=((20, 120), (2, 200)), deep=True)
def rounded_lengths_by_enumeration(levels: int, dimension: int) -> int:
    """Vectors of 24 to 60 coordinates (deep: to 200) in sixths of a step: the exact law of the rounded shift's length is below the code's mixture."""
    seen = 0
    for sixths in range(1, 12 * levels, max(levels, 2)):
        for other in (0, 3, -sixths):
            difference = [(sixths if place % 2 else other, 6) for place in range(dimension)]
            square = sum((F(top, bottom) ** 2 for top, bottom in difference), F(0))
            root_above = root_below(square) + F(1, 10**6)
            if root_above < 1 or root_above**2 > 4 * dimension * levels**2:
                continue
            randomizer = csa.VectorCount(dimension, levels, root_above / levels, 1)
            law = _squares(difference)
            with ctx.workprec(200):
                kept = F(1)
                for length, chance in gaussian_shift._lengths(randomizer):
                    kept -= chance
                    beyond = sum((mass for value, mass in law.items() if value > length**2), F(0))
                    if beyond > kept:
                        raise CheckFailedError(
                            f"{dimension} coordinates, {sixths} and {other} sixths: longer than {length} with chance "
                            f"{float(beyond)}, above {float(kept)}"
                        )
                    seen += 1
    return seen


def _squares(difference: list[tuple[int, int]]) -> dict[int, Fraction]:
    """The exact law of the squared length, each coordinate rounded down or up by itself."""
    law = {0: F(1)}
    for top, bottom in difference:
        down, up = divmod(top, bottom)
        after: dict[int, Fraction] = {}
        for value, mass in law.items():
            for step, chance in ((down, F(bottom - up, bottom)), (down + 1, F(up, bottom))):
                if chance:
                    key = value + step * step
                    after[key] = after.get(key, F(0)) + mass * chance
        law = after
    return law
