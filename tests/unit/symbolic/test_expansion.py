"""The expansion for large batches: against certified numbers, against a walk that is known, and bad input."""

import math
from fractions import Fraction

import pytest
import sympy as sp

from accounting.errors import ParameterError
from accounting.symbolic.expansion import expansion, kary_alike, kary_blanket, total_variation
from proofs.symbolic.expansions import CASES, Case, rows

w, k = sp.symbols("w k", positive=True)
SMOOTH = Case(13, 4, Fraction(8), "upper")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_two_orders_leave_one_over_n(case: Case) -> None:
    for row in rows(case, (4, 6, 8)):
        assert abs(row.two) * row.users < 40  # bounded; the coefficient of the next order
        assert abs(row.two) < abs(row.one) / 10
        assert row.unknown < abs(row.two)  # the certified digits tell


def test_observed_orders() -> None:
    first, second = rows(SMOOTH, (5, 7))
    grown = math.log(100)
    assert 0.49 < math.log(abs(first.one / second.one)) / grown < 0.51
    assert 0.99 < math.log(abs(first.two / second.two)) / grown < 1.01


def test_a_wrong_second_order_would_be_seen() -> None:
    expanded = SMOOTH.expansion()
    (row,) = rows(SMOOTH, (6,))
    second = expanded.delta(10**6, 8) - expanded.delta(10**6, 8, orders=1)
    assert abs(float(second)) / float(row.delta.lower) > 50 * abs(row.two)


def test_blanket_and_witness_of_kary_response_agree_in_both_orders() -> None:
    upper, lower = expansion(kary_blanket(w, k)), expansion(kary_alike(w, k))
    assert sp.simplify(upper.leading - lower.leading) == 0
    assert sp.simplify(upper.second - lower.second) == 0


def test_known_limit_of_the_total_variation() -> None:
    found = total_variation(kary_alike(sp.Symbol("w", positive=True), k), span=w - 1)
    assert sp.simplify(found.leading**2 - (w - 1) ** 2 / (sp.pi * (w + k - 1))) == 0


@pytest.mark.parametrize("n", [10, 11, 1000, 1001])
def test_total_variation_of_a_fair_walk(n: int) -> None:
    letters = (
        (sp.Rational(3, 4), sp.Rational(1, 4), sp.Rational(1, 2)),
        (sp.Rational(1, 4), sp.Rational(3, 4), sp.Rational(1, 2)),
    )
    exact = (
        sum(Fraction(math.comb(n, i), 2**n) * max(0, 2 * i - n) for i in range(n + 1)) / n
    )  # a - b is +1 or -1
    found = float(total_variation(letters, span=2).value(n))
    assert abs(found / float(exact) - 1) < 2 / n**2
    without_lattice = float(total_variation(letters).value(n))
    assert abs(without_lattice / float(exact) - 1) > 0.1 / n


def test_latex_holds_both_orders() -> None:
    text = expansion(kary_alike(13, 4)).latex()
    assert r"\operatorname{erfc}" in text
    assert "O(1/n)" in text


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        (((w, 1, 1),), "masses of the first input"),
        (((1, 0, 0), (0, 1, 1)), "must lie where the reference does"),
        (((sp.Rational(1, 2), sp.Rational(1, 2), sp.Rational(1, 2)),) * 2, "must differ"),
    ],
)
def test_bad_letters(letters: tuple[tuple[object, ...], ...], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        expansion(letters)


def test_symbols_have_no_value() -> None:
    with pytest.raises(ParameterError, match="must be numbers"):
        expansion(kary_alike(w, 4)).delta(100, 1)
    with pytest.raises(ParameterError, match="orders must be 1 or 2"):
        expansion(kary_alike(13, 4)).delta(100, 1, orders=3)


def test_a_wrong_span_is_refused() -> None:
    with pytest.raises(ParameterError, match="span must divide"):
        total_variation(kary_alike(13, 4), span=5)
