"""Two roads to one number: the contour integral and the summation over counts share no formula.

Where both apply their balls must overlap, and where the number is known exactly both must contain it.
"""

import math
from fractions import Fraction

import pytest

from accounting.numerics.ball import arb, exact_lower, precision
from accounting.numerics.factor import Factor
from proofs.reference import bounds, walk
from proofs.reference.shuffle_enumeration import kary_response
from tests.unit.numerics.exact_walks import (
    FAMILIES,
    Atoms,
    complete,
    contains,
    exact_positive_part,
    kary_blanket,
    positive_part_in_balls,
    relative_width,
    step_of,
)
from tests.unit.numerics.roads import by_contour, by_counting, contour_applies, plan_of_counting

pytestmark = pytest.mark.crosscheck

F = Fraction
AFFORDABLE = 400_000  # cells of one summation over counts
W = F(7)  # e^epsilon0; epsilon0 = 1.9459..

# epsilon from -0.5 to just below epsilon0; e^epsilon to 20 digits, as a rational that both roads take exactly
EPSILONS = ("-0.5", "-1e-3", "0", "1e-6", "0.05", "0.4", "1", "1.8", "1.94")


def alpha_at(epsilon: str) -> Fraction:
    with precision(200):
        value = Factor.exp(F(epsilon)).ball()
        return F(math.floor(exact_lower(value) * 10**20), 10**20)


def downhill(atoms: Atoms) -> Atoms:
    """The walk itself, or its reflection where its mean is positive: the roads are asked no other."""
    mean = sum((value * chance for value, chance in atoms), F(0))
    return tuple((-value, chance) for value, chance in atoms) if mean > 0 else atoms


def overlap(one: arb, other: arb) -> bool:
    return bool(one.overlaps(other))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("epsilon", EPSILONS)
@pytest.mark.parametrize("n", [2, 3, 10, 50, 300, 1000, 3000])
def test_roads_overlap(family: str, epsilon: str, n: int) -> None:
    atoms = downhill(FAMILIES[family](W, alpha_at(epsilon)))
    with precision(96 + n.bit_length()):
        step = step_of(atoms)
        if plan_of_counting(step, n, 1e-4).work > AFFORDABLE:
            pytest.skip("too many counts to sum here")
        counted = by_counting(step, n, 1e-4)
        integrated = by_contour(step, n, 1e-2, patient=False) if contour_applies(step, n) else counted
        assert overlap(counted, integrated)
        terms = len(complete(atoms))
        if (terms == 2 and n <= 1000) or (terms == 3 and n <= 50) or n <= 10:
            truth = exact_positive_part(atoms, n)
            assert contains(counted, truth)
            assert contains(integrated, truth)


@pytest.mark.parametrize("n", [1000, 2000, 3000])
@pytest.mark.parametrize(("epsilon", "width"), [("1e-6", 1e-6), ("0.05", 1e-6), ("0.3", 1e-5), ("0.9", 1e-4)])
def test_narrow_roads_overlap(n: int, epsilon: str, width: float) -> None:
    """Both at most 1e-4 wide, from delta = 0.03 down to 1e-30 and below."""
    atoms = FAMILIES["binary alike"](W, alpha_at(epsilon))
    with precision(96 + n.bit_length()):
        step = step_of(atoms)
        counted, integrated = by_counting(step, n, width), by_contour(step, n, width)
        assert overlap(counted, integrated)
        assert relative_width(counted) <= 1.05 * width
        assert relative_width(integrated) <= 1e-4
        truth = exact_positive_part(atoms, n)
        assert contains(counted, truth)
        assert contains(integrated, truth)


@pytest.mark.parametrize(("n", "epsilon"), [(1000, "0.95"), (3000, "0.5"), (3000, "0.55")])
def test_roads_agree_at_tiny_deltas(n: int, epsilon: str) -> None:
    """Deltas far below 1e-20."""
    atoms = FAMILIES["binary alike"](W, alpha_at(epsilon))
    truth = exact_positive_part(atoms, n)
    assert F(1, 10**120) < truth < F(1, 10**20)
    with precision(96 + n.bit_length()):
        step = step_of(atoms)
        for found in (by_counting(step, n, 1e-6), by_contour(step, n, 1e-4)):
            assert contains(found, truth)
            assert relative_width(found) <= 1e-2


def test_three_atoms_against_a_plain_sum_in_balls() -> None:
    atoms, n = FAMILIES["2-ary blanket"](W, F(5, 4)), 200
    with precision(220):
        plain = positive_part_in_balls(atoms, n)
    with precision(110):
        step = step_of(atoms)
        counted, integrated = by_counting(step, n, 1e-8), by_contour(step, n, 1e-5)
    with precision(220):
        assert relative_width(plain) < 1e-40
        assert counted.contains(plain)
        assert integrated.contains(plain)
        assert relative_width(counted) <= 1.05e-8
        assert relative_width(integrated) <= 1e-3


@pytest.mark.parametrize("alpha", [F(1), F(5, 4), F(2), F(69, 10)])
@pytest.mark.parametrize("n", [1, 2, 4, 6])
def test_both_contain_the_reference(n: int, alpha: Fraction) -> None:
    """The plain reference implementation, through the definitions of three pairs."""
    channel = kary_response(3, W / (W + 2))
    for atoms, reference in (
        (FAMILIES["clones"](W, alpha), bounds.clones_delta(W, n, alpha) * n * (1 + W) / (2 * W)),
        (FAMILIES["3-ary alike"](W, alpha), bounds.homogeneous_delta(channel, (0, 1), 2, n, alpha) * n),
        (kary_blanket(3, W, alpha), bounds.blanket_delta(channel, (0, 1), n, alpha) * n),
    ):
        assert walk.by_counts(complete(atoms), n) == reference
        with precision(110):
            step = step_of(atoms)
            assert contains(by_counting(step, n, 1e-6), reference)
            if contour_applies(step, n):
                assert contains(by_contour(step, n, 1e-2, patient=False), reference)
