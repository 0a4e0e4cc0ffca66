"""What a calibration answers: a safe value, the nearest one certified not to be, and what both rest on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from ..curves.bounds import Bounds
from ..errors import ParameterError
from ..model import Budget
from ..model.writing import written_value
from ..numerics.rounding import float_at_least, print_at_least, print_at_most
from .grid import Grid
from .search import Found, certainly_above, certainly_within
from .vary import Reach

__all__ = ["Calibration", "Outcome", "Quantity"]


class Quantity(Enum):
    """What is solved for."""

    USERS = "users"
    USERS_FACTOR = "users-factor"
    EPSILON0 = "epsilon0"
    EPSILON0_FACTOR = "epsilon0-factor"

    @property
    def rises(self) -> bool:
        """Whether larger values are more private."""
        return self in (Quantity.USERS, Quantity.USERS_FACTOR)

    @property
    def words(self) -> str:
        """A few words for sentences."""
        match self:
            case Quantity.USERS:
                return "users"
            case Quantity.USERS_FACTOR:
                return "times as many users in every shuffler"
            case Quantity.EPSILON0:
                return "epsilon0"
            case Quantity.EPSILON0_FACTOR:
                return "times the epsilon0 of every shuffler"


class Outcome(Enum):
    """How much a calibration decides."""

    DECIDED = "decided"
    GAP = "gap"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The answer to "which value is safe for this budget?".

    Both values are certified by themselves. Where ``reach`` says so, every value on the private side of ``safe`` is safe too, and
    none on the other side of ``unsafe`` is: losses are monotone, by the claims. Between the two nothing is known.

    Attributes:
        quantity: what is solved for. Users count the target; factors multiply what the deployment says.
        subject: what else is fixed, in words.
        budget: the most that may be lost.
        safe: a value certified to stay within the budget, the nearest to ``unsafe`` that was found; None if none was.
        unsafe: a value certified to exceed the budget; None if none was.
        bounds_at_safe: delta at the budget's epsilon; or epsilon at delta = 0, where the budget's delta is 0.
        bounds_at_unsafe: the same at ``unsafe``.
        is_adjacent: no value of the grid lies between the two.
        grid: which values were considered, in words.
        least: the least value considered.
        most: the largest value considered.
        monotone: the claim by which losses are monotone.
        reach: what the two values say about others, by that claim.
    """

    quantity: Quantity
    subject: str
    budget: Budget
    safe: int | Fraction | None
    unsafe: int | Fraction | None
    bounds_at_safe: Bounds | None
    bounds_at_unsafe: Bounds | None
    is_adjacent: bool
    grid: str
    least: int | Fraction
    most: int | Fraction
    monotone: str
    reach: Reach = Reach.BOTH

    def __post_init__(self) -> None:
        """Check that the two bounds certify what is said of the two values.

        Raises:
            ArithmeticError: they do not, or the two values are in the wrong order.
        """
        if (self.safe is None) != (self.bounds_at_safe is None):
            raise ParameterError("bounds_at_safe", "must be given with safe", self.bounds_at_safe)
        if (self.unsafe is None) != (self.bounds_at_unsafe is None):
            raise ParameterError("bounds_at_unsafe", "must be given with unsafe", self.bounds_at_unsafe)
        if self.bounds_at_safe is not None and not certainly_within(self.bounds_at_safe, self.level):
            raise ArithmeticError(f"{self.safe} is not certified to be safe: {self.bounds_at_safe!r}")
        if self.bounds_at_unsafe is not None and not certainly_above(self.bounds_at_unsafe, self.level):
            raise ArithmeticError(f"{self.unsafe} is not certified to be unsafe: {self.bounds_at_unsafe!r}")
        if self.safe is not None and self.unsafe is not None:
            gain = self.safe - self.unsafe if self.quantity.rises else self.unsafe - self.safe
            if gain <= 0:
                raise ArithmeticError(f"safe at {self.safe}, but not at {self.unsafe}, which is more private")

    @classmethod
    def of(
        cls,
        found: Found,
        grid: Grid,
        *,
        quantity: Quantity,
        subject: str,
        budget: Budget,
        grid_words: str,
        monotone: str,
        reach: Reach = Reach.BOTH,
    ) -> Calibration:
        """Turn what a search on a grid found into an answer; arguments are the attributes of the same names."""
        safe, unsafe = found.safe, found.unsafe
        ends = sorted((grid.value(grid.first), grid.value(grid.last)))
        return cls(
            quantity=quantity,
            subject=subject,
            budget=budget,
            safe=None if safe is None else grid.value(safe[0]),
            unsafe=None if unsafe is None else grid.value(unsafe[0]),
            bounds_at_safe=None if safe is None else safe[1],
            bounds_at_unsafe=None if unsafe is None else unsafe[1],
            is_adjacent=safe is not None and unsafe is not None and safe[0] - unsafe[0] == 1,
            grid=grid_words,
            least=ends[0],
            most=ends[1],
            monotone=monotone,
            reach=reach,
        )

    @property
    def level(self) -> Fraction:
        """What the bounds are compared with: the budget's delta; where that is 0, its epsilon."""
        return self.budget.delta or self.budget.epsilon

    @property
    def outcome(self) -> Outcome:
        """How much is decided."""
        if self.safe is not None:
            adjacent = self.is_adjacent and self.reach is Reach.BOTH
            decided = adjacent or self.safe == (self.least if self.quantity.rises else self.most)
            return Outcome.DECIDED if decided else Outcome.GAP
        end = self.most if self.quantity.rises else self.least
        fails = self.unsafe == end and self.reach is Reach.BOTH
        return Outcome.IMPOSSIBLE if fails else Outcome.UNDECIDED

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of the claims that "safe" rests on, and what is said of other values."""
        upper = self.bounds_at_safe.upper_claims if self.bounds_at_safe is not None else ()
        reaching = () if self.reach is Reach.NONE else (self.monotone,)
        return tuple(dict.fromkeys((*upper, *reaching)))

    def sentence(self) -> str:
        """Say what is safe, what is not, and by what."""
        promise = f"({_shown(self.budget.epsilon)}, {_shown(self.budget.delta)})-DP under replace-one"
        loss = "delta" if self.budget.delta else "epsilon"
        if self.safe is None or self.bounds_at_safe is None:
            end = self.most if self.quantity.rises else self.least
            if self.outcome is Outcome.IMPOSSIBLE:
                what = f"certified to fail even at {self._named(end)}"
            else:
                what = f"not certified at any value that was looked at, up to {self._named(end)}"
            return f"No safe value: {promise} is {what}, for {self.subject}."
        more, less = (" or more", " or less") if self.quantity.rises else (" or less", " or more")
        ways = "" if self.reach is Reach.NONE else more
        text = (
            f"Safe with {self._named(self.safe)}{ways}: {promise} is certified for {self.subject};"
            f" {loss} is at most {print_at_least(self.bounds_at_safe.upper, 4)}."
        )
        if self.unsafe is None or self.bounds_at_unsafe is None:
            return f"{text} No value considered is certified to be unsafe."
        less = less if self.reach is Reach.BOTH else ""
        return (
            f"{text} Not safe with {self._named(self.unsafe)}{less}: an explicit pair of neighbouring data sets"
            f" loses {loss} of at least {print_at_most(self.bounds_at_unsafe.lower, 4)}.{self._elsewhere()}"
        )

    def _elsewhere(self) -> str:
        """Say of which values nothing is certified."""
        considered = f"({self.grid} considered)"
        if self.reach is Reach.NONE:
            return f" Of all other values nothing is certified {considered}."
        side = "below" if self.quantity.rises else "above"
        beyond = "" if self.reach is Reach.BOTH else f"{side} {_shown(self.unsafe or 0)}"
        between = "" if self.is_adjacent else "between"
        where = " and ".join(filter(None, (between, beyond)))
        return f" Of the values {where}, nothing is certified {considered}." if where else ""

    def _named(self, value: int | Fraction) -> str:
        match self.quantity:
            case Quantity.EPSILON0:
                return f"epsilon0 = {_shown(value)}"
            case _:
                return f"{_shown(value)} {self.quantity.words}"

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values.

        Bounds are rounded outward. Values are whole numbers or decimals of a few digits, exactly as they are written.
        """
        return {
            "quantity": self.quantity.value,
            "subject": self.subject,
            "budget": {
                "epsilon": float(self.budget.epsilon),
                "delta": float(self.budget.delta) or float_at_least(self.budget.delta),
            },
            "outcome": self.outcome.value,
            "safe": _number(self.safe),
            "unsafe": _number(self.unsafe),
            "adjacent": self.is_adjacent,
            "grid": self.grid,
            "loss": "delta" if self.budget.delta else "epsilon",
            "at_safe": _ends(self.bounds_at_safe),
            "at_unsafe": _ends(self.bounds_at_unsafe),
            "reach": self.reach.value,
            "claims": list(self.claims),
            "witness": self.bounds_at_unsafe.witness.as_dict()
            if self.bounds_at_unsafe is not None and self.bounds_at_unsafe.witness is not None
            else None,
        }


def _plain(value: int | Fraction) -> str:
    return written_value(value).strip('"')


def _shown(value: int | Fraction) -> str:
    return f"{value:,}" if isinstance(value, int) else _plain(value)


def _number(value: int | Fraction | None) -> int | float | None:
    """A short decimal prints as itself when it becomes a float."""
    return float(value) if isinstance(value, Fraction) else value


def _ends(bounds: Bounds | None) -> dict[str, float] | None:
    return None if bounds is None else {"lower": bounds.lower, "upper": bounds.upper}
