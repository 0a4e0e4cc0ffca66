"""One data set stands behind the lower end of both sums, and what it is said to lose is what it loses."""

from fractions import Fraction

import pytest

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import factors_of, pairs_of
from accounting.pairs.unary import OnesPair, SumPair, sum_witness
from accounting.pairs.witness import JointWitness
from proofs.reference.counts import binary_delta

F = Fraction


@pytest.mark.parametrize("users", [3, 50, 5000])
@pytest.mark.parametrize("values", [2, 16])
def test_both_sums_have_one_data_set(values: int, users: int) -> None:
    first, second = factors_of(csa.SymmetricUnary(values, "2"), users)
    assert first is second
    assert len(first.explicit) == 1
    data = first.explicit[0].witness_at_zero()
    assert data is not None
    assert data.target == (0, 1)
    assert {value for value, _ in data.others} == {0, 1}
    assert sum(count for _, count in data.others) == users - 1


def test_the_report_names_one_data_set_for_each_shuffle() -> None:
    batch = csa.Shuffle(csa.SymmetricUnary(4, "1"), users=30)
    alone = batch.delta(epsilon="0.5").witness
    assert isinstance(alone, JointWitness)
    assert [count for _, count in alone.parts] == [1]
    together = csa.ConcurrentShuffles([batch, batch, batch]).delta(epsilon="0.5").witness
    assert isinstance(together, JointWitness)
    assert [count for _, count in together.parts] == [3]


@pytest.mark.parametrize("ones", range(6))
def test_listed_law_is_that_of_the_count(ones: int) -> None:
    randomizer = csa.SymmetricUnary(3, keep="3/4")
    data = sum_witness(randomizer, 6).witness_at_zero()
    assert data is not None
    pair = OnesPair(users=6, odds=randomizer.factor, ones=ones, data=data)
    for alpha in (F(1, 2), F(1), F(3, 2), F(2), F(5, 2), F(3)):
        value = pair.value(Factor.of(alpha), 1e-6).delta
        assert value.lower <= binary_delta(F(1, 4), ones, 6, alpha) <= value.upper
        assert value.upper - value.lower < F(1, 10**30)


@pytest.mark.parametrize(("epsilon0", "users"), [("1", 12), ("3", 60)])
def test_the_data_set_is_about_the_worst_of_one_sum(epsilon0: str, users: int) -> None:
    randomizer = csa.SymmetricUnary(5, epsilon0)
    (worst,) = factors_of(randomizer, users)[0].upper
    attained = sum_witness(randomizer, users)
    near = Factor.exp(F(1, 2))
    most, least = worst.value(near, 1e-6).delta, attained.value(near, 1e-6).delta
    assert most.upper >= least.lower > most.upper * F(1, 2)


@pytest.mark.parametrize("epsilon0", ["0.5", "2"])
def test_all_is_lost_at_delta_zero(epsilon0: str) -> None:
    epsilon = csa.Shuffle(csa.SymmetricUnary(4, epsilon0), users=100).epsilon(delta=0)
    assert epsilon.lower <= 2 * float(epsilon0) <= epsilon.upper
    assert epsilon.upper - epsilon.lower < 1e-6


def test_bound_names_its_claims() -> None:
    bound = SumPair(users=10, odds=Factor.of(F(3)), randomizer="x")
    assert bound.claims[:2] == ("unary-sums", "binary-envelope")
    assert "binary-threshold" in bound.claims


def test_sums_are_no_single_pair() -> None:
    with pytest.raises(csa.NotCoveredError, match="two independent sums"):
        pairs_of(csa.SymmetricUnary(4, "1"), 10)
    assert len(factors_of(csa.SymmetricUnary(4, "1", release="vectors"), 10)) == 1


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: csa.SymmetricUnary(1, "1"), "values"),
        (lambda: csa.SymmetricUnary(4), "epsilon0"),
        (lambda: csa.SymmetricUnary(4, "1", keep="3/4"), "epsilon0"),
        (lambda: csa.SymmetricUnary(4, "0"), "epsilon0"),
        (lambda: csa.SymmetricUnary(4, keep="1/2"), "keep"),
        (lambda: csa.SymmetricUnary(4, "1", release="sum"), "release"),
        (lambda: csa.SymmetricUnary(9, "1").channel(), "values"),
        (lambda: csa.SymmetricUnary(9, "1").ball_channel(), "values"),
    ],
)
def test_bad_parameters(make: object, name: str) -> None:
    assert callable(make)
    with pytest.raises(csa.ParameterError) as caught:
        make()
    assert caught.value.name == name


def test_a_vector_is_twice_as_telling_as_a_bit() -> None:
    assert csa.SymmetricUnary(4, "1.5").local_factor() == Factor.exp(F(3))
    assert csa.SymmetricUnary(4, keep="3/4").local_factor() == Factor.of(F(9))
