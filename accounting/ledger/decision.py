"""What the ledger answers: whether a batch may close, and what users have lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import NoReturn

from ..curves.bounds import Bounds
from ..numerics.rounding import print_at_least, print_at_most

__all__ = ["Decision", "Loss", "Membership", "Outcome", "Standing"]


class Outcome(Enum):
    """How a decision came out."""

    MAY_CLOSE = "may close"
    TOO_FEW = "too few users"
    OVER_BUDGET = "over the budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether the open batch of a shuffler may close as it stands.

    It has no truth value; ask ``allowed``.

    Attributes:
        shuffler: its name.
        outcome: the answer.
        users: present and honest members of the batch.
        charge: the Renyi divergence in nats that closing adds to every member; None where there is none to tell:
            fewer than 2 users, or nothing finite is certified.
        spent: the most that any member has spent before, in nats.
        limit: what each may spend in all, in nats.
    """

    shuffler: str
    outcome: Outcome
    users: int
    charge: Fraction | None
    spent: Fraction
    limit: Fraction

    @property
    def allowed(self) -> bool:
        """Whether the batch may close."""
        return self.outcome is Outcome.MAY_CLOSE

    def __bool__(self) -> NoReturn:
        raise TypeError("a decision has no truth value; ask .allowed")

    def __str__(self) -> str:
        match self.outcome:
            case Outcome.TOO_FEW:
                why = "a batch hides nobody with fewer than 2 present and honest users"
            case Outcome.MAY_CLOSE | Outcome.OVER_BUDGET:
                charge = "without finite limit" if self.charge is None else print_at_least(self.charge)
                why = (
                    f"closing costs {charge} nats; of {print_at_most(self.limit)}"
                    f" some member has spent {print_at_least(self.spent)}"
                )
        return f"{self.shuffler} with {self.users} users: {self.outcome.value} ({why})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a user has lost so far.

    Attributes:
        spent: the sum of the charges of the released batches with this user: a Renyi divergence of the given order, in nats.
        order: the ledger's order.
        delta: the probability that goes with epsilon.
        epsilon: in nats; its upper end is certified.
    """

    spent: Fraction
    order: Fraction
    delta: Fraction
    epsilon: Bounds

    def __str__(self) -> str:
        return f"epsilon at most {print_at_least(self.epsilon.upper)} at delta = {print_at_least(self.delta)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Users in a row who were in batches of the same cost, and so share a loss.

    Attributes:
        first: the first user's number, counted from 1.
        last: the last user's number, included.
    """

    first: int
    last: int

    @property
    def users(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many users have one loss.

    Attributes:
        users: their number.
        loss: what each has lost.
    """

    users: int
    loss: Loss
