"""Inequalities over whole boxes of parameters, by ball arithmetic and subdivision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import arb, ctx, fmpq

from .check import CheckFailedError

__all__ = ["Side", "contains", "dyadic", "exactly", "interval", "phi", "positive_on"]

Side = tuple[Fraction, Fraction]
"""The range of one parameter, both ends included."""


def exactly(value: Fraction | int) -> arb:
    """Enclose a rational at the working precision."""
    value = Fraction(value)
    return arb(fmpq(value.numerator, value.denominator))


def phi(x: arb) -> arb:
    """The distribution function of the standard normal law, in a ball."""
    return (-x / arb(2).sqrt()).erfc() / 2


def interval(low: Fraction, high: Fraction) -> arb:
    """Return a ball that contains all numbers between two rationals."""
    return exactly(low).union(exactly(high))


def dyadic(number: arb) -> Fraction:
    """Return a ball of radius 0 as a rational."""
    mantissa, exponent = number.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def contains(ball: arb, value: Fraction) -> bool:
    """Say whether a ball contains a rational, up to 4096 bits; a ball that is not finite contains nothing."""
    with ctx.workprec(4096):
        return bool(ball.is_finite()) and bool(ball.contains(exactly(value)))


def positive_on(
    gap: Callable[..., arb], box: Sequence[Side], *, what: str, bits: int = 96, most: int = 20_000
) -> int:
    """Show that a function is positive on a whole box, by halving the box where its ball is not.

    Args:
        gap: takes one ball a parameter, and returns a ball that contains its value at every point of them.
        box: the ranges of the parameters.
        what: the inequality, for the message.
        bits: working precision.
        most: boxes after which the inequality counts as not shown.

    Returns:
        The number of boxes that were looked at.

    Raises:
        CheckFailedError: the function is negative at some point, or was not shown to be positive.
    """
    whole = [high - low for low, high in box]
    left, seen = [tuple(box)], 0
    with ctx.workprec(bits):
        while left:
            here = left.pop()
            seen += 1
            if gap(*(interval(*side) for side in here)) > 0:
                continue
            middle = [(low + high) / 2 for low, high in here]
            value = gap(*(exactly(at) for at in middle))
            if not value > 0 and (value <= 0 or seen >= most):
                raise CheckFailedError(
                    f"{what}: the gap is {value} at {', '.join(map(str, map(float, middle)))}"
                )
            if seen >= most:
                raise CheckFailedError(f"{what}: not shown on {here} after {most} boxes")
            widths = [
                (high - low) / span if span else Fraction(0)
                for (low, high), span in zip(here, whole, strict=True)
            ]
            widest = widths.index(max(widths))
            low, high = here[widest]
            for half in ((low, middle[widest]), (middle[widest], high)):
                left.append((*here[:widest], half, *here[widest + 1 :]))
    return seen
