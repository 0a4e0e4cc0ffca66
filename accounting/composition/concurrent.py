"""Several shufflers at once: the privacy of the concatenation of what they release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..curves import Bounds, PrivacyCurve
from ..curves.composed import ComposedCurve
from ..curves.pair_curve import Part
from ..errors import ParameterError
from ..numerics.exact import ExactLike
from ..pairs.of_randomizer import factors_of
from ..shuffle import Shuffle

__all__ = ["ConcurrentShuffles"]


@dataclass(frozen=True, slots=True, init=False)
class ConcurrentShuffles:
    """Shuffles that one user is in, all at once, with fresh randomness for each.

    The order in which the batches close may react to what was released, and so may, with adaptive inputs,
    the other users' values and the randomizers of batches that are still open.

    Attributes:
        shuffles: the batches that the target user is in.
        inputs: "adaptive", the default promise; or "fixed", the assumption that other users' values and
            randomizers do not react to releases.
    """

    shuffles: tuple[Shuffle, ...]
    inputs: str

    def __init__(self, shuffles: Iterable[Shuffle], inputs: str = "adaptive") -> None:
        """Collect the batches.

        Args:
            shuffles: at least one; equal ones are computed once.
            inputs: "adaptive" or "fixed".

        Raises:
            ParameterError: there is no shuffle, or inputs is something else.
        """
        found = tuple(shuffles)
        if not found:
            raise ParameterError("shuffles", "must be at least one", "none")
        for shuffle in found:
            if not isinstance(shuffle, Shuffle):
                raise ParameterError("shuffles", "must be shuffles", shuffle)
        if inputs not in ("adaptive", "fixed"):
            raise ParameterError("inputs", 'must be "adaptive" or "fixed"', inputs)
        object.__setattr__(self, "shuffles", found)
        object.__setattr__(self, "inputs", inputs)

    def curve(self) -> PrivacyCurve:
        """Return the privacy curve of the concatenation.

        Raises:
            NotCoveredError: no proved claim covers one of the randomizers.
        """
        parts = tuple(
            Part.of(pairs, count * times)
            for shuffle, count in Counter(self.shuffles).items()
            for pairs, times in Counter(factors_of(shuffle.randomizer, shuffle.users)).items()
        )
        return ComposedCurve(parts, self.inputs)

    def delta(self, *, epsilon: ExactLike) -> Bounds:
        """Bound delta at an epsilon in nats.

        Returns:
            Ends in [0, 1]; the lower one is attained by the witness: one data set for every shuffle.

        Raises:
            ParameterError: epsilon is no number between -300 and 300.
            NotCoveredError: no proved claim covers one of the randomizers.
        """
        if len(self.shuffles) == 1:
            return self.shuffles[0].delta(epsilon=epsilon)
        return self.curve().delta(epsilon=epsilon)

    def epsilon(self, *, delta: ExactLike) -> Bounds:
        """Bound the least epsilon >= 0, in nats, that goes with a delta.

        Args:
            delta: a probability, 0 included and 1 excluded.

        Raises:
            ParameterError: delta is no such probability.
            NotCoveredError: no proved claim covers one of the randomizers.
        """
        if len(self.shuffles) == 1:
            return self.shuffles[0].epsilon(delta=delta)
        return self.curve().epsilon(delta=delta)
