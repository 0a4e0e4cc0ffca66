"""What a check of a claim is: a function that goes through cases and fails on the first that contradicts the claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CHECKS", "Check", "CheckFailedError", "Evidence", "checks"]

Unit = tuple[int | str, ...]
"""Arguments of one call of a check; JSON keeps them, so that a stopped run can go on."""


class Evidence(StrEnum):
    """What stands behind a claim, the strongest first.

    The members say how a check reaches its verdict: a proof that a machine has read; an identity or inequality that
    computer algebra decides for all values of its symbols; every case of a stated size; interval arithmetic over
    whole boxes of parameters; points that were chosen or drawn; and a proof that only people have read.
    """

    MACHINE_CHECKED = "machine-checked"
    SYMBOLIC = "symbolic"
    EXHAUSTIVE = "exhaustive"
    ENCLOSED = "enclosed"
    PROPERTY = "property"
    PROOF_TEXT = "proof-text"


class CheckFailedError(Exception):
    """A case contradicts the claim; the message is the case, with the numbers on both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One executable check of one claim.

    Attributes:
        claim: the id of the claim.
        evidence: how the check reaches its verdict.
        function: called once for each unit; returns how many cases it went through, raises `CheckFailedError`
            for one that contradicts the claim.
        units: the arguments of the calls; independent of each other, so that they may run on several cores.
        deep: whether it runs only when depth is asked for.
    """

    claim: str
    evidence: Evidence
    function: Callable[..., int]
    units: tuple[Unit, ...]
    deep: bool

    @property
    def name(self) -> str:
        """Where the function stands."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def about(self) -> str:
        """What the check goes through: the first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


CHECKS: list[Check] = []
"""All checks of the modules that have been imported, in the order of their definition."""


def checks(
    claim: str, *, evidence: Evidence, units: Sequence[Unit] = ((),), deep: bool = False
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a function as a check of a claim.

    Args:
        claim: the id of the claim.
        evidence: how the check reaches its verdict.
        units: the arguments of its calls, one tuple a call.
        deep: whether it runs only when depth is asked for.
    """

    def register(function: Callable[..., int]) -> Callable[..., int]:
        CHECKS.append(Check(claim=claim, evidence=evidence, function=function, units=tuple(units), deep=deep))
        return function

    return register
