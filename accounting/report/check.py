"""Whether a deployment stays within its budget: certified, refuted, or neither."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from ..composition import delta_alone, epsilon_alone
from ..composition.concurrent import ConcurrentShuffles
from ..curves.bounds import Bounds
from ..errors import ParameterError
from ..model import Deployment
from ..numerics.rounding import print_at_least, print_at_most
from ..shuffle import Shuffle
from .advice import Advice, advise
from .as_json import bounds_as_dict, ends_as_dict, number_as_json
from .assumptions import assumptions_of
from .reused import ReusedPart, reused_part
from .sensitivity import Sensitivity, sensitivity_of
from .words import shown_fraction

__all__ = ["LARGEST_VARIETY", "CheckReport", "ShufflerReport", "Verdict", "check"]

LARGEST_VARIETY = 100


class Verdict(Enum):
    """What a check can certify."""

    WITHIN = "within"
    EXCEEDS = "exceeds"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShufflerReport:
    """What one shuffler loses by itself.

    Attributes:
        name: the shuffler's name in the deployment.
        shuffle: the randomizer and the users.
        epsilon: at the delta of the budget.
        delta: at the epsilon of the budget.
        dishonest_at_most: how many more users may be present, who hide nobody.
        fresh: whether its reports are drawn for it alone.
    """

    name: str
    shuffle: Shuffle
    epsilon: Bounds
    delta: Bounds
    dishonest_at_most: int = 0
    fresh: bool = True

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that the upper ends rest on."""
        return _claims(self.epsilon, self.delta)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A deployment against its budget.

    Attributes:
        deployment: what was checked.
        verdict: within, exceeds or undecided.
        epsilon: total at the delta of the budget.
        delta: total at the epsilon of the budget.
        shufflers: what each loses by itself, in the deployment's order.
        assumptions: what the caller owes for the report to hold.
        sensitivity: the total after one change each, from above; see ``Sensitivity``.
        advice: changes with which the deployment is certified to fit; empty when it fits.
        reused: what the report loses that several shufflers get; None where all randomness is fresh.
    """

    deployment: Deployment
    verdict: Verdict
    epsilon: Bounds
    delta: Bounds
    shufflers: tuple[ShufflerReport, ...]
    assumptions: tuple[str, ...]
    advice: tuple[Advice, ...]
    sensitivity: tuple[Sensitivity, ...] = ()
    reused: ReusedPart | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to look at before anything else."""
        return () if self.reused is None else (self.reused.warning(self.deployment.budget.delta),)

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that the upper ends of the total rest on."""
        return _claims(self.epsilon, self.delta)

    @property
    def witness(self) -> tuple[str, Any] | None:
        """The data sets that attain the lower end of the total delta, after the name of their shuffler."""
        found = self.delta.witness
        if found is None:
            return None
        owners = (part.name for part in self.shufflers if part.delta.witness == found)
        return next(owners, ""), found

    def sentence(self) -> str:
        """Say the verdict in one sentence, with the claims that it rests on."""
        budget = self.deployment.budget
        epsilon, delta = shown_fraction(budget.epsilon), shown_fraction(budget.delta)
        promise = f"({epsilon}, {delta})-DP under {self.deployment.relation.value}"
        at_epsilon, at_delta = (
            f"at epsilon = {epsilon} the total delta",
            f"at delta = {delta} the total epsilon",
        )
        match self.verdict:
            case Verdict.WITHIN:
                by_delta = self.delta.upper <= budget.delta
                bounds, loss = (self.delta, at_epsilon) if by_delta else (self.epsilon, at_delta)
                return (
                    f"Within the budget: {promise} is certified; {loss} is at most {print_at_least(bounds.upper, 4)},"
                    f" by {', '.join(bounds.upper_claims)}, provided that the assumptions hold."
                )
            case Verdict.EXCEEDS:
                by_delta = self.delta.lower > budget.delta
                bounds, loss = (self.delta, at_epsilon) if by_delta else (self.epsilon, at_delta)
                return (
                    f"Exceeds the budget: {promise} cannot be promised; {loss} is at least {print_at_most(bounds.lower, 4)},"
                    " attained by an explicit pair of neighbouring data sets."
                )
            case Verdict.UNDECIDED:
                return (
                    f"Undecided: {promise} can be neither certified nor refuted; {at_epsilon} lies between"
                    f" {print_at_most(self.delta.lower, 4)} and {print_at_least(self.delta.upper, 4)}."
                )

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-able values; numbers are rounded outward, infinite ones are None."""
        deployment = self.deployment
        witness = self.witness
        return {
            "verdict": self.verdict.value,
            "title": deployment.title,
            "relation": deployment.relation.value,
            "inputs": deployment.inputs.value,
            "budget": {
                "epsilon": number_as_json(deployment.budget.epsilon),
                "delta": number_as_json(deployment.budget.delta),
            },
            "total": {
                "epsilon": ends_as_dict(self.epsilon),
                "delta": ends_as_dict(self.delta),
                "claims": list(self.claims),
                "assumptions": list(self.assumptions),
                "witness": witness and {"shuffler": witness[0], **witness[1].as_dict()},
            },
            "shufflers": [
                {
                    "name": part.name,
                    "users": part.shuffle.users,
                    "dishonest_at_most": part.dishonest_at_most,
                    "fresh": part.fresh,
                    "randomizer": part.shuffle.randomizer.describe(),
                    "epsilon": bounds_as_dict(part.epsilon),
                    "delta": bounds_as_dict(part.delta),
                    "claims": list(part.claims),
                }
                for part in self.shufflers
            ],
            "sensitivity": [each.as_dict() for each in self.sensitivity],
            "advice": [each.as_dict() for each in self.advice],
            "warnings": list(self.warnings),
            "reused": None if self.reused is None else self.reused.as_dict(),
        }


