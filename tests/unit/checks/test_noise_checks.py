"""Checks of counts with shared noise see what is planted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from accounting.numerics import noise as laws
from accounting.numerics import noise_table
from accounting.numerics.factor import Factor
from accounting.pairs import noise_pair
from accounting.pairs.noise_pair import NoisePair
from accounting.pairs.of_randomizer import pairs_of
from proofs.checks import noise
from proofs.checks.check import CheckFailedError

pytestmark = pytest.mark.proof


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What is planted must not meet what was remembered, nor stay."""
    caches = (laws._kept_nodes, noise_pair._tails_at, noise_table.noise_table)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def test_small_units_hold() -> None:
    assert noise.largest_shift_is_worst(1, 2, 1) == 196
    assert noise.code_knows_the_shifted_noise(1, 2) == 203


def test_a_smaller_shift_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = noise.worst_shift
    monkeypatch.setattr(noise, "worst_shift", lambda given, levels, alpha: right(given, levels - 1, alpha))
    with pytest.raises(CheckFailedError, match="is above"):
        noise.largest_shift_is_worst(2, 2, 1)


def test_a_statement_of_one_order_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = noise.by_threshold

    monkeypatch.setattr(noise, "by_threshold", lambda *given, **_: right(*given, order="rising"))
    with pytest.raises(CheckFailedError):
        noise.largest_shift_is_worst(1, 2, 1)


@pytest.mark.parametrize("kept", [slice(0, 1), slice(1, 2)])
def test_a_forgotten_order_fails(monkeypatch: pytest.MonkeyPatch, kept: slice) -> None:
    monkeypatch.setattr(
        noise, "pairs_of", lambda *given: replace(found := pairs_of(*given), upper=found.upper[kept])
    )
    with pytest.raises(CheckFailedError):
        noise.code_knows_the_shifted_noise(1, 2)


@pytest.mark.parametrize("order", ["_rising", "_falling", "_rising_below_one_share"])
def test_another_factor_fails(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    right = getattr(NoisePair, order)

    def wrong(pair: NoisePair, alpha: Factor) -> Any:
        return right(pair, Factor.of(Fraction(101, 100) * (alpha.rational or 1)))

    monkeypatch.setattr(NoisePair, order, wrong)
    with pytest.raises(CheckFailedError):
        noise.code_knows_the_shifted_noise(1, 2)


def test_the_wrong_side_of_the_threshold_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ratio compared the other way round."""
    right = NoisePair._sign
    monkeypatch.setattr(NoisePair, "_sign", lambda pair, alpha, t: right(pair, alpha.inverse(), t))
    with pytest.raises(CheckFailedError):
        noise.code_knows_the_shifted_noise(2, 3)


def test_a_floor_of_too_few_counts_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = NoisePair.floor
    monkeypatch.setattr(NoisePair, "floor", lambda pair: right(replace(pair, shift=max(1, pair.shift - 1))))
    with pytest.raises(CheckFailedError, match="floor"):
        noise.code_knows_the_shifted_noise(2, 3)


@pytest.mark.parametrize(
    ("law", "name"),
    [(laws.Poisson, "fading"), (laws.NegativeBinomial, "fading"), (laws.NoiseLaw, "_log_transform")],
)
def test_what_is_left_out_of_a_tail_counts(monkeypatch: pytest.MonkeyPatch, law: Any, name: str) -> None:
    """Nodes declared to have faded where they have not, and aliases that are too small."""
    right = getattr(law, name)
    if name == "fading":
        monkeypatch.setattr(law, name, lambda self, tilt, angle: right(self, tilt, angle) ** 40)
    else:
        monkeypatch.setattr(law, name, lambda self, s: right(self, s) - 200)
        monkeypatch.setattr(laws, "_DEPTH", 4.0)
    with pytest.raises(CheckFailedError):
        noise.tails_are_those_of_other_roads()


def test_aliases_are_subtracted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few nodes balls become wide; without the aliases in them they would miss the tail."""
    monkeypatch.setattr(laws, "_DEPTH", 2.0)
    with pytest.raises(CheckFailedError):  # too wide, which the check does not forgive
        noise.tails_are_those_of_other_roads()
