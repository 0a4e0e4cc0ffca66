"""The checks of Gaussian noise pass, and fail where an error is planted."""

from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting.numerics.ball import normal_cdf
from accounting.randomizers import gaussian
from proofs.checks import gaussian_noise as checks
from proofs.checks.check import CheckFailedError

F = Fraction


def test_they_pass() -> None:
    assert checks.ends_spread_most() > 0
    assert checks.clipping_never_lowers_a_bound(2) > 0
    assert checks.code_clips_gaussian_noise() > 0


@pytest.mark.slow
def test_the_longer_one_passes() -> None:
    assert checks.code_bounds_gaussian_noise("1/2") > 0


def test_an_end_that_spreads_less_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    excess = checks.excess

    def inner(context: Any, x: Any, shift: Any, log_c: Any) -> Any:
        return excess(context, context.mpf("0.2") if x == 0 else x, shift, log_c)

    monkeypatch.setattr(checks, "excess", inner)
    with pytest.raises(CheckFailedError):
        checks.ends_spread_most()


@pytest.mark.slow
def test_less_noise_than_declared_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = csa.GaussianNoise
    monkeypatch.setattr(csa, "GaussianNoise", lambda _sigma: declared("3/4"))
    with pytest.raises(CheckFailedError):
        checks.code_bounds_gaussian_noise("1/2")


def test_forgetting_what_is_given_away_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    clip = checks.clip
    monkeypatch.setattr(checks, "clip", lambda *masses: (clip(*masses)[0], F(0)))
    with pytest.raises(CheckFailedError):
        checks.clipping_never_lowers_a_bound(2)


def test_letters_off_their_totals_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    below = normal_cdf
    monkeypatch.setattr(gaussian, "normal_cdf", lambda place: below(place + place / 1000))
    with pytest.raises(CheckFailedError):
        checks.code_clips_gaussian_noise()
