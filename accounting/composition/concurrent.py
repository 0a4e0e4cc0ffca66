"""Several shufflers at once: the privacy of the concatenation of what they release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..claims import relies_on
from ..curves import PrivacyCurve
from ..curves.answers import HasCurve
from ..curves.composed import ComposedCurve
from ..curves.pair_curve import Part
from ..errors import ParameterError
from ..numerics.exact import ExactLike
from ..pairs.known import Pairs
from ..pairs.of_randomizer import releases_of
from ..randomizers import Randomizer
from ..shuffle import Shuffle
from .enumerated import EnumeratedCurve
from .reused import ReusedReports, SharedReport

if TYPE_CHECKING:
    from ..schedules import Schedule
    from .scheduled import ScheduledShuffles

__all__ = ["ConcurrentShuffles"]


@dataclass(frozen=True, slots=True, init=False)
class ConcurrentShuffles(HasCurve):
    """Shuffles that one user is in, all at once, with fresh randomness for each.

    A report that several batches release is one of the parts: `ReusedReports`, or a `SharedReport` of which only sizes
    are known.

    The order in which the batches close may react to what was released, and so may, with adaptive inputs,
    all values that are sent later and the randomizers of batches that nobody has joined yet. Nothing may react to
    what is inside an open batch; ``docs/conditions.md`` shows what it costs.

    Attributes:
        shuffles: the batches that the target user is in.
        inputs: "adaptive", the default promise; or "fixed", the assumption that other users' values and
            randomizers do not react to releases.
    """

    shuffles: tuple[Shuffle | ReusedReports | SharedReport, ...]
    inputs: str

    def __init__(
        self, shuffles: Iterable[Shuffle | ReusedReports | SharedReport], inputs: str = "adaptive"
    ) -> None:
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
            if not isinstance(shuffle, Shuffle | ReusedReports | SharedReport):
                raise ParameterError("shuffles", "must be shuffles", shuffle)
        if inputs not in ("adaptive", "fixed"):
            raise ParameterError("inputs", 'must be "adaptive" or "fixed"', inputs)
        object.__setattr__(self, "shuffles", found)
        object.__setattr__(self, "inputs", inputs)

    @staticmethod
    def from_schedule(
        schedule: Schedule,
        randomizers: Randomizer | Mapping[str, Randomizer],
        *,
        dishonest_at_most: ExactLike = 0,
        inputs: str = "adaptive",
        most_compositions: ExactLike = 24,
    ) -> ScheduledShuffles:
        """Account for batches with a start and an end; the worst user decides.

        Args:
            schedule: the batches. Their sizes are taken as fixed in advance; where they reacted to releases, give
                the least sizes that were guaranteed, see ``ScheduledShuffles``.
            randomizers: one for all shufflers, or one for each of the schedule's names.
            dishonest_at_most: how many users of each batch may be absent or may collude with the observer.
            inputs: "adaptive" or "fixed".
            most_compositions: how many compositions one answer may take.

        Raises:
            ParameterError: a parameter breaks its rule, a shuffler has no randomizer, or a batch has fewer than
                two present and honest users.
        """
        from .scheduled import ScheduledShuffles  # it composes what is defined here

        return ScheduledShuffles(
            schedule,
            randomizers,
            dishonest_at_most=dishonest_at_most,
            inputs=inputs,
            most_compositions=most_compositions,
        )

    @relies_on("parallel-batches", "open-batches", "monotone-users")
    def curve(self) -> PrivacyCurve:
        """Return the privacy curve of the concatenation.

        Raises:
            NotCoveredError: no proved claim covers one of the randomizers.
        """
        if len(self.shuffles) == 1:
            return self.shuffles[0].curve()
        parts = tuple(
            Part.of(pairs, count * times)
            for shuffle, count in Counter(self.shuffles).items()
            for pairs, times in Counter(_factors(shuffle)).items()
        )
        composed = ComposedCurve(parts, self.inputs)
        shuffles = tuple(part for part in self.shuffles if isinstance(part, Shuffle))
        return EnumeratedCurve(shuffles, composed) if len(shuffles) == len(self.shuffles) else composed


def _factors(part: Shuffle | ReusedReports | SharedReport) -> tuple[Pairs, ...]:
    return releases_of(part.randomizer, part.users) if isinstance(part, Shuffle) else (part.pairs(),)
