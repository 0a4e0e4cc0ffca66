"""How much the users of a schedule lose: how many of them lose how much, and who loses most."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from ..claims import relies_on
from ..composition.scheduled import ScheduledShuffles, curve_of
from ..composition.size_table import SizeTable
from ..curves.bounds import Bounds
from ..errors import ParameterError
from ..numerics.exact import ExactLike, delta_parameter, exact, whole
from ..numerics.rounding import print_at_least, print_at_most
from ..numerics.rows import Integers
from ..randomizers import Randomizer
from ..schedules import Batch, Schedule
from ..shuffle import Shuffle
from .as_json import bounds_as_dict, finite_as_json, number_as_json
from .words import shown_fraction

__all__ = ["ASSUMPTIONS", "LossDistribution", "LossGroup", "loss_distribution"]

ASSUMPTIONS = {
    "fixed-schedule": "The schedule was fixed in advance, or its batches have at least these sizes whatever was"
    " released; sizes that reacted to releases promise nothing.",
    "bounded-dishonest": "Of each batch at most the stated number of users is absent or dishonest.",
    "fixed-inputs": "Other users' values and the randomizers do not react to releases.",
}
"""The assumptions of a schedule's bounds, spelled out."""

_CLAIMS = ("monotone-users", "worst-membership")


