"""The geometric mechanism on 0 .. levels, truncated to this range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..errors import ParameterError
from ..numerics.ball import arb
from ..numerics.exact import ExactLike, exact, positive_epsilon, whole
from ..numerics.factor import Factor
from .base import Channel, FiniteKernel, InputPair, Letter

__all__ = ["TruncatedGeometric"]

LARGEST_LEVELS = 64


@dataclass(frozen=True, slots=True, init=False)
class TruncatedGeometric(FiniteKernel):
    """Add two-sided geometric noise, P(z) proportional to ``decay^|z|``, and clamp the result to 0 .. levels.

    Without clamping (the discrete Laplace mechanism) a batch loses exactly as much: all messages beyond an end have the
    same likelihood ratios as the end itself.

    Attributes:
        levels: the largest value; values and messages are 0 .. levels.
        step: ``e^(epsilon0/levels) = 1/decay``, the largest likelihood ratio of values that differ by 1; above 1.

    Source: Ghosh, Roughgarden and Sundararajan, arXiv 0811.2841. Privacy in a shuffle is not taken from there.
    """

    levels: int
    step: Factor

    def __init__(
        self, levels: ExactLike, epsilon0: ExactLike | None = None, *, decay: ExactLike | None = None
    ) -> None:
        """Describe the randomizer by its local epsilon, or by how fast the noise decays.

        Args:
            levels: the largest value, from 1 to 64.
            epsilon0: the local epsilon of a report, between the values 0 and levels, in nats; positive, at most 300.
            decay: P(noise = z + 1) / P(noise = z) for z >= 0; strictly between 0 and 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("levels", levels, least=1, most=LARGEST_LEVELS)
        object.__setattr__(self, "levels", count)
        if (epsilon0 is None) == (decay is None):
            raise ParameterError(
                "epsilon0", "or decay must be given, one of the two", f"epsilon0={epsilon0}, decay={decay}"
            )
        if decay is None:
            whole_range = positive_epsilon("epsilon0", epsilon0)  # type: ignore[arg-type]
            object.__setattr__(self, "step", Factor.exp(whole_range / count))
            return
        ratio = exact("decay", decay)
        if not 0 < ratio < 1:
            remedy = "At 0 there is no noise, at 1 nothing but noise"
            raise ParameterError("decay", "must lie strictly between 0 and 1", decay, remedy)
        object.__setattr__(self, "step", Factor.of(1 / ratio))

    @property
    def kind(self) -> str:
        return "truncated-geometric"

    def local_factor(self) -> Factor:
        return self._power(self.levels)

    @property
    def inputs(self) -> int:
        return self.levels + 1

    def describe(self) -> str:
        if self.step.rational is not None:
            return f"geometric noise on 0 .. {self.levels}, decay = {1 / self.step.rational}"
        return f"geometric noise on 0 .. {self.levels}, epsilon0 = {float((self.step.exponent or 0) * self.levels):g}"

    def neighbours(self) -> Sequence[InputPair]:
        """Ordered pairs, one of each two that reflecting 0 .. levels maps on each other."""
        ends = self.levels
        pairs = [(a, b) for a in range(ends + 1) for b in range(ends + 1) if a != b]
        return tuple(pair for pair in pairs if pair <= (ends - pair[0], ends - pair[1]))

    def pair_factor(self, pair: InputPair) -> Factor:
        return self._power(abs(pair[0] - pair[1]))

    def companions(self, pair: InputPair) -> Sequence[int]:
        return range(self.inputs)

    def blanket_letters(self, pair: InputPair) -> tuple[Letter, ...]:
        """Messages one by one, those outside the pair's range merged where they are alike; the end farther away gives the least mass."""
        rows = self.ball_channel()
        farthest = [max(y, self.levels - y) for y in range(self.inputs)]
        reference = tuple(rows[0 if y == distance else self.levels][y] for y, distance in enumerate(farthest))
        letters = self._letters(pair, reference, [-distance for distance in farthest])
        residual = 1 - sum(reference, arb(0))
        return (*letters, Letter(arb(0), arb(0), residual))

    def companion_letters(self, pair: InputPair, companion: int) -> tuple[Letter, ...]:
        """Messages one by one, those beyond all three values merged."""
        rows = self.ball_channel()
        distances = [-abs(companion - y) for y in range(self.inputs)]
        return self._letters(pair, rows[companion], distances)

    def channel(self) -> Channel | None:
        if self.step.rational is None:
            return None
        decay = 1 / self.step.rational
        inner, end = (1 - decay) / (1 + decay), 1 / (1 + decay)
        return tuple(
            tuple(decay ** abs(x - y) * (end if y in (0, self.levels) else inner) for y in range(self.inputs))
            for x in range(self.inputs)
        )

    def ball_channel(self) -> tuple[tuple[arb, ...], ...]:
        decay = 1 / self.step.ball()
        inner, end = (1 - decay) / (1 + decay), 1 / (1 + decay)
        powers = [decay**z for z in range(self.inputs)]
        return tuple(
            tuple(powers[abs(x - y)] * (end if y in (0, self.levels) else inner) for y in range(self.inputs))
            for x in range(self.inputs)
        )

    def _power(self, times: int) -> Factor:
        if self.step.rational is not None:
            return Factor.of(self.step.rational**times)
        return Factor.exp((self.step.exponent or Fraction(0)) * times)

    def _letters(
        self, pair: InputPair, reference: Sequence[arb], exponents: Sequence[int]
    ) -> tuple[Letter, ...]:
        """Merge messages by the exponents of the step in their masses, which are whole numbers up to a common one."""
        rows = self.ball_channel()
        first, second = rows[pair[0]], rows[pair[1]]
        merged: dict[tuple[int, int], list[arb]] = {}
        for y in range(self.inputs):
            near, far = -abs(pair[0] - y), -abs(pair[1] - y)
            sums = merged.setdefault((near - far, near - exponents[y]), [arb(0)] * 3)
            for slot, mass in enumerate((first[y], second[y], reference[y])):
                sums[slot] += mass
        return tuple(Letter(*sums) for sums in merged.values())
