"""The ledger of a running service: it records batches, keeps each user's loss and says what may close."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from os import PathLike
from types import MappingProxyType, TracebackType
from typing import Self

from ..claims import relies_on
from ..curves.bounds import Bounds
from ..errors import NotCoveredError, ParameterError
from ..numerics.exact import LARGEST_COUNT, ExactLike, exact, whole
from ..numerics.rounding import float_at_least
from ..randomizers import Randomizer
from .budget import RenyiBudget
from .charges import Charges
from .decision import Decision, Loss, Membership, Outcome, Standing
from .header import read_header, read_shufflers, written_header
from .journal import Journal
from .records import Arrival, Closing, Discarding, Opening, Record, applied, as_keys, from_keys
from .state import State
from .units import nats

__all__ = ["Ledger"]

_CLAIMS = ("renyi-filter", "renyi-of-curve", "monotone-users", "outward-rounding")


class Ledger:
    """Keeps every user within (epsilon, delta) while batches open and close as the service decides.

    Users arrive in a row and are numbered from 1. A shuffler has at most one open batch; its members are all
    users who arrive while it is open. Sizes, and when to open and close, may depend on everything that was released.
    The relation is replace-one, and all random numbers are fresh for each user and batch.

    With a journal, each operation is on disk before it takes effect: release a batch only after ``close`` has returned.
    A crash then loses no operation that has returned, and may charge for a release that did not happen, never the reverse.
    An operation that raises has not taken effect. The methods may be called from several threads.
    """

    _journal: Journal | None

    def __init__(
        self,
        shufflers: Mapping[str, Randomizer],
        *,
        epsilon: ExactLike,
        delta: ExactLike,
        order: ExactLike | None = None,
        journal: str | PathLike[str] | None = None,
    ) -> None:
        """Begin a ledger.

        Args:
            shufflers: names and what the users of each apply.
            epsilon: the most that any user may lose, in nats.
            delta: a probability, above 0 and below 1.
            order: the Renyi order of the filter, above 1, fixed for good; ``budget_order(..)`` when left out, which
                suits a budget that large batches use up. Where less will be spent a higher order bounds losses more tightly.
            journal: a file that does not exist yet; without one the ledger is kept in memory only.

        Raises:
            ParameterError: a value breaks its rule, or the file exists.
            NotCoveredError: no finite Renyi divergence is certified for one of the randomizers.
        """
        budget = RenyiBudget(epsilon=epsilon, delta=delta, order=order)
        randomizers = read_shufflers(shufflers)
        self._prepare(budget, randomizers)
        for name in randomizers:
            self._check_affordable(name)
        if journal is not None:
            self._journal = Journal.create(journal, written_header(budget, randomizers))
            for _ in self._journal.replay():  # finds where to append
                pass

    def _prepare(self, budget: RenyiBudget, randomizers: Mapping[str, Randomizer]) -> None:
        self._lock = threading.RLock()
        self._budget = budget
        self._limit = budget.limit
        self._charges = Charges(MappingProxyType(dict(randomizers)), budget.order)
        self._state = State()
        self._journal = None

    @classmethod
    def resume(cls, path: str | PathLike[str]) -> Self:
        """Go on with the ledger of a journal, in the state after the last operation that it holds.

        Args:
            path: of the journal.

        Raises:
            ParameterError: there is no such file, another ledger writes to it, or it is damaged.
        """
        journal = Journal.open(path)
        with ExitStack() as failing:
            failing.callback(journal.shut)
            ledger = cls.__new__(cls)
            for number, content in journal.replay():
                try:
                    if number == 1:
                        ledger._prepare(*read_header(content))
                    else:
                        ledger._replay(from_keys(content))
                except ParameterError as error:
                    raise journal.damaged(
                        number, "must be an operation that can follow", str(error)
                    ) from None
            ledger._journal = journal
            failing.pop_all()
        return ledger

    def _replay(self, record: Record) -> None:
        if not isinstance(record, Arrival):
            self._check_known(record.shuffler)
        self._state = applied(self._state, record)
        if isinstance(record, Closing):
            self._charges.remember(record.shuffler, record.members - record.absent, record.charge)

    def shut(self) -> None:
        """Close the journal; the ledger can still be asked, but records nothing more."""
        with self._lock:
            if self._journal is not None:
                self._journal.shut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shut()

    # ------------------------------------------------------------ operations

    def arrive(self, count: ExactLike = 1) -> int:
        """Record the arrival of users.

        Args:
            count: how many, at least 1.

        Returns:
            The number of the last of them; users are counted from 1.

        Raises:
            ParameterError: count is no such number.
        """
        users = whole("count", count, least=1)
        with self._lock:
            self._take(Arrival(users))
            return self._state.arrived

    def open(self, shuffler: str) -> None:
        """Record that a batch opens: its members are the users who arrive from now until it ends.

        Raises:
            ParameterError: there is no such shuffler, or it has an open batch.
        """
        self._check_known(shuffler)
        with self._lock:
            self._take(Opening(shuffler))

    def may_close(self, shuffler: str, *, absent: ExactLike = 0) -> Decision:
        """Say whether the open batch may close as it stands; nothing changes.

        Args:
            shuffler: its name.
            absent: members who may not have reported, or not honestly, and so hide nobody.

        Raises:
            ParameterError: there is no such shuffler, it has no open batch, or absent is no number up to its members.
        """
        self._check_known(shuffler)
        with self._lock:
            users = self._state.users_in(shuffler) - self._absent(shuffler, absent)
            spent = self._state.most_spent_in(shuffler)
            charge = self._charges.of(shuffler, users) if users >= 2 else None
            return self._decision(shuffler, users, charge, spent)

    def close(self, shuffler: str, *, absent: ExactLike = 0) -> Decision:
        """Record that the open batch closes, and charge its members. Release it only after this has returned.

        Args:
            shuffler: its name.
            absent: members who may not have reported, or not honestly, and so hide nobody.

        Returns:
            The decision, which allowed it.

        Raises:
            ParameterError: it may not close, or ``may_close`` would raise.
        """
        with self._lock:
            decision = self.may_close(shuffler, absent=absent)
            members = self._state.users_in(shuffler)
            charge = self._charges.of(shuffler, decision.users) if decision.allowed else None
            if charge is None:
                remedy = (
                    "Wait for more users if enough_users(..) knows a size, or discard the batch unreleased"
                )
                raise ParameterError("shuffler", "must have a batch that may close", str(decision), remedy)
            self._take(Closing(shuffler, members, members - decision.users, charge))
            return decision

    def discard(self, shuffler: str) -> None:
        """Record that the open batch ends and nothing of it is ever released; nobody is charged.

        Raises:
            ParameterError: there is no such shuffler, or it has no open batch.
        """
        self._check_known(shuffler)
        with self._lock:
            self._take(Discarding(shuffler))

    def enough_users(self, shuffler: str) -> int | None:
        """Say with how many present and honest users the open batch may close, if nobody in it spends more until then.

        Returns:
            The size that it has, if that is enough; else a larger one that is enough, not always the smallest. None
            when no size is: some member has too little left.

        Raises:
            ParameterError: there is no such shuffler, or it has no open batch.
        """
        self._check_known(shuffler)
        with self._lock:
            left = self._limit - self._state.most_spent_in(shuffler)
            return self._charges.enough_users(shuffler, max(self._state.users_in(shuffler), 2), left)

    # ------------------------------------------------------------ answers

    @property
    def budget(self) -> RenyiBudget:
        """What is kept, and at which order."""
        return self._budget

    @property
    def shufflers(self) -> Mapping[str, Randomizer]:
        """Names and randomizers."""
        return self._charges.randomizers

    @property
    def arrived(self) -> int:
        """How many users have arrived."""
        return self._state.arrived

    @property
    def closed(self) -> int:
        """How many batches were closed for release."""
        return self._state.closed

    @property
    def open_batches(self) -> Mapping[str, int]:
        """The members of each open batch, absent ones included, by shuffler."""
        state = self._state
        return {name: state.arrived - start for name, start in state.open.items()}

    def loss(self, user: ExactLike | Membership, *, delta: ExactLike | None = None) -> Loss:
        """Say what a user, or each user of a membership, has lost by all that was released.

        Args:
            user: a number from 1 to the last user who has arrived, or a membership of this ledger.
            delta: above 0 and below 1; the budget's when left out.

        Returns:
            An upper end of epsilon. Where sizes react to releases it is the loss in the sense of renyi-filter, fixed by what was
            released; what is promised in advance is the budget.

        Raises:
            ParameterError: there is no such user, or delta breaks its rule.
        """
        state = self._state
        number = user.first if isinstance(user, Membership) else user
        remedy = f"Up to now {state.arrived} users have arrived"
        return self._loss(
            state.spent_by(whole("user", number, least=1, most=state.arrived, remedy=remedy)), delta
        )

    def worst(self, *, delta: ExactLike | None = None) -> Loss:
        """Say what the user who has lost most has lost; as ``loss``."""
        return self._loss(int(self._state.spent.max()), delta)

    def memberships(self) -> tuple[Membership, ...]:
        """List the users who have arrived in rows of equal loss, in the order of arrival."""
        return tuple(Membership(first=first, last=last) for first, last, _ in self._state.rows())

    def distribution(self, *, delta: ExactLike | None = None) -> tuple[Standing, ...]:
        """Count the users by what they have lost, from the least to the most; losses as ``loss``."""
        counts: Counter[int] = Counter()
        for first, last, spent in self._state.rows():
            counts[spent] += last - first + 1
        return tuple(
            Standing(users=users, loss=self._loss(spent, delta)) for spent, users in sorted(counts.items())
        )

    # ------------------------------------------------------------ inside

    def _take(self, record: Record) -> None:
        """Check the operation, make it durable, and only then let it take effect."""
        state = applied(self._state, record)
        if self._journal is not None:
            self._journal.append(as_keys(record))
        self._state = state

    @relies_on("renyi-filter")
    def _decision(self, shuffler: str, users: int, charge: int | None, spent: int) -> Decision:
        """The filter: every member's sum stays within the limit."""
        if users < 2:
            outcome = Outcome.TOO_FEW
        elif charge is not None and spent + charge <= self._limit:
            outcome = Outcome.MAY_CLOSE
        else:
            outcome = Outcome.OVER_BUDGET
        return Decision(
            shuffler=shuffler,
            outcome=outcome,
            users=users,
            charge=None if charge is None else nats(charge),
            spent=nats(spent),
            limit=nats(self._limit),
        )

    def _loss(self, spent: int, delta: ExactLike | None) -> Loss:
        epsilon = self._budget.epsilon_of(spent, delta=delta)
        level = self._budget.delta if delta is None else exact("delta", delta)
        return Loss(
            spent=nats(spent),
            order=self._budget.order,
            delta=level,
            epsilon=Bounds(lower=0.0, upper=float_at_least(epsilon), upper_claims=_CLAIMS),
        )

    def _absent(self, shuffler: str, absent: ExactLike) -> int:
        members = self._state.users_in(shuffler)
        return whole("absent", absent, least=0, most=members, remedy=f"The batch has {members} members")

    def _check_known(self, shuffler: object) -> None:
        if not isinstance(shuffler, str) or shuffler not in self.shufflers:
            remedy = f"Known are: {', '.join(self.shufflers)}"
            raise ParameterError("shuffler", "must be a name of this ledger", shuffler, remedy)

    def _check_affordable(self, name: str) -> None:
        """Refuse a shuffler none of whose batches could ever close."""
        least = self._charges.of(name, LARGEST_COUNT)
        if least is None:
            raise NotCoveredError(
                f"shufflers[{name!r}]: no finite Renyi divergence is certified for {self.shufflers[name].describe()};"
                " with some values its release says for certain what a user did not hold"
            )
        if least > self._limit:
            rule = f"must let a batch of {LARGEST_COUNT} users close; it costs more than the budget"
            raise ParameterError(f"shufflers[{name!r}]", rule, self.shufflers[name].describe())
