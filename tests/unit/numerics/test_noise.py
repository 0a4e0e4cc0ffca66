"""Tails of Poisson and negative binomial laws."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from accounting.numerics.noise import NegativeBinomial, NoiseLaw, Poisson
from accounting.numerics.noise_table import noise_table
from proofs.reference.noise import negative_binomial, poisson

F = Fraction


def both_tails(law: NoiseLaw, z: int) -> tuple[arb, arb]:
    with precision(law.bits(z)):
        return law.tail(z), law.head(z)


@given(st.fractions(F(1, 50), F(30), max_denominator=50), st.integers(1, 90))
@settings(max_examples=40)
def test_poisson_tails_contain_the_sums(rate: Fraction, z: int) -> None:
    reference = poisson(rate, 200)
    total, head = sum(reference.listed), sum(reference.listed[:z])
    above, below = both_tails(Poisson(rate), z)
    assert exact_lower(below) <= head / total
    assert head / (total + reference.rest) <= exact_upper(below)
    assert exact_lower(above) <= 1 - head / (total + reference.rest)
    assert 1 - head / total <= exact_upper(above)
    assert above.rad() <= abs(above) * 1e-25


@given(
    st.fractions(F(1, 5), F(80), max_denominator=5),
    st.fractions(F(1, 20), F(1, 2), max_denominator=20),
    st.integers(1, 150),
)
@settings(max_examples=25)
def test_negative_binomial_tails_contain_the_sums(shape: Fraction, ratio: Fraction, z: int) -> None:
    reference = negative_binomial(shape, ratio, 300)
    total, head = sum(reference.listed), sum(reference.listed[:z])
    law = NegativeBinomial(shape, ratio)
    above, below = both_tails(law, z)
    assert exact_lower(below) <= head / total
    assert head / (total + reference.rest) <= exact_upper(below)
    assert above.rad() <= abs(above) * 1e-25
    assert below.rad() <= abs(below) * 1e-25
    with precision(law.bits(z)):
        assert (above + below).overlaps(arb(1))


@pytest.mark.parametrize("shape", [F(65), F(100), F(400)])
@pytest.mark.parametrize("ratio", [F(1, 10**6), F(1, 3), F(999, 1000)])
@pytest.mark.parametrize("place", [-6, -1, 0, 1, 5, 20])
def test_the_circle_agrees_with_the_beta_function(shape: Fraction, ratio: Fraction, place: int) -> None:
    law = NegativeBinomial(shape, ratio)
    z = max(1, int(law.mean) + int(place * max(1.0, law.spread(0.0))))
    with precision(law.bits(z)):
        by_beta = (1 - arb(ratio.numerator) / ratio.denominator).beta_lower(arb(int(shape)), arb(z), 1)
        assert law.head(z).overlaps(by_beta)
        assert NoiseLaw._lower(law, z).overlaps(by_beta)
        assert (1 - NoiseLaw._upper(law, z)).overlaps(by_beta)


@pytest.mark.parametrize("mean", [10**6, 10**12, 10**18])
def test_neighbouring_tails_differ_by_a_mass(mean: int) -> None:
    for law in (
        Poisson(F(mean)),
        NegativeBinomial(F(mean), F(1, 2)),
        NegativeBinomial(F(100), 1 - F(1, 10**12)),
    ):
        for place in (-5, 0, 5):
            z = int(law.mean) + place * int(law.spread(0.0))
            with precision(law.bits(z)):
                assert (law.tail(z) - law.tail(z + 1)).overlaps(law.log_mass(z).exp())
                assert law.tail(z).rad() <= law.tail(z) * arb(1e-20)


@pytest.mark.parametrize(
    "law",
    [Poisson(F(1, 9)), Poisson(F(2000)), NegativeBinomial(F(1), F(1, 2)), NegativeBinomial(F(300), F(4, 5))],
)
def test_the_table_agrees_with_the_law(law: NoiseLaw) -> None:
    table = noise_table(law)
    assert table is not None
    last = table.first + len(table.tails) - 1
    for z in sorted({table.first, last, *range(table.first, last, 1 + (last - table.first) // 50)}):
        above, below = both_tails(law, z)
        assert table.tail(z).overlaps(above)  # type: ignore[union-attr]
        assert table.head(z).overlaps(below)  # type: ignore[union-attr]
    assert table.tail(last + 1) is None
    assert table.head(table.first - 1) is None


def test_no_table_where_masses_rise_and_fall_otherwise_or_are_too_many() -> None:
    assert noise_table(NegativeBinomial(F(1, 2), F(1, 2))) is None
    assert noise_table(Poisson(F(10**9))) is None
