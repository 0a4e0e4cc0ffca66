"""Shuffled binary randomized response as a pair: exactly the worst data set, at every factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from ..claims import relies_on
from ..numerics.ball import ball, exact_lower, exact_upper, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..randomizers.kary import KaryRandomizedResponse
from .binary import worst_binaries
from .pair import Pair, Value
from .walks import WalkPair
from .witness import Witness

__all__ = ["BinaryPair", "MixturePair"]

_COARSE = 1e-2
_NEGLIGIBLE = Fraction(1, 10**310)


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryPair(Pair):
    """The largest divergence over all neighbouring data sets of binary response, both orders.

    Attributes:
        users: n, the target included.
        odds: e^epsilon0.
        randomizer: its description, for the witness.
    """

    users: int
    odds: Factor
    randomizer: str

    @property
    def claims(self) -> tuple[str, ...]:
        return (
            "binary-threshold",
            "binary-relaxation",
            "swap-law",
            "binary-table",
            "lattice-contour",
            "blanket-reduction",
            "outward-rounding",
        )

    @property
    def is_symmetric(self) -> bool:
        return True

    def value(self, alpha: Factor, relative_width: float) -> Value:
        return self.values([alpha], relative_width)[0]

    @relies_on("binary-threshold", "binary-relaxation", "binary-table", "swap-law")
    def values(self, alphas: Sequence[Factor], relative_width: float) -> list[Value]:
        found: dict[Factor, Value] = {}
        sought = []
        for alpha in dict.fromkeys(
            alpha if alpha.compare_with_one() >= 0 else alpha.inverse() for alpha in alphas
        ):
            blanket = self._blanket().value(alpha, _COARSE).delta
            if blanket.upper < _NEGLIGIBLE:  # 0, or no use in a search
                found[alpha] = Value(Enclosure(Fraction(0), blanket.upper), self._witness(0))
            else:
                sought.append(alpha)
        for alpha, worst in zip(
            sought,
            worst_binaries(self.users, self.odds, sought, relative_width) if sought else (),
            strict=True,
        ):
            delta, witness = worst.delta, self._witness(worst.ones)
            if delta.upper > 2 * delta.lower:  # the search gave up
                found[alpha] = self._bracketed(alpha, relative_width, delta, witness)
            else:
                found[alpha] = Value(delta, witness)
        return [
            found[alpha] if alpha.compare_with_one() >= 0 else _mirrored(alpha, found[alpha.inverse()])
            for alpha in alphas
        ]

    @relies_on("blanket-reduction", "homogeneous-witness")
    def _bracketed(self, alpha: Factor, relative_width: float, delta: Enclosure, witness: Witness) -> Value:
        upper = min(delta.upper, self._blanket().value(alpha, relative_width).delta.upper)
        lower = delta.lower
        for companion in (0, 1):
            alike = WalkPair(
                users=self.users,
                letters=partial(self._kernel().companion_letters, (1, 0), companion),
                largest=self.odds,
                basis=("homogeneous-witness",),
            )
            attained = alike.value(alpha, relative_width).delta.lower
            if attained > lower:
                lower, witness = attained, self._witness(companion * (self.users - 1))
        return Value(Enclosure(lower, upper), witness)

    def _kernel(self) -> KaryRandomizedResponse:
        return KaryRandomizedResponse.with_factor(2, self.odds)

    def _blanket(self) -> WalkPair:
        return WalkPair(
            users=self.users,
            letters=partial(self._kernel().blanket_letters, (1, 0)),
            largest=self.odds,
            basis=("blanket-reduction",),
        )

    def ceiling(self) -> Factor:
        return self.odds

    def floor(self) -> Enclosure:
        return Enclosure.exactly(0)

    def witness_at_zero(self) -> Witness:
        return self._witness(self.users - 1)

    def _witness(self, ones: int) -> Witness:
        return Witness(
            randomizer=self.randomizer,
            users=self.users,
            target=(1, 0),
            others=((0, self.users - 1 - ones), (1, ones)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MixturePair(BinaryPair):
    """The same for values of an interval, which are rounded at random to its ends, the two values of binary response."""

    @property
    def claims(self) -> tuple[str, ...]:
        return ("input-mixtures", *BinaryPair.claims.fget(self))  # type: ignore[attr-defined]


def _mirrored(alpha: Factor, value: Value) -> Value:
    """delta(alpha) = 1 - alpha + alpha delta(1/alpha); the other order exchanges ones and zeros."""
    with precision(160):
        factor = alpha.ball()
        ends = [1 - factor + factor * ball(end) for end in (value.delta.lower, value.delta.upper)]
        delta = Enclosure(exact_lower(ends[0]), min(exact_upper(ends[1]), Fraction(1)))
    return Value(delta, None if value.witness is None else value.witness.reversed())
