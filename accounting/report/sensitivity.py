"""What each shuffler costs, and what more users would give: upper ends of the total after one change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..claims import relies_on
from ..composition import epsilon_alone
from ..composition.concurrent import ConcurrentShuffles
from ..composition.quick import QuickTotal
from ..curves.bounds import Bounds
from ..model import Deployment
from ..numerics.exact import LARGEST_COUNT
from ..numerics.rounding import print_at_least
from ..shuffle import Shuffle
from .as_json import finite_as_json
from .words import shown_fraction

__all__ = ["MOST_COMPARED", "Sensitivity", "sensitivity_of"]

MOST_COMPARED = 6
"""Different shufflers up to which totals without each of them are computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The total epsilon, at the budget's delta, after one change of the deployment.

    Attributes:
        change: ``without`` a shuffler, ``twice-users`` in one or in all, or ``skipped``.
        shuffler: the name of the shuffler, or of the first of several equal ones, of which one is changed; None for all.
        alike: how many shufflers are equal to it, itself included.
        epsilon: a certified upper end, in nats, computed on a coarser grid than the report's total but never above it; infinite
            when none is certified; None when skipped. It is no lower bound of anything.
        sentence: the same in words.
    """

    change: str
    shuffler: str | None
    alike: int
    epsilon: float | None
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; an infinite end is None."""
        return {
            "change": self.change,
            "shuffler": self.shuffler,
            "alike": self.alike,
            "epsilon": None if self.epsilon is None else {"upper": finite_as_json(self.epsilon)},
            "sentence": self.sentence,
        }


@relies_on("monotone-users", "adaptive-composition")
def sensitivity_of(deployment: Deployment, total: Bounds) -> tuple[Sensitivity, ...]:
    """Compare the total epsilon with that of changed deployments.

    Args:
        deployment: the deployment.
        total: its total epsilon at the budget's delta. Leaving a shuffler out is post-processing, and more users never
            hurt, so its upper end bounds every changed total, too.

    Raises:
        NotCoveredError: no proved claim covers a randomizer.
    """
    if deployment.reused:
        reason = "Skipped: a report that several shufflers get belongs to none of them alone."
        alike = len(deployment.reused)
        return (Sensitivity(change="skipped", shuffler=None, alike=alike, epsilon=None, sentence=reason),)
    first: dict[Shuffle, str] = {}
    for named in deployment.shufflers:
        first.setdefault(named.shuffle, named.name)
    if len(first) > MOST_COMPARED:
        reason = f"Skipped: more than {MOST_COMPARED} different shufflers take too long to compare."
        return (
            Sensitivity(change="skipped", shuffler=None, alike=len(first), epsilon=None, sentence=reason),
        )
    parts = Counter(named.shuffle for named in deployment.shufflers)
    return tuple(_changes(parts, first, deployment.budget.delta, total.upper))


def _changes(
    parts: Counter[Shuffle], first: dict[Shuffle, str], delta: Fraction, most: float
) -> Iterator[Sensitivity]:
    grid = QuickTotal.near(parts, delta) if delta and parts.total() > 1 else None

    def upper(changed: Counter[Shuffle]) -> float:
        kept = +changed
        if kept.total() == 1:
            bounds = epsilon_alone(next(iter(kept)), delta)
        elif grid is None:
            bounds = ConcurrentShuffles(kept.elements()).epsilon(delta=delta)
        else:
            bounds = grid.epsilon(kept, delta)
        return min(bounds.upper, most)

    at = f"at delta = {shown_fraction(delta)} the total epsilon is at most"
    if parts.total() > 1:
        for shuffle, name in first.items():
            value = upper(parts - Counter([shuffle]))
            which = name if parts[shuffle] == 1 else f"one of {name} and its {parts[shuffle] - 1} equals"
            yield Sensitivity(
                change="without",
                shuffler=name,
                alike=parts[shuffle],
                epsilon=value,
                sentence=f"Without {which}, {at} {print_at_least(value, 4)}.",
            )
    doubled: Counter[Shuffle] = Counter()
    for shuffle, times in parts.items():
        doubled[_doubled(shuffle)] += times
    value = upper(doubled)
    where = " in every shuffler" if parts.total() > 1 else ""
    yield Sensitivity(
        change="twice-users",
        shuffler=None,
        alike=parts.total(),
        epsilon=value,
        sentence=f"With twice the users{where}, {at} {print_at_least(value, 4)}.",
    )
    if len(parts) > 1:
        for shuffle, name in first.items():
            value = upper(parts - Counter([shuffle]) + Counter([_doubled(shuffle)]))
            yield Sensitivity(
                change="twice-users",
                shuffler=name,
                alike=parts[shuffle],
                epsilon=value,
                sentence=f"With twice the users in {name} alone, {at} {print_at_least(value, 4)}.",
            )


def _doubled(shuffle: Shuffle) -> Shuffle:
    return Shuffle(shuffle.randomizer, users=min(2 * shuffle.users, LARGEST_COUNT))
