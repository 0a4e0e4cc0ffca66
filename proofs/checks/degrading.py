"""Checks that a randomizer with a smaller epsilon0 is one with a larger epsilon0 whose messages are randomised once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from math import prod

import accounting as csa
from accounting.numerics.ball import arb, ball, precision
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import pairs_of
from accounting.randomizers import FiniteKernel
from accounting.randomizers.intervals import PiecewisePoints
from accounting.randomizers.laplace import LaplacePoints

from .boxes import exactly
from .check import CheckFailedError, Evidence, checks

__all__ = ["code_degrades", "levels_bits_and_noise_degrade", "piecewise_bound_degrades"]

F = Fraction
Matrix = Sequence[Sequence[Fraction]]
RATIOS = tuple(map(F, ("5/4", "3/2", "2", "3", "8")))
SMALLER = tuple((v, w) for w in RATIOS for v in RATIOS if v <= w)
DECAYS = tuple(map(F, ("1/5", "1/2", "3/4", "9/10")))
ROOTS = tuple(map(F, ("21/20", "5/4", "3/2", "2", "12/5", "3", "10")))


@checks("monotone-epsilon0", evidence=Evidence.SYMBOLIC)
def levels_bits_and_noise_degrade() -> int:
    """All shares, factors, scales and decays: both levels, bits of both encodings, the characteristic functions of Laplace and geometric noise."""
    import sympy as sp

    v, w, s, c, d, q, r, x = sp.symbols("v w s c d q r x", positive=True)

    def own(u: sp.Expr) -> sp.Expr:
        return s * (u - 1) / (s * u + 1 - s)

    def flips(u: sp.Expr) -> sp.Expr:
        return 1 / (u + 1)

    def spectrum(u: sp.Expr) -> sp.Expr:
        return 1 + u**2 - 2 * u * x  # x is a cosine

    b = own(v) / own(w)
    again = (1 - (1 - 2 * flips(v)) / (1 - 2 * flips(w))) / 2
    t = (w - v) / ((v + 1) * (w - 1))
    kept = c**2 / d**2
    mixed = q / r + (1 - q / r) * (1 - q * r) / spectrum(r)
    zeros = (
        b * w / (s * w + 1 - s) + (1 - b) - v / (s * v + 1 - s),
        b / (s * w + 1 - s) + (1 - b) - 1 / (s * v + 1 - s),
        flips(w) * (1 - again) + (1 - flips(w)) * again - flips(v),
        flips(w) * (1 - t) + (1 - flips(w)) * t - flips(v),
        1 / (1 + d**2 * x**2) - (kept + (1 - kept) / (1 + d**2 * x**2)) / (1 + c**2 * x**2),
        (1 - r) ** 2 / spectrum(r) - (1 - r) ** 2 / spectrum(q) * mixed,
        ((1 - r) ** 2 / (1 - q) ** 2 * mixed).subs(x, 1) - 1,
    )
    for i, zero in enumerate(zeros):
        if sp.simplify(zero) != 0:
            raise CheckFailedError(f"identity {i + 1}: {sp.simplify(zero)} is not zero")
    return len(zeros)


@checks("monotone-epsilon0", evidence=Evidence.EXHAUSTIVE, units=(("levels",), ("bits",), ("noise",)))
def code_degrades(family: str) -> int:
    """15 pairs of factors: the code's matrices of ten small kernels, randomised once more, are those of the smaller factor; ten pairs of decays; Laplace tails."""
    if family == "noise":
        return _noise()
    count = 0
    for build, channel in _two_levels() if family == "levels" else _encodings():
        for v, w in SMALLER:
            large, small = build(w), build(v)
            _compare(large, small, channel(v, w, large))
            count += 1
    return count


def _noise() -> int:
    count = 0
    for levels in (1, 2, 5):
        for q, r in ((q, r) for q in DECAYS for r in DECAYS if q <= r):
            large, small = (csa.TruncatedGeometric(levels, decay=decay) for decay in (q, r))
            _compare(large, small, _more_geometric(levels, q, r))
            count += 1
    return count + sum(_laplace_tails(e, f) for e, f in ((F(1, 2), F(1)), (F(1), F(4)), (F(3), F(7, 2))))


