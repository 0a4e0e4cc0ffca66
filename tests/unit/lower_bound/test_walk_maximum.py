from fractions import Fraction

import pytest

from accounting.lower_bound import walk_maximum
from accounting.lower_bound.walk_floats import mean_maximum
from accounting.lower_bound.walk_maximum import ROUGH, expected_maximum, stays
from accounting.numerics.ball import arb, exact_upper, precision
from proofs.checks.check import CheckFailedError
from proofs.checks.lower_bound import walks_go_as_far
from proofs.reference.lower_bound import walk_maximum as followed


def stays_below(moves: Fraction, steps: int, distance: int, last: int = 0) -> Fraction:
    alive = {0: Fraction(1)}
    for _ in range(steps):
        after: dict[int, Fraction] = {}
        for place, mass in alive.items():
            for move, chance in ((-1, moves / 2), (0, 1 - moves), (1, moves / 2)):
                if abs(place + move) < distance:
                    after[place + move] = after.get(place + move, Fraction(0)) + mass * chance
        alive = after
    return sum((mass for place, mass in alive.items() if place + last < distance), Fraction(0))


@pytest.mark.parametrize("moves", [Fraction(1, 10), Fraction(1, 2), Fraction(3, 4), Fraction(1)])
@pytest.mark.parametrize("distance", [1, 2, 5])
@pytest.mark.parametrize("last", [0, 1, 3, 12])
def test_with_all_roots_it_is_exact(moves: Fraction, distance: int, last: int) -> None:
    with precision(128):
        said = exact_upper(stays(moves, 17, distance, last=last))
    exact = stays_below(moves, 17, distance, last)
    assert exact <= said <= exact + Fraction(1, 10**30)


@pytest.mark.parametrize("moves", [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(1)])
@pytest.mark.parametrize("distance", [3, 7, 12])
@pytest.mark.parametrize("last", [0, 4])
def test_cut_off_it_is_above(
    moves: Fraction, distance: int, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_maximum, "_FEW_ROOTS", 0)
    with precision(128):
        said = exact_upper(stays(moves, 30, distance, last=last))
    exact = stays_below(moves, 30, distance, last)
    assert exact <= said
    if moves <= Fraction(1, 2):
        assert said <= exact + Fraction(1, 10**6)


def test_fewer_points_lose_more_but_little() -> None:
    moves, steps = Fraction(2, 5), 100_000
    fine, coarse = (expected_maximum(moves, steps, points=points) for points in (200, 10))
    assert Fraction(9, 10) * fine < coarse < fine


def test_a_last_move_goes_further() -> None:
    values = [expected_maximum(Fraction(1, 4), 40, last=Fraction(half, 2)) for half in range(40)]
    assert values == sorted(values)
    assert values[0] == expected_maximum(Fraction(1, 4), 40)
    assert expected_maximum(Fraction(1, 4), 40, last=Fraction(10**6)) == 10**6


def test_floats_choose_on_the_same_grid() -> None:
    for steps, last in ((5, 2.0), (40, 3.25), (1000, 30.0), (10**6, 400.0)):
        exact = expected_maximum(Fraction(2, 5), steps, last=Fraction(last), points=ROUGH)
        assert mean_maximum(0.4, steps, last=last) == pytest.approx(float(exact), rel=1e-4)


def test_near_brownian_motion() -> None:
    moves, steps = Fraction(2, 5), 10**12
    brownian = (3.141592653589793 * 4e11 / 2) ** 0.5
    assert 0.997 < float(expected_maximum(moves, steps)) / brownian < 1


def test_more_steps_and_more_moves_go_further() -> None:
    values = [expected_maximum(Fraction(1, 4), steps) for steps in (1, 2, 3, 10, 100, 1000)]
    assert values == sorted(values)
    assert expected_maximum(Fraction(1, 4), 50) < expected_maximum(Fraction(1, 2), 50)


@pytest.mark.proof
def test_a_probability_that_is_too_small_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """To stay below a distance less probably is to go too far."""

    def wrong(moves: Fraction, steps: int, distance: int, *, last: int = 0) -> arb:
        return right(moves, steps, distance, last=last) - arb(1) / 1000

    right = walk_maximum.stays
    monkeypatch.setattr(walk_maximum, "stays", wrong)
    with pytest.raises(CheckFailedError):
        walks_go_as_far(7)


@pytest.mark.proof
def test_an_alternation_that_starts_wrong_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = walk_maximum.stays
    monkeypatch.setattr(walk_maximum, "stays", lambda *args, **kw: 1 - right(*args, **kw))
    with pytest.raises(CheckFailedError):
        walks_go_as_far(7)


def test_the_reference_counts_by_hand() -> None:
    assert followed(Fraction(1), 3) == Fraction(7, 4)


@pytest.mark.parametrize("moves", [Fraction(1, 10), Fraction(1, 2), Fraction(7, 10), Fraction(9, 10)])
@pytest.mark.parametrize("last", [0, 5])
def test_a_tail_that_counts_is_above(moves: Fraction, last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off where the terms left out are large: without the bound on them the sum would be too small."""
    monkeypatch.setattr(walk_maximum, "_FEW_ROOTS", 0)
    monkeypatch.setattr(walk_maximum, "_TAIL", 3.0)
    with precision(128):
        for steps in (4, 9, 20):
            for distance in range(2, 12):
                said = exact_upper(stays(moves, steps, distance, last=last))
                assert stays_below(moves, steps, distance, last) <= said


@pytest.mark.parametrize("steps", [2, 3, 5])
@pytest.mark.parametrize("last", [Fraction(0), Fraction(3, 7), Fraction(2)])
def test_few_steps_are_rounded_down_and_nothing_else(steps: int, last: Fraction) -> None:
    for moves in (Fraction(1, 3), Fraction(5, 7)):
        exact, said = followed(moves, steps, last), expected_maximum(moves, steps, last=last)
        assert said <= exact < said + Fraction(1, 10**25)
