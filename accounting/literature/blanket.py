"""The privacy blanket with concentration inequalities, as Balle, Bell, Gascon and Nissim bound it.

With ``L = gamma (R_x0 - alpha R_x1) / inf_x R_x`` under the blanket, M ~ Bin(n, gamma) and a = alpha - 1, the blanket's
divergence is at most ``(1/(n gamma)) E[(L_1 + .. + L_M)_+]``, and the inner expectation is bounded by Hoeffding's or
Bennett's inequality.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..errors import NotCoveredError
from ..numerics.ball import arb
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..pairs.of_randomizer import largest_ratio
from ..randomizers import FiniteKernel, PureLocal, Randomizer
from ..randomizers.base import InputPair
from .bound import PublishedBound, Source, Status, local_factor
from .shapes import DeltaClaim, sharp

__all__ = ["BLANKETS", "Extremes"]


@dataclass(frozen=True, slots=True)
class Extremes:
    """What the inequalities need of L.

    Attributes:
        gamma: the blanket's mass, or a lower bound of it.
        top: at least the largest value of L.
        extent: at least the distance of its largest and least values.
        square: at least ``E[L^2]``.
    """

    gamma: arb
    top: arb
    extent: arb
    square: arb

    @classmethod
    def of_kernel(cls, kernel: FiniteKernel, pair: InputPair, factor: Factor) -> Extremes:
        """The exact numbers of one pair of inputs at alpha = ``factor``."""
        alpha = factor.ball()
        sent = [a for a in kernel.blanket_letters(pair) if not (a.first.is_zero() and a.second.is_zero())]
        gamma = sum((a.reference for a in sent), arb(0))
        gains = [gamma * (a.first - alpha * a.second) / a.reference for a in sent]
        top = bottom = gains[0]
        for gain in gains[1:]:
            top, bottom = top.max(gain), bottom.min(gain)
        square = sum((a.reference / gamma * g * g for a, g in zip(sent, gains, strict=True)), arb(0))
        return cls(gamma, top, top - bottom, square)

    @classmethod
    def of_any(cls, local: Factor, factor: Factor) -> Extremes:
        """Numbers that hold for every epsilon0-LDP randomizer, e^epsilon0 = ``local``: gamma is between 1/w and 1."""
        w, alpha = local.ball(), factor.ball()
        return cls(
            gamma=1 / w,
            top=w - alpha / w,
            extent=(alpha + 1) * (w - 1 / w),
            square=w * (alpha * alpha + 1) - 2 * alpha / (w * w * w),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Concentration(DeltaClaim):
    """The largest bound over pairs of inputs; 0 from epsilon0 on, as the local randomizer itself guarantees."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        w = local_factor(self.id, randomizer)
        if alpha.at_least(w):
            return Enclosure.exactly(0)
        if alpha.compare_with_one() == 0:
            return None
        worst = Enclosure.exactly(0)
        for extremes in self._all(randomizer, w, alpha):
            worst = worst.maximum(sharp(partial(self._value, extremes, alpha, users), users))
        return worst

    def _value(self, extremes: Callable[[], Extremes], alpha: Factor, users: int) -> arb:
        return self.value(extremes(), alpha.ball() - 1, users)

    @abstractmethod
    def value(self, extremes: Extremes, a: arb, users: int) -> arb:
        """Evaluate the bound at the working precision; a = alpha - 1 > 0."""

    def _all(self, randomizer: Randomizer, w: Factor, alpha: Factor) -> list[Callable[[], Extremes]]:
        match randomizer:
            case PureLocal():
                return [partial(Extremes.of_any, w, alpha)]
            case FiniteKernel():
                pairs = randomizer.neighbours()
                return [
                    partial(Extremes.of_kernel, randomizer, pair, alpha)
                    for pair in pairs
                    if not _is_safe(randomizer, pair, alpha)
                ]
            case _:
                raise NotCoveredError(f"{self.id} is not computed for {randomizer.describe()}")


def _is_safe(kernel: FiniteKernel, pair: InputPair, alpha: Factor) -> bool:
    """Whether L is never positive."""
    largest = largest_ratio(kernel, pair)
    return largest is not None and alpha.at_least(largest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hoeffding(_Concentration):
    """``b^2/(4 a n gamma) (1 - gamma (1 - e^(-2 a^2/b^2)))^n``, b the extent of L."""

    def value(self, extremes: Extremes, a: arb, users: int) -> arb:
        b, gamma = extremes.extent, extremes.gamma
        square = b * b
        decay = -(-2 * a * a / square).expm1()
        return square / (4 * a * users * gamma) * (users * (-gamma * decay).log1p()).exp()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bennett(_Concentration):
    """``(1/(n gamma)) E[e^(-M (c/b^2) phi(a b/c)) b / log(1 + a b/c); M >= 1]``, phi(u) = (1+u) log(1+u) - u.

    b is the largest value of L and c its second moment.
    """

    def value(self, extremes: Extremes, a: arb, users: int) -> arb:
        b, c, gamma = extremes.top, extremes.square, extremes.gamma
        u = a * b / c
        exponent = c / (b * b) * ((1 + u) * u.log1p() - u)
        decay = -(-exponent).expm1()
        with_none = (users * (-gamma * decay).log1p()).exp()
        none = (1 - gamma) ** users
        return b / u.log1p() / (users * gamma) * (with_none - none)


_BBGN = "Balle, Bell, Gascon and Nissim"
_CHECKED = "formula compared with the authors' code; the number of the theorem was not"

BLANKETS: tuple[PublishedBound, ...] = (
    _Hoeffding(
        id="blanket-hoeffding",
        title="Privacy blanket with Hoeffding's inequality",
        source=Source(
            authors=_BBGN,
            year=2019,
            arxiv="1903.02837",
            place="Section 5, with Hoeffding's inequality",
            checked=_CHECKED,
        ),
        status=Status.PROVED,
    ),
    _Bennett(
        id="blanket-bennett",
        title="Privacy blanket with Bennett's inequality",
        source=Source(
            authors=_BBGN,
            year=2019,
            arxiv="1903.02837",
            place="Section 5, with Bennett's inequality",
            checked=_CHECKED,
        ),
        status=Status.PROVED,
    ),
)