def check(deployment: Deployment) -> CheckReport:
    """Compare what a deployment loses with its budget.

    Args:
        deployment: what is deployed; equal shufflers are computed once.

    Returns:
        A report whose verdict is ``within`` when an upper end of the total is within the budget, ``exceeds``
        when a lower end is above it, and ``undecided`` when the budget lies in the gap.

    Raises:
        ParameterError: more than 100 different shufflers.
        NotCoveredError: no claim covers a randomizer.
    """
    shuffles = [named.shuffle for named in deployment.shufflers]
    distinct = dict.fromkeys(shuffles)
    if len(distinct) > LARGEST_VARIETY:
        remedy = "Equal shufflers are computed once: round their users down to fewer different sizes"
        rule = f"must be of at most {LARGEST_VARIETY} different kinds and sizes"
        raise ParameterError("shuffler", rule, len(distinct), remedy)
    budget = deployment.budget
    losses = {
        shuffle: (epsilon_alone(shuffle, budget.delta), delta_alone(shuffle, budget.epsilon))
        for shuffle in distinct
    }
    epsilon, delta = losses[shuffles[0]]
    reused = reused_part(deployment)
    parts = deployment.parts
    if reused is not None and len(parts) == 1:
        epsilon, delta = reused.epsilon, reused.delta
    elif len(parts) > 1:
        together = deployment.curve()
        delta = together.delta(
            epsilon=budget.epsilon
        )  # the finer question first: the other one reuses its work
        epsilon = together.epsilon(delta=budget.delta)
    if reused is not None and len(parts) > 1:
        epsilon, delta = _raised(deployment, epsilon, delta)
    verdict = _verdict(deployment, epsilon, delta)
    return CheckReport(
        deployment=deployment,
        verdict=verdict,
        epsilon=epsilon,
        delta=delta,
        shufflers=tuple(
            ShufflerReport(
                name=named.name,
                shuffle=named.shuffle,
                epsilon=lost[0],
                delta=lost[1],
                dishonest_at_most=named.dishonest_at_most,
                fresh=named.fresh,
            )
            for named in deployment.shufflers
            for lost in (losses[named.shuffle],)
        ),
        assumptions=assumptions_of(deployment, _union(epsilon.assumptions, delta.assumptions)),
        sensitivity=sensitivity_of(deployment, epsilon),
        advice=() if verdict is Verdict.WITHIN else advise(deployment),
        reused=reused,
    )


def _raised(deployment: Deployment, epsilon: Bounds, delta: Bounds) -> tuple[Bounds, Bounds]:
    """Take the better lower end of what is released by the fresh shufflers and one batch of the shared report.

    It is a part of the release, and composed by itself it is known better: the grid of the whole suits the upper end.
    """
    alone = min((named.shuffle for named in deployment.reused), key=lambda shuffle: shuffle.users)
    fresh = [named.shuffle for named in deployment.shufflers if named.fresh]
    part = ConcurrentShuffles([*fresh, alone], inputs=deployment.inputs.value).curve()
    budget = deployment.budget
    return (
        _with_lower_end(epsilon, part.epsilon(delta=budget.delta)),
        _with_lower_end(delta, part.delta(epsilon=budget.epsilon)),
    )


def _with_lower_end(whole: Bounds, part: Bounds) -> Bounds:
    if part.lower <= whole.lower:
        return whole
    return replace(
        whole,
        lower=part.lower,
        lower_claims=part.lower_claims,
        lower_value=part.lower_value,
        witness=part.witness,
    )


def _verdict(deployment: Deployment, epsilon: Bounds, delta: Bounds) -> Verdict:
    budget = deployment.budget
    within = delta.upper <= budget.delta or epsilon.upper <= budget.epsilon
    exceeds = delta.lower > budget.delta or epsilon.lower > budget.epsilon
    match (within, exceeds):
        case (True, False):
            return Verdict.WITHIN
        case (False, True):
            return Verdict.EXCEEDS
        case (False, False):
            return Verdict.UNDECIDED
        case _:
            raise ArithmeticError(f"the ends contradict each other: epsilon {epsilon!r}, delta {delta!r}")


def _claims(*bounds: Bounds) -> tuple[str, ...]:
    return _union(*(each.upper_claims for each in bounds))


def _union(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry for group in groups for entry in group))
