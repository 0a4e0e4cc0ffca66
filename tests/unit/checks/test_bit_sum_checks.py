"""Checks of sums of unary encodings see what is planted."""

from __future__ import annotations

from typing import Any

import pytest

from accounting.pairs import bit_sums as bit_sums_module
from accounting.pairs.of_randomizer import releases_of
from accounting.pairs.sums_experiment import SumsExperiment
from proofs.checks import bit_sums
from proofs.checks.check import CheckFailedError
from tests.unit.checks.planting import planted

pytestmark = pytest.mark.proof


def test_small_units_hold() -> None:
    assert bit_sums.sums_are_two_counts(3, 2) == 72


@pytest.mark.parametrize(
    ("term", "instead"),
    [("others.count(new))", "users - 1 - others.count(new))"), (".swapped]", "]")],
)
def test_the_other_sum_is_no_mirror_of_the_first(
    term: str, instead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bit_sums, "_sums", planted(bit_sums._sums, term, instead))
    with pytest.raises(CheckFailedError, match="not two counts"):
        bit_sums.sums_are_two_counts(3, 3)


def test_exchanged_bounds_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bit_sums, "releases_of", lambda *given: releases_of(*given)[::-1])
    with pytest.raises(CheckFailedError, match="one sum loses"):
        bit_sums.code_goes_through_all_bit_sums(2, 2)


def test_a_blanket_of_too_much_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference of p in place of q: more cover than there is."""
    right = bit_sums_module._letters

    def wrong(randomizer: Any, one_in: Any, others: Any) -> Any:
        return right(randomizer, one_in, "ones" if others == "blanket" else others)

    monkeypatch.setattr(bit_sums_module, "_letters", wrong)
    with pytest.raises(
        (CheckFailedError, ArithmeticError)
    ):  # an upper end below a data set, or below a lower end
        bit_sums.code_goes_through_all_bit_sums(2, 2)


@pytest.mark.slow
def test_forgotten_data_sets_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    right = SumsExperiment.comparisons
    monkeypatch.setattr(
        SumsExperiment, "comparisons", lambda self: (each for each in right(self) if 2 in each.others)
    )
    with pytest.raises(CheckFailedError, match="enumeration says"):
        bit_sums.code_goes_through_all_bit_sums(3, 3)
