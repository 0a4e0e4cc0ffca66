"""The lower bound for one choice of groups and blocks: certified."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.ball import arb, ball, exact_upper, precision
from ..numerics.exact import whole
from .nested import block_at, group_places, nested_window
from .spread import certified_moves
from .walk_maximum import FINE, ROUGH, expected_maximum

__all__ = ["Design", "certified_error", "hidden_error", "lost_mass", "separated_error"]

_BITS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The hard inputs, and what is read off a release.

    Any design whose window fits gives a valid bound; `find_design` looks for a good one. What is no design is refused.

    Attributes:
        groups: separated groups that make a step bad.
        stride: users that share a value in a designated group.
        weights: the law of the number z of strides that hold a one, up to a factor; independent of all else.
        step: the move of the coin that every posterior of z is compared with, in units of z.
        blocks: (depth, users): the users of a block, who share one fair bit, from this number of separated groups
            before it on; depths rise from 1. May be empty when there are fewer than three groups.

    Raises:
        ParameterError: a part is out of its range, or there are no blocks where they are needed.
    """

    groups: int
    stride: int
    weights: tuple[int, ...]
    step: Fraction
    blocks: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        groups = whole("groups", self.groups, least=1)
        whole("stride", self.stride, least=1)
        if len(self.weights) < 2:
            raise ParameterError(
                "weights", "must be at least two", self.weights, "A group of one value costs nothing"
            )
        for place, weight in enumerate(self.weights):
            whole(f"weights[{place}]", weight, least=1)
        if self.step <= 0:
            raise ParameterError("step", "must be above 0", self.step)
        depths = [whole(f"blocks[{i}].depth", depth, least=1) for i, (depth, _) in enumerate(self.blocks)]
        for place, (_, users) in enumerate(self.blocks):
            whole(f"blocks[{place}].users", users, least=1)
        if groups > 2 and not depths:
            remedy = "Without hidden blocks a batch may stay open and separate no groups"
            raise ParameterError(
                "blocks", "must begin at depth 1 when there are more than two groups", (), remedy
            )
        if depths and (depths[0] != 1 or any(deep >= deeper for deep, deeper in pairwise(depths))):
            raise ParameterError("blocks", "must have depths that rise from 1", self.blocks)

    @property
    def group(self) -> int:
        """Users of a designated group."""
        return self.stride * (len(self.weights) - 1)

    @property
    def block(self) -> int:
        """Users of the largest block, or of a group where there are no blocks."""
        return max((users for _, users in self.blocks), default=self.group)

    def window(self, shufflers: int) -> int:
        """Return the users that force a bad step on a number of shufflers."""
        return nested_window(group=self.group, blocks=self.blocks, groups=self.groups, shufflers=shufflers)


@relies_on("lower-bound-theorem", "nested-windows")
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
        lower-bound-theorem, nested-windows.
    """
    places = group_places(design.groups, shufflers)
    kept = 1 - lost_mass(design, places=places, epsilon=epsilon, delta=delta)
    if kept <= 0:
        return Fraction(0)
    moves = certified_moves(design.weights, factor=design.stride * epsilon, step=design.step)
    depths = [depth for depth, _ in design.blocks if depth < design.groups - 1]
    hidden = [hidden_error(design, depth, moves=moves) for depth in depths]
    return kept * min([separated_error(design, moves=moves), *hidden])


@relies_on("posterior-spread", "walk-maximum")
def separated_error(design: Design, *, moves: Fraction, groups: int | None = None) -> Fraction:
    """Return a lower end of what separated groups cost, leaving delta aside.

    Args:
        design: the hard inputs.
        moves: what `certified_moves` gives for them.
        groups: how many groups are separated; None for as many as the design has.
    """
    number = design.groups if groups is None else groups
    return design.stride * design.step * expected_maximum(moves, number, points=FINE)


@relies_on("posterior-spread", "walk-maximum")
def hidden_error(design: Design, depth: int, *, moves: Fraction) -> Fraction:
    """Return a lower end of what a hidden block costs, leaving delta aside.

    It rises with the depth, as long as blocks have the same size.

    Args:
        design: the hard inputs.
        depth: separated groups before the block, at least 1.
        moves: what `certified_moves` gives for the groups.
    """
    unit = design.stride * design.step
    last = Fraction(block_at(design.blocks, depth), 2) / unit
    return unit * expected_maximum(moves, depth, last=last, points=ROUGH)


@relies_on("lower-bound-theorem")
def lost_mass(design: Design, *, places: int, epsilon: Fraction, delta: Fraction) -> Fraction:
    """Return an upper end of eta: the probability that delta takes away, over all groups of the window.

    With ``delta_j = delta (e^(j epsilon) - 1)/(e^epsilon - 1)`` it is
    ``places * sum_z P(z) (delta_(stride z) + delta_(stride (G - z)))``.
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
        return places * delta * exact_upper(total) / sum(design.weights)


def _group_delta(users: int, epsilon: Fraction) -> arb:
    """Enclose ``(e^(users epsilon) - 1)/(e^epsilon - 1)``."""
    if epsilon == 0:
        return ball(users)
    return ball(users * epsilon).expm1() / ball(epsilon).expm1()
