"""Cells of the summation error: what the reference counter errs at most, and every mechanism at least."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..claims import relies_on

__all__ = ["summation_error"]


@relies_on("counter-error", "counter-privacy", "lower-bound-theorem")
def summation_error(values: Mapping[str, str]) -> dict[str, Any]:
    """Bound ``E max_t |estimate_t - sum_t|`` for the worst stream of as many users, on both sides.

    Args:
        values: users n, shufflers k, and the budget: epsilon in nats, delta.

    Returns:
        Plain values: `lower` holds for every mechanism of k shufflers that keeps the budget, `upper` for the planner's counter.

    Raises:
        AccountingError: there is no plan, or a value breaks its rule.

    Guarantee:
        counter-error and counter-privacy for the upper end, lower-bound-theorem for the lower one.
    """
    from ..counter.planner import plan
    from ..lower_bound.bound import lower_bound

    epsilon, delta = values["epsilon"], values["delta"]
    users, shufflers = int(values["users"]), int(values["shufflers"])
    made = plan(users, shufflers, epsilon=epsilon, delta=delta)
    below = lower_bound(users=users, shufflers=shufflers, epsilon=epsilon, delta=delta)
    claims = (*made.privacy.upper_claims, "counter-privacy", "counter-error", *below.claims)
    assumptions = (*made.privacy.assumptions, *below.assumptions)
    return {
        "lower": below.lower,
        "upper": made.law.mean_bound(),
        "claims": list(dict.fromkeys(claims)),
        "assumptions": list(dict.fromkeys(assumptions)),
    }
