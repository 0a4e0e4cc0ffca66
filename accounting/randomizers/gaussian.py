"""Gaussian noise on a number of an interval: continuous messages of unbounded likelihood ratios, cut into pieces soundly.

For lower ends messages are rounded to pieces of the line, which can only hide. For upper ends each piece is spread onto the
likelihood ratios at its two borders, and what the ratios far out exceed the last border's by is given away, which can only reveal.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.ball import arb, ball, normal_cdf
from ..numerics.exact import ExactLike, exact
from ..numerics.factor import Factor
from .base import Letter, Randomizer
from .intervals import RoundedNoise

__all__ = ["GaussianNoise", "GaussianPoints"]

LEAST_SIGMA, MOST_SIGMA = Fraction(1, 5), Fraction(1000)


@dataclass(frozen=True, slots=True, init=False)
class GaussianNoise(Randomizer):
    """Add Gaussian noise to a number of [0, 1]; any other interval is scaled to it.

    One report has no finite epsilon0: its likelihood ratios have no bound. Reports must not be clamped to a range by the device if
    the lower end is to hold; the upper end holds for clamped reports, too. Inputs are named by where they lie: 0 is the lower
    end, 1 the upper end, 2 the middle.

    Attributes:
        sigma: the standard deviation of the noise, in lengths of the interval.

    Source: Dwork, Kenthapadi, McSherry, Mironov and Naor, EUROCRYPT 2006. Privacy in a shuffle is not taken from there.
    """

    sigma: Fraction

    def __init__(self, sigma: ExactLike) -> None:
        """Describe the mechanism by its noise.

        Args:
            sigma: the standard deviation over the length of the interval; from 1/5 to 1000.

        Raises:
            ParameterError: it is not.
        """
        read = exact("sigma", sigma)
        if not LEAST_SIGMA <= read <= MOST_SIGMA:
            remedy = "It is the standard deviation over the length of the interval of values"
            raise ParameterError("sigma", f"must be from {LEAST_SIGMA} to {MOST_SIGMA}", sigma, remedy)
        object.__setattr__(self, "sigma", read)

    @property
    def kind(self) -> str:
        return "gaussian-noise"

    def local_factor(self) -> None:
        return None

    def describe(self) -> str:
        return _words(self.sigma)

    def points(self, cut: Fraction, width: Fraction) -> GaussianPoints:
        """Return the mechanism for the ends and the middle of the interval, with messages rounded to pieces.

        Args:
            cut: how far below the lower end, and above the upper one, pieces go, in standard deviations; positive.
            width: of a piece, in standard deviations; positive.
        """
        return GaussianPoints(self.sigma, cut, width)

    @relies_on("spread-letters", "clipped-letters")
    def spread_letters(self, cut: Fraction, width: Fraction) -> tuple[Letter, ...]:
        """Return letters for the two ends of the interval and the least density of all values.

        In the lower half the least density is that of value 1, and the ratio of value 0 to it falls to 1; the upper half is its
        mirror image. Pieces are spread onto their borders. Beyond the cut the ratio is taken to be what it is at the cut, and the
        mass of value 0 above that is given away, by the last letter.

        Args:
            cut: how far below the lower end ratios are followed, in standard deviations; positive.
            width: of a piece, in standard deviations; less is tighter.
        """
        borders = _lower_borders(self.sigma, cut, width)
        shift = 1 / ball(self.sigma)
        ratios = [*((shift * (shift / 2 - t)).exp() for t in borders[:-1]), arb(1)]
        first, least = [normal_cdf(t) for t in borders], [normal_cdf(t - shift) for t in borders]
        given_away = first[0] - ratios[0] * least[0]
        masses = [least[0], *(arb(0) for _ in borders[1:])]
        for i in range(len(borders) - 1):
            more, mass = first[i + 1] - first[i], least[i + 1] - least[i]
            share = (more - ratios[i + 1] * mass) / (ratios[i] - ratios[i + 1])
            masses[i] += share
            masses[i + 1] += mass - share
        lower = [Letter(u * mass, mass, mass) for u, mass in zip(ratios[:-1], masses[:-1], strict=True)]
        middle = 2 * masses[-1]
        return (
            *lower,
            *(Letter(a.second, a.first, a.reference) for a in lower),
            Letter(middle, middle, middle),
            Letter(arb(0), arb(0), 1 - 2 * least[-1]),
            Letter(given_away, arb(0), arb(0)),
        )


@dataclass(frozen=True, slots=True)
class GaussianPoints(RoundedNoise):
    """Gaussian noise for the ends and the middle of the interval, with messages rounded to pieces of the line.

    Pieces are everything below a border, parts of equal width up to the middle, and the mirror images of all these.

    Attributes:
        sigma: the standard deviation of the noise, in lengths of the interval.
        cut: how far outside of the interval pieces go, in standard deviations.
        width: of a piece, in standard deviations.
    """

    sigma: Fraction
    cut: Fraction
    width: Fraction

    @property
    def kind(self) -> str:
        return "gaussian-points"

    def local_factor(self) -> Factor | None:
        """None: that of the messages themselves; rounded ones have one, which is neither rational nor a power of e."""
        return None

    def describe(self) -> str:
        return _words(self.sigma)

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        shift = 1 / ball(self.sigma)
        lower = _lower_borders(self.sigma, self.cut, self.width)
        borders = [*lower, *(shift - t for t in reversed(lower[:-1]))]
        lowest, highest = borders[0], borders[-1]
        rows = []
        for place in (arb(0), shift, shift / 2):
            row = [normal_cdf(lowest - place)]
            row += [
                _between(borders[i] - place, borders[i + 1] - place, below=i + 1 < len(lower))
                for i in range(len(borders) - 1)
            ]
            row.append(normal_cdf(place - highest))
            rows.append(tuple(row))
        return tuple(rows)


def _lower_borders(sigma: Fraction, cut: Fraction, width: Fraction) -> list[arb]:
    """From ``cut`` below the lower end to the middle of the interval, in standard deviations; the lower end is 0."""
    middle = 1 / (2 * sigma)
    pieces = -((-middle - cut) // width)
    return [*(ball(i * width - cut) for i in range(int(pieces))), ball(middle)]


def _between(low: arb, high: arb, *, below: bool) -> arb:
    """Its mass between two places, by the tails on one side: the lower ones, or else the upper ones."""
    return normal_cdf(high) - normal_cdf(low) if below else normal_cdf(-low) - normal_cdf(-high)


def _words(sigma: Fraction) -> str:
    return f"Gaussian noise (0 and 1 are the ends of the interval, 2 its middle), sigma = {sigma}"
