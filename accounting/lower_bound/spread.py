"""How far apart a private release leaves the values of one designated group.

A group of ``stride * G`` users holds one of G + 1 values: the first ``stride * z`` users hold a one, the others a
zero. Whatever is released, the likelihoods of neighbouring z differ by a factor of at most ``e^(stride epsilon)``.
What stays open is measured by its *half spread*: half the distance of the quantiles v and 1 - v, v uniform on [0, 1/2].
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from ..claims import relies_on
from ..numerics.ball import arb, ball, exact_lower, precision
from ..numerics.rounding import float_at_most

__all__ = ["certified_moves", "steepest_posteriors", "stop_loss"]

_BITS = 160


@relies_on("posterior-spread")
def certified_moves(weights: Sequence[int], *, factor: Fraction, step: Fraction) -> Fraction:
    """Return a p such that every posterior is at least as spread as a coin that moves by ``step`` with probability p.

    For every posterior that the release can leave and every c >= 0: ``E (half spread - c)_+ >= p (step - c)_+``.

    Args:
        weights: the law of z before any release, up to a factor; positive.
        factor: x; likelihoods of neighbouring z differ by a factor of at most e^x, x >= 0.
        step: the length of the coin's move, in units of z; positive.

    Returns:
        A probability, rounded down; not the largest one for which this holds.

    Guarantee:
        posterior-spread.
    """
    least = Fraction(1)
    with precision(_BITS):
        for law in steepest_posteriors(weights, factor):
            corner = Fraction(0)
            while corner < step:
                least = min(least, exact_lower(stop_loss(law, corner) / ball(step - corner)))
                corner += Fraction(1, 2)
    return Fraction(float_at_most(least))


def steepest_posteriors(weights: Sequence[int], factor: Fraction) -> list[list[arb]]:
    """Enclose the posteriors whose likelihood falls by e^x with each step away from one value, for each value."""
    powers = [ball(-factor * distance).exp() for distance in range(len(weights))]
    laws = []
    for peak in range(len(weights)):
        masses = [ball(weight) * powers[abs(z - peak)] for z, weight in enumerate(weights)]
        total = sum(masses, arb(0))
        laws.append([mass / total for mass in masses])
    return laws


def stop_loss(law: Sequence[arb], corner: Fraction) -> arb:
    """Enclose ``E (half spread - corner)_+`` from below: the least over x of ``E (|Z - x| - corner)_+``.

    Args:
        law: the law of Z on 0, 1, ...
        corner: where the positive part begins, at least 0.

    Returns:
        A ball whose lower end is at most that number.
    """
    below, above = _tables(law)
    top = len(law) - 1
    mean = above[0]

    def over(y: Fraction) -> arb:  # E (Z - y)_+, y of both signs
        if y < 0:
            return mean - ball(y)
        whole, rest = divmod(y, 1)
        here, there = (above[min(int(whole) + i, top)] for i in (0, 1))
        return here + ball(rest) * (there - here)

    def under(y: Fraction) -> arb:  # E (y - Z)_+
        if y > top:
            return ball(y) - mean
        if y <= 0:
            return arb(0)
        whole, rest = divmod(y, 1)
        here, there = (below[min(int(whole) + i, top)] for i in (0, 1))
        return here + ball(rest) * (there - here)

    least: arb | None = None
    for z in range(top + 1):
        for x in (z - corner, z + corner):  # the corners of a convex function of x
            value = over(x + corner) + under(x - corner)
            least = value if least is None else least.min(value)
    return arb(0) if least is None else least


def _tables(law: Sequence[arb]) -> tuple[list[arb], list[arb]]:
    """E (z - Z)_+ and E (Z - z)_+ at whole z, by summing tails."""
    zero = arb(0)
    heads = list(accumulate(law, initial=zero))[1:-1]  # P(Z <= 0), P(Z <= 1), ..
    tails = list(accumulate(reversed(law), initial=zero))[1:-1]  # P(Z >= top), P(Z >= top - 1), ..
    below = list(accumulate(heads, initial=zero))
    above = list(accumulate(tails, initial=zero))[::-1]
    return below, above
