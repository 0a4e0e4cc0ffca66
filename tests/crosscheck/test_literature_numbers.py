"""Numbers of the theory pages and of papers, at the sizes at which they were stated.

Small refuted values and the smallest counterexamples are in test_enumeration.py and test_reference.py.
"""

import math
from fractions import Fraction

import pytest

import accounting as csa
from accounting.numerics.ball import exact_lower, exact_upper, precision
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import clones_pair
from accounting.pairs.witness import Witness
from proofs.reference import bounds, counts
from tests.unit.numerics.exact_walks import kary_alike, kary_blanket, positive_part_in_balls

pytestmark = pytest.mark.crosscheck

F = Fraction

# Theory 2.2: 4 values, e^epsilon0 = 13, 1000 users
WORKING_SIZE = csa.Shuffle(csa.KaryRandomizedResponse(4, keep="13/16"), users=1000)


def test_delta_of_the_witness_at_working_size() -> None:
    """Exact for others all equal to x2: 2.54465e-7 at epsilon = 0.6, to the last digit."""
    found = WORKING_SIZE.delta(epsilon="0.6", relative_width="1e-8")
    assert found.lower_value is not None
    assert F("2.544645e-7") <= found.lower_value.lower
    assert found.lower_value.upper <= F("2.544655e-7")
    assert isinstance(found.witness, Witness)
    assert found.witness.target == (0, 1)
    assert found.witness.others == ((2, 999),)


def test_the_published_bound_at_working_size_is_below_the_witness() -> None:
    """arXiv 2304.05007 gives 2.52107e-7 (theory 2.2), which is no bound."""
    assert WORKING_SIZE.delta(epsilon="0.6").lower > 2.521075e-7


def test_epsilon_at_working_size() -> None:
    """At delta = 1e-4 the truth is between the witness and the blanket: [0.38895, 0.38906]."""
    found = WORKING_SIZE.epsilon(delta="1e-4")
    assert found.lower_value is not None
    assert found.upper_value is not None
    assert F("0.388945") <= found.lower_value.lower
    assert found.lower_value.upper <= F("0.388955")
    assert F("0.389055") <= found.upper_value.lower
    assert found.upper_value.upper <= F("0.389065")


def test_the_normal_approximation_is_no_bound() -> None:
    """It gives 0.3765 (theory 2.2), below what is surely lost."""
    assert WORKING_SIZE.epsilon(delta="1e-4").lower > 0.37655


def test_the_worst_data_set_of_twelve_users() -> None:
    """Theory 2.2: twelve users who lie with probability 1/10, alpha = 3/2."""
    found = csa.Shuffle(csa.BinaryRandomizedResponse(keep="9/10"), users=12).delta(alpha="3/2")
    assert found.lower <= F("0.2502090658125") <= found.upper
    assert isinstance(found.witness, Witness)
    assert dict(found.witness.others)[1] in (2, 9)
    homogeneous = max(counts.binary_delta(F(1, 10), ones, 12, F(3, 2)) for ones in (0, 11))
    assert homogeneous == F("0.2353579470675") < found.lower


def test_the_blanket_is_up_to_root_two_loose_for_binary_response() -> None:
    """Theory 2.3, at large epsilon0: never more than sqrt 2, and really some tens of percent."""
    ratios = []
    for epsilon0, users in (("1", 1000), ("3", 1000), ("5", 1000), ("6", 1000)):
        exact = csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0), users=users).delta(epsilon=0)
        blanket = csa.Shuffle(csa.PureLocal(epsilon0), users=users).delta(epsilon=0)
        assert exact.lower <= blanket.upper
        ratios.append(blanket.upper / exact.lower)
    assert all(1.0 <= ratio <= math.sqrt(2.0) + 1e-3 for ratio in ratios)
    assert max(ratios) > 1.2


@pytest.mark.parametrize("users", [3, 4, 5])
@pytest.mark.parametrize("alpha", [F(5, 4), F(2), F(5, 2)])
def test_the_published_variation_ratio_bound_of_clones(users: int, alpha: Fraction) -> None:
    """Feldman, McMillan, Talwar (arXiv 2012.12803), Theorem 3.1: our pair is the paper's."""
    pair = clones_pair(Factor.of(F(3)), users)
    found = pair.value(Factor.of(alpha), 1e-9).delta
    assert bounds.clones_delta(F(3), users, alpha) in found


def test_clones_are_no_tighter_than_the_local_blanket() -> None:
    for epsilon0, users, epsilon in (("1", 1000, "0.1"), ("2", 10**4, "0.1"), ("4", 10**5, "0.2")):
        pure = csa.PureLocal(epsilon0)
        ours = csa.Shuffle(pure, users=users).delta(epsilon=epsilon, relative_width="1e-4")
        clones = clones_pair(pure.factor, users).value(Factor.exp(F(epsilon)), 1e-4).delta
        assert 0.0 < ours.upper <= clones.upper


@pytest.mark.parametrize("alpha", [F(3, 2), F(9, 5)])
def test_working_size_by_a_plain_sum(alpha: Fraction) -> None:
    """The witness's and the blanket's delta at 120 users, by going through all counts in balls."""
    users = 120
    shuffle = csa.Shuffle(csa.KaryRandomizedResponse(3, keep="13/15"), users=users)
    found = shuffle.delta(alpha=alpha, relative_width="1e-8")
    assert found.lower_value is not None
    assert found.upper_value is not None
    with precision(200):
        alike = positive_part_in_balls(kary_alike(3, F(13), alpha), users) / users
        assert found.lower_value.lower <= exact_upper(alike)
        assert exact_lower(alike) <= found.lower_value.upper
        blanket = positive_part_in_balls(kary_blanket(3, F(13), alpha), users) / users
        assert found.upper_value.lower <= exact_upper(blanket)
        assert exact_lower(blanket) <= found.upper_value.upper


def test_single_message_response_is_useless_for_a_batch_of_ten_and_a_noisy_count_is_not() -> None:
    """Theory 2.5: what small batches need are several messages a user."""
    single = csa.Shuffle(csa.BinaryRandomizedResponse("2"), users=10).epsilon(delta="1e-6")
    several = csa.Shuffle(csa.BinomialCount(levels=1, bits=40, p="1/2"), users=10).epsilon(delta="1e-6")
    assert single.lower > 1.3
    assert several.upper < 1.0