@checks("monotone-epsilon0", evidence=Evidence.EXHAUSTIVE)
def piecewise_bound_degrades() -> int:
    """28 pairs of roots: a channel takes the code's three laws of the ends and the blanket to those of the smaller root; the code's bounds among 40 users, three factors."""
    count = 0
    for t in ROOTS:
        for u in (u for u in ROOTS if u <= t):
            channel = _more_piecewise(u, t)
            for row in channel:
                _check_law(row, f"t = {t}, u = {u}")
            for found, wanted in zip(_piecewise(t), _piecewise(u), strict=True):
                if _sent_on(found, channel) != list(wanted):
                    raise CheckFailedError(f"t = {t}, u = {u}: {_sent_on(found, channel)} is not {wanted}")
            for alpha in map(F, ("1/2", "21/20", "3/2")):
                less, more = (
                    pairs_of(csa.PiecewiseMean(keep=root / (root + 1)), 40)
                    .upper[0]
                    .value(Factor.of(alpha), 1e-6)
                    for root in (u, t)
                )
                if less.delta.lower > more.delta.upper:
                    raise CheckFailedError(f"t = {t}, u = {u}, alpha = {alpha}: {less.delta} > {more.delta}")
                count += 1
    return count


def _piecewise(t: Fraction) -> tuple[tuple[Fraction, ...], ...]:
    """The code's laws of the lower end, the upper end and the blanket, on messages own to the one, the other, neither, and nobody."""
    with precision(128):
        letters = PiecewisePoints(Factor.of(t)).blanket_letters((0, 1))
    sums = [[arb(0)] * 4 for _ in range(3)]
    for letter in letters:
        masses = letter.first, letter.second, letter.reference
        if letter.first.is_zero():
            place = 3
        else:
            place = 0 if letter.first > letter.second else 1 if letter.first < letter.second else 2
        for row, mass in zip(sums, masses, strict=True):
            row[place] += mass
    low, own, rest = 1 / (t * (t + 1)), t / (t + 1), (t - 1) / (t * (t + 1))
    laws = (own, low, rest, F(0)), (low, own, rest, F(0)), (low, low, rest, 1 - 1 / t)
    for row, law in zip(sums, laws, strict=True):
        for mass, exact in zip(row, law, strict=True):
            if not mass.contains(exactly(exact)):
                raise CheckFailedError(f"t = {t}: the code's {mass} is not {exact}")
    return laws


def _more_piecewise(u: Fraction, t: Fraction) -> Matrix:
    d = (1 - 1 / u) / (1 - 1 / t)
    kept, wanted = 2 * d / (t * (t + 1)), 2 / (u * (u + 1))
    r = (wanted - kept) / (1 / u - kept)
    anew = (r / 2, r / 2, 1 - r, F(0))
    stays = [[d * (x == y) + (1 - d) * anew[y] for y in range(4)] for x in range(4)]
    return [*stays[:2], list(anew), stays[3]]


def _two_levels() -> list[tuple[Callable[[Fraction], FiniteKernel], Callable[..., Matrix]]]:
    def odds(share: Fraction, w: Fraction) -> Fraction:
        return w * share / (w * share + 1 - share)

    def uniform(share: Fraction) -> Callable[..., Matrix]:
        def channel(v: Fraction, w: Fraction, kernel: FiniteKernel) -> Matrix:
            own = [share * (x - 1) / (share * x + 1 - share) for x in (v, w)]
            kept, messages = own[0] / own[1], len(kernel.ball_channel()[0])
            return [
                [kept * (x == y) + (1 - kept) / messages for y in range(messages)] for x in range(messages)
            ]

        return channel

    return [
        (lambda w: csa.BinaryRandomizedResponse(keep=odds(F(1, 2), w)), uniform(F(1, 2))),
        (lambda w: csa.DuchiMean(keep=odds(F(1, 2), w)), uniform(F(1, 2))),
        (lambda w: csa.KaryRandomizedResponse(5, keep=odds(F(1, 5), w)), uniform(F(1, 5))),
        (lambda w: csa.SubsetSelection(5, 2, keep=odds(F(2, 5), w)), uniform(F(2, 5))),
        (lambda w: csa.HadamardResponse(5, 1, keep=odds(F(1, 2), w)), uniform(F(1, 2))),
        (lambda w: csa.HadamardResponse(6, 2, keep=odds(F(1, 4), w)), uniform(F(1, 4))),
        (lambda w: csa.LocalHashing(3, 3, keep=odds(F(1, 3), w)), uniform(F(1, 3))),
    ]


