"""The checks of public functions pass, and fail where an error is planted."""

from typing import Any

import pytest

import accounting as csa
from accounting.numerics.ball import arb
from accounting.randomizers.base import Letter
from proofs.checks import functions as checks
from proofs.checks.check import CheckFailedError


def test_they_pass() -> None:
    assert checks.told_apart_lose_most(2, 1) > 0


@pytest.mark.slow
def test_the_longer_ones_pass() -> None:
    assert checks.told_apart_lose_most(3, 1) > 0
    assert checks.told_apart_lose_most(4, 2) > 0
    assert checks.code_bounds_every_family(1, 3, 2) > 0
    assert checks.code_bounds_every_family(2, 2, 2) > 0
    assert checks.code_bounds_every_bloom_filter(1, 4, 2) > 0
    assert checks.code_bounds_every_bloom_filter(2, 3, 1) > 0


def test_codes_with_something_in_common_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "largest_step", lambda codes, _most: (codes[0], codes[0]))
    with pytest.raises(CheckFailedError):
        checks.told_apart_lose_most(2, 1)


def test_one_bit_in_common_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "ALPHAS", checks.ALPHAS[3:4])
    monkeypatch.setattr(checks, "largest_step", lambda _codes, _most: (frozenset({0, 1}), frozenset({1, 2})))
    with pytest.raises(CheckFailedError):
        checks.told_apart_lose_most(4, 2)


def test_a_reference_above_a_law_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "reference_of", lambda codes, *_: next(iter(codes.values())))
    with pytest.raises(CheckFailedError):
        checks.told_apart_lose_most(2, 1)


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (csa.CountMeanSketch, lambda: checks.code_bounds_every_family(1, 3, 2)),
        (csa.Rappor, lambda: checks.code_bounds_every_bloom_filter(2, 3, 1)),
    ],
)
def test_less_than_what_is_lost_fails(monkeypatch: pytest.MonkeyPatch, kind: Any, check: Any) -> None:
    """The pair that no function tells apart, and with it no witness to cross."""

    def alike(self: Any) -> Any:
        letters = self.code_letters((0, 0, 0))
        return (*letters, Letter(arb(0), arb(0), arb(0)))

    monkeypatch.setattr(kind, "bound_letters", alike)
    monkeypatch.setattr(kind, "witness_letters", lambda self, _companion: self.code_letters((0, 0, 0)))
    with pytest.raises(CheckFailedError):
        check()


def test_a_witness_that_the_family_lacks_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any two of three values are confused by one of three functions, and the witness is said to be told apart by all."""
    family = [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    monkeypatch.setattr(checks, "families", lambda *_: iter([family]))
    assert checks.code_bounds_every_family(3, 2, 2) > 0
    monkeypatch.setattr(csa.CountMeanSketch, "shared", property(lambda _self: 0))
    with pytest.raises(CheckFailedError):
        checks.code_bounds_every_family(3, 2, 2)


def test_other_coins_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "ALPHAS", checks.ALPHAS[3:4])
    monkeypatch.setattr(checks, "rappor_bit", lambda bit, f, p, q: (1 - f) * (q if bit else p) + f * p)
    with pytest.raises(CheckFailedError):
        checks.code_bounds_every_bloom_filter(2, 3, 1)