@dataclass(frozen=True, slots=True, kw_only=True)
class LossGroup:
    """Users whose losses lie between the same ends.

    Attributes:
        users: how many they are.
        lower: each of them loses at least this epsilon, in nats, at the distribution's delta, when as many
            users of each batch are dishonest as are allowed for.
        upper: each of them loses at most this.
        first: an example: the users from here ..
        last: .. to here belong to the group; others may, too.
        batches: the batches of these example users.
    """

    users: int
    lower: float
    upper: float
    first: int
    last: int
    batches: tuple[Batch, ...]

    def sentence(self) -> str:
        """Say how many lose how much."""
        return (
            f"{self.users:,} users lose an epsilon from {print_at_most(self.lower, 4)}"
            f" to {print_at_least(self.upper, 4)}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; infinite ends are None."""
        return {
            "users": self.users,
            "epsilon": {"lower": finite_as_json(self.lower), "upper": finite_as_json(self.upper)},
            "first": self.first,
            "last": self.last,
            "batches": [
                {"shuffler": batch.shuffler, "first": batch.first, "last": batch.last}
                for batch in self.batches
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LossDistribution:
    """The distribution of the epsilon, at one delta, that the users of a schedule lose.

    Attributes:
        delta: the delta at which epsilons are meant.
        users: how many users arrived, those in no batch included: these lose nothing.
        groups: all users, in groups of falling upper ends.
        worst: what the worst user loses; its witness says who that is.
        upper_claims: ids of the claims that the upper ends rest on.
        lower_claims: ids of the claims that the lower ends rest on.
    """

    delta: Fraction
    users: int
    groups: tuple[LossGroup, ...]
    worst: Bounds
    upper_claims: tuple[str, ...]
    lower_claims: tuple[str, ...]

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Ids of the named assumptions that the caller owes."""
        return self.worst.assumptions

    @relies_on("worst-membership")
    def quantile(self, share: ExactLike) -> Bounds:
        """Bound the least epsilon that at least a share of all users does not exceed.

        Args:
            share: above 0 and at most 1; "0.99" asks what 99 % of users lose at most.

        Returns:
            Ends in nats. At least the share of users loses at most the upper end.

        Raises:
            ParameterError: the share is no such number.
        """
        wanted = exact("share", share)
        if not 0 < wanted <= 1:
            raise ParameterError("share", "must be above 0 and at most 1", share)
        needed = math.ceil(wanted * self.users)
        return Bounds(
            lower=_reached([(group.lower, group.users) for group in self.groups], needed),
            upper=_reached([(group.upper, group.users) for group in self.groups], needed),
            upper_claims=self.upper_claims,
            lower_claims=self.lower_claims,
            assumptions=self.assumptions,
        )

    def sentence(self) -> str:
        """Say what the worst user loses, what nearly all lose, who the worst are, and on what it rests."""
        nearly = self.quantile("0.99")
        worst = self.worst.witness
        owed = " ".join(ASSUMPTIONS[name] for name in self.assumptions)
        who = f" Surely among the worst: {worst.sentence()}." if worst is not None else ""
        return (
            f"At delta = {shown_fraction(self.delta)} each of {self.users:,} users loses an epsilon of at most"
            f" {print_at_least(self.worst.upper, 4)}, some at least {print_at_most(self.worst.lower, 4)};"
            f" 99 % of users lose at most {print_at_least(nearly.upper, 4)},"
            f" by {', '.join(self.upper_claims)}.{who} Assumed: {owed}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; numbers are rounded outward, infinite ones are None."""
        return {
            "delta": number_as_json(self.delta),
            "users": self.users,
            "worst": {
                **bounds_as_dict(self.worst),
                "witness": None if self.worst.witness is None else self.worst.witness.as_dict(),
            },
            "quantiles": [
                {"share": share, **bounds_as_dict(self.quantile(share))} for share in (0.5, 0.9, 0.99, 0.999)
            ],
            "groups": [group.as_dict() for group in self.groups],
            "claims": list(self.upper_claims),
            "assumptions": [ASSUMPTIONS[name] for name in self.assumptions],
        }


@relies_on("worst-membership", "monotone-users", "adaptive-composition")
def loss_distribution(
    schedule: Schedule,
    randomizers: Randomizer | Mapping[str, Randomizer],
    *,
    delta: ExactLike,
    groups: ExactLike = 12,
    dishonest_at_most: ExactLike = 0,
    inputs: str = "adaptive",
    most_compositions: ExactLike = 24,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> LossDistribution:
    """Bound, for all users of a schedule, the epsilon that each loses at a delta.

    Users with batches of the same sizes lose the same. Where they have more different ones than ``groups``, users
    with similar sizes are put together: the group's ends hold for each of its users, and are further apart.

    Args:
        schedule: the batches, their sizes taken as fixed in advance (see ``ScheduledShuffles``).
        randomizers: one for all shufflers, or one for each of the schedule's names.
        delta: a probability, 0 included and 1 excluded.
        groups: how many groups there may be, from 1 to 10,000; each takes one or two compositions, and more of
            them narrow the ends of groups and quantiles.
        dishonest_at_most: how many users of each batch may be absent or may collude with the observer.
        inputs: "adaptive" or "fixed".
        most_compositions: how many compositions the search for the worst user may take.
        executor: composes for several groups at the same time.
        progress: is called with the number of compositions that are done, and of all.

    Raises:
        ParameterError: a parameter breaks its rule.
        NotCoveredError: no proved claim covers one of the randomizers.
    """
    level = delta_parameter("delta", delta)
    most = whole("groups", groups, least=1, most=10_000)
    scheduled = ScheduledShuffles(
        schedule,
        randomizers,
        dishonest_at_most=dishonest_at_most,
        inputs=inputs,
        most_compositions=most_compositions,
    )
    worst = scheduled.epsilon(delta=level)
    table = scheduled.curve().table
    clusters = _clusters(table, most)
    corners = [
        (table.shuffles(table.rows[rows].min(axis=0)), table.shuffles(table.rows[rows].max(axis=0)))
        for rows in clusters
    ]
    distinct = list(dict.fromkeys(corner for both in corners for corner in both))
    ask = partial(_epsilon, inputs=scheduled.inputs, delta=level)
    known: dict[tuple[Shuffle, ...], Bounds] = {}
    for answer in executor.map(ask, distinct) if executor is not None else map(ask, distinct):
        known[distinct[len(known)]] = answer
        if progress is not None:
            progress(len(known), len(distinct))
    ends = [(known[above], known[below]) for above, below in corners]
    found = [
        _group(table, rows, below, above, worst) for rows, (above, below) in zip(clusters, ends, strict=True)
    ]
    return LossDistribution(
        delta=level,
        users=schedule.users,
        groups=tuple(sorted(found, key=lambda group: (-group.upper, -group.lower, group.first))),
        worst=worst,
        upper_claims=_union([worst.upper_claims, *(above.upper_claims for above, _ in ends), _CLAIMS]),
        lower_claims=_union([worst.lower_claims, *(below.lower_claims for _, below in ends), _CLAIMS]),
    )


def _clusters(table: SizeTable, most: int) -> list[Integers]:
    """Split all rows into at most so many clusters, those first whose many users differ most by the guess."""
    clusters = [np.arange(len(table.rows), dtype=np.int64)]
    priorities = [_spread(table, clusters[0])]
    while len(clusters) < most:
        at = int(np.argmax(priorities))
        if len(clusters[at]) == 1:
            widest = [len(rows) > 1 for rows in clusters]
            if not any(widest):
                break
            at = widest.index(True)
        halves = table.halves(clusters.pop(at))
        priorities.pop(at)
        clusters += halves
        priorities += [_spread(table, rows) for rows in halves]
    return clusters


def _spread(table: SizeTable, rows: Integers) -> float:
    """How much the ends of a cluster are about apart, for how many users; negative for a single row."""
    if len(rows) == 1:
        return -1.0
    shares = table.shares[rows]
    apart = math.sqrt(shares.max(axis=0).sum()) - math.sqrt(shares.min(axis=0).sum())
    return apart * math.sqrt(
        math.sqrt(float(table.users[rows].sum()))
    )  # so that rare heavy losers are told apart


def _epsilon(shuffles: tuple[Shuffle, ...], *, inputs: str, delta: Fraction) -> Bounds:
    """Bound the epsilon of a user who is in all of these shuffles."""
    if not shuffles:
        return Bounds(lower=0.0, upper=0.0, upper_claims=(), is_exact=True)
    return curve_of(shuffles, inputs).epsilon(delta=delta)


def _group(table: SizeTable, rows: Integers, below: Bounds, above: Bounds, worst: Bounds) -> LossGroup:
    example = int(rows[np.argmax(table.shares[rows].sum(axis=1))])
    first, last = table.member_users(example)
    return LossGroup(
        users=int(table.users[rows].sum()),
        lower=below.lower,
        upper=min(above.upper, worst.upper),
        first=first,
        last=last,
        batches=table.member_batches(example),
    )


def _reached(ends: Sequence[tuple[float, int]], needed: int) -> float:
    """The least end such that so many users have at most that one."""
    counted = 0
    for end, users in sorted(ends):
        counted += users
        if counted >= needed:
            return end
    raise ArithmeticError(f"{counted} users in all groups, fewer than {needed}")


def _union(groups: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for group in groups for entry in group))
