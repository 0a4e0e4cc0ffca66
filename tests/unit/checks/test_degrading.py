"""The checks of smaller epsilon0 pass, and fail where an error is planted."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import accounting as csa
from accounting.pairs.of_randomizer import pairs_of
from accounting.randomizers.intervals import PiecewisePoints
from accounting.randomizers.laplace import LaplacePoints
from accounting.randomizers.two_level import TwoLevelKernel
from accounting.randomizers.unary_vectors import OptimizedUnary
from proofs.checks import degrading as checks
from tests.unit.checks.planting import assert_fails, planted

F = Fraction


@pytest.mark.slow
@pytest.mark.parametrize("family", ["levels", "bits", "noise"])
def test_matrices_degrade(family: str) -> None:
    assert checks.code_degrades(family) > 0


def test_the_bound_degrades() -> None:
    assert checks.piecewise_bound_degrades() > 0


@pytest.mark.slow
def test_the_identities_pass() -> None:
    assert checks.levels_bits_and_noise_degrade() > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("(s * u + 1 - s)", "(s * u + 1)"),
        ("1 / (u + 1)", "1 / (u + 2)"),
        ("c**2 / d**2", "c / d"),
        ("2 * u * x", "u * x"),
        ("(w - v) / ((v", "(w - v) / (2 * (v"),
    ],
)
def test_a_false_identity_fails(term: str, instead: str) -> None:
    assert_fails(planted(checks.levels_bits_and_noise_degrade, term, instead))


def _sets_that_move(kernel: TwoLevelKernel) -> Any:
    """Rotate messages where epsilon0 is small: the sets are not the same for every epsilon0."""
    rows = _CHANNEL(kernel)
    assert rows is not None
    assert kernel.factor.rational is not None
    shift = int(kernel.factor.rational < 2)
    return tuple(row[shift:] + row[:shift] for row in rows)


_CHANNEL, _BITS = TwoLevelKernel.channel, OptimizedUnary.bits


def _clamped_alike(kernel: csa.TruncatedGeometric) -> Any:
    """Without clamping mass at the ends: all lies are as likely."""
    assert kernel.step.rational is not None
    truth = kernel.step.rational / (kernel.step.rational + kernel.levels)
    lie = (1 - truth) / kernel.levels
    return tuple(tuple(truth if x == y else lie for y in range(kernel.inputs)) for x in range(kernel.inputs))


@pytest.mark.parametrize(
    ("family", "owner", "name", "instead"),
    [
        ("levels", TwoLevelKernel, "channel", _sets_that_move),
        ("bits", OptimizedUnary, "bits", lambda self: (F(2, 3), (_BITS(self) or (F(0), F(0)))[1])),
        ("noise", csa.TruncatedGeometric, "channel", _clamped_alike),
        (
            "noise",
            LaplacePoints,
            "ball_channel",
            lambda _: csa.KaryRandomizedResponse(14, "1").ball_channel(),
        ),
    ],
)
def test_another_matrix_fails(
    monkeypatch: pytest.MonkeyPatch, family: str, owner: type, name: str, instead: Callable[[Any], Any]
) -> None:
    monkeypatch.setattr(owner, name, instead)
    assert_fails(checks.code_degrades, family)


@pytest.mark.parametrize(
    ("check", "unit", "name", "term", "instead"),
    [
        (checks.code_degrades, ("noise",), "_more_geometric", "(1 - q * r)", "(1 - r)"),
        (checks.piecewise_bound_degrades, (), "_more_piecewise", "kept, wanted = 2 * d", "kept, wanted = d"),
    ],
)
def test_another_channel_fails(
    monkeypatch: pytest.MonkeyPatch, check: Any, unit: tuple[str, ...], name: str, term: str, instead: str
) -> None:
    monkeypatch.setattr(checks, name, planted(getattr(checks, name), term, instead))
    assert_fails(check, *unit)


def test_another_law_of_the_ends_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = PiecewisePoints.blanket_letters
    monkeypatch.setattr(PiecewisePoints, "blanket_letters", lambda self, pair: letters(self, pair)[1:])
    assert_fails(checks.piecewise_bound_degrades)


def test_bounds_that_fall_in_epsilon0_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def reversed_(randomizer: csa.PiecewiseMean, users: int) -> Any:
        root = randomizer.root.rational
        assert root is not None
        return pairs_of(csa.PiecewiseMean(keep=(1 + 1 / root) / 2), users)

    monkeypatch.setattr(checks, "pairs_of", reversed_)
    assert_fails(checks.piecewise_bound_degrades)
