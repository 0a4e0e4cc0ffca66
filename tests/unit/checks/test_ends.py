"""The checks of noise on a range pass, and fail where an error is planted."""

from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.randomizers import laplace
from proofs.checks import ends as checks
from proofs.checks.check import CheckFailedError
from proofs.reference.bounds import blanket_walk

F = Fraction


def test_they_pass() -> None:
    assert checks.ends_lose_most_in_the_walk(4, 2) > 0
    assert checks.code_spreads_laplace_noise() > 0


@pytest.mark.slow
def test_the_longer_ones_pass() -> None:
    assert checks.ends_lose_most_in_the_walk(3, 3) > 0
    assert checks.spreading_never_lowers_a_walk(2) > 0
    assert checks.code_bounds_laplace_noise("2") > 0


def test_a_pair_that_loses_less_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def inner(channel: Any, pair: tuple[int, int], users: int, alpha: Fraction) -> Fraction:
        return blanket_walk(channel, (1, 2) if pair == (0, 3) else pair, users, alpha)

    monkeypatch.setattr(checks, "blanket_walk", inner)
    with pytest.raises(CheckFailedError):
        checks.ends_lose_most_in_the_walk(3, 2)


@pytest.mark.slow
def test_less_noise_than_declared_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csa, "LaplaceNoise", lambda _epsilon0: laplace_of("1.5"))
    with pytest.raises(CheckFailedError):
        checks.code_bounds_laplace_noise("2")


def laplace_of(epsilon0: str) -> laplace.LaplaceNoise:
    made = object.__new__(laplace.LaplaceNoise)
    object.__setattr__(made, "factor", Factor.exp(F(epsilon0)))
    return made


def test_contracting_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moving both parts to the mean of their ratios is merging, and lowers the walk."""

    def halves(f: Fraction, g: Fraction, m: Fraction, high: Fraction, low: Fraction) -> Any:
        return [(f / 2 + high * 0, g, m), (f / 2 + low * 0, F(0), F(0))]

    monkeypatch.setattr(checks, "spread", halves)
    with pytest.raises(CheckFailedError):
        checks.spreading_never_lowers_a_walk(2)


def test_letters_off_their_totals_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laplace, "_step", lambda factor, pieces: (-factor.log() / (2 * pieces + 1)).exp())
    with pytest.raises(CheckFailedError):
        checks.code_spreads_laplace_noise()
