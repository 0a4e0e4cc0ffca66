"""The two roads to a walk's expectation, by the names that tests of their insides use."""

from accounting.numerics.atoms import Step, saddle
from accounting.numerics.ball import arb
from accounting.numerics.contour import contour_positive_part
from accounting.numerics.counting import CountingPlan, counting_plan, counting_positive_part

__all__ = ["by_contour", "by_counting", "contour_applies", "plan_of_counting"]


def plan_of_counting(step: Step, n: int, width: float) -> CountingPlan:
    """Plan the summation over counts around the saddle point."""
    return counting_plan(step, n, saddle(step.guide(), n), width)


def by_counting(step: Step, n: int, width: float) -> arb:
    """Sum over counts."""
    return counting_positive_part(step, plan_of_counting(step, n, width))


def contour_applies(step: Step, n: int) -> bool:
    """Say whether no one atom has nearly all of the tilted law: the contour is not meant for such walks."""
    guide = step.guide()
    c = saddle(guide, n)
    return n * guide.cumulants(c)[2] * c * c > 1e-2


def by_contour(step: Step, n: int, width: float, *, patient: bool = True) -> arb:
    """Integrate along the contour through the saddle point."""
    return contour_positive_part(step, n, width, patient=patient)
