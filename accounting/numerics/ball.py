"""The one door to ball arithmetic (Arb, through python-flint).

Every transcendental function of the toolkit is evaluated here, in balls that contain the true
value. The precision belongs to the caller's ``with precision(bits)`` block and never leaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from threading import RLock

from flint import acb, arb, arb_poly, ctx, fmpq, fmpz

from .enclosure import Enclosure

__all__ = [
    "acb",
    "arb",
    "arb_poly",
    "ball",
    "below",
    "enclosure_of",
    "exact_lower",
    "exact_upper",
    "gaussian_delta",
    "hull",
    "normal_cdf",
    "positive_part",
    "precision",
    "working_bits",
]

_TINY = 60_000
_ONE_THREAD = RLock()


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with ``bits`` bits inside the block and restore the former precision after it.

    flint keeps one precision for all threads of a process, so that only one thread at a time is inside such a block.
    """
    with _ONE_THREAD:
        former = ctx.prec
        ctx.prec = bits
        try:
            yield
        finally:
            ctx.prec = former


def working_bits() -> int:
    """The working precision, in bits."""
    return int(ctx.prec)


def ball(value: Fraction | int | float) -> arb:
    """Enclose a rational at the working precision; floats and small ints are taken exactly."""
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return arb(fmpz(value.numerator))
        return arb(fmpq(value.numerator, value.denominator))
    return arb(value)


def below(left: arb, right: arb | int) -> bool:
    """Say whether ``left < right`` is certain; False when it is not certain."""
    return bool(left < right)


def positive_part(value: arb) -> arb:
    """Enclose ``max(0, value)``."""
    return arb(0) if value <= 0 else value.nonnegative_part()


def hull(left: arb, right: arb) -> arb:
    """Return a ball that contains every number between the two."""
    return left.union(right)


def normal_cdf(x: arb) -> arb:
    """Enclose the distribution function of the standard normal law; tails keep their digits."""
    return (-x / arb(2).sqrt()).erfc() / 2


def gaussian_delta(mu: arb, alpha: arb, epsilon: arb) -> arb:
    """Enclose the hockey-stick divergence of N(mu, 1) from N(0, 1) at ``alpha = e^epsilon``, before its negative part is cut off."""
    return normal_cdf(mu / 2 - epsilon / mu) - alpha * normal_cdf(-mu / 2 - epsilon / mu)


def exact_lower(value: arb) -> Fraction:
    """Return the lower end of a ball as a rational; never above the enclosed number."""
    end = value.lower()
    if _is_tiny(end):
        return Fraction(0) if end >= 0 else -Fraction(1, 1 << _TINY)
    return _dyadic(end)


def exact_upper(value: arb) -> Fraction:
    """Return the upper end of a ball as a rational; never below the enclosed number."""
    end = value.upper()
    if _is_tiny(end):
        return Fraction(0) if end <= 0 else Fraction(1, 1 << _TINY)
    return _dyadic(end)


def enclosure_of(value: arb) -> Enclosure:
    """Turn a ball into an enclosure that contains it."""
    return Enclosure(exact_lower(value), exact_upper(value))


def _dyadic(end: arb) -> Fraction:
    mantissa, exponent = end.mid().man_exp()
    if exponent >= 0:
        return Fraction(int(mantissa) << int(exponent))
    return Fraction(int(mantissa), 1 << int(-exponent))


def _is_tiny(end: arb) -> bool:
    """Whether a number is so near 0 that its digits would only cost memory."""
    return bool(abs(end) < arb(2) ** -_TINY)
