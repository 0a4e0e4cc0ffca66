"""Laws of composition, on random small concatenations and on grids of losses."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import accounting as csa

CONSTANT = csa.Shuffle(csa.FiniteRandomizer([["1/3", "2/3"], ["1/3", "2/3"]]), users=4)
ALPHAS = st.sampled_from(["1/2", "1", "5/4", "2", "3"])


def randomizers() -> st.SearchStrategy[csa.Randomizer]:
    keeps = st.sampled_from(["2/3", "3/4", "9/10"])
    return st.one_of(
        keeps.map(lambda keep: csa.BinaryRandomizedResponse(keep=keep)),
        keeps.map(lambda keep: csa.KaryRandomizedResponse(3, keep=keep)),
        st.sampled_from(["1", "2"]).map(lambda epsilon0: csa.PureLocal(epsilon0=epsilon0)),
        st.sampled_from(["1/2", "1/3"]).map(lambda p: csa.BinomialCount(levels=1, bits=2, p=p)),
        st.just(csa.FiniteRandomizer([["1/2", "1/2", "0"], ["1/4", "1/4", "1/2"]])),
    )


def shuffles() -> st.SearchStrategy[csa.Shuffle]:
    return st.builds(csa.Shuffle, randomizers(), st.integers(2, 30))


@given(st.lists(shuffles(), min_size=2, max_size=3), ALPHAS)
@settings(max_examples=5)
def test_the_order_of_the_shuffles_is_free(parts: list[csa.Shuffle], alpha: str) -> None:
    """Grids round, so the ends of all orders enclose one number: the largest lower end is below the least upper one."""
    found = [csa.ConcurrentShuffles(order).delta(alpha=alpha) for order in permutations(parts)]
    assert max(bounds.lower for bounds in found) <= min(bounds.upper for bounds in found)
    spread = max(bounds.upper for bounds in found) - min(bounds.upper for bounds in found)
    assert spread <= 1e-6 * max(bounds.upper for bounds in found) + 1e-30


@given(shuffles(), ALPHAS)
@example(csa.Shuffle(csa.BinaryRandomizedResponse(keep="2/3"), 2), "2")
@settings(max_examples=15)
def test_a_constant_shuffle_changes_nothing(shuffle: csa.Shuffle, alpha: str) -> None:
    alone = shuffle.delta(alpha=alpha)
    both = csa.ConcurrentShuffles([shuffle, CONSTANT]).delta(alpha=alpha)
    assert both.lower <= alone.upper  # the same number, enclosed twice
    assert alone.lower <= both.upper
    nearby = shuffle.delta(
        alpha=Fraction(alpha) * Fraction(99, 100)
    )  # where the loss ends, a grid rounds up to 0 from above
    assert both.upper <= max(alone.upper * 1.02 + 1e-30, nearby.upper)  # and not blurred by the constant


@given(shuffles(), shuffles(), ALPHAS)
@settings(max_examples=12)
def test_composing_never_lowers(first: csa.Shuffle, second: csa.Shuffle, alpha: str) -> None:
    alone = first.delta(alpha=alpha)
    both = csa.ConcurrentShuffles([first, second]).delta(alpha=alpha)
    assert both.upper >= alone.lower


@given(st.lists(shuffles(), min_size=2, max_size=3))
@settings(max_examples=4)
def test_delta_falls_in_epsilon(parts: list[csa.Shuffle]) -> None:
    curve = csa.ConcurrentShuffles(parts).curve()
    found = [curve.delta(epsilon=epsilon) for epsilon in ("-0.5", "0", "0.3", "1", "2.5")]
    for earlier, later in pairwise(found):
        assert later.lower <= earlier.upper


@given(
    st.lists(st.tuples(st.sampled_from(["2/3", "3/4", "9/10"]), st.integers(2, 4)), min_size=2, max_size=2),
    ALPHAS,
)
@example([("3/4", 3), ("3/4", 3)], "2")
@settings(max_examples=20)
def test_dp_accounting_on_our_losses_is_never_below_the_exact_value(
    kinds: list[tuple[str, int]], alpha: str
) -> None:
    """Our losses, composed by dp_accounting in floats: above the exact value up to its stated float error."""
    pytest.importorskip("dp_accounting")
    assume(Fraction(alpha) >= 1)
    parts = [csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), users) for keep, users in kinds]
    exact = csa.exact_delta(parts, alpha=alpha, inputs="adaptive").delta
    assert isinstance(exact, Fraction)
    first, second = (part.to_dp_accounting(interval=1e-3) for part in parts)
    composed = first.compose(second).get_delta_for_epsilon(math.log(Fraction(alpha)))
    ours = csa.ConcurrentShuffles(parts).delta(alpha=alpha)
    assert ours.upper >= exact
    assert composed >= float(exact) * (1.0 - 1e-9)
    assert abs(composed - ours.upper) <= 0.02 * ours.upper  # within its own discretisation
