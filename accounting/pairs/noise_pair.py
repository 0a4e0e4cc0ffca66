"""A released count with Poisson or negative binomial noise: the pair is a shifted law on the whole numbers, exactly.

The two orders are (Z + s, Z) and (Z, Z + s), and no one of them is the other mirrored: Z has a least value and no largest one.
For alpha >= 1 an interval of counts that ends at one threshold is the best event. Statement: shifted-noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..numerics.ball import arb, ball, enclosure_of, exact_lower, exact_upper, positive_part, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..numerics.noise import NoiseLaw
from ..numerics.noise_table import noise_table
from .pair import Pair, Value
from .witness import Witness

__all__ = ["NoisePair"]

_HOPELESS = -1500  # log of what is far below the least float
_SEARCH_BITS = 320
_NEGLIGIBLE = 2.0**-1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisePair(Pair):
    """A count with noise of one law, in one order and for one shift.

    Attributes:
        noise: the law of all users' noise together.
        shift: by how much the target's value moves the count, at least 1.
        rising: the target holds the larger value in the first data set; else in the second.
        users: n, the target included.
        randomizer: its description, for the witness.
        basis: the claims that make this pair the worst one, or one of the worst.
    """

    noise: NoiseLaw
    shift: int
    rising: bool
    users: int
    randomizer: str
    basis: tuple[str, ...] = ("shifted-noise",)

    @property
    def claims(self) -> tuple[str, ...]:
        return (*self.basis, "swap-law", "noise-tails", "outward-rounding")

    @relies_on("shifted-noise", "swap-law", "noise-tails")
    def value(self, alpha: Factor, relative_width: float) -> Value:
        ceiling = self.ceiling()
        if ceiling is not None and alpha.at_least(ceiling):
            return Value(Enclosure.exactly(0), self._witness)
        if alpha.compare_with_one() < 0:  # 1 - alpha + alpha times that of the other order at 1/alpha
            mirrored = self._swapped().value(alpha.inverse(), relative_width).delta
            with precision(160):
                factor = alpha.ball()
                ends = [1 - factor + factor * ball(end) for end in (mirrored.lower, mirrored.upper)]
                return Value(
                    Enclosure(exact_lower(ends[0]), min(exact_upper(ends[1]), Fraction(1))), self._witness
                )
        if not self.rising:
            return Value(self._falling(alpha), self._witness)
        if self.noise.is_log_concave:
            return Value(self._rising(alpha), self._witness)
        return Value(self._rising_below_one_share(alpha), self._witness)

    def ceiling(self) -> Factor | None:
        """The largest ``P(z - s)/P(z)``: its limit where it rises, its first value where it falls; None in the other order."""
        decay = self.noise.decay
        if not self.rising or decay == 0:
            return None
        if self.noise.is_log_concave:
            return Factor.of(decay**-self.shift)
        return Factor.of(self.noise.first_ratio(self.shift))

    def floor(self) -> Enclosure:
        """``P(Z < s)`` in the falling order: counts that the larger value never gives."""
        if self.rising:
            return Enclosure.exactly(0)
        with precision(self.noise.bits(self.shift)):
            return _within(self.noise.head(self.shift), arb(0))

    def witness_at_zero(self) -> Witness:
        return self._witness

    def _swapped(self) -> NoisePair:
        return NoisePair(
            noise=self.noise,
            shift=self.shift,
            rising=not self.rising,
            users=self.users,
            randomizer=self.randomizer,
            basis=self.basis,
        )

    @property
    def _witness(self) -> Witness:
        return Witness(
            randomizer=self.randomizer,
            users=self.users,
            target=(self.shift, 0) if self.rising else (0, self.shift),
            others=((0, self.users - 1),),
        )

    def _rising(self, alpha: Factor) -> Enclosure:
        """``P(Z >= t - s) - alpha P(Z >= t)`` at the least t with ``P(t - s) > alpha P(t)``: that ratio rises in t."""
        s = self.shift
        low, high = s, 2 * s
        while (sign := self._sign(alpha, high)) <= 0:
            if sign < 0 and (rest := self._hopeless(high - s)) is not None:  # no threshold up to here
                return rest
            low, high = (high if sign < 0 else low), 2 * high
        t, _, slack = self._first(alpha, low, high, before=-1)
        rest = self._hopeless(t - s)
        if rest is not None:
            return rest
        with precision(self.noise.bits(t)):
            inside = self._tail(t - s)
            value = inside - alpha.ball() * self._tail(t)
            return _within(value, slack * inside)

    def _falling(self, alpha: Factor) -> Enclosure:
        """``P(Z < t) - alpha P(Z < t - s)`` at the least t >= s with ``P(t) <= alpha P(t - s)``: that ratio falls in t."""
        s = self.shift
        t, last, slack = s, s, arb(0)
        if self.noise.is_log_concave:  # else masses fall, and no t is less than s
            low, high, inverse = s, s + 1, alpha.inverse()
            while (sign := self._sign(inverse, high)) <= 0:
                low, high = (high if sign < 0 else low), 2 * high
            t, last, slack = self._first(inverse, low, high, before=-1)
        with precision(self.noise.bits(t)):
            inside = self._head(t)
            value = inside - alpha.ball() * self._head(t - s)
            return _within(value, slack * self._head(last + 1))

    def _rising_below_one_share(self, alpha: Factor) -> Enclosure:
        """``P(Z < t - s) - alpha P(s <= Z < t)`` at the least t >= s with ``P(t - s) <= alpha P(t)``: that ratio falls in t."""
        s = self.shift
        low, high = s, 2 * s
        beyond = Fraction(0)
        while (sign := self._sign(alpha, high)) >= 0:
            rest = self._hopeless(high - s)
            if rest is not None:  # what lies further on adds at most its mass
                beyond = rest.upper
                with precision(self.noise.bits(high)):
                    taken = alpha.ball() * ball(beyond)
                    if taken < _NEGLIGIBLE:  # nor does it take away much: no threshold at all
                        return _within(1 - alpha.ball() * self._tail(s), taken)
                break
            low, high = (high if sign > 0 else low), 2 * high
        t, _, slack = self._first(alpha, low, high, before=1)
        with precision(self.noise.bits(t)):
            value = self._head(t - s) - alpha.ball() * self._between(s, t)
            return _within(value, slack + ball(beyond))

    def _between(self, first: int, last: int) -> arb:
        """Enclose ``P(first <= Z < last)`` from the side of the mean on which it is small: alpha may be huge."""
        if first > self.noise.mean:
            return self._tail(first) - self._tail(last)
        return self._head(last) - self._head(first)

    def _tail(self, z: int) -> arb:
        """Enclose ``P(Z >= z)``, by the table of all tails where there is one."""
        table = noise_table(self.noise)
        found = None if table is None else table.tail(z)
        return _tails_at(self.noise, z)[0] if found is None else found

    def _head(self, z: int) -> arb:
        """Enclose ``P(Z < z)``, by the table of all tails where there is one."""
        table = noise_table(self.noise)
        found = None if table is None else table.head(z)
        return _tails_at(self.noise, z)[1] if found is None else found

    def _hopeless(self, z: int) -> Enclosure | None:
        """Enclose ``P(Z >= z)`` where it is so small that floats do not know it; else None."""
        if z <= self.noise.mean:
            return None
        with precision(self.noise.bits(z)):
            most = self.noise.log_chernoff(z)
            return Enclosure(Fraction(0), exact_upper(most.exp())) if most < _HOPELESS else None

    def _sign(self, alpha: Factor, t: int) -> int:
        """The sign of ``log P(t - s) - log P(t) - log alpha``, 0 where it is open."""
        with precision(_SEARCH_BITS + 2 * t.bit_length()):
            gap = self.noise.log_ratio(t, self.shift) - alpha.log()
            return 1 if gap > 0 else -1 if gap < 0 else 0

    def _first(self, alpha: Factor, low: int, high: int, *, before: int) -> tuple[int, int, arb]:
        """Return the first t in low .. high at which the sign is not certainly ``before``, the last open one, and what these may cost.

        Up to the first t with the other sign, the logarithms of ``P(t - s)`` and ``alpha P(t)`` differ by at most the largest
        gap at the two ends, because the ratio is monotone. An event that ends anywhere there gains at most ``e^gap - 1`` times
        the mass of these counts under the first data set.

        Args:
            alpha: what the ratio is compared with.
            low: the sign is ``before`` at all smaller t.
            high: the sign is not ``before`` from here on.
            before: the sign at first.
        """
        first = self._bisect(alpha, low, high, lambda sign: sign != before)
        if self._sign(alpha, first) != 0:
            return first, first, arb(0)
        last = max(self._bisect(alpha, first, high, lambda sign: sign == -before) - 1, first)
        with precision(_SEARCH_BITS + 2 * last.bit_length()):
            gaps = [abs(self.noise.log_ratio(t, self.shift) - alpha.log()).upper() for t in (first, last)]
            return first, last, gaps[0].max(gaps[1]).exp() - 1

    def _bisect(self, alpha: Factor, low: int, high: int, reached: Callable[[int], bool]) -> int:
        while low < high:
            middle = (low + high) // 2
            if reached(self._sign(alpha, middle)):
                high = middle
            else:
                low = middle + 1
        return low


@lru_cache(maxsize=4096)
def _tails_at(noise: NoiseLaw, z: int) -> tuple[arb, arb]:
    """Enclose ``P(Z >= z)`` and ``P(Z < z)``: many factors share a threshold."""
    with precision(noise.bits(z)):
        return noise.tail(z), noise.head(z)


def _within(value: arb, slack: arb) -> Enclosure:
    """Enclose the positive part of a number that is at most ``slack`` above ``value``, using that a delta is at most 1."""
    found = enclosure_of(positive_part(value.union(value + slack)))
    return Enclosure(found.lower, min(found.upper, Fraction(1)))
