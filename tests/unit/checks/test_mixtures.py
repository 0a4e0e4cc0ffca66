"""The checks of mixtures and intervals pass, and fail where an error is planted."""

from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from proofs.checks import mixtures as checks
from proofs.checks.check import CheckFailedError
from proofs.reference.bounds import blanket_walk

F = Fraction
MIXED, WALK = checks.mixed, blanket_walk


def test_they_pass() -> None:
    assert checks.code_knows_duchis_mean() > 0
    assert checks.code_bounds_the_piecewise_mechanism("3/2") > 0


@pytest.mark.slow
def test_the_longer_ones_pass() -> None:
    assert checks.mixing_first_never_hurts(2, 3) > 0
    assert checks.mixing_first_never_hurts(3, 2) > 0
    assert checks.ends_lose_most_in_the_walk() > 0


def test_a_row_that_is_no_mixture_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "mixed", lambda first, second: [*MIXED(first, second), [F(1), F(0)]])
    with pytest.raises(CheckFailedError):
        checks.mixing_first_never_hurts(2, 3)


def test_another_law_of_duchis_mean_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def louder(values: Any, keep: Fraction) -> Any:
        return [((1 - keep) * (1 - x), keep + (1 - keep) * x) if x >= 0 else (keep, 1 - keep) for x in values]

    monkeypatch.setattr(checks, "duchi_mean", louder)
    with pytest.raises(CheckFailedError):
        checks.code_knows_duchis_mean()


def test_a_pair_that_loses_more_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def other_pair(channel: Any, pair: tuple[int, int], users: int, alpha: Fraction) -> Fraction:
        return WALK(channel, (0, 1) if pair == (0, 4) else pair, users, alpha)

    monkeypatch.setattr(checks, "blanket_walk", other_pair)
    with pytest.raises(CheckFailedError):
        checks.ends_lose_most_in_the_walk()


def test_a_smaller_epsilon0_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csa, "PiecewiseMean", lambda keep: csa.DuchiMean(keep=keep))
    with pytest.raises(CheckFailedError):
        checks.code_bounds_the_piecewise_mechanism("3/2")
