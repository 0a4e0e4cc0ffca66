"""What a question about privacy gets as an answer: two ends, and what each rests on."""

from __future__ import annotations

from dataclasses import dataclass

from ..numerics.enclosure import Enclosure
from ..numerics.rounding import print_at_least, print_at_most
from ..pairs.witness import JointWitness, MembershipWitness, Witness

__all__ = ["Bounds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A privacy parameter of a mechanism, from below and from above.

    Attributes:
        lower: what is surely lost, by the witness; a float, rounded down.
        upper: what may be promised, by the claims; a float, rounded up; infinite when nothing finite holds.
        upper_claims: ids of the proved claims that the upper end rests on.
        lower_claims: ids of those that the lower end rests on.
        witness: an explicit pair of neighbouring data sets that attains the lower end.
        assumptions: ids of the named assumptions that the caller owes.
        is_exact: both ends enclose the same number, the mechanism's own, up to the numeric width.
        upper_value: encloses the value of the bound whose upper end is ``upper``; its width is numeric.
        lower_value: encloses the witness's value, whose lower end is ``lower``; its width is numeric.
    """

    lower: float
    upper: float
    upper_claims: tuple[str, ...]
    lower_claims: tuple[str, ...] = ()
    witness: Witness | JointWitness | MembershipWitness | None = None
    assumptions: tuple[str, ...] = ()
    is_exact: bool = False
    upper_value: Enclosure | None = None
    lower_value: Enclosure | None = None

    def __post_init__(self) -> None:
        if not self.lower <= self.upper:
            raise ArithmeticError(f"a lower bound above an upper bound: {self.lower!r} > {self.upper!r}")

    def __str__(self) -> str:
        return f"[{print_at_most(self.lower)}, {print_at_least(self.upper)}]"
