"""The lower bound for one choice of block, group and number of groups: certified."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from ..numerics.ball import arb, ball, exact_upper, precision
from .spread import certified_moves, prior_half_spread
from .tight_window import tight_blocks
from .walk_maximum import expected_maximum

__all__ = ["Design", "certified_error", "hidden_error", "lost_mass", "separated_error"]

_BITS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The hard inputs, and what is read off a release.

    Any design whose window fits gives a valid bound; `find_design` looks for a good one.

    Attributes:
        block: users of a block. All of them that are not in its designated group share one fair bit.
        groups: separated groups that make a step bad.
        stride: users that share a value in a designated group.
        weights: the law of the number z of strides that hold a one, up to a factor; independent of all else.
        step: the move of the coin that every posterior of z is compared with, in units of z.
    """

    block: int
    groups: int
    stride: int
    weights: tuple[int, ...]
    step: Fraction

    @property
    def group(self) -> int:
        """Users of a designated group, the last ones of a block."""
        return self.stride * (len(self.weights) - 1)

    def window(self, shufflers: int) -> int:
        """Return the users that force a bad step on a number of shufflers."""
        return self.block * tight_blocks(groups=self.groups, shufflers=shufflers)


@relies_on("lower-bound-theorem", "tight-windows")
def certified_error(design: Design, *, shufflers: int, epsilon: Fraction, delta: Fraction) -> Fraction:
    """Return a number that the mean of the largest error reaches for some input, if the window fits.

    Args:
        design: the hard inputs; the bound holds for at least ``design.window(shufflers)`` users.
        shufflers: shufflers that work at the same time, from 1 on.
        epsilon: of the whole transcript, in nats, for one user's value.
        delta: of the whole transcript, a probability.

    Returns:
        A rational, rounded down; 0 when delta is so large that the proof gives nothing.

    Guarantee:
        lower-bound-theorem, tight-windows.
    """
    kept = 1 - lost_mass(
        design, blocks=tight_blocks(groups=design.groups, shufflers=shufflers), epsilon=epsilon, delta=delta
    )
    if kept <= 0:
        return Fraction(0)
    error = separated_error(design, epsilon=epsilon)
    if design.groups > 1:  # a single group is always separated
        error = min(error, hidden_error(design))
    return kept * error


def hidden_error(design: Design) -> Fraction:
    """Return what a block costs of which nothing is released, exactly."""
    shared = Fraction(design.block - design.group, 2)
    return shared + design.stride * prior_half_spread(design.weights) / 2


@relies_on("posterior-spread", "walk-maximum")
def separated_error(design: Design, *, epsilon: Fraction) -> Fraction:
    """Return a lower end of what separated groups cost, leaving delta aside."""
    moves = certified_moves(design.weights, factor=design.stride * epsilon, step=design.step)
    return design.stride * design.step * expected_maximum(moves, design.groups)


@relies_on("lower-bound-theorem")
def lost_mass(design: Design, *, blocks: int, epsilon: Fraction, delta: Fraction) -> Fraction:
    """Return an upper end of eta: the probability that delta takes away, over all blocks of the window.

    With ``delta_j = delta (e^(j epsilon) - 1)/(e^epsilon - 1)`` it is
    ``blocks * sum_z P(z) (delta_(stride z) + delta_(stride (G - z)))``.
    """
    if delta == 0:
        return Fraction(0)
    top = len(design.weights) - 1
    with precision(_BITS):
        total = arb(0)
        for z, weight in enumerate(design.weights):
            total += weight * (
                _group_delta(design.stride * z, epsilon) + _group_delta(design.stride * (top - z), epsilon)
            )
        return blocks * delta * exact_upper(total) / sum(design.weights)


def _group_delta(users: int, epsilon: Fraction) -> arb:
    """Enclose ``(e^(users epsilon) - 1)/(e^epsilon - 1)``."""
    if epsilon == 0:
        return ball(users)
    return ball(users * epsilon).expm1() / ball(epsilon).expm1()
