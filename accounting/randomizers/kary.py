"""k-ary randomized response, and its special case with two values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..errors import ParameterError
from ..numerics.ball import arb
from ..numerics.exact import ExactLike, exact, positive_epsilon, whole
from ..numerics.factor import Factor
from .base import Channel, FiniteKernel, InputPair, Letter

__all__ = ["BinaryRandomizedResponse", "KaryRandomizedResponse", "read_factor", "read_odds", "shown_factor"]


@dataclass(frozen=True, slots=True, init=False)
class KaryRandomizedResponse(FiniteKernel):
    """Report the true value with probability ``keep``, else one of the others at random.

    Attributes:
        values: the number of values, at least 2.
        factor: ``e^epsilon0 = keep (values - 1) / (1 - keep)``, above 1.
    """

    values: int
    factor: Factor

    def __init__(
        self, values: ExactLike, epsilon0: ExactLike | None = None, *, keep: ExactLike | None = None
    ) -> None:
        """Describe the randomizer by its local epsilon or by the probability of the truth.

        Args:
            values: the number of values, at least 2.
            epsilon0: the local epsilon, in nats; positive, at most 300.
            keep: P(report = value); above 1/values and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        object.__setattr__(self, "values", count)
        object.__setattr__(self, "factor", read_factor(count, epsilon0, keep))

    @classmethod
    def with_factor(cls, values: int, factor: Factor) -> KaryRandomizedResponse:
        """Describe k-ary randomized response by ``e^epsilon0`` itself."""
        made = object.__new__(KaryRandomizedResponse)
        object.__setattr__(made, "values", values)
        object.__setattr__(made, "factor", factor)
        return made

    @property
    def kind(self) -> str:
        return "kary-randomized-response"

    def local_factor(self) -> Factor:
        return self.factor

    @property
    def inputs(self) -> int:
        return self.values

    def describe(self) -> str:
        return f"{self.values}-ary randomized response, {shown_factor(self.factor)}"

    def neighbours(self) -> Sequence[InputPair]:
        return ((0, 1),)

    def companions(self, pair: InputPair) -> Sequence[int]:
        return (2, *pair) if self.values > 2 else pair

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        truth, lie = self._masses()
        rest = (self.values - 2) * lie
        residual = Letter(arb(0), arb(0), (self.factor.ball() - 1) * lie)
        return (
            Letter(truth, lie, lie),
            Letter(lie, truth, lie),
            *_unless_empty(self.values - 2, rest),
            residual,
        )

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        truth, lie = self._masses()
        first = Letter(truth, lie, truth if companion == pair[0] else lie)
        second = Letter(lie, truth, truth if companion == pair[1] else lie)
        if companion in pair:
            rest = (self.values - 2) * lie
            return (first, second, *_unless_empty(self.values - 2, rest))
        rest = (self.values - 3) * lie
        return (first, second, Letter(lie, lie, truth), *_unless_empty(self.values - 3, rest))

    def channel(self) -> Channel | None:
        w = self.factor.rational
        if w is None:
            return None
        total = w + self.values - 1
        return tuple(
            tuple((w if x == y else Fraction(1)) / total for y in range(self.values))
            for x in range(self.values)
        )

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        truth, lie = self._masses()
        return tuple(tuple(truth if x == y else lie for y in range(self.values)) for x in range(self.values))

    def _masses(self) -> tuple[arb, arb]:
        w = self.factor.ball()
        lie = 1 / (w + (self.values - 1))
        return w * lie, lie


@dataclass(frozen=True, slots=True, init=False)
class BinaryRandomizedResponse(KaryRandomizedResponse):
    """Report the true bit with probability ``keep = e^epsilon0 / (e^epsilon0 + 1)``, else the other one."""

    def __init__(self, epsilon0: ExactLike | None = None, *, keep: ExactLike | None = None) -> None:
        """Describe the randomizer by its local epsilon or by the probability of the truth.

        Args:
            epsilon0: the local epsilon, in nats; positive, at most 300.
            keep: P(report = value); above 1/2 and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        KaryRandomizedResponse.__init__(self, 2, epsilon0, keep=keep)

    @property
    def kind(self) -> str:
        return "binary-randomized-response"

    def describe(self) -> str:
        return f"binary randomized response, {shown_factor(self.factor)}"


def _unless_empty(messages: int, mass: arb) -> tuple[Letter, ...]:
    """The messages that every input but their own produces alike, as one letter."""
    return (Letter(mass, mass, mass),) if messages else ()


def read_factor(values: int, epsilon0: ExactLike | None, keep: ExactLike | None) -> Factor:
    """Read ``e^epsilon0`` of a response with this many values, given as epsilon0 or as P(truth)."""
    return read_odds(Fraction(1, values), epsilon0, keep)


def read_odds(share: Fraction, epsilon0: ExactLike | None, keep: ExactLike | None) -> Factor:
    """Read ``e^epsilon0``, given as epsilon0 or as the probability of the messages that the value favours.

    Args:
        share: of all messages, those that a value favours; at ``e^epsilon0 = 1`` it is their probability.
        epsilon0: in nats; positive, at most 300.
        keep: their probability, above ``share`` and below 1. One of the two is given.

    Raises:
        ParameterError: a value breaks its rule.
    """
    if (epsilon0 is None) == (keep is None):
        raise ParameterError(
            "epsilon0", "or keep must be given, one of the two", f"epsilon0={epsilon0}, keep={keep}"
        )
    if epsilon0 is not None:
        return Factor.exp(positive_epsilon("epsilon0", epsilon0))
    chance = exact("keep", keep)  # type: ignore[arg-type]
    if not share < chance < 1:
        remedy = f"At {share} reports carry nothing; at 1 they hide nothing"
        raise ParameterError("keep", f"must lie strictly between {share} and 1", keep, remedy)
    return Factor.of(chance * (1 - share) / ((1 - chance) * share))


def shown_factor(factor: Factor) -> str:
    """Show ``e^epsilon0`` as it was given."""
    if factor.rational is not None:
        return f"e^epsilon0 = {factor.rational}"
    return f"epsilon0 = {float(factor.exponent or 0):g}"
