"""Several shufflers over a schedule: every user has batches of its own, and the worst user decides."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count

import numpy as np

from ..claims import relies_on
from ..curves import Bounds, PrivacyCurve
from ..curves.answers import HasCurve
from ..curves.curve import read_factor, read_width
from ..errors import ParameterError
from ..numerics.dots import GridLoss
from ..numerics.exact import ExactLike, delta_parameter, whole
from ..numerics.rows import Integers, undominated
from ..pairs.witness import JointWitness, MembershipWitness, Witness
from ..randomizers import Randomizer
from ..schedules import Schedule
from ..shuffle import Shuffle
from .concurrent import ConcurrentShuffles
from .size_table import SizeTable, randomizers_of

__all__ = ["ScheduledShuffles", "WorstMembershipCurve", "curve_of"]

_TRIED = 256  # rows that are compared with all others
_EPSILON_SLACK = 1e-3  # a bound this near to what some user's own bound is, relatively, is near enough
_DELTA_SLACK = 1e-2


_Question = Callable[[PrivacyCurve], Bounds]


@dataclass(frozen=True, slots=True, init=False)
class ScheduledShuffles(HasCurve):
    """Shufflers whose batches are known; each answer holds for every user, and some user attains its lower end.

    The sizes are taken from the schedule. This is a statement about a schedule that was fixed in advance, or whose
    batches have at least these sizes whatever was released. Where sizes reacted to releases, the sizes that
    occurred promise nothing: give the least sizes that the batches were guaranteed to have
    (``ConcurrentShuffles`` of one shuffle a shuffler). Bounds carry the assumption "fixed-schedule".

    In a lower end, users' values in different batches are free.

    Attributes:
        schedule: the batches.
        randomizers: one for each of the schedule's shufflers.
        dishonest_at_most: how many users of each batch may be absent or may collude with the observer.
        inputs: "adaptive" or "fixed", as for ``ConcurrentShuffles``.
        most_compositions: how many compositions one answer may take.
    """

    schedule: Schedule
    randomizers: tuple[Randomizer, ...]
    dishonest_at_most: int
    inputs: str
    most_compositions: int
    _known: dict[str, WorstMembershipCurve] = field(compare=False, repr=False)

    def __init__(
        self,
        schedule: Schedule,
        randomizers: Randomizer | Mapping[str, Randomizer],
        *,
        dishonest_at_most: ExactLike = 0,
        inputs: str = "adaptive",
        most_compositions: ExactLike = 24,
    ) -> None:
        """Give each shuffler its randomizer.

        Args:
            schedule: the batches.
            randomizers: one for all shufflers, or one for each of the schedule's names.
            dishonest_at_most: how many users of each batch may be absent or may collude with the observer.
            inputs: "adaptive" or "fixed".
            most_compositions: how many compositions one answer may take, at least 2; with more of them the ends
                are nearer to each other when very many memberships are incomparable.

        Raises:
            ParameterError: a parameter breaks its rule, a shuffler has no randomizer, or a batch has fewer than
                two present and honest users.
        """
        if not isinstance(schedule, Schedule):
            raise ParameterError("schedule", "must be a Schedule", schedule)
        if inputs not in ("adaptive", "fixed"):
            raise ParameterError("inputs", 'must be "adaptive" or "fixed"', inputs)
        object.__setattr__(self, "schedule", schedule)
        object.__setattr__(self, "randomizers", randomizers_of(schedule, randomizers))
        object.__setattr__(self, "inputs", inputs)
        dishonest = whole("dishonest_at_most", dishonest_at_most, least=0)
        object.__setattr__(self, "dishonest_at_most", dishonest)
        object.__setattr__(self, "most_compositions", whole("most_compositions", most_compositions, least=2))
        object.__setattr__(self, "_known", {})
        self.curve()

    def curve(self) -> WorstMembershipCurve:
        """Return the curve of the worst user.

        Raises:
            NotCoveredError: no proved claim covers one of the randomizers.
        """
        if "curve" not in self._known:
            table = SizeTable.of(self.schedule, self.randomizers, self.dishonest_at_most)
            self._known["curve"] = WorstMembershipCurve.of(
                table, self.inputs, self.most_compositions, lenient=self.dishonest_at_most > 0
            )
        return self._known["curve"]


@dataclass(frozen=True, slots=True, eq=False)
class WorstMembershipCurve(PrivacyCurve):
    """The largest privacy curve of any user of a schedule, with both ends.

    Attributes:
        table: the sizes of the batches that users are in.
        candidates: rows of the table such that every row is componentwise at least one of them.
        inputs: "adaptive" or "fixed"; the upper end holds for both.
        most_compositions: how many compositions one answer may take.
        assumptions: ids of the named assumptions of the answers.
    """

    table: SizeTable
    candidates: Integers
    inputs: str
    most_compositions: int
    assumptions: tuple[str, ...]
    _curves: dict[tuple[Shuffle, ...], PrivacyCurve] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, table: SizeTable, inputs: str, most_compositions: int, *, lenient: bool
    ) -> WorstMembershipCurve:
        """Find the candidates; ``lenient`` says that some users of a batch may be dishonest."""
        candidates = undominated(table.rows, table.shares.sum(axis=1), _TRIED)
        assumptions = ["fixed-schedule"]
        if lenient:
            assumptions.append("bounded-dishonest")
        if inputs == "fixed":
            assumptions.append("fixed-inputs")
        return cls(table, candidates, inputs, most_compositions, tuple(assumptions))

    def delta(
        self,
        *,
        epsilon: ExactLike | None = None,
        alpha: ExactLike | None = None,
        relative_width: ExactLike | None = None,
    ) -> Bounds:
        read_factor(epsilon, alpha)
        read_width(relative_width, "1e-4")
        return self._worst(
            lambda curve: curve.delta(epsilon=epsilon, alpha=alpha, relative_width=relative_width),
            _DELTA_SLACK,
        )

    def epsilon(self, *, delta: ExactLike, relative_width: ExactLike | None = None) -> Bounds:
        level = delta_parameter("delta", delta)
        read_width(relative_width, "1e-4")
        return self._worst(
            lambda curve: curve.epsilon(delta=level, relative_width=relative_width), _EPSILON_SLACK
        )

    @relies_on("worst-membership", "monotone-users", "adaptive-composition")
    def losses_above(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        """Return losses that dominate every user: those of one with the least size in each place.

        This is looser than ``delta`` where memberships are incomparable, as one pair has to bound all of them.
        See ``PrivacyCurve.losses_above``.
        """
        return self.basis.losses_above(step=step, tail=tail)

    def losses_attained(self, *, step: Fraction, tail: Fraction) -> GridLoss:
        return self._named_user.losses_attained(step=step, tail=tail)

    @property
    def attained_by(self) -> tuple[Witness | JointWitness | None, tuple[str, ...]]:
        return self._named_user.attained_by

    @property
    def basis(self) -> PrivacyCurve:
        corner = self.table.rows[self.candidates].min(axis=0)
        return curve_of(self.table.shuffles(corner), self.inputs).basis

    @property
    def _named_user(self) -> PrivacyCurve:
        """The curve of a user who loses much: about the worst one."""
        row = self.table.rows[self._worst_guess(self.candidates)]
        return curve_of(self.table.shuffles(row), self.inputs)

    @relies_on("worst-membership", "monotone-users", "adaptive-composition")
    def _worst(self, question: _Question, slack: float) -> Bounds:
        """Bound the largest answer of all candidates, by clusters: the worst cluster is split first.

        A cluster's componentwise least sizes bound every user in it. Splitting ends when the worst cluster is a
        single row, is near enough to what one row needs, or when enough was computed.
        """
        search = _Search(self, question)
        search.try_row(self._worst_guess(self.candidates))
        search.add(self.candidates, None)
        while True:
            upper, rows = search.worst()
            if len(rows) == 1 or upper.upper <= search.reached * (1.0 + slack):
                break
            if search.spent + 2 > self.most_compositions:
                break
            search.pop()
            for half in self.table.halves(rows):
                search.add(half, upper)
        return self._joined(upper, search.best_row, search.best)

    def _worst_guess(self, rows: Integers) -> int:
        return int(rows[np.argmax(self.table.shares[rows].sum(axis=1))])

    def _joined(self, upper: Bounds, row: int, best: Bounds) -> Bounds:
        first, last = self.table.member_users(row)
        losing = best.witness
        return Bounds(
            lower=best.lower,
            upper=upper.upper,
            upper_claims=tuple(dict.fromkeys((*upper.upper_claims, "monotone-users", "worst-membership"))),
            lower_claims=best.lower_claims,
            witness=MembershipWitness(
                first=first, last=last, batches=self.table.member_batches(row), losing=losing
            )
            if isinstance(losing, Witness | JointWitness)
            else None,
            assumptions=tuple(dict.fromkeys((*self.assumptions, *upper.assumptions))),
            is_exact=upper is best and best.is_exact,
            upper_value=upper.upper_value,
            lower_value=best.lower_value,
        )

    def answer(self, sizes: Integers, question: _Question) -> Bounds:
        """Answer for one user who is in batches of these sizes, at least one of them; curves are kept."""
        shuffles = self.table.shuffles(sizes)
        if shuffles not in self._curves:
            self._curves[shuffles] = curve_of(shuffles, self.inputs)
        return question(self._curves[shuffles])


class _Search:
    """The clusters of one search, worst first, and the best row that was tried."""

    def __init__(self, curve: WorstMembershipCurve, question: _Question) -> None:
        self._curve = curve
        self._question = question
        self._heap: list[tuple[float, int, Bounds, Integers]] = []
        self._order = count()
        self._rows: dict[int, Bounds] = {}
        self.spent = 0

    def try_row(self, row: int) -> Bounds:
        """Answer for one row: what it loses is attained."""
        if row not in self._rows:
            self._rows[row] = self._answer(self._curve.table.rows[row])
        return self._rows[row]

    def add(self, rows: Integers, parent: Bounds | None) -> None:
        """Bound a cluster; what bounds the cluster that it was split from bounds it too."""
        if len(rows) == 1:
            found = self.try_row(int(rows[0]))
        else:
            found = self._answer(self._curve.table.rows[rows].min(axis=0))
        if parent is not None and parent.upper < found.upper:
            found = parent
        heapq.heappush(self._heap, (-found.upper, next(self._order), found, rows))

    def worst(self) -> tuple[Bounds, Integers]:
        """Return the cluster with the largest bound."""
        return self._heap[0][2:]

    def pop(self) -> None:
        """Take the worst cluster out, to be split."""
        heapq.heappop(self._heap)

    @property
    def best_row(self) -> int:
        """The row that surely loses most."""
        return max(self._rows, key=lambda row: (self._rows[row].lower, self._rows[row].upper))

    @property
    def best(self) -> Bounds:
        """What it loses."""
        return self._rows[self.best_row]

    @property
    def reached(self) -> float:
        """The largest upper end of a tried row: no bound for all users can be below what that row needs."""
        return max(bounds.upper for bounds in self._rows.values())

    def _answer(self, sizes: Integers) -> Bounds:
        self.spent += 1
        return self._curve.answer(sizes, self._question)


def curve_of(shuffles: tuple[Shuffle, ...], inputs: str) -> PrivacyCurve:
    """Return the curve of one user who is in all of these shuffles, at least one."""
    if len(shuffles) == 1:
        return shuffles[0].curve()
    return ConcurrentShuffles(shuffles, inputs=inputs).curve()
