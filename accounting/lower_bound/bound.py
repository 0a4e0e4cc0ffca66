"""The lower bound on the error of every continual sum over concurrent shufflers, as users ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, delta_parameter, epsilon_parameter, whole
from ..numerics.rounding import float_at_most, print_at_most
from .optimise import find_design, smallest_window
from .theorem import Design, certified_error
from .uniform import UniformBlocks, uniform_blocks

__all__ = ["ASSUMPTIONS", "LowerBound", "lower_bound"]

_MOST_SHUFFLERS = 10_000

CLAIMS = (
    "lower-bound-theorem",
    "nested-windows",
    "tight-windows",
    "posterior-spread",
    "walk-maximum",
    "outward-rounding",
)

ASSUMPTIONS = (
    "the transcript, all released batches and all public randomness, is (epsilon, delta)-DP under replacing one user's value",
    "each user draws fresh randomness for each batch (one report re-used in several batches is not covered)",
    "opening, closing, choice of randomizers and estimates are functions of the transcript so far",
    "nothing of a batch is visible before it closes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerBound:
    """A certified lower bound on the largest error of a continual sum.

    For some input of 0s and 1s, the mean over the mechanism's randomness of the largest distance, over all steps, of
    the estimate from the true sum is at least ``lower``. It is no promise that a mechanism with this error exists.

    Attributes:
        users: users in order of arrival.
        shufflers: shufflers that work at the same time.
        epsilon: of the transcript, in nats.
        delta: of the transcript, a probability.
        lower: the bound, rounded down; 0 when nothing is certified.
        design: the hard inputs and what is read off a release; None when there are fewer users than the smallest
            window.
        window: users after which the bad step has come; 0 without a design.
        uniform: blocks of one size with the same groups, in which the witness of a schedule is told.
    """

    users: int
    shufflers: int
    epsilon: Fraction
    delta: Fraction
    lower: float
    design: Design | None
    window: int
    uniform: UniformBlocks | None

    @property
    def group(self) -> int | None:
        """Users of a designated group; None when the bound is trivial."""
        return None if self.uniform is None else self.uniform.group

    @property
    def block(self) -> int | None:
        """Users of a uniform block; None when the bound is trivial."""
        return None if self.uniform is None else self.uniform.block

    @property
    def groups(self) -> int | None:
        """Separated groups of uniform blocks that make a step bad; None when the bound is trivial."""
        return None if self.uniform is None else self.uniform.groups

    @property
    def claims(self) -> tuple[str, ...]:
        """What the bound rests on; nothing when it is trivial."""
        return () if self.design is None else CLAIMS

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the bound asks of a mechanism."""
        return ASSUMPTIONS

    def describe(self) -> str:
        """Return the bound in words, rounded down."""
        setting = f"{self.users} users and {_counted(self.shufflers, 'shuffler')}"
        if self.design is None:
            fewest = smallest_window(self.shufflers)
            return f"The bound is trivial (0): {setting}, fewer users than the smallest window, {fewest}."
        window, shape = self.window, f"{self.design.groups} separated groups of {self.design.group} users"
        if self.uniform is not None and float_at_most(self.uniform.lower) >= self.lower:
            window = self.uniform.window
            shape = f"{self.uniform.groups} separated groups of {self.uniform.group} users"
        if shape.startswith("1 "):
            shape = f"a group of {self.design.group} users, of which a release tells so little"
        else:
            shape = f"a hidden block, or {shape}"
        return (
            f"With {setting}, for some input the largest error is at least {print_at_most(self.lower)} in the mean: "
            f"within {window} users there is {shape}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values; the keys are part of the public face."""
        design = self.design
        return {
            "users": self.users,
            "shufflers": self.shufflers,
            "epsilon": float(self.epsilon),
            "delta": float(self.delta),
            "bound": {"lower": self.lower},
            "trivial": design is None,
            "parameters": {
                "group": self.group,
                "block": self.block,
                "groups": self.groups,
                "lower": None if self.uniform is None else float_at_most(self.uniform.lower),
            },
            "design": None
            if design is None
            else {
                "groups": design.groups,
                "stride": design.stride,
                "weights": list(design.weights),
                "step": str(design.step),
                "blocks": [list(each) for each in design.blocks],
                "window": self.window,
            },
            "claims": list(self.claims),
            "assumptions": list(self.assumptions),
        }


@relies_on("lower-bound-theorem", "outward-rounding")
def lower_bound(
    *, users: ExactLike, shufflers: ExactLike, epsilon: ExactLike, delta: ExactLike = 0
) -> LowerBound:
    """Bound the error of every mechanism from below: continual sums of bits over concurrent shufflers.

    The mechanism may choose sizes of batches, randomizers and estimates in any way, as a function of what was released.

    Args:
        users: users in order of arrival, from 1 on.
        shufflers: shufflers that work at the same time, from 1 to 10,000.
        epsilon: of the transcript of all releases, in nats, at least 0.
        delta: of the transcript, a probability below 1.

    Returns:
        A frozen `LowerBound`. With fewer users than the smallest window, shufflers + 2, it is trivial: 0.

    Raises:
        ParameterError: a number is not of its range.

    Guarantee:
        lower-bound-theorem, nested-windows, posterior-spread, walk-maximum.

    >>> lower_bound(users=10_000, shufflers=1, epsilon=1).lower > 12
    True
    """
    number = whole("users", users, least=1)
    working = whole("shufflers", shufflers, least=1, remedy="Without shufflers nothing is ever released")
    if working > _MOST_SHUFFLERS:
        raise ParameterError("shufflers", f"must be at most {_MOST_SHUFFLERS}", working)
    eps = epsilon_parameter("epsilon", epsilon)
    if eps < 0:
        raise ParameterError("epsilon", "must be at least 0", epsilon)
    probability = delta_parameter("delta", delta)

    design = uniform = None
    error = Fraction(0)
    if number >= smallest_window(working):
        design = find_design(users=number, shufflers=working, epsilon=eps, delta=probability)
    if design is not None:
        error = certified_error(design, shufflers=working, epsilon=eps, delta=probability)
        uniform = uniform_blocks(design, users=number, shufflers=working, epsilon=eps, delta=probability)
        error = max(error, uniform.lower)
    return LowerBound(
        users=number,
        shufflers=working,
        epsilon=eps,
        delta=probability,
        lower=float_at_most(error),
        design=design,
        window=0 if design is None else design.window(working),
        uniform=uniform,
    )


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
