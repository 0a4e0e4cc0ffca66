"""Delta in symbols: pieces, regions, LaTeX, compiled functions, refusals."""

import re
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy
from sympy.parsing.sympy_parser import implicit_multiplication, parse_expr, standard_transformations

import accounting as csa
from accounting.symbolic import SymbolicDelta, SymbolicRandomizer, delta

F = Fraction
COIN = SymbolicRandomizer.binary()
TERNARY = SymbolicRandomizer.kary(3)
ALPHAS = (F(1, 9), F(1, 2), F(1), F(13, 12), F(3, 2), F(2), F(7, 2), F(12))


def read_latex(text: str, **values: Fraction) -> Fraction:
    """Evaluate the LaTeX that the toolkit writes: fractions, powers, products."""
    for old, new in ((r"\left", ""), (r"\right", ""), (r"\,", "*"), (r"\alpha", "alpha"), ("^", "**")):
        text = text.replace(old, new)
    while (start := text.find(r"\frac")) >= 0:
        top, rest = group(text[start + len(r"\frac") :])
        bottom, rest = group(rest)
        text = f"{text[:start]}(({top})/({bottom})){rest}"
    text = text.replace("{", "(").replace("}", ")")
    parsed = parse_expr(text, transformations=(*standard_transformations, implicit_multiplication))
    return F(str(parsed.subs({name: sympy.Rational(str(value)) for name, value in values.items()})))


def group(text: str) -> tuple[str, str]:
    """Split text behind the group in braces that it begins with."""
    depth = 0
    for i, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return text[1:i], text[i + 1 :]
    raise ValueError(text)


def of_cases(text: str, alpha: Fraction, **values: Fraction) -> set[Fraction]:
    """Return what the cases that hold at alpha give."""
    body = text.split(r"\begin{cases}")[1].split(r"\end{cases}")[0]
    found = set()
    for row in body.split(r" \\ "):
        line, where = row.split("&")
        ends = [read_latex(end, alpha=alpha, **values) for end in re.split(r"\\le(?!ft)|<", where)]
        if all(a <= b for a, b in pairwise(ends)):
            found.add(read_latex(line, alpha=alpha, **values))
    return found


@pytest.mark.parametrize("users", [1, 2, 4])
def test_one_pair_as_cases(users: int) -> None:
    found = delta(COIN, target=(1, 0), others=(0, 1, 1)[: users - 1])
    for w in (F(5, 4), F(7)):
        for alpha in ALPHAS:
            assert of_cases(found.latex(), alpha, w=w) == {found.at(alpha, w=w)}


def test_an_infinite_ratio_as_cases() -> None:
    certain = SymbolicRandomizer.of_matrix([["1 - 1/w", "1/w"], ["0", "1"]], assume="w > 1")
    found = delta(certain, target=(0, 1), others=())
    for alpha in ALPHAS:
        assert of_cases(found.latex(), alpha, w=F(3)) == {found.at(alpha, w=3)}
    assert found.pieces(w=3).at(100) == F(2, 3)


def positive_parts(text: str) -> list[str]:
    return [term.removeprefix(" + ") for term in text.split("_+") if term]


def test_a_maximum_as_sums_of_positive_parts() -> None:
    found = delta(COIN, users=3)
    body = found.latex().removeprefix(r"\delta(\alpha) = \max\left\{").removesuffix(r"\right\}")
    for alpha in ALPHAS:
        sums = [
            sum((max(F(0), read_latex(term, alpha=alpha, w=F(3))) for term in positive_parts(part)), F(0))
            for part in body.split(r",\; ")
        ]
        assert max(sums) == found.at(alpha, w=3)
    assert delta(TERNARY, target=(0, 1), others=(0, 2)).latex().startswith(r"\delta(\alpha) = ")


def test_regions_as_cases() -> None:
    for region in delta(COIN, users=3).regions():
        for alpha in ALPHAS:
            exact = delta(COIN, users=3).at(alpha, w=region.sample)
            assert of_cases(region.latex(), alpha, w=region.sample) == {exact}


def test_the_order_of_breakpoints_may_depend_on_the_symbol() -> None:
    # ratios 2 and w of the first two messages change places at w = 2
    rows = [["1/2", "w/8", "1/2 - w/8"], ["1/4", "1/8", "5/8"]]
    crossing = SymbolicRandomizer.of_matrix(rows, assume=("w > 1", "w < 3"))
    found = delta(crossing, target=(0, 1), others=())
    assert not found.losses[0].is_ordered
    with pytest.raises(csa.ParameterError, match="one order"):
        _ = found.losses[0].rising
    low, high = found.regions()
    assert low.upper == high.lower
    assert low.upper is not None
    assert low.upper.rational == 2
    assert str(low.pieces[-1].start) == "2"
    assert str(high.pieces[-1].start) == "w"
    for w in (F(3, 2), F(2), F(5, 2)):
        for alpha in (F(3, 2), F(7, 4), F(9, 4), F(4)):
            value = max(F(0), F(1, 2) - alpha / 4) + max(F(0), w / 8 - alpha / 8)
            value += max(F(0), F(1, 2) - w / 8 - alpha * F(5, 8))
            assert found.at(alpha, w=w) == value == found.pieces(w=w).at(alpha)
    assert "cases" not in found.latex()


