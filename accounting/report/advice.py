"""What to change so that a deployment fits its budget, each change certified by its own evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..calibration import solve_epsilon0, solve_users
from ..composition.concurrent import ConcurrentShuffles
from ..errors import NotCoveredError, UndecidedError
from ..model import Deployment
from ..randomizers import FiniteKernel, Randomizer
from ..shuffle import Shuffle
from .words import shown_fraction

__all__ = ["Advice", "advise"]

_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class Advice:
    """One change, or why there is none.

    Attributes:
        change: ``users``, ``users-factor``, ``epsilon0``, ``fresh`` or ``none``.
        value: the new value, certified to fit; None for ``fresh`` and ``none``, which have no value.
        sentence: the same in words.
    """

    change: str
    value: int | Fraction | None
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        value = float(self.value) if isinstance(self.value, Fraction) else self.value
        return {"change": self.change, "value": value, "sentence": self.sentence}


def advise(deployment: Deployment, *, seconds: float = _SECONDS) -> tuple[Advice, ...]:
    """Search for changes with which the deployment is certified to stay within its budget.

    Searches that would take longer than a moment are left out.

    Args:
        deployment: one that is not certified to fit.
        seconds: the time after which a search gives up.
    """
    try:
        return _advice(deployment, seconds)
    except (NotCoveredError, UndecidedError):  # a candidate that has no number is no candidate
        return ()


def _advice(deployment: Deployment, seconds: float) -> tuple[Advice, ...]:
    shuffles = [named.shuffle for named in deployment.shufflers]
    if deployment.reused:
        return _fresh(deployment, shuffles)
    impossible = [named.name for named in deployment.shufflers if _betrays(named.shuffle.randomizer)]
    if impossible:
        return (
            Advice(
                "none",
                None,
                f"More users do not help: some message of shuffler {impossible[0]} is impossible for some values"
                " and gives its sender away, however many others report.",
            ),
        )
    if len(shuffles) > 1:
        return _scaled(deployment, seconds)
    return (*_more_users(deployment, seconds), *_smaller_epsilon0(deployment, seconds))


def _fresh(deployment: Deployment, shuffles: list[Shuffle]) -> tuple[Advice, ...]:
    budget = deployment.budget
    together = ConcurrentShuffles(shuffles, inputs=deployment.inputs.value)
    if together.delta(epsilon=budget.epsilon).upper > budget.delta:
        return ()
    return (Advice("fresh", None, "With fresh randomness for every shuffler it is certified to fit."),)


def _betrays(randomizer: Randomizer) -> bool:
    return isinstance(randomizer, FiniteKernel) and randomizer.local_factor() is None


def _more_users(deployment: Deployment, seconds: float) -> tuple[Advice, ...]:
    users = deployment.shufflers[0].shuffle.users
    found = solve_users(deployment, lower_ends=False, seconds=seconds).safe
    if not isinstance(found, int) or found <= users:
        return ()
    return (Advice("users", found, f"With {found:,} users instead of {users:,} it is certified to fit."),)


def _scaled(deployment: Deployment, seconds: float) -> tuple[Advice, ...]:
    factor = solve_users(deployment, lower_ends=False, seconds=seconds).safe
    if not isinstance(factor, Fraction) or factor <= 1:
        return ()
    sentence = f"With {shown_fraction(factor)} times as many users in every shuffler it is certified to fit."
    return (Advice("users-factor", factor, sentence),)


def _smaller_epsilon0(deployment: Deployment, seconds: float) -> tuple[Advice, ...]:
    shuffle = deployment.shufflers[0].shuffle
    try:
        value = solve_epsilon0(deployment, lower_ends=False, seconds=seconds).safe
    except NotCoveredError:  # a kind without an epsilon0 to make smaller
        return ()
    if not isinstance(value, Fraction):
        return ()
    sentence = (
        f"With epsilon0 = {shown_fraction(value)} it is certified to fit, with {shuffle.users:,} users."
    )
    return (Advice("epsilon0", value, sentence),)
