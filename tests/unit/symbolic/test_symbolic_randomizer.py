"""Symbolic randomizers: what is read, what is refused and how, and what they are in numbers."""

from fractions import Fraction
from typing import Any

import pytest
import sympy

import accounting as csa
from accounting.symbolic import Domain, SymbolicRandomizer

F = Fraction
w, p, k = sympy.symbols("w p k", positive=True)


def matrix(*rows: Any, assume: Any = "w > 1") -> SymbolicRandomizer:
    return SymbolicRandomizer.of_matrix(rows, assume=assume)


def test_text_expressions_and_numbers_are_the_same() -> None:
    by_text = matrix(["w/(1 + w)", "1/(1+w)"], ["0.25", "3/4"])
    by_sympy = matrix([w / (1 + w), 1 / (1 + w)], [F(1, 4), sympy.Rational(3, 4)])
    assert by_text == by_sympy
    assert by_text.with_values(w=3).matrix == ((F(3, 4), F(1, 4)), (F(1, 4), F(3, 4)))
    assert by_text.matrix()[0][0] == sympy.Symbol("w") / (sympy.Symbol("w") + 1)


def test_decimals_keep_all_their_digits() -> None:
    digits = "0.12345678901234567890123"
    made = matrix([digits, f"1 - {digits} + 0*w"], ["w/(1+w)", "1/(1+w)"])
    assert made.with_values(w=2).matrix[0][0] == F(digits)


def test_relations_of_sympy_are_assumptions() -> None:
    q = sympy.Symbol("p")
    half = matrix([p, 1 - p], [1 - p, p], assume=[q > 0, q < sympy.Rational(1, 2)])
    assert half.with_values(p="1/3").matrix[0] == (F(1, 3), F(2, 3))


