"""Fitted exponents: regressions that know what they should find, and the law's growth for few and many shufflers."""

import math

import numpy as np
import pytest

from proofs.summation import growth


def test_a_regression_finds_its_exponent() -> None:
    users = np.logspace(3, 9, 49)
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        errors = 3 * users**0.2 * np.exp(rng.normal(0, 0.01, 49))
        held += growth.fitted(users, errors).holds(0.2)
    assert 360 <= held <= 396  # 380 in the mean; outside with a chance of about 1e-4


def test_an_interval_need_not_hold() -> None:
    users = np.logspace(3, 9, 49)
    errors = users**0.2 * (1 + 3 * users**-0.2)
    assert not growth.fitted(users, errors).holds(0.2)
    assert growth.fitted(users, errors, corrections=growth.corrections(users, 4)[:1]).exponent < 0.2


def test_corrections_are_taken_off() -> None:
    users = np.logspace(3, 9, 49)
    z = users ** (-2 / 5)
    errors = users**0.2 * np.exp(-1.7 * z + 3 * z**2)
    found = growth.fitted(users, errors, corrections=growth.corrections(users, 2))
    assert found.exponent == pytest.approx(0.2, abs=1e-9)


def test_weights_count() -> None:
    users, errors = [1e3, 1e4, 1e5, 1e6], [1.0, 10.0, 100.0, 5.0]
    assert growth.fitted(users, errors, weights=[1, 1, 1, 1e-9]).exponent == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("free", [8, 20, 45])
def test_quantiles_of_student(free: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    assert growth._student(free) == pytest.approx(stats.t.ppf(0.975, free), rel=2e-3)


def test_one_shuffler_grows_as_it_should() -> None:
    found = growth.growth(1)
    assert found.agrees
    assert found.corrected.half_width < 0.001
    assert found.local_rms[-1] == pytest.approx(1 / 3, abs=1e-3)
    assert found.local_maximum[-1] == pytest.approx(1 / 3, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("shufflers", [2, 3, 4, 5])
def test_more_shufflers_grow_as_they_should(shufflers: int) -> None:
    found = growth.growth(shufflers)
    assert found.agrees
    assert found.corrected.half_width < 0.002
    assert found.plain.exponent > found.expected + 0.003, "finite sizes show"
    assert found.local_rms[-1] == pytest.approx(found.expected, abs=0.002)
    assert all(a > b - 0.01 for a, b in zip(found.local_rms, found.local_rms[1:], strict=False))


def test_runs_follow_the_law() -> None:
    found = growth.observed(1, most=10**4)
    assert found.users == (1000, 3162, 10000)
    assert all(0.6 < share < 1.5 for share in found.shares)
    assert math.isfinite(found.plain.exponent)


def test_the_command_prints_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert growth.main(["--shufflers", "1", "--runs-to", "10000"]) == 0
    out = capsys.readouterr().out
    assert "| 1 | 0.3333 | 0.333" in out
    assert "Runs to 10000 users" in out


def test_the_command_tells_what_does_not_agree(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth.Growth, "expected", 0.25)
    assert growth.main(["--shufflers", "1", "--runs-to", "0"]) == 1
    assert "| no |" in capsys.readouterr().out
