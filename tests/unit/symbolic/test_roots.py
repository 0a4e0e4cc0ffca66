"""Real algebraic numbers, and the division of a line into cells."""

from fractions import Fraction
from itertools import pairwise

import pytest
import sympy

from accounting.symbolic.roots import Coefficients, Root, cells, odd_roots, sign_at

F = Fraction


def test_only_changes_of_sign_count() -> None:
    # (x - 2)^2 (x - 3)^3 (x^2 - 2)
    x = sympy.Symbol("x")
    f = tuple(int(c) for c in sympy.Poly((x - 2) ** 2 * (x - 3) ** 3 * (x**2 - 2), x).all_coeffs())
    assert [str(root) for root in odd_roots(f, None, None)] == ["-1.41421", "1.41421", "3"]
    assert [root.rational for root in odd_roots(f, F(2), None)] == [3]
    assert odd_roots(f, F(3), None) == ()  # an end is excluded
    assert len(odd_roots(f, F(1), F(3))) == 1
    assert odd_roots((0,), None, None) == ()


def test_numbers_compare_exactly() -> None:
    (low, high) = odd_roots((1, 0, -2), None, None)
    (cube,) = odd_roots((1, 0, 0, -3), None, None)  # 1.44225
    assert low < high < cube
    assert high.compare(F(14142135623730950488, 10**19)) > 0
    assert high.compare(F(14142135623730950489, 10**19)) < 0
    assert high == odd_roots((3, 0, -6), F(0), None)[0]  # made primitive
    assert high != low
    (half,) = odd_roots((2, -1), None, None)
    assert half.rational == F(1, 2)
    assert half.compare(F(1, 2)) == 0
    assert half < high
    assert high > half
    assert len({low, high, cube, half, odd_roots((1, 0, -2), None, None)[1]}) == 4


def test_a_number_is_enclosed_as_closely_as_wanted() -> None:
    golden = odd_roots((1, -1, -1), F(0), None)[0]
    lower, upper = golden.enclosed(F(1, 10**40))
    assert upper - lower <= F(1, 10**40)
    assert lower**2 - lower - 1 < 0 < upper**2 - upper - 1
    assert golden.expression() == (1 + sympy.sqrt(5)) / 2
    assert float(golden) == pytest.approx((1 + 5**0.5) / 2, rel=1e-15)


def test_signs_are_exact() -> None:
    assert sign_at((1, 0, -2), F(99, 70)) == 1
    assert sign_at((1, 0, -2), F(140, 99)) == -1
    assert sign_at((2, -1), F(1, 2)) == 0


@pytest.mark.parametrize(("lower", "upper"), [(None, None), (F(0), None), (F(0), F(4)), (None, F(4))])
def test_cells_cover_the_line(lower: Fraction | None, upper: Fraction | None) -> None:
    # the number of polynomials that are positive, and one that only touches zero
    family: tuple[Coefficients, ...] = ((1, -1), (1, 0, -2), (2, -3), (1, 0, 0, -3), (1, -4, 4))

    def look(at: Fraction) -> tuple[int, tuple[Coefficients, ...]]:
        return sum(sign_at(f, at) > 0 for f in family), family

    found = cells(lower, upper, look)
    assert found[0].lower is None
    assert found[-1].upper is None
    for left, right in pairwise(found):
        assert left.upper == right.lower
        assert left.label != right.label
    expected = {"1", "1.41421", "1.44225", "3/2"} | ({"-1.41421"} if lower is None else set())
    assert {str(cell.lower) for cell in found[1:]} == expected
    for cell in found:
        assert cell.label == look(cell.sample)[0]


def test_cells_that_are_alike_are_joined() -> None:
    assert len(cells(F(0), None, lambda at: (at > 0, [(1, -1), (1, 0, -2)]))) == 1


def test_irrational_ends_never_touch_the_sample() -> None:
    roots = odd_roots((1, 0, -2), F(1), F(3, 2))
    found = cells(F(1), F(3, 2), lambda at: (at**2 > 2, [(1, 0, -2)]))
    assert [cell.upper for cell in found] == [*roots, None]
    assert isinstance(found[0].upper, Root)