def test_regions_of_three_coins_change_at_the_golden_ratio() -> None:
    low, high = delta(COIN, users=3).regions()
    assert low.upper is not None
    assert low.upper.polynomial == (1, -1, -1)
    assert low.contains(F(3, 2))
    assert not low.contains(F(2))
    assert high.contains(F(2))


@pytest.mark.parametrize("users", [2, 3, 5])
def test_pieces_are_continuous_convex_and_falling(users: int) -> None:
    found = delta(COIN, users=users)
    for w in (F(6, 5), F(3), F(20)):
        pieces = found.pieces(w=w).pieces
        assert pieces[0].start == 0
        assert pieces[-1].end is None
        assert pieces[0].intercept == 1
        assert pieces[-1].slope == 0
        for left, right in pairwise(pieces):
            assert left.end == right.start
            assert left.slope > right.slope
            assert left.intercept - right.start * left.slope == right.intercept - right.start * right.slope


def test_the_compiled_function_takes_arrays() -> None:
    found = delta(TERNARY, users=3)
    compiled = found.compile()
    alpha = np.linspace(0.2, 4.0, 9)[:, None]
    w = np.array([1.5, 3.0, 12.0])
    values = compiled(alpha, w=w)
    assert values.shape == (9, 3)
    for i, a in enumerate(alpha[:, 0]):
        for j, v in enumerate(w):
            assert values[i, j] == pytest.approx(float(found.at(float(a), w=float(v))), rel=1e-12, abs=1e-15)
    assert compiled(2.0, w=3.0).shape == ()
    with pytest.raises(csa.ParameterError, match="symbols"):
        compiled(2.0, v=3.0)


def test_the_expression_agrees() -> None:
    found = delta(COIN, users=2)
    expression = found.expression()
    for alpha in ALPHAS:
        at = {"alpha": sympy.Rational(str(alpha)), "w": 3}
        assert F(str(expression.subs(at).doit())) == found.at(alpha, w=3)


def test_values_for_some_symbols() -> None:
    any_k = SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 4"))
    whole = delta(any_k, users=3)
    at_five = whole.with_values(k=5)
    assert at_five.domain.names == ("w",)
    fraction = whole.with_values(w="7/3")
    assert fraction.domain.names == ("k",)
    for alpha in ALPHAS:
        exact = whole.at(alpha, w="7/3", k=5)
        assert at_five.at(alpha, w="7/3") == fraction.at(alpha, k=5) == exact
        assert at_five.pieces(w="7/3").at(alpha) == exact
    with pytest.raises(csa.ParameterError, match="must leave one"):
        at_five.with_values(w=2)
    with pytest.raises(csa.ParameterError, match="must be one"):
        whole.regions()


def test_the_worst_data_sets_of_the_theory() -> None:
    """The maximum over all data sets is not at others who all hold one value."""
    found = delta(COIN, users=3)
    worst = found.worst(1, w=3)
    assert found.at(1, w=3) == F(5, 16)
    assert {each.data[0][1] for each in worst} == {(0, 1)}


def test_a_maximum_needs_one_scale() -> None:
    (two,), (three,) = (delta(COIN, target=(0, 1), others=others).losses for others in ((0,), (0, 0)))
    with pytest.raises(csa.ParameterError, match="same scale"):
        SymbolicDelta((two, three))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({}, "users"),
        ({"users": 3, "target": (0, 1)}, "users"),
        ({"users": 0}, "users"),
        ({"users": 2.5}, "users"),
        ({"users": 10**9}, "users"),
        ({"target": (0, 1)}, "users"),
    ],
)
def test_bad_questions_are_refused(arguments: dict[str, Any], name: str) -> None:
    matrix = SymbolicRandomizer.of_matrix(COIN.matrix(), assume="w > 1")
    for randomizer in (COIN, matrix):
        with pytest.raises(csa.ParameterError) as caught:
            delta(randomizer, **arguments)
        assert caught.value.name == name


def test_bad_lists_are_refused() -> None:
    with pytest.raises(csa.ParameterError, match="users must have 2 entries"):
        delta([COIN, COIN], users=[2])
    with pytest.raises(csa.ParameterError, match="values must be at least 5"):
        delta(SymbolicRandomizer.kary("k", assume=("w > 1", "k >= 4")), users=4)


@pytest.mark.parametrize("alpha", [0, -1, "nan", "x", None])
def test_a_bad_alpha_is_refused(alpha: Any) -> None:
    found = delta(COIN, users=2)
    for question in (
        lambda: found.at(alpha, w=2),
        lambda: found.along(alpha),
        lambda: found.worst(alpha, w=2),
    ):
        with pytest.raises(csa.ParameterError) as caught:
            question()
        assert caught.value.name == "alpha"
