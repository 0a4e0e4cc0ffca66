"""Users of one batch with different local epsilons."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting.errors import ParameterError
from accounting.model.kinds import read_randomizer, written_randomizer
from accounting.numerics.ball import exact_lower, exact_upper, precision
from accounting.numerics.factor import Factor
from accounting.numerics.noise import CountLaw
from accounting.pairs import mixed as pairs
from accounting.pairs.mixed import MixedCount, crowd_size, crowds
from accounting.pairs.of_randomizer import pairs_of
from proofs.checks import mixed
from proofs.checks.check import CheckFailedError

F = Fraction


@pytest.mark.proof
def test_small_units_hold() -> None:
    assert mixed.all_groups_are_between_the_ends(2, 3) == 84
    assert mixed.all_groups_are_between_the_ends(3, 2) == 56


def _one_more(right: Callable[..., int]) -> Callable[..., int]:
    return lambda *args: right(*args) + 1


def _one_each(_: csa.MixedResponse, others: list[int], __: int) -> int:
    return sum(others)


@pytest.mark.proof
@pytest.mark.parametrize("planted", [_one_more(crowd_size), _one_each])
def test_a_crowd_of_too_many_fails(planted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "crowd_size", planted)
    with pytest.raises(CheckFailedError, match="upper end"):
        mixed.all_groups_are_between_the_ends(2, 5)


@pytest.mark.proof
def test_a_blanket_of_the_quietest_for_all_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = pairs._letters
    monkeypatch.setattr(pairs, "_letters", lambda randomizer, target, _: right(randomizer, target, 0))
    with pytest.raises(CheckFailedError, match="upper end"):
        mixed.all_groups_are_between_the_ends(2, 3)


@pytest.mark.proof
def test_a_target_of_the_quietest_only_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = pairs._letters
    monkeypatch.setattr(pairs, "_letters", lambda randomizer, _, loudest: right(randomizer, 0, loudest))
    with pytest.raises(CheckFailedError, match="upper end"):
        mixed.all_groups_are_between_the_ends(2, 3)


@pytest.mark.proof
@pytest.mark.parametrize("shift", [-1, 1])
def test_tails_of_a_neighbouring_count_fail(shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    right = pairs._tail
    monkeypatch.setattr(pairs, "_tail", lambda noise, z: right(noise, z + shift if z > 1 else z))
    with pytest.raises((CheckFailedError, ArithmeticError)):
        mixed.all_groups_are_between_the_ends(2, 3)


@pytest.mark.parametrize("held", [0, 1, 2])
@pytest.mark.parametrize(
    "others", [(3, 4), (40, 0), (20, 15), pytest.param((150, 100), marks=pytest.mark.slow)]
)
def test_tails_contain_those_of_the_product(held: int, others: tuple[int, int]) -> None:
    odds = (F(2), F(11))
    randomizer = mixed.instance(3, ("1/2", "1/2"), odds)
    users = []
    for count, w in zip(others, odds, strict=True):
        masses = [w if value == held else F(1) for value in range(3)]
        users += [[masses[1] / sum(masses), masses[2] / sum(masses), masses[0] / sum(masses)]] * count
    law = [F(1)]
    for user in users:
        longer = [F(0)] * (len(law) + 2)
        for z, mass in enumerate(law):
            for j, chance in enumerate(user):
                longer[z + j] += mass * chance
        law = longer
    made = MixedCount(randomizer, others, held)
    assert len(law) == made.most + 1
    for z in range(0, len(law) + 2, max(1, len(law) // 12)):
        with precision(made.bits(max(z, 1))):
            for found, expected in ((made.tail(z), sum(law[z:], F(0))), (made.head(z), sum(law[:z], F(0)))):
                assert exact_lower(found) <= expected <= exact_upper(found)
                assert found.rad() <= 1e-25
            if 0 < z <= made.most:
                assert CountLaw._upper(made, z).overlaps(1 - CountLaw._lower(made, z))


def test_louder_users_count_together() -> None:
    randomizer = mixed.instance(2, ("1/2", "1/2"), (F(3, 2), F(9)))  # blankets of 4/5 and 1/5
    assert crowd_size(randomizer, [10, 79], 1) == 89
    # (4/5)^7 > 1/5 > (4/5)^8
    assert crowd_size(randomizer, [10, 79], 0) == 10 + 9
    exactly = mixed.instance(
        2, ("1/2", "1/2"), (F(17, 15), F(3))
    )  # blankets of 15/16 and 1/2, (1/2)^4 = 1/16
    assert crowd_size(exactly, [0, 8], 0) in {1, 2}  # rounded up where it is open


def test_what_quiet_users_are_worth() -> None:
    """Nine of ten with epsilon0 = 1/2 hide one of ten with epsilon0 = 6, who alone could not hide."""
    users = 10_000
    together = csa.Shuffle(csa.MixedResponse(4, ["9/10", "1/10"], ["1/2", 6]), users=users).epsilon(
        delta="1e-8"
    )
    loud = csa.Shuffle(csa.KaryRandomizedResponse(4, 6), users=users).epsilon(delta="1e-8")
    quiet = csa.Shuffle(csa.KaryRandomizedResponse(4, "1/2"), users=users).epsilon(delta="1e-8")
    assert quiet.upper < together.lower
    assert together.upper < 1.01 * together.lower
    assert together.upper < loud.lower / 10


@pytest.mark.parametrize(
    ("users", "limit"), [(10**3, 1.25), pytest.param(10**12, 1.4, marks=pytest.mark.slow)]
)
def test_ends_are_near_at_any_size(users: int, limit: float) -> None:
    for groups in ((["1/2", "1/2"], [1, 2]), (["2/3", "1/3"], ["1/2", 8])):
        for values in (2, 5):
            bounds = csa.Shuffle(csa.MixedResponse(values, *groups), users=users).epsilon(delta="1e-8")
            assert 0 < bounds.lower < bounds.upper < limit * bounds.lower


def test_both_orders_lose_alike() -> None:
    """The swap law between alpha and 1/alpha, for each end."""
    for pair in (
        *crowds(csa.MixedResponse(3, ["1/2", "1/2"], [1, 3]), 40),
        *pairs_of(csa.MixedResponse(3, ["1/2", "1/2"], [1, 3]), 40).lower,
    ):
        above, below = (pair.value(Factor.of(alpha), 1e-9).delta for alpha in (F(5, 4), F(4, 5)))
        swapped = F(1, 5) + F(4, 5) * above.lower, F(1, 5) + F(4, 5) * above.upper
        assert pair.is_symmetric
        assert below.lower <= swapped[1]
        assert swapped[0] <= below.upper


@pytest.mark.parametrize(
    ("values", "shares", "epsilon0", "users", "alpha"),
    [
        (3, ["1/5", "7/10", "1/10"], ["1/100", 1, 2], 30, "7.22"),  # far from where a saddle point suggests
        (3, ["1/2", "1/2"], [1, 3], 12, "9/8"),
        (2, ["1/2", "1/2"], [1, 3], 20, "15"),
        (5, ["9/10", "1/10"], ["1/10", 12], 15, "90000"),
    ],
)
def test_no_threshold_is_above_the_value(
    values: int, shares: list[str], epsilon0: list[Any], users: int, alpha: str
) -> None:
    """Several values make one convex curve, of which compositions take both ends."""
    for pair in pairs_of(csa.MixedResponse(values, shares, epsilon0), users).lower:
        assert isinstance(pair, pairs.ThresholdPair)
        factor = Factor.of(F(alpha))
        value = pair.value(factor, 1e-9).delta
        all_of_them = range(pair.noise.most + pair.noise.steps)
        best = max(exact_lower(pair._excess(factor, t)) for t in all_of_them)
        assert 0 < best <= value.upper
        assert value.relative_width < 1e-20


def test_digits_that_are_lost_leave_the_bound_of_all_data_sets() -> None:
    randomizer = csa.MixedResponse(2, ["1/2", "1/2"], [1, 8])
    low, high = (
        pair.value(Factor.of(F(3)), 1e-6).delta
        for pair in (pairs_of(randomizer, 10**6).lower[1], crowds(randomizer, 10**6)[1])
    )
    assert low.lower < low.upper == high.upper < F(1, 10**1000)


def test_hardly_any_loss_of_the_quiet_is_counted() -> None:
    for quiet in ("1e-100", "1e-400"):
        together = csa.Shuffle(csa.MixedResponse(3, ["1/2", "1/2"], [quiet, 1]), users=30)
        assert 0.05 < together.delta(epsilon="1e-500").lower < together.delta(epsilon="1e-500").upper < 0.1
    assert (
        csa.Shuffle(csa.MixedResponse(3, ["1/2", "1/2"], ["1e-100", "1e-99"]), users=30)
        .delta(epsilon="1e-500")
        .upper
        < 1e-99
    )


def test_from_the_largest_ratio_on_nothing_is_lost() -> None:
    shuffle = csa.Shuffle(csa.MixedResponse(3, ["1/2", "1/2"], [1, 3]), users=20)
    assert shuffle.delta(epsilon=3).upper == 0
    assert shuffle.delta(epsilon="2.9").lower > 0


@pytest.mark.slow
def test_several_batches_compose() -> None:
    batch = csa.Shuffle(csa.MixedResponse(2, ["1/2", "1/2"], [1, 2]), users=2000)
    one, three = batch.delta(epsilon="0.3"), csa.ConcurrentShuffles([batch] * 3).delta(epsilon="0.3")
    assert one.upper < three.lower <= three.upper < 100 * three.lower


def test_groups_are_sorted_and_read_back() -> None:
    made = csa.MixedResponse(3, ["1/4", "3/4"], [4, "1/2"])
    assert made.shares == (F(3, 4), F(1, 4))
    assert made.sizes(10) == (7, 2)
    for randomizer in (made, csa.MixedResponse(3, ["1/4", "3/4"], keep=["1/2", "9/10"])):
        table: dict[str, object] = {
            key: [str(entry) for entry in value] if isinstance(value, tuple) else value
            for key, value in written_randomizer(randomizer).items()
        }
        assert read_randomizer("randomizer", table) == randomizer


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"values": 1}, "values"),
        ({"shares": "1/2"}, "shares"),
        ({"shares": ["1"]}, "shares"),
        ({"shares": ["1/2", "1/3"]}, "shares"),
        ({"shares": ["3/2", "-1/2"]}, "shares[1]"),
        ({"epsilon0": None}, "epsilon0"),
        ({"keep": ["1/2", "3/4"]}, "epsilon0"),
        ({"epsilon0": [1]}, "epsilon0"),
        ({"epsilon0": 1}, "epsilon0"),
        ({"epsilon0": [1, 1]}, "epsilon0"),
        ({"epsilon0": [1, 0]}, "epsilon0[1]"),
        ({"epsilon0": [1, 31]}, "epsilon0[1]"),
        ({"epsilon0": None, "keep": ["1/2", "0.99999999999999999"]}, "keep[1]"),
        ({"epsilon0": None, "keep": ["1/4", "3/4"]}, "keep[0]"),
    ],
)
def test_bad_parameters(arguments: dict[str, Any], name: str) -> None:
    right: dict[str, Any] = {"values": 3, "shares": ["1/2", "1/2"], "epsilon0": [1, 2]}
    with pytest.raises(ParameterError) as caught:
        csa.MixedResponse(**{**right, **arguments})
    assert caught.value.name == name


def test_a_file_wants_lists() -> None:
    table = {"kind": "mixed-randomized-response", "values": 3, "shares": "1/2", "epsilon0": [1, 2]}
    with pytest.raises(ParameterError) as caught:
        read_randomizer("randomizer", table)
    assert caught.value.name == "randomizer.shares"
