"""The two shapes of published bounds: a formula for delta at an epsilon, and one for epsilon at a delta.

Each answers the other question by inverting its own formula, between certified ends.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ..curves.inverse import certified_inverse, search
from ..errors import NotCoveredError, ParameterError, UndecidedError
from ..numerics.ball import arb, ball, below, enclosure_of, exact_upper, positive_part, precision
from ..numerics.enclosure import Enclosure
from ..numerics.exact import exact, whole
from ..numerics.factor import Factor
from ..randomizers import Randomizer
from .bound import PublishedBound

__all__ = ["DeltaClaim", "EpsilonClaim", "Span", "sharp"]

_LARGEST_EPSILON = Fraction(300)
_SHARP = 60  # digits that a value should have, in bits
_MOST_BITS = 1 << 14
_TINY = -40_000  # numbers below two to this power need no digits
_BISECTIONS = 120
_WIDTH = Fraction(2, 10**6)
_NARROW = Fraction(1, 10**12)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaClaim(PublishedBound):
    """A bound that is stated as delta at an epsilon, falling in epsilon."""

    @abstractmethod
    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        """Enclose the claimed delta at ``alpha = e^epsilon``, at least 1.

        Args:
            randomizer: what every user applies.
            users: n, the target included.
            alpha: e^epsilon, at least 1.
            relative_width: the width to aim at, relative to the value.

        Returns:
            None where the paper claims nothing at so small an alpha.

        Raises:
            NotCoveredError: the paper claims nothing at any alpha.
        """

    def claimed_delta(self, randomizer: Randomizer, *, users: int, alpha: Fraction) -> Enclosure:
        users, alpha = whole("users", users, least=2), _read_alpha(alpha)
        claimed = self.delta_at(randomizer, users, Factor.of(alpha), 1e-7)
        if claimed is None:
            raise NotCoveredError(f"{self.id} claims nothing at epsilon = log {alpha} among {users} users")
        return claimed

    def claimed_epsilon(self, randomizer: Randomizer, *, users: int, delta: Fraction) -> Enclosure:
        users, delta = whole("users", users, least=2), _read_delta(delta)

        def curve(alpha: Factor, relative_width: float) -> Enclosure:
            claimed = self.delta_at(randomizer, users, alpha, relative_width)
            return Enclosure.exactly(1) if claimed is None else claimed  # no mechanism has more

        if curve(Factor.of(Fraction(1)), 1e-3).upper <= delta:
            return Enclosure.exactly(0)
        guess = search(curve, delta, float(_LARGEST_EPSILON))
        lower, upper = certified_inverse(curve, delta, guess, _LARGEST_EPSILON, 1e-6)
        if upper is None:
            raise NotCoveredError(f"{self.id} claims no delta as small as {delta} up to epsilon = 300")
        return _narrowed(curve, delta, lower, upper)


def _narrowed(
    curve: Callable[[Factor, float], Enclosure], delta: Fraction, lower: Fraction, upper: Fraction
) -> Enclosure:
    """Halve until the ends are near: the search that starts them knows smooth curves only."""
    for _ in range(_BISECTIONS):
        middle = Fraction(float((lower + upper) / 2))
        if upper - lower <= _WIDTH * upper or not lower < middle < upper:
            break
        value = curve(Factor.exp(middle), 1e-7)
        if value.lower > delta:
            lower = middle
        elif value.upper <= delta:
            upper = middle
        else:
            break
    return Enclosure(lower, upper)


@dataclass(frozen=True, slots=True)
class Span:
    """The deltas at which a formula for epsilon is stated, as values of ``log(1/delta)``.

    Attributes:
        least: ``log(1/delta)`` at the largest delta.
        most: ``log(1/delta)`` at the smallest delta; None where every positive delta is covered.
    """

    least: arb
    most: arb | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpsilonClaim(PublishedBound):
    """A bound that is stated as epsilon at a delta, falling in delta.

    What is claimed at an epsilon is the least delta whose claimed epsilon is not above it.
    """

    @abstractmethod
    def epsilon_at(self, randomizer: Randomizer, users: int, log: arb) -> arb:
        """Enclose the claimed epsilon, in nats, at ``delta = e^-log``; rises in ``log``.

        Raises:
            NotCoveredError: the paper claims nothing for this kind of randomizer.
        """

    @abstractmethod
    def span(self, randomizer: Randomizer, users: int) -> Span:
        """Return the deltas at which the paper claims something.

        Raises:
            NotCoveredError: at none, or for this kind of randomizer not at all.
        """

    def claimed_epsilon(self, randomizer: Randomizer, *, users: int, delta: Fraction) -> Enclosure:
        users, delta = whole("users", users, least=2), _read_delta(delta)
        with precision(_bits(users)):
            span, log = self.span(randomizer, users), -ball(delta).log()
            self._certainly(span.least, log, f"delta = {float(delta):g} is too large for it")
            if span.most is not None:
                self._certainly(
                    log, span.most, f"delta = {float(delta):g} is too small for it among {users} users"
                )
            return enclosure_of(self.epsilon_at(randomizer, users, log))

    def claimed_delta(self, randomizer: Randomizer, *, users: int, alpha: Fraction) -> Enclosure:
        users, alpha = whole("users", users, least=2), _read_alpha(alpha)
        with precision(_bits(users)):
            span, epsilon = self.span(randomizer, users), ball(alpha).log()

            def certainly_above(log: arb) -> bool:
                return below(epsilon, self.epsilon_at(randomizer, users, log))

            def certainly_below(log: arb) -> bool:
                return below(self.epsilon_at(randomizer, users, log), epsilon)

            if not certainly_below(span.least):
                raise NotCoveredError(
                    f"{self.id} claims no epsilon as small as log {alpha} among {users} users"
                )
            if span.most is not None and certainly_below(span.most):
                return enclosure_of((-span.most).exp())
            low, high = exact_upper(span.least), _reach(span, certainly_above)
            least, most = _between(low, high, certainly_below, certainly_above)
            return enclosure_of((-ball(least)).exp().union((-ball(most)).exp()))

    def _certainly(self, small: arb, large: arb, words: str) -> None:
        if below(large, small):
            raise NotCoveredError(f"{self.id}: {words}")
        if not small <= large:
            raise UndecidedError(f"{self.id}: whether its condition holds is not decided: {words}")


def _reach(span: Span, certainly_above: Callable[[arb], bool]) -> Fraction:
    """A ``log`` at which the claim is certainly above, or the largest one that is covered."""
    if span.most is not None:
        return exact_upper(span.most)
    log = exact_upper(span.least) + 1
    while not certainly_above(ball(log)):
        log *= 2
        if log > 10**30:
            raise UndecidedError("the claimed epsilon stays below the given one at every delta")
    return log


def _between(
    low: Fraction,
    high: Fraction,
    certainly_below: Callable[[arb], bool],
    certainly_above: Callable[[arb], bool],
) -> tuple[Fraction, Fraction]:
    """Halve between a place where a rising function is certainly below and one where it may be above."""
    for _ in range(_BISECTIONS):
        if high - low <= _NARROW * high:
            break
        middle = Fraction(float((low + high) / 2))
        if not low < middle < high:
            break
        if certainly_below(ball(middle)):
            low = middle
        elif certainly_above(ball(middle)):
            high = middle
        else:  # so near that the balls do not decide: the crossing may be on either side
            break
    return low, high


def sharp(value: Callable[[], arb], users: int) -> Enclosure:
    """Enclose a nonnegative number, at as many bits as it takes to know it well.

    Args:
        value: evaluates the number at the working precision of ``numerics.ball``.
        users: sets the precision to start from.

    Raises:
        UndecidedError: its digits stay unknown.
    """
    bits = _bits(users)
    while True:
        with precision(bits):
            found = value()
            if found.rel_accuracy_bits() >= _SHARP or found.is_zero():
                return enclosure_of(found)
            if below(found, arb(2) ** _TINY):
                return Enclosure(Fraction(0), exact_upper(positive_part(found)))
        bits *= 2
        if bits > _MOST_BITS:
            raise UndecidedError(
                f"a claimed value is not known to {_SHARP} bits at a precision of {bits} bits"
            )


def _bits(users: int) -> int:
    return 160 + 2 * users.bit_length()


def _read_alpha(alpha: Fraction) -> Fraction:
    value = exact("alpha", alpha)
    if value < 1:
        raise ParameterError("alpha", "must be at least 1", alpha, "alpha is e^epsilon")
    return value


def _read_delta(delta: Fraction) -> Fraction:
    value = exact("delta", delta)
    if not 0 < value < 1:
        raise ParameterError("delta", "must lie strictly between 0 and 1", delta)
    return value