def _encodings() -> list[tuple[Callable[[Fraction], FiniteKernel], Callable[..., Matrix]]]:
    def bitwise(chances: Callable[[Fraction, Fraction], tuple[Fraction, Fraction]]) -> Callable[..., Matrix]:
        def channel(v: Fraction, w: Fraction, _: FiniteKernel) -> Matrix:
            ones = chances(v, w)
            vectors = list(product((0, 1), repeat=3))
            return [
                [
                    prod(((ones[x] if y else 1 - ones[x]) for x, y in zip(a, b, strict=True)), start=F(1))
                    for b in vectors
                ]
                for a in vectors
            ]

        return channel

    def flipped(v: Fraction, w: Fraction) -> tuple[Fraction, Fraction]:
        again = (1 - (v - 1) * (w + 1) / ((v + 1) * (w - 1))) / 2
        return again, 1 - again

    def optimised(v: Fraction, w: Fraction) -> tuple[Fraction, Fraction]:
        t = (w - v) / ((v + 1) * (w - 1))
        return t, 1 - t

    return [
        (lambda w: csa.SymmetricUnary(3, release="vectors", keep=w / (w + 1)), bitwise(flipped)),
        (lambda w: csa.OptimizedUnary(3, keep=w / (w + 1)), bitwise(optimised)),
        (lambda w: csa.CountMeanSketch(1, 3, keep=w / (w + 1)), bitwise(flipped)),
    ]


def _more_geometric(levels: int, q: Fraction, r: Fraction) -> Matrix:
    """Let what was clamped go beyond its end again, add noise that is 0 or geometric, and clamp."""
    none = (q / r) * (1 - r) ** 2 / (1 - q) ** 2
    inner, end = (1 - none) * (1 - r) / (1 + r), (1 - none) / (1 + r)
    rows = []
    for x in range(levels + 1):
        row = [r ** abs(x - y) * (end if y in (0, levels) else inner) for y in range(levels + 1)]
        if x in (0, levels):  # beyond an end by g with chance (1 - q) q^g
            row = [mass * (1 - q) / (1 - q * r) for mass in row]
            row[x] = F(0)
            row[x] = 1 - sum(row, F(0))
        else:
            row[x] += none
        rows.append(row)
    return rows


def _laplace_tails(less: Fraction, more: Fraction) -> int:
    """The code's Laplace noise of the smaller epsilon0 has the tails of that of the larger one and the mixture that is added."""
    pieces = 6
    with precision(128):
        small, large = (LaplacePoints(Factor.exp(x), pieces).ball_channel()[0] for x in (less, more))
        kept = ball((less / more) ** 2)
        c2, d2 = 1 / ball(more) ** 2, 1 / ball(less) ** 2
        for i in range(2 * pieces + 1):
            border = ball(F(i, 2 * pieces))
            near, far = (sum(row[i + 1 :], arb(0)) for row in (large, small))
            slow = (-border * ball(less)).exp()
            both = (d2 * slow - 2 * c2 * near) / (2 * (d2 - c2))  # the tail of Lap(c) + Lap(d)
            if not (kept * near + (1 - kept) * both).overlaps(far):
                raise CheckFailedError(
                    f"epsilon0 = {less} from {more}: beyond {i}/{2 * pieces} the code has {far}"
                )
    return 2 * pieces + 1


def _compare(large: FiniteKernel, small: FiniteKernel, channel: Matrix) -> None:
    name = f"{small.describe()} from {large.describe()}"
    for row in channel:
        _check_law(row, name)
    found, wanted = large.channel(), small.channel()
    if found is None or wanted is None:
        raise CheckFailedError(f"{name}: no exact matrix")
    for value, (own, less) in enumerate(zip(found, wanted, strict=True)):
        if _sent_on(own, channel) != list(less):
            raise CheckFailedError(f"{name}: value {value} has {_sent_on(own, channel)}, not {less}")


def _sent_on(law: Sequence[Fraction], channel: Matrix) -> list[Fraction]:
    return [
        sum((p * row[y] for p, row in zip(law, channel, strict=True)), F(0)) for y in range(len(channel[0]))
    ]


def _check_law(row: Sequence[Fraction], name: str) -> None:
    if min(row) < 0 or sum(row) != 1:
        raise CheckFailedError(f"{name}: {row} is no law")
