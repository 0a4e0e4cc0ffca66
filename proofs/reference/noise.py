"""Counts with Poisson or negative binomial noise, by the definition: masses in fractions up to a last one, and a bound of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Weights", "divergence", "negative_binomial", "poisson"]


@dataclass(frozen=True)
class Weights:
    """Masses up to a common factor.

    Attributes:
        listed: the weights of 0, 1, ..
        rest: at least the weight of all that is not listed.
    """

    listed: tuple[Fraction, ...]
    rest: Fraction


def poisson(rate: Fraction, last: int) -> Weights:
    """List ``rate^z / z!``."""
    listed = [Fraction(1)]
    for z in range(1, last + 1):
        listed.append(listed[-1] * rate / z)
    return _with_rest(listed, rate / (last + 1))


def negative_binomial(shape: Fraction, ratio: Fraction, last: int) -> Weights:
    """List ``ratio^z shape (shape + 1) .. (shape + z - 1) / z!``."""
    listed = [Fraction(1)]
    for z in range(1, last + 1):
        listed.append(listed[-1] * ratio * (shape + z - 1) / z)
    return _with_rest(listed, max(ratio, ratio * (shape + last) / (last + 1)))


def divergence(
    noise: Weights, first: Mapping[int, Fraction], second: Mapping[int, Fraction], alpha: Fraction
) -> tuple[Fraction, Fraction]:
    """Enclose the divergence of (noise + a draw of ``first``) and (noise + a draw of ``second``).

    Args:
        noise: the weights of the noise.
        first: a law of the values' sum.
        second: another one.
        alpha: e^epsilon.
    """
    total = sum(noise.listed)
    found = Fraction(0)
    last = len(noise.listed)
    moved = [_moved(noise.listed, law) for law in (first, second)]
    for y in range(last):  # here both laws are complete
        found += max(Fraction(0), moved[0][y] - alpha * moved[1][y])
    beyond = sum(moved[0][last:], Fraction(0)) + noise.rest
    return found / (total + noise.rest), (found + beyond) / total


def _moved(listed: Sequence[Fraction], law: Mapping[int, Fraction]) -> list[Fraction]:
    moved = [Fraction(0)] * (len(listed) + max(law))
    for shift, share in law.items():
        for z, weight in enumerate(listed):
            moved[z + shift] += weight * share
    return moved


def _with_rest(listed: Sequence[Fraction], quotient: Fraction) -> Weights:
    """Weights beyond the last one fall at least by the quotient."""
    if quotient >= 1:
        raise ValueError(f"the weights do not fall yet: {quotient}")
    return Weights(tuple(listed), listed[-1] * quotient / (1 - quotient))
