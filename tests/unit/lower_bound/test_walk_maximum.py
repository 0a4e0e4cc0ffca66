from fractions import Fraction

import pytest

from accounting.lower_bound import walk_maximum
from accounting.lower_bound.walk_maximum import expected_maximum, survival
from accounting.numerics.ball import arb, exact_upper, precision
from proofs.checks.check import CheckFailedError
from proofs.checks.lower_bound import walks_go_as_far
from proofs.reference.lower_bound import walk_maximum as followed


def stays_below(moves: Fraction, steps: int, distance: int) -> Fraction:
    alive = {0: Fraction(1)}
    for _ in range(steps):
        after: dict[int, Fraction] = {}
        for place, mass in alive.items():
            for move, chance in ((-1, moves / 2), (0, 1 - moves), (1, moves / 2)):
                if abs(place + move) < distance:
                    after[place + move] = after.get(place + move, Fraction(0)) + mass * chance
        alive = after
    return sum(alive.values(), Fraction(0))


@pytest.mark.parametrize("moves", [Fraction(1, 10), Fraction(1, 2), Fraction(3, 4), Fraction(1)])
@pytest.mark.parametrize("distance", [1, 2, 5])
def test_survival_with_all_roots_is_exact(moves: Fraction, distance: int) -> None:
    with precision(128):
        said = exact_upper(survival(moves, 17, distance))
    exact = stays_below(moves, 17, distance)
    assert exact <= said <= exact + Fraction(1, 10**30)


@pytest.mark.parametrize("moves", [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(1)])
@pytest.mark.parametrize("distance", [3, 7, 12])
def test_survival_cut_off_is_above(moves: Fraction, distance: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_maximum, "_FEW_ROOTS", 0)
    with precision(128):
        said = exact_upper(survival(moves, 12, distance))
    exact = stays_below(moves, 12, distance)
    assert exact <= said
    assert said <= exact + abs(2 * moves - 1) ** 12 / 2 + Fraction(1, 100)


def test_many_points_lose_little(monkeypatch: pytest.MonkeyPatch) -> None:
    moves, steps = Fraction(2, 5), 10_000
    whole = expected_maximum(moves, steps)
    monkeypatch.setattr(walk_maximum, "_POINTS", 10)
    coarse = expected_maximum(moves, steps)
    assert Fraction(95, 100) * whole < coarse < whole


def test_near_brownian_motion() -> None:
    moves, steps = Fraction(2, 5), 10**12
    brownian = (3.141592653589793 * 4e11 / 2) ** 0.5
    assert 0.997 < float(expected_maximum(moves, steps)) / brownian < 1


def test_more_steps_and_more_moves_go_further() -> None:
    values = [expected_maximum(Fraction(1, 4), steps) for steps in (1, 2, 3, 10, 100, 1000)]
    assert values == sorted(values)
    assert expected_maximum(Fraction(1, 4), 50) < expected_maximum(Fraction(1, 2), 50)


@pytest.mark.proof
def test_a_sum_that_ends_with_a_minus_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The survival probability without its last plus term is too small, so the mean is too large."""

    def wrong(moves: Fraction, steps: int, distance: int) -> arb:
        return right(moves, steps, distance) - arb(1) / 1000

    right = walk_maximum.survival
    monkeypatch.setattr(walk_maximum, "survival", wrong)
    with pytest.raises(CheckFailedError):
        walks_go_as_far(9)


def test_the_reference_counts_by_hand() -> None:
    assert followed(Fraction(1), 3) == Fraction(7, 4)
