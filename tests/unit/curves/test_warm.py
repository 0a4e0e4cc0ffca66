"""epsilon from a neighbouring answer: the start may be wrong, the ends may not."""

from fractions import Fraction

import pytest

from accounting.curves import PairCurve
from accounting.curves.warm import Meeting, Near, epsilon_near
from accounting.randomizers import (
    BinaryRandomizedResponse,
    FiniteRandomizer,
    KaryRandomizedResponse,
    PureLocal,
)
from accounting.shuffle import Shuffle

DELTA = Fraction(1, 10**6)
CASES = [
    Shuffle(KaryRandomizedResponse(10, "1"), users=3000),
    Shuffle(PureLocal("0.5"), users=1000),  # the best witness changes on the way
    Shuffle(
        FiniteRandomizer([["5/8", "1/4", "1/8"], ["1/8", "5/8", "1/4"], ["1/4", "1/8", "5/8"]]), users=500
    ),
]


def curve_of(shuffle: Shuffle) -> PairCurve:
    curve = shuffle.curve()
    assert isinstance(curve, PairCurve)
    return curve


@pytest.mark.parametrize("shuffle", CASES, ids=lambda shuffle: shuffle.randomizer.kind)
@pytest.mark.parametrize("off", [0.8, 0.999, 1.00001])
@pytest.mark.parametrize("elasticity", [None, 1.5])
def test_both_ends_are_certified_wherever_the_search_starts(
    shuffle: Shuffle, off: float, elasticity: float | None
) -> None:
    curve = curve_of(shuffle)
    cold = curve.epsilon(delta=DELTA)
    near = Near(Meeting(cold.upper * off, elasticity), Meeting(cold.lower * off * off, elasticity))
    found = epsilon_near(curve, DELTA, 1e-6, near)
    if found is None:
        assert elasticity is not None or abs(off - 1) > 1e-2, "it is right here"
        return
    bounds, there = found
    # the upper end: certainly at most delta there; the lower one: a witness certainly loses more
    assert Fraction(curve.delta(epsilon=Fraction(bounds.upper)).upper) <= DELTA * Fraction(1 + 10**-12)
    at_lower = curve.delta(epsilon=Fraction(bounds.lower), relative_width="1e-9")
    assert at_lower.lower_value is not None
    assert at_lower.lower_value.upper >= DELTA
    assert cold.upper_value is not None
    assert cold.lower_value is not None
    assert bounds.upper_value is not None
    assert bounds.lower_value is not None
    assert bounds.upper_value.upper >= cold.upper_value.lower
    assert bounds.upper_value.lower <= cold.upper_value.upper
    assert bounds.lower_value.upper >= cold.lower_value.lower
    assert bounds.lower_value.lower <= cold.lower_value.upper
    assert bounds.upper_value.relative_width <= 1.1e-5
    assert bounds.lower_value.relative_width <= 1.1e-5
    assert bounds.upper_claims == cold.upper_claims
    assert there.upper.epsilon == pytest.approx(cold.upper, rel=1e-4)


def test_what_it_leaves_to_the_usual_search() -> None:
    near = Near(Meeting(0.1), Meeting(0.1))
    assert epsilon_near(curve_of(Shuffle(BinaryRandomizedResponse(1), users=100)), DELTA, 1e-6, near) is None
    endless = FiniteRandomizer([["1/2", "1/2"], ["1", "0"]])
    assert epsilon_near(curve_of(Shuffle(endless, users=100)), DELTA, 1e-6, near) is None
    far = Near(Meeting(3.0), Meeting(3.0))
    assert epsilon_near(curve_of(CASES[0]), DELTA, 1e-6, far) is None


def test_only_answers_with_two_finite_ends_are_neighbours() -> None:
    zero = Shuffle(PureLocal("0.5"), users=10**12).epsilon(delta="1e-6")
    assert zero.lower == 0
    assert Near.of(zero) is None