@pytest.mark.parametrize(
    ("rows", "assume", "name", "rule"),
    [
        ([["w/(1+w)", "1/w"], ["1/2", "1/2"]], "w > 1", "matrix[0]", "must sum to 1 identically"),
        (
            [["1/2", "1/2"], ["w/4", "1 - w/4"]],
            "w > 1",
            "matrix[1][1]",
            "must be provably nonnegative for w > 1",
        ),
        (
            [["1/2", "1/2"], ["(2-w)/(1+w)", "(2*w - 1)/(1 + w)"]],
            "w > 1",
            "matrix[1][0]",
            "must be provably nonnegative",
        ),
        (
            [["1/(w-2)", "1 - 1/(w-2)"], ["1/2", "1/2"]],
            "w > 1",
            "matrix",
            "must have denominators without zeros",
        ),
        (
            [["1/(w-2)**2", "1 - 1/(w-2)**2"], ["1/2", "1/2"]],
            "w > 1",
            "matrix",
            "must have denominators without zeros",
        ),
        (
            [["1/(w-1)", "1 - 1/(w-1)"], ["1/2", "1/2"]],
            "w >= 1",
            "matrix",
            "must have denominators without zeros",
        ),
        ([["exp(w)", "1 - exp(w)"], ["1/2", "1/2"]], "w > 1", "matrix[0][0]", "must be a rational function"),
        (
            [["w**0.5", "1 - w**0.5"], ["1/2", "1/2"]],
            "w > 1",
            "matrix[0][0]",
            "must have whole exponents of at most 100",
        ),
        (
            [["((w+1)**100)**100", "0"], ["1/2", "1/2"]],
            "w > 1",
            "matrix[0][0]",
            "must have degree at most 100",
        ),
        ([["v", "1 - v"], ["1/2", "1/2"]], "w > 1", "matrix[0][0]", "must use the symbols w"),
        ([["w/0", "1"], ["1/2", "1/2"]], "w > 1", "matrix[0][0]", "must have a denominator other than zero"),
        ([["__import__('os')", "1"], ["1/2", "1/2"]], "w > 1", "matrix[0][0]", "must be a rational function"),
        ([["w +", "1"], ["1/2", "1/2"]], "w > 1", "matrix[0][0]", "must be a rational function"),
        ([["nan", "1"], ["1/2", "1/2"]], "w > 1", "matrix[0][0]", "must use the symbols w"),
        ([["0", "1"], ["0", "1"]], "w > 1", "matrix column 0", "must have a positive entry"),
        ([["1/2", "1/2"], ["1"]], "w > 1", "matrix[1]", "must have 2 entries like the first row"),
        ([["1/2", "1/2"]], "w > 1", "matrix", "must have at least two rows"),
        ([["1/2", "1/2"], "ab"], "w > 1", "matrix[1]", "must be a row of probabilities"),
        ([["1/2", "1/2"], ["1/2", "1/2"]], "w", "assume", "must compare a symbol with a number"),
        ([["1/2", "1/2"], ["1/2", "1/2"]], "alpha > 1", "assume", "must compare a symbol with a number"),
        ([["1/2", "1/2"], ["1/2", "1/2"]], (), "assume", "must name the symbols"),
        ([["1/2", "1/2"], ["1/2", "1/2"]], ("w > 2", "w < 1"), "assume", "must leave w an interval"),
    ],
)
def test_a_bad_matrix_is_refused(rows: Any, assume: Any, name: str, rule: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        SymbolicRandomizer.of_matrix(rows, assume=assume)
    assert caught.value.name == name
    assert caught.value.rule.startswith(rule)


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        (sympy.sqrt(w), "must be a rational function"),
        (sympy.exp(w), "must be a rational function"),
        (sympy.pi + 0 * w, "must be a rational function"),
        (w**p, "must use the symbols w"),
        (w ** sympy.Rational(1, 2), "must be a rational function"),
        (0.25 * w, "must be exact"),
        (sympy.oo, "must be a rational function"),
        (sympy.nan, "must be a rational function"),
        (sympy.I * w, "must be a rational function"),
        (w > 3, "must be a rational function"),
    ],
)
def test_a_bad_expression_is_refused(entry: Any, rule: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        matrix([entry, 1 - w], ["1/2", "1/2"])
    assert caught.value.name == "matrix[0][0]"
    assert caught.value.rule.startswith(rule)


def test_an_entry_may_touch_zero() -> None:
    """(w - 2)^2 / (1 + w)^2 is 0 at w = 2 only, which needs a proof that coefficients alone do not give."""
    touching = matrix(["(w-2)**2/(1+w)**2", "(6*w - 3)/(1+w)**2"], ["1/2", "1/2"])
    assert touching.with_values(w=3).matrix[0] == (F(1, 16), F(15, 16))
    assert touching.with_values(w=2).matrix[0] == (F(0), F(1))


def test_several_symbols() -> None:
    mixed = matrix(
        ["p*w/(1+w)", "1 - p*w/(1+w)"], ["p/(1+w)", "1 - p/(1+w)"], assume=("w > 1", "p > 0", "p < 1")
    )
    assert mixed.with_values(w=3, p="1/2").matrix == ((F(3, 8), F(5, 8)), (F(1, 8), F(7, 8)))
    with pytest.raises(csa.ParameterError, match="provably nonnegative"):
        matrix(["p*w/(1+w)", "1 - p*w/(1+w)"], ["1/2", "1/2"], assume=("w > 1", "p > 0", "p < 2"))


@pytest.mark.parametrize("values", [2, 3, 7])
def test_kary_response_is_that_of_the_toolkit(values: int) -> None:
    code = csa.KaryRandomizedResponse(values, keep=F(5, values + 4)).channel()
    for made in (
        SymbolicRandomizer.kary(values),
        SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 2")),
    ):
        symbols = {name: {"w": 5, "k": values}[name] for name in made.domain.names}
        assert made.with_values(**symbols).matrix == code
    assert SymbolicRandomizer.binary() == SymbolicRandomizer.kary(2)


def test_kary_response_is_checked() -> None:
    for arguments, name in (
        ((1,), "values"),
        (("k",), "values"),
        ((3, "w - 5"), "factor"),
        ((3, "1 - w"), "factor"),
    ):
        with pytest.raises(csa.ParameterError) as caught:
            SymbolicRandomizer.kary(*arguments)
        assert caught.value.name == name
    for least in ("k >= 1", "k < 9"):
        with pytest.raises(csa.ParameterError, match="k must be assumed to be at least 2"):
            SymbolicRandomizer.kary("k", assume=("w > 1", least))
    any_k = SymbolicRandomizer.kary("k", assume=("w > 1", "k > 3"))
    assert any_k.least_values == 4
    with pytest.raises(csa.ParameterError, match="values"):
        any_k.matrix()


@pytest.mark.parametrize(
    ("values", "name"),
    [({"w": 1}, "w"), ({"w": "1/2"}, "w"), ({}, "w"), ({"w": 2, "x": 1}, "x"), ({"w": "nan"}, "w")],
)
def test_values_obey_the_assumptions(values: dict[str, Any], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        SymbolicRandomizer.binary().with_values(**values)
    assert caught.value.name == name


def test_a_number_of_values_is_whole() -> None:
    any_k = SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 3"))
    with pytest.raises(csa.ParameterError, match="a whole number"):
        any_k.with_values(w=2, k="7/2")


@pytest.mark.parametrize(
    ("assume", "text", "nonnegative", "positive"),
    [
        ("w > 1", "(w-1)*(w-3)**2", True, False),
        ("w > 1", "w - 1", True, True),
        ("w >= 1", "w - 1", True, False),
        ("w > 1", "w**2 - 3*w + 3", True, True),
        ("w > 1", "w**2 - 3*w + 2", False, False),
        (("w > 1", "w < 2"), "(w-1)*(2-w)", True, True),
        (("w > 1", "w <= 2"), "(w-1)*(2-w)", True, False),
        ("w < 0", "-w", True, True),
        (("w > 1", "p > 1"), "w*p - 1", True, True),
        (("w >= 1", "p >= 1"), "w*p - 1", True, False),
        (("w >= 1", "p > 1"), "w*p - 1", True, True),
        (("w > 1", "p > 1"), "w - p", False, False),
        (("w > 0", "p > 0", "p < 1/2"), "w*(1 - 2*p)", True, True),
        (("w > 0", "p < 1/2"), "w*(1 - 2*p)", True, True),
        ("w > 1", "0", True, False),
    ],
)
def test_signs_under_assumptions(assume: Any, text: str, nonnegative: bool, positive: bool) -> None:
    domain = Domain.of(assume)
    top, _ = domain.read("f", text)
    assert domain.is_nonnegative(top) == nonnegative
    assert domain.is_positive(top) == positive


def test_two_domains_agree_or_do_not_join() -> None:
    joined = Domain.of("w > 1").union(Domain.of(("v > 0", "w > 1")))
    assert joined.names == ("v", "w")
    with pytest.raises(csa.ParameterError, match="same of one symbol"):
        Domain.of("w > 1").union(Domain.of("w > 2"))
