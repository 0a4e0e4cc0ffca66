"""The error of running sums: what the reference counter errs at most, and every mechanism at least."""

from __future__ import annotations

from dataclasses import dataclass

from ..claims import relies_on
from ..numerics.exact import ExactLike

__all__ = ["SummationError", "summation_error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummationError:
    """``E max_t |estimate_t - sum_t|`` for the worst stream, on both sides.

    Attributes:
        lower: every mechanism of as many shufflers that keeps the budget errs at least this.
        upper: the planner's counter, which keeps it, errs at most this.
        claims: ids of what both ends rest on.
        assumptions: of both.
    """

    lower: float
    upper: float
    claims: tuple[str, ...]
    assumptions: tuple[str, ...]


@relies_on("counter-error", "counter-privacy", "lower-bound-theorem")
def summation_error(users: int, shufflers: int, *, epsilon: ExactLike, delta: ExactLike) -> SummationError:
    """Bound the mean of the largest error of a running sum on both sides.

    Args:
        users: n, how many come.
        shufflers: k.
        epsilon: of the budget, in nats.
        delta: of the budget, a probability.

    Raises:
        AccountingError: there is no plan, or a value breaks its rule.

    Guarantee:
        counter-error and counter-privacy for the upper end, lower-bound-theorem for the lower one.
    """
    from ..counter.planner import plan
    from ..lower_bound.bound import lower_bound

    made = plan(users, shufflers, epsilon=epsilon, delta=delta)
    below = lower_bound(users=users, shufflers=shufflers, epsilon=epsilon, delta=delta)
    claims = (*made.privacy.upper_claims, "counter-privacy", "counter-error", *below.claims)
    return SummationError(
        lower=below.lower,
        upper=made.law.mean_bound(),
        claims=tuple(dict.fromkeys(claims)),
        assumptions=tuple(dict.fromkeys((*made.privacy.assumptions, *below.assumptions))),
    )
