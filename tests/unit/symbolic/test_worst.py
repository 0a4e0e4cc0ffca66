"""Worst data sets of binary response: exact answers, regions, boundaries."""

from fractions import Fraction

import pytest
import sympy

import accounting as csa
from accounting.symbolic import Root, worst_ones
from proofs.reference.shuffle_enumeration import hockey_stick, kary_response, released_law

F = Fraction


def by_definition(users: int, w: Fraction, alpha: Fraction) -> tuple[int, ...]:
    channel = kary_response(2, w / (1 + w))
    values = []
    for ones in range(users):
        others = [0] * (users - 1 - ones) + [1] * ones
        values.append(
            hockey_stick(released_law(channel, [1, *others]), released_law(channel, [0, *others]), alpha)
        )
    return tuple(m for m, value in enumerate(values) if value == max(values))


@pytest.mark.parametrize("users", [2, 3, 4, 5])
def test_answers_are_those_of_the_definition(users: int) -> None:
    worst = worst_ones(users)
    for w in (F(5, 4), F(3, 2), F(19, 10), F(3), F(9)):
        along_alpha = worst.along_alpha(w=w)
        for alpha in (F(1, 5), F(4, 5), F(1), F(21, 20), F(5, 4), F(5, 3), F(5, 2), F(10)):
            truth = by_definition(users, w, alpha)
            assert worst.at(alpha, w=w) == truth
            for found in (along_alpha, worst.along_symbol(alpha)):
                place = alpha if found is along_alpha else w
                here = [s.ones for s in found if inside(s.lower, s.upper, place)]
                assert not here or here == [truth]  # at an end itself neighbours tie


def inside(lower: Fraction | Root | None, upper: Fraction | Root | None, place: Fraction) -> bool:
    return side(lower, place, -1) and side(upper, place, 1)


def side(end: Fraction | Root | None, place: Fraction, sign: int) -> bool:
    if end is None:
        return True
    return sign * (end.compare(place) if isinstance(end, Root) else end - place) > 0


def test_three_users() -> None:
    worst = worst_ones(3)
    stretches = [(s.lower, s.upper, s.ones) for s in worst.along_alpha(w=3)]
    assert stretches == [
        (None, F(1, 3), (0, 1, 2)),
        (F(1, 3), F(13, 15), (0,)),
        (F(13, 15), F(15, 13), (1,)),
        (F(15, 13), F(3), (2,)),
        (F(3), None, (0, 1, 2)),
    ]
    w = sympy.Symbol("w")
    (mixed,) = [arc for arc in worst.boundaries if (arc.below, arc.above) == ((1,), (2,))]
    assert sympy.cancel(mixed.alpha - w * (w + 2) / (w**2 + w + 1)) == 0
    assert isinstance(mixed.lower, Root)
    assert mixed.lower.polynomial == (1, -1, -1)  # the golden ratio
    assert mixed.upper is None
    assert (
        sympy.expand(mixed.curve.subs("alpha", mixed.alpha)) == 0
        or sympy.cancel(mixed.curve.subs("alpha", mixed.alpha)) == 0
    )


@pytest.mark.parametrize("users", [3, 4, 5])
def test_boundaries_separate_what_they_say(users: int) -> None:
    worst = worst_ones(users)
    step = F(1, 10**7)
    for arc in worst.boundaries:
        for w in (F(6, 5), F(3, 2), F(17, 9), F(5)):
            if inside(arc.lower, arc.upper, w):
                alpha = F(str(arc.alpha.subs("w", sympy.Rational(str(w)))))
                assert set(arc.below) | set(arc.above) <= set(worst.at(alpha, w=w))
                assert worst.at(alpha - step, w=w) == arc.below
                assert worst.at(alpha + step, w=w) == arc.above


@pytest.mark.parametrize("users", [2, 3, 6])
def test_swapping_the_values_mirrors_the_worst_data_set(users: int) -> None:
    worst = worst_ones(users)
    for w in (F(4, 3), F(3)):
        for alpha in (F(11, 10), F(5, 4), F(2)):
            mirrored = tuple(sorted(users - 1 - m for m in worst.at(1 / alpha, w=w)))
            assert mirrored == worst.at(alpha, w=w)


def test_eight_users_at_one_alpha() -> None:
    ends = [(str(s.lower), str(s.upper), s.ones) for s in worst_ones(8).along_symbol("3/2")]
    everybody = tuple(range(8))
    assert ends == [("None", "3/2", everybody), ("3/2", "2", (7,)), ("2", "9", (6,)), ("9", "None", (7,))]


def test_algebraic_ends_are_isolated() -> None:
    ends = {s.upper for s in worst_ones(6).along_symbol("11/10")} - {None}
    algebraic = [end for end in ends if isinstance(end, Root) and end.rational is None]
    assert algebraic
    for end in algebraic:
        lower, upper = end.enclosed(F(1, 10**20))
        assert upper - lower <= F(1, 10**20)


@pytest.mark.slow
def test_the_plane_of_eight_users() -> None:
    worst = worst_ones(8)
    assert len(worst.regions) > 20
    named = {m for arc in worst.boundaries for m in (*arc.below, *arc.above)}
    assert named == set(range(8))


@pytest.mark.parametrize("users", [1, 11, "3.5"])
def test_numbers_of_users_are_checked(users: object) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        worst_ones(users)  # type: ignore[arg-type]
    assert caught.value.name == "users"
