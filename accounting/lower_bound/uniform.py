"""Blocks of one size with a group at the end of each: the construction in which a schedule's witness is told.

Its bound is smaller than that of the nested layout, but its blocks and groups are found without a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..claims import relies_on
from .spread import certified_moves
from .theorem import Design, lost_mass, separated_error
from .tight_window import largest_groups, tight_blocks
from .walk_floats import mean_maximum

__all__ = ["UniformBlocks", "uniform_blocks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UniformBlocks:
    """Blocks of one size, and what they bound.

    Attributes:
        group: users of a designated group, the last ones of each block.
        block: users of a block.
        groups: separated groups that make a step bad.
        window: users that force a bad step.
        lower: the lower bound that these alone give, rounded down.
    """

    group: int
    block: int
    groups: int
    window: int
    lower: Fraction


@relies_on("lower-bound-theorem", "tight-windows")
def uniform_blocks(
    design: Design, *, users: int, shufflers: int, epsilon: Fraction, delta: Fraction
) -> UniformBlocks:
    """Fit uniform blocks to the groups of a design.

    Args:
        design: whose groups are used, with as many of them as fit.
        users: users in all, at least a group.
        shufflers: from 1 on.
        epsilon: in nats.
        delta: a probability.

    Guarantee:
        lower-bound-theorem, tight-windows.
    """
    moves = certified_moves(design.weights, factor=design.stride * epsilon, step=design.step)
    unit = float(design.stride * design.step)

    def block_for(count: int) -> int:
        return users // tight_blocks(groups=count, shufflers=shufflers)

    def costs_more_hidden(count: int) -> bool:
        hidden = (block_for(count) - design.group) / 2
        return hidden >= unit * mean_maximum(float(moves), count)

    few, many = 1, 1 + largest_groups(users, block=design.group, shufflers=shufflers)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if costs_more_hidden(middle) else (few, middle)
    count, block = few, block_for(few)
    error = separated_error(design, moves=moves, groups=count)
    if count > 1:
        error = min(error, Fraction(block - design.group, 2))
    places = tight_blocks(groups=count, shufflers=shufflers)
    kept = 1 - lost_mass(design, places=places, epsilon=epsilon, delta=delta)
    return UniformBlocks(
        group=design.group,
        block=block,
        groups=count,
        window=block * places,
        lower=max(kept, Fraction(0)) * error,
    )
