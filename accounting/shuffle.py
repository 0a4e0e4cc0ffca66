"""One shuffler: users apply one randomizer, and the multiset of their messages is released."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from .curves import Bounds, PairCurve, PrivacyCurve
from .curves.composed import ComposedCurve
from .curves.pair_curve import Part
from .errors import ParameterError
from .numerics.exact import ExactLike, whole
from .pairs.of_randomizer import releases_of
from .randomizers import Randomizer

__all__ = ["Shuffle"]


@dataclass(frozen=True, slots=True, init=False)
class Shuffle:
    """A batch of users whose messages are released as a multiset.

    All users apply the same randomizer with fresh randomness. The relation is replace-one: neighbouring
    data sets differ in one user's value.

    Attributes:
        randomizer: what every user applies.
        users: n, present and honest users, the target included; at least 2.
    """

    randomizer: Randomizer
    users: int

    def __init__(self, randomizer: Randomizer, users: ExactLike) -> None:
        """Describe the batch.

        Args:
            randomizer: what every user applies.
            users: present and honest users, the target included; from 2 to 10^18.

        Raises:
            ParameterError: users is no such number, or the randomizer is none.
        """
        if not isinstance(randomizer, Randomizer):
            raise ParameterError(
                "randomizer", "must be a randomizer", randomizer, "See accounting.randomizers"
            )
        object.__setattr__(self, "randomizer", randomizer)
        remedy = "A shuffler with one report hides nothing"
        object.__setattr__(self, "users", whole("users", users, least=2, remedy=remedy))

    def curve(self) -> PrivacyCurve:
        """Return the privacy curve, with both ends at every epsilon.

        Raises:
            NotCoveredError: no proved claim covers the randomizer.
        """
        factors = releases_of(self.randomizer, self.users)
        if len(factors) == 1:
            return PairCurve(factors[0])
        return ComposedCurve(
            tuple(Part.of(pairs, count) for pairs, count in Counter(factors).items()), "adaptive"
        )

    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        """Bound delta at an epsilon in nats, of either sign, or at a rational alpha = e^epsilon.

        Args:
            epsilon: in nats; or
            alpha: a positive rational. Give one of the two.
            relative_width: the numeric width of each end that is aimed at, relative to its value;
                None takes 1e-6.

        Returns:
            Ends in [0, 1]; the lower one is attained by the witness.

        Raises:
            ParameterError: a parameter breaks its rule.
            NotCoveredError: no proved claim covers the randomizer.
        """
        return self.curve().delta(epsilon=epsilon, alpha=alpha, relative_width=relative_width)

    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        """Bound the least epsilon >= 0, in nats, that goes with a delta.

        Args:
            delta: a probability, 0 included and 1 excluded.
            relative_width: the numeric width of each end that is aimed at, relative to its value;
                None takes 1e-6.

        Returns:
            Ends in nats; the upper one is infinite when delta stays above the given one at every epsilon.

        Raises:
            ParameterError: a parameter breaks its rule.
            NotCoveredError: no proved claim covers the randomizer.
        """
        return self.curve().epsilon(delta=delta, relative_width=relative_width)

    def to_dp_accounting(self, *, interval: float = 1e-4, tail: ExactLike = "1e-25") -> Any:
        """Return a pessimistic ``PrivacyLossDistribution`` of dp_accounting for the shuffle.

        Its delta at an epsilon is not below the curve; what dp_accounting does on composing, in floats, is its own.

        Args:
            interval: the ``value_discretization_interval``, in nats; what is to be composed must have the same.
            tail: about how much mass may be moved to the infinite loss.

        Raises:
            ParameterError: a parameter breaks its rule.
            NotCoveredError: no proved claim covers a randomizer, or dp-accounting is not installed.
        """
        return self.curve().to_dp_accounting(interval=interval, tail=tail)
