"""The expected positive part of a random walk: one question, the best road to its answer."""

from __future__ import annotations

from collections.abc import Callable

from ..claims import relies_on
from .atoms import Step
from .ball import arb, enclosure_of, positive_part, precision
from .contour import contour_positive_part
from .counting import counting_plan, counting_positive_part
from .enclosure import Enclosure

__all__ = ["expected_positive_part"]

_CHEAP = 120_000  # cells that counting may use before the contour is tried
_AFFORDABLE = 6_000_000  # cells that counting may use where the contour was too wide

_LARGEST_VALUE = 1e140


@relies_on("exact-walk", "contour-identity", "contour-smoothing", "contour-aliasing", "contour-tail")
def expected_positive_part(step_at: Callable[[], Step], n: int, *, relative_width: float = 1e-6) -> Enclosure:
    """Enclose ``E[(G_1 + .. + G_n)_+]`` for i.i.d. steps with finitely many values.

    Args:
        step_at: returns the law of G at the working precision of ``numerics.ball``.
        n: number of steps, at least 1.
        relative_width: the width to aim at, relative to the value; the result may be wider, never wrong.

    Returns:
        An enclosure of the number; its ends are never negative.

    Guarantee:
        exact-walk, contour-identity, contour-smoothing, contour-aliasing, contour-tail.
    """
    with precision(96 + n.bit_length()):
        return enclosure_of(positive_part(_of_step(step_at(), n, relative_width)))


def _of_step(step: Step, n: int, relative_width: float) -> arb:
    if all(value <= 0 for value in step.values):
        return arb(0)
    mean = step.mean()
    if all(value >= 0 for value in step.values):
        return n * mean
    if float(mean) > 0:  # S_+ = S + (-S)_+ keeps the saddle well placed
        return n * mean + _of_step_below(step.reflected(), n, relative_width)
    return _of_step_below(step, n, relative_width)


def _of_step_below(step: Step, n: int, relative_width: float) -> arb:
    """The same for a step whose mean is at most about zero and that takes both signs, or may do so."""
    sizes = [abs(float(value)) for value in step.values]
    if not max(sizes) < _LARGEST_VALUE:  # out of the guides' range: Jensen's inequality for one step
        return arb(0).union(
            n * sum((p * positive_part(g) for p, g in zip(step.chances, step.values, strict=True)), arb(0))
        )
    top = max(float(value) for value in step.values)
    if top <= 1e-25 * max(sizes):
        # the largest value is zero up to rounding: S_+ is at most n times its upper end
        ceiling = n * max(float(value.upper()) for value in step.values)
        return arb(0).union(arb(ceiling) * (1 + arb(2) ** -40))
    plan = counting_plan(step, n, relative_width)
    if plan.work <= _CHEAP:
        counted = counting_positive_part(step, plan)
        if counted is not None:
            return counted
    found = contour_positive_part(step, n, relative_width, patient=plan.work > _AFFORDABLE, c=plan.c)
    if _is_wide(found, relative_width) and _CHEAP < plan.work <= _AFFORDABLE:
        counted = counting_positive_part(step, plan)
        if counted is not None and counted.rad() < found.rad():
            return counted
    return found


def _is_wide(value: arb, relative_width: float) -> bool:
    return not value.rad() * 2 <= abs(value.mid()) * (1.05 * relative_width)
