"""The expected positive part of a random walk: one question, the best road to its answer."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..claims import relies_on
from .atoms import Step, saddle
from .ball import arb, enclosure_of, positive_part, precision
from .contour import contour_positive_part, up_to_chernoff
from .counting import counting_plan, counting_positive_part
from .enclosure import Enclosure

__all__ = ["expected_positive_part"]

_CHEAP = 120_000  # cells that counting may use before the contour is tried; a quarter where width is coarse
_AFFORDABLE = 6_000_000  # cells that counting may use where the contour was too wide

_LARGEST_VALUE = 1e140
_COARSE = 2e-5
_SHARP = 70  # digits enough for guides, in bits
_NOTHING = 150  # bits below the largest value: there a value may be zero
_MOST_BITS = 2000
_HOPELESS = -1500.0  # far below the least float


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
    bits = 96 + n.bit_length()
    while True:
        with precision(bits):
            step = step_at()
            if bits >= _MOST_BITS or _is_sharp(step):
                return _enclosed(step, n, relative_width)
        bits *= 2


def _enclosed(step: Step, n: int, relative_width: float) -> Enclosure:
    found, most = positive_part(_of_step(step, n, relative_width)), _jensen(step, n)
    if found.lower() > most.upper():
        raise ArithmeticError(f"the walk's positive part {found} is above the sum of its steps' {most}")
    if not found.upper() <= most.upper():  # wider than the simple bound, or not finite
        found = found.lower().union(most.upper()) if found.lower() >= 0 else arb(0).union(most)
    return enclosure_of(positive_part(found))


def _jensen(step: Step, n: int) -> arb:
    """N times the positive part of one step: the positive part of the sum is never more."""
    return n * sum((p * positive_part(g) for p, g in zip(step.chances, step.values, strict=True)), arb(0))


def _is_sharp(step: Step) -> bool:
    """Whether values and chances are known to some digits, as they may be small differences; or values are zero for all that is seen."""
    nothing = max((abs(value).upper() for value in step.values), default=arb(0)) * arb(2) ** -_NOTHING
    known = all(p.rel_accuracy_bits() >= _SHARP for p in step.chances)
    return known and all(value.rel_accuracy_bits() >= _SHARP or abs(value) < nothing for value in step.values)


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
    guide = step.guide()
    top, largest = max(guide.values), max(abs(value) for value in guide.values)
    if not largest < _LARGEST_VALUE:  # out of the guides' range
        return arb(0).union(_jensen(step, n))
    if top <= 1e-25 * largest:
        # the largest value is zero up to rounding: S_+ is at most n times its upper end
        ceiling = step.values[0].upper()
        for value in step.values[1:]:
            ceiling = ceiling.max(value.upper())
        return arb(0).union(n * positive_part(ceiling))
    c = saddle(guide, n)
    log_moment, _, curvature = guide.cumulants(c)
    if n * log_moment - math.log(c) < _HOPELESS:
        return up_to_chernoff(step, n, c)
    plan = counting_plan(step, n, c, relative_width)
    counted: arb | None = None
    if plan.work <= (_CHEAP if relative_width < _COARSE else _CHEAP // 4):
        counted = counting_positive_part(step, plan)
        if not _is_wide(counted, relative_width):
            return counted
    if not n * curvature * c * c > 1e-12:
        return arb(0).union(_jensen(step, n))
    found = contour_positive_part(step, n, relative_width, patient=plan.work > _AFFORDABLE, c=c)
    if _is_wide(found, relative_width) and plan.work <= _AFFORDABLE:
        counted = counting_positive_part(step, plan) if counted is None else counted
        if counted.rad() < found.rad():
            return counted
    return found


def _is_wide(value: arb, relative_width: float) -> bool:
    return not value.rad() * 2 <= abs(value.mid()) * (1.05 * relative_width)
