from fractions import Fraction

import pytest

from accounting.lower_bound.spread import certified_moves
from accounting.lower_bound.theorem import Design, lost_mass, separated_error
from accounting.lower_bound.tight_window import tight_blocks
from accounting.lower_bound.uniform import uniform_blocks

DESIGN = Design(groups=9, stride=1, weights=(2, 3, 2), step=Fraction(7, 10), blocks=((1, 3),))


@pytest.mark.parametrize("users", [20, 101, 5000, 10**6])
@pytest.mark.parametrize("shufflers", [1, 3])
@pytest.mark.parametrize("delta", ["0", "1e-5"])
def test_the_bound_is_the_smaller_of_both_costs(users: int, shufflers: int, delta: str) -> None:
    one, probability = Fraction(1), Fraction(delta)
    found = uniform_blocks(DESIGN, users=users, shufflers=shufflers, epsilon=one, delta=probability)
    blocks = tight_blocks(groups=found.groups, shufflers=shufflers)
    assert found.window == found.block * blocks <= users
    moves = certified_moves(DESIGN.weights, factor=one, step=DESIGN.step)
    costs = [separated_error(DESIGN, moves=moves, groups=found.groups)]
    if found.groups > 1:
        costs.append(Fraction(found.block - found.group, 2))
    kept = max(1 - lost_mass(DESIGN, places=blocks, epsilon=one, delta=probability), Fraction(0))
    assert found.lower == kept * min(costs)
    if found.groups > 1:
        assert costs[0] != costs[1]
