"""A released count with binomial noise: the pair is a shifted binomial law, exactly.

With M = users x bits noise bits and the largest shift g = levels, the two orders are (N + g, N) and
(N, N + g), N = Bin(M, p); the second one is the first with p replaced by 1 - p. For alpha >= 1 the best
event is ``{count >= t}`` for the least t with ``P(N = t - g) > alpha P(N = t)``. Statement: shifted-counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import arb, ball, enclosure_of, exact_lower, exact_upper, positive_part, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.lattice import Bracket, bernoulli_law, choose_contour
from ..randomizers.count import BinomialCount
from .count_table import CountTable, count_table
from .pair import Pair, Value
from .witness import Witness

__all__ = ["CountPair"]

_HOPELESS = -1500  # far below the least float
_SUMMED = 400  # up to this many noise bits the law is summed as it stands
_TOP = 4000  # up to this many masses at the upper end are summed as they stand


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPair(Pair):
    """The released count of a binomial-noise sum, in one order.

    Attributes:
        randomizer: levels, noise bits per user and their chance.
        users: n, the target included.
        rising: the target holds all levels in the first data set and none in the second; else the reverse.
    """

    randomizer: BinomialCount
    users: int
    rising: bool

    @property
    def claims(self) -> tuple[str, ...]:
        return ("shifted-counts", "swap-law", "count-table", "lattice-contour", "outward-rounding")

    @property
    def is_symmetric(self) -> bool:
        """Whether both orders have the same curve."""
        return self._chance == Fraction(1, 2)

    @property
    def _noise_bits(self) -> int:
        return self.users * self.randomizer.bits

    @property
    def _chance(self) -> Fraction:
        """The chance of a noise bit, seen from the end from which the shift raises the count."""
        return self.randomizer.p if self.rising else 1 - self.randomizer.p

    @relies_on("shifted-counts", "swap-law", "count-table", "lattice-contour")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        if (
            alpha.compare_with_one() < 0
        ):  # delta(alpha) = 1 - alpha + alpha times that of the other order at 1/alpha
            other = CountPair(randomizer=self.randomizer, users=self.users, rising=not self.rising)
            mirrored = other.value(alpha.inverse(), relative_width).delta
            with precision(160):
                factor = alpha.ball()
                ends = [1 - factor + factor * ball(end) for end in (mirrored.lower, mirrored.upper)]
                return Value(
                    Enclosure(exact_lower(ends[0]), min(exact_upper(ends[1]), Fraction(1))), self._witness
                )
        return Value(self._at_least_one(alpha, relative_width), self._witness)

    def ceiling(self) -> None:
        return None

    def floor(self) -> Enclosure:
        """P(N > M - g)."""
        return self._top_mass(self._chance)

    def witness_at_zero(self) -> Witness:
        return self._witness

    @property
    def _witness(self) -> Witness:
        levels = self.randomizer.levels
        return Witness(
            randomizer=self.randomizer.describe(),
            users=self.users,
            target=(levels, 0) if self.rising else (0, levels),
            others=((0, self.users - 1),),
        )

    def _at_least_one(self, alpha: Factor, relative_width: float) -> Enclosure:
        p = self._chance
        bits, shift = self._noise_bits, self.randomizer.levels
        with precision(128 + bits.bit_length()):
            chance, factor = ball(p), alpha.ball()
            candidates = self._thresholds(p, alpha)
            # Chernoff: P(N >= t - g) at the exponent where the ratio of the shift is alpha
            tilt = factor.log() / shift
            most = bits * (1 + chance * (tilt.exp() - 1)).log() - tilt * (candidates[0] - shift)
            if most < _HOPELESS:
                return Enclosure(Fraction(0), exact_upper(most.exp()))
            table = count_table(bits, p) if bits > _SUMMED else None
            tabulated = None if table is None else [_bracket(table, t, shift, factor) for t in candidates]
            if tabulated is not None and None not in tabulated:
                values = [value for value in tabulated if value is not None]
            elif bits <= _SUMMED:
                law = bernoulli_law(bits, chance, 0, chance)
                values = [
                    sum(law[max(t - shift, 0) :], arb(0)) - factor * sum(law[t:], arb(0)) for t in candidates
                ]
            elif bits - candidates[0] + shift < _TOP:
                tails = _upper_tails(bits, chance, bits - candidates[0] + shift + 1)
                values = [
                    tails[bits - t + shift] - (factor * tails[bits - t] if t <= bits else 0)
                    for t in candidates
                ]
            else:
                bracket = Bracket(
                    total=bits, first=chance, second=chance, shift=shift, gain=arb(1), loss=factor
                )
                values = [choose_contour(bracket, 0, t, relative_width / 64).value(0, t) for t in candidates]
            best = positive_part(values[0])
            for value in values[1:]:
                best = best.max(positive_part(value))
            found = enclosure_of(best)
            return Enclosure(min(found.lower, Fraction(1)), min(found.upper, Fraction(1)))

    def _thresholds(self, p: Fraction, alpha: Factor) -> list[int]:
        """Integers among which is a best threshold: the likelihood ratio rises in t."""
        low, high = self._around(p, alpha)
        unclear: list[int] = []
        while low < high:
            middle = (low + high) // 2
            sign = self._ratio_sign(p, alpha, middle)
            if sign is None:  # equal up to precision: thresholds at middle and middle + 1 give the same
                unclear.append(middle)
                break
            if sign > 0:
                high = middle
            else:
                low = middle + 1
        if unclear:
            return [unclear[0], unclear[0] + 1]
        return [low]

    def _around(self, p: Fraction, alpha: Factor) -> tuple[int, int]:
        """Bracket the least threshold: the ratio is a product of ``shift`` quotients, and not above alpha where none is above its root.

        Below ``shift`` the ratio is 0, and at ``bits + 1`` it is infinite.
        """
        bits, shift = self._noise_bits, self.randomizer.levels
        root = (alpha.log() / shift).exp() * ball(p) / ball(1 - p)
        place = (
            root * (bits + 1) / (1 + root)
        )  # t - i beyond which the i-th quotient is above the root of alpha
        if not place.is_finite():
            return min(shift, bits + 1), bits + 1
        below, above = int(place.lower().floor().fmpz()), int(place.upper().ceil().fmpz())
        return max(min(shift, bits + 1), below), min(bits + 1, above + shift)

    def _ratio_sign(self, p: Fraction, alpha: Factor, t: int) -> int | None:
        """The sign of ``log P(N = t - g) - log P(N = t) - log alpha``; None when it is exactly or about 0."""
        bits, shift = self._noise_bits, self.randomizer.levels
        if shift <= 40:  # a product of few rationals, exact
            ratio = Fraction(1)
            for i in range(shift):
                ratio *= Fraction(t - i, bits - t + i + 1)
            ratio *= ((1 - p) / p) ** shift
            factor = Factor.of(ratio)
            if not factor.at_least(alpha):
                return -1
            return None if alpha.at_least(factor) else 1
        gap = (
            _log_factorial(t)
            + _log_factorial(bits - t)
            - _log_factorial(t - shift)
            - _log_factorial(bits - t + shift)
            + shift * ((1 - ball(p)) / ball(p)).log()
            - alpha.log()
        )
        return 1 if gap > 0 else -1 if gap < 0 else None

    def _top_mass(self, p: Fraction) -> Enclosure:
        bits, shift = self._noise_bits, self.randomizer.levels
        if shift > bits:
            return Enclosure.exactly(1)
        with precision(192 + bits.bit_length()):
            if bits <= _SUMMED:
                law = bernoulli_law(bits, ball(p), 0, ball(p))
                found = enclosure_of(sum(law[bits - shift + 1 :], arb(0)))
                return Enclosure(found.lower, min(found.upper, Fraction(1)))
            if shift <= _TOP:
                return enclosure_of(_upper_tails(bits, ball(p), shift)[-1])
            # P(N > M - g) between the mass at M and Chernoff's bound
            last = (bits * ball(p).log()).exp()
            share = 1 - ball(Fraction(shift - 1, bits))
            if not share > ball(p):
                return Enclosure(enclosure_of(last).lower, Fraction(1))
            rest = 1 - share
            exponent = share * (share / ball(p)).log() + rest * (rest / (1 - ball(p))).log()
            return enclosure_of(last.union((-bits * exponent).exp()))


def _bracket(table: CountTable, t: int, shift: int, factor: arb) -> arb | None:
    """Return ``P(N >= t - shift) - factor P(N >= t)``; None outside the table."""
    first, second = table.tail(t - shift), table.tail(t)
    return None if first is None or second is None else first - factor * second


def _upper_tails(bits: int, chance: arb, terms: int) -> list[arb]:
    """Return ``P(N >= bits)``, ``P(N >= bits - 1)`` and so on, from the masses, each of which is a multiple of the one above."""
    odds = (1 - chance) / chance
    mass = chance**bits
    tails = [mass]
    for k in range(bits, bits - terms + 1, -1):
        mass = mass * k * odds / (bits - k + 1)
        tails.append(tails[-1] + mass)
    return tails


def _log_factorial(count: int) -> arb:
    return arb(count + 1).lgamma()
