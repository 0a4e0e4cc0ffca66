"""Laplace noise on a number of an interval: continuous messages, cut into pieces soundly for either end.

For lower ends messages are rounded to pieces of the line, which can only hide. For upper ends each piece is spread onto the
likelihood ratios at its two borders, which can only reveal.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import arb, ball
from ..numerics.exact import ExactLike, positive_epsilon
from ..numerics.factor import Factor
from .base import InputPair, Letter, Randomizer
from .intervals import RoundedNoise
from .kary import shown_factor

__all__ = ["LaplaceNoise", "LaplacePoints"]


@dataclass(frozen=True, slots=True, init=False)
class LaplaceNoise(Randomizer):
    """Add Laplace noise of scale ``1/epsilon0`` to a number of [0, 1]; any other interval is scaled to it.

    Whether reports are clamped to the interval afterwards does not matter: all messages beyond an end have the same likelihood
    ratios as the end. Inputs are named by where they lie: 0 is the lower end, 1 the upper end, 2 the middle.

    Attributes:
        factor: ``e^epsilon0``, the likelihood ratio of the two ends; above 1.

    Source: Dwork, McSherry, Nissim and Smith, TCC 2006. Privacy in a shuffle is not taken from there.
    """

    factor: Factor

    def __init__(self, epsilon0: ExactLike) -> None:
        """Describe the mechanism by its local epsilon.

        Args:
            epsilon0: between the ends of the interval, in nats; positive, at most 300.

        Raises:
            ParameterError: it breaks its rule.
        """
        object.__setattr__(self, "factor", Factor.exp(positive_epsilon("epsilon0", epsilon0)))

    @property
    def kind(self) -> str:
        return "laplace-noise"

    def local_factor(self) -> Factor:
        return self.factor

    def describe(self) -> str:
        return _words(self.factor)

    def points(self, pieces: int) -> LaplacePoints:
        """Return the mechanism for the ends and the middle of the interval, with messages rounded to pieces.

        Args:
            pieces: of half of the interval, at least 1.
        """
        return LaplacePoints(self.factor, pieces)

    @relies_on("spread-letters")
    def spread_letters(self, pieces: int) -> tuple[Letter, ...]:
        """Return letters for the two ends of the interval and the least density of all values, each piece spread onto its borders.

        In the lower half the least density is that of value 1, and the ratio of value 0 to it falls from e^epsilon0 to 1; the
        upper half is its mirror image.

        Args:
            pieces: of half of the interval, at least 1; more of them are tighter.
        """
        thin = _step(self.factor, pieces)
        ratios = [
            thin ** (-2 * i) for i in range(pieces, -1, -1)
        ]  # e^epsilon0 at the lower end, 1 in the middle
        masses = [arb(0)] * (pieces + 1)
        masses[0] = 1 / (2 * self.factor.ball())  # everything below the interval
        for i in range(pieces):
            least = thin ** (2 * pieces - i) * (1 / thin - 1) / 2
            first = thin**i * (1 - thin) / 2
            share = (first - ratios[i + 1] * least) / (ratios[i] - ratios[i + 1])
            masses[i] += share
            masses[i + 1] += least - share
        lower = [Letter(u * mass, mass, mass) for u, mass in zip(ratios[:-1], masses[:-1], strict=True)]
        middle = 2 * masses[-1]
        residual = 1 - thin**pieces  # the least density has the mass e^(-epsilon0/2)
        return (
            *lower,
            *(Letter(a.second, a.first, a.reference) for a in lower),
            Letter(middle, middle, middle),
            Letter(arb(0), arb(0), residual),
        )


@dataclass(frozen=True, slots=True)
class LaplacePoints(RoundedNoise):
    """Laplace noise for the ends and the middle of the interval, with messages rounded to pieces of the line.

    Pieces are everything below the interval, equal parts of it, and everything above.

    Attributes:
        factor: ``e^epsilon0``.
        pieces: of half of the interval.
    """

    factor: Factor
    pieces: int

    @property
    def kind(self) -> str:
        return "laplace-points"

    def local_factor(self) -> Factor:
        return self.factor

    def pair_factor(self, pair: InputPair) -> Factor:
        if set(pair) == {0, 1}:
            return self.factor
        return Factor.exp((self.factor.exponent or Fraction(0)) / 2)

    def describe(self) -> str:
        return _words(self.factor)

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        thin = _step(self.factor, self.pieces)
        end, piece = ball(Fraction(1, 2)), (1 - thin) / 2
        most = 2 * self.pieces
        rows = []
        for place in (0, most, self.pieces):
            row = [thin**place * end]
            row += [thin ** (place - i - 1 if i < place else i - place) * piece for i in range(most)]
            row.append(thin ** (most - place) * end)
            rows.append(tuple(row))
        return tuple(rows)


def _step(factor: Factor, pieces: int) -> arb:
    """``e^(-epsilon0/(2 pieces))``: how much the density falls over one piece."""
    return Factor.exp(-(factor.exponent or Fraction(0)) / (2 * pieces)).ball()


def _words(factor: Factor) -> str:
    return f"Laplace noise (0 and 1 are the ends of the interval, 2 its middle), {shown_factor(factor)}"
