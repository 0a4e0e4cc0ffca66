"""Errors planted in what never hurts, in delta = 0 and in the clones pair are found."""

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from accounting.composition.exact_delta import exact_delta
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs import of_randomizer
from accounting.pairs.pair import Value
from accounting.pairs.walks import WalkPair
from proofs.checks import monotone as checks
from proofs.reference.shuffle_enumeration import released_law
from tests.unit.checks.planting import assert_fails, planted

TELLING = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
_VALUE, _RATIO = WalkPair.value, of_randomizer.largest_ratio


def test_users_who_hurt_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Divide by users once too few."""

    def undivided(self: WalkPair, alpha: Factor, width: float) -> Value:
        value = _VALUE(self, alpha, width)
        return Value(Enclosure(value.delta.lower * self.users, value.delta.upper * self.users), value.witness)

    monkeypatch.setattr(WalkPair, "value", undivided)
    assert_fails(checks.codes_bounds_fall_in_users)


@pytest.mark.parametrize(
    ("check", "term", "instead", "unit"),
    [
        (checks.averages_given_the_next_sum, "/ n\n", "/ (n + 1)\n", ()),
        (checks.one_more_user_never_hurts, "after > before", "after >= before", (2, 4, 3)),
        (checks.walk_bounds_fall_on_a_box, "return total / users", "return total", (2, 2)),
        (checks.degrading_keeps_response, "(1 - b) / k, (1", "(1 - b) / (k - 1), (1", ()),
    ],
)
def test_a_false_statement_fails(check: Any, term: str, instead: str, unit: tuple[int, ...]) -> None:
    assert_fails(planted(check, term, instead), *unit)


def test_a_data_set_that_is_left_out_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An additional user who changes the target's message: no post-processing."""

    def meddling(channel: Any, values: tuple[int, ...]) -> Any:
        return released_law(channel if len(values) < 3 else TELLING, values)

    monkeypatch.setattr(checks, "released_law", meddling)
    assert_fails(checks.one_more_user_never_hurts, 2, 4, 4)


def test_deltas_that_fall_in_epsilon0_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def reversed_(shuffle: Any, alpha: Any) -> Any:
        found = exact_delta(shuffle, alpha=alpha).delta
        assert isinstance(found, Fraction)
        return SimpleNamespace(delta=1 - found)

    monkeypatch.setattr(checks, "exact_delta", reversed_)
    assert_fails(checks.exact_deltas_rise_in_epsilon0)


def test_the_least_ratio_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def other_order(randomizer: Any, pair: tuple[int, int]) -> Any:
        return _RATIO(randomizer, (pair[1], pair[0]))

    monkeypatch.setattr(of_randomizer, "largest_ratio", other_order)
    assert_fails(checks.least_epsilon_at_delta_zero, 2, 5)


@pytest.mark.parametrize(
    ("term", "instead"), [("1 / (2 * w)", "1 / (2 * w + 1)"), ("(w - 1) / w", "(w - 1) / (w + 1)")]
)
def test_a_wrong_constant_in_the_clones_pair_fails(
    monkeypatch: pytest.MonkeyPatch, term: str, instead: str
) -> None:
    monkeypatch.setattr(of_randomizer, "clones_pair", planted(of_randomizer.clones_pair, term, instead))
    assert_fails(checks.clones_walk_is_the_pair)


@pytest.mark.slow
def test_they_pass() -> None:
    assert checks.codes_bounds_fall_in_users() > 0
    assert checks.one_more_user_never_hurts(3, 2, 3) > 0
    assert checks.walk_bounds_fall_on_a_box(2, 2) > 0
    assert checks.exact_deltas_rise_in_epsilon0() > 0
    assert checks.least_epsilon_at_delta_zero(2, 5) > 0
    assert checks.clones_walk_is_the_pair() > 0
