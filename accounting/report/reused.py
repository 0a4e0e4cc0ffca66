"""What it costs that several shufflers get one and the same report."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..composition.concurrent import ConcurrentShuffles
from ..composition.reused import SharedReport
from ..curves.bounds import Bounds
from ..model import Deployment
from .as_json import bounds_as_dict
from .words import shown_bounds, shown_fraction

__all__ = ["ReusedPart", "reused_part"]

_MOST_NAMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusedPart:
    """The report that several shufflers get.

    Attributes:
        names: these shufflers.
        report: the randomizer, the smallest atom and the smallest batch.
        epsilon: what the report loses by itself, at the delta of the budget.
        delta: the same at the epsilon of the budget.
        if_fresh: the epsilon of these shufflers together, were their randomness fresh.
    """

    names: tuple[str, ...]
    report: SharedReport
    epsilon: Bounds
    delta: Bounds
    if_fresh: Bounds

    def warning(self, delta: Fraction) -> str:
        """Say what is re-used, among whom it hides, and what that costs."""
        atom = self.report.atom_at_least
        hides = (
            f"among the at least {atom:,} honest users of exactly the same of these batches (atom_at_least)"
            if atom > 1
            else "nowhere but in its randomizer, because atom_at_least promises no other user in the same batches"
        )
        return (
            f"The same report goes to {_listed(self.names)} (fresh = false). That is no composition, because"
            f" overlapping batches subtract: a report hides {hides}. At delta = {shown_fraction(delta)} it loses"
            f" epsilon {shown_bounds(self.epsilon)}; fresh reports to these shufflers would lose"
            f" {shown_bounds(self.if_fresh)}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; numbers are rounded outward, infinite ones are None."""
        return {
            "shufflers": list(self.names),
            "atom_at_least": self.report.atom_at_least,
            "epsilon": bounds_as_dict(self.epsilon),
            "delta": bounds_as_dict(self.delta),
            "epsilon_if_fresh": bounds_as_dict(self.if_fresh),
        }


def reused_part(deployment: Deployment) -> ReusedPart | None:
    """Compute what the report loses that shufflers get which are not fresh; None when all are.

    Raises:
        NotCoveredError: no claim covers the randomizer.
    """
    report = deployment.shared_report
    if report is None:
        return None
    fresh = ConcurrentShuffles([named.shuffle for named in deployment.reused], inputs=deployment.inputs.value)
    return ReusedPart(
        names=tuple(named.name for named in deployment.reused),
        report=report,
        epsilon=report.epsilon(delta=deployment.budget.delta),
        delta=report.delta(epsilon=deployment.budget.epsilon),
        if_fresh=fresh.epsilon(delta=deployment.budget.delta),
    )


def _listed(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return f"{names[0]}, and possibly to others"
    if len(names) <= _MOST_NAMES:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[: _MOST_NAMES - 1])} and {len(names) - _MOST_NAMES + 1} more"
