"""``plan``: batch sizes and noise for the smallest summation error, certified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .output import Output, deliver_plan

if TYPE_CHECKING:
    from ..counter.planner import Planned

__all__ = ["plan"]


def plan(
    *,
    users: str,
    shufflers: str = "best",
    epsilon: str,
    delta: str,
    objective: str = "maximum",
    estimator: str = "least-squares",
    values: str = "bits",
    confidence: str = "0.95",
    output: Output = None,
    json: bool = False,
) -> int:
    """Plan a counter: batch sizes and noise for the smallest error of running sums.

    Writes the plan as TOML, which `count --plan` runs and `check` checks. Its privacy is certified: the loss of one batch of each
    level, composed for values and closings that may react to what was released.

    Example: `shuffle-accounting plan --users 1e6 --shufflers 4 --epsilon 1 --delta 1e-8 -o plan.toml`

    Exit codes:

    - 0: a plan that keeps the budget was written
    - 2: bad usage, or no noise within reach keeps the budget

    Args:
        users: the horizon: the most users that will come.
        shufflers: how many work at once, or best.
        epsilon: of the budget, in nats.
        delta: of the budget, a probability.
        objective: what is made small: maximum (the largest error over all steps) or rms.
        estimator: plain or least-squares.
        values: bits, or reals in [0, 1].
        confidence: of the bound on the largest error.
        output: the file to write; by default standard output.
        json: print one JSON document and nothing else.
    """
    from ..counter.planner import plan as planned

    deliver_plan(
        lambda: planned(
            users,
            shufflers,
            epsilon=epsilon,
            delta=delta,
            objective=objective,
            estimator=estimator,
            values=values,
            confidence=confidence,
        ),
        toml=lambda found: found.plan.to_toml(),
        text=_sentences,
        content=as_dict,
        output=output,
        json=json,
    )
    return 0


def as_dict(found: Planned) -> dict[str, Any]:
    """Return JSON-able values."""
    from ..report.as_json import ends_as_dict, number_as_json

    made, budget = found.plan, found.plan.budget
    return {
        "users": made.users,
        "shufflers": len(made.levels),
        "epsilon": number_as_json(budget.epsilon),
        "delta": number_as_json(budget.delta),
        "levels": [
            {
                "batch": level.batch,
                "levels": level.randomizer.levels,
                "bits": level.randomizer.bits,
                "p": float(level.randomizer.p),
                "epsilon": ends_as_dict(level.shuffle.epsilon(delta=budget.delta)),
            }
            for level in made.levels
        ],
        "privacy": {
            "epsilon": ends_as_dict(found.privacy),
            "delta": number_as_json(budget.delta),
            "claims": list(found.privacy.upper_claims),
        },
        "error": {
            "rms": found.law.rms(),
            "bound": found.law.bound(found.confidence),
            "confidence": float(found.confidence),
            "without_reports": found.without_reports,
        },
        "lower_bound": {"lower": _least_error(found)},
    }


def _least_error(found: Planned) -> float:
    """Return what every mechanism of as many shufflers errs at least with the plan's budget."""
    from ..lower_bound.bound import lower_bound

    made, budget = found.plan, found.plan.budget
    return lower_bound(
        users=made.users, shufflers=len(made.levels), epsilon=budget.epsilon, delta=budget.delta
    ).lower


def _sentences(found: Planned) -> str:
    from ..numerics.rounding import print_at_least, print_at_most
    from ..report.as_json import number_as_json

    delta, share, bound = (
        number_as_json(found.plan.budget.delta),
        float(found.confidence),
        found.law.bound(found.confidence),
    )
    lines = [
        f"{len(found.plan.levels)} shufflers, batches of {', '.join(str(level.batch) for level in found.plan.levels)} users.",
        f"Each user loses at most epsilon = {print_at_least(found.privacy.upper)} at delta = {delta}.",
        f"The largest error over {found.plan.users} steps is at most {print_at_least(bound)} with probability {share}; its rms is {found.law.rms():.4g}.",
        f"No mechanism of {len(found.plan.levels)} shufflers has an expected largest error below {print_at_most(_least_error(found))}.",
    ]
    if bound >= found.without_reports:
        lines.append(
            f"Counting each user as 1/2, which asks nobody, errs by at most {print_at_least(found.without_reports)}: so few users are not worth a counter."
        )
    return "\n".join(lines) + "\n"
