"""Errors planted in counting, in polynomials over alpha and in the lattice contour are found."""

from typing import Any

import pytest
from flint import arb

from accounting.numerics import counting, lattice, pieces, walk
from proofs.checks import lattice as lattice_checks
from proofs.checks import roads as checks
from tests.unit.checks.planting import assert_fails, planted


def test_dropped_windows_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = planted(counting.counting_positive_part, "found + lost / 2 + arb(0, 1) * (lost / 2)", "found")
    monkeypatch.setattr(counting, "counting_positive_part", changed)
    assert_fails(checks.drawn_walks_in_small_windows)


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("arb(0, 1) * arb(1.01 *", "arb(0, 1) * arb(0.0 *"),
        ("drop * moment[row, upto]", "1.01 * drop * moment[row, upto]"),
    ],
)
def test_dropped_roundings_and_wrong_sums_fail(
    monkeypatch: pytest.MonkeyPatch, term: str, instead: str
) -> None:
    monkeypatch.setattr(
        counting, "counting_positive_part", planted(counting.counting_positive_part, term, instead)
    )
    assert_fails(checks.counted_walks, 2, 9, 6)


def test_a_wrong_reflection_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        walk, "_of_step", planted(walk._of_step, "n * mean + _of_step_below", "mean + _of_step_below")
    )
    assert_fails(checks.chosen_roads)


def test_half_of_what_is_left_out_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        counting,
        "_left_out",
        planted(counting._left_out, "(c * arb(1).exp()) * outside", "(20 * c) * outside"),
    )
    assert_fails(checks.windows_leave_out)


@pytest.mark.parametrize(
    ("term", "instead"), [("d**2) / (2", "d**2) / (1"), ("exp(z - 1) - z  #", "exp(z) - z  #")]
)
def test_a_false_inequality_fails(term: str, instead: str) -> None:
    assert_fails(planted(checks.inequalities_behind_the_windows, term, instead))


@pytest.mark.parametrize(
    ("term", "instead"),
    [
        ("[-loss]", "[loss]"),
        ("_lowered(_added(corrected, [-loss]))", "_lowered(_added(values, [-error]))"),
        ("[error]", "[-loss - error]"),
    ],
)
def test_a_piece_without_a_term_fails(monkeypatch: pytest.MonkeyPatch, term: str, instead: str) -> None:
    monkeypatch.setattr(pieces, "walk_piece", planted(pieces.walk_piece, term, instead))
    assert_fails(checks.polynomials_enclose_walks)


def test_chords_that_dip_half_as_far_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces.Piece, "dips", planted(pieces.Piece.dips, "** 2 / 8", "** 2 / 16"))
    assert_fails(checks.chords_less_polynomials)


def test_dropped_aliases_of_the_lattice_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: Any, y: arb, least: int, most: int) -> arb:  # noqa: ARG001
        return arb(0)

    monkeypatch.setattr(lattice.LatticeContour, "error", none)
    assert_fails(lattice_checks.brackets_of_two_binomials, 6)


def test_dropped_nodes_of_the_lattice_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = planted(lattice.LatticeContour.error, "aliases + height * self._left_out", "aliases")
    monkeypatch.setattr(lattice.LatticeContour, "error", changed)
    assert_fails(lattice_checks.brackets_of_two_binomials, 11)


def test_a_wrong_sum_over_nodes_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lattice, "combined", lambda state, kernel: arb("1.0001") * _COMBINED(state, kernel))
    assert_fails(lattice_checks.lattice_sum_is_an_alias_sum)


_COMBINED = lattice.combined


@pytest.mark.slow
def test_they_pass() -> None:
    assert checks.drawn_walks_in_small_windows(60) > 0
    assert checks.counted_walks(3, 6, 4) > 100
    assert checks.chosen_roads() > 0
    assert checks.windows_leave_out() > 0
    assert checks.inequalities_behind_the_windows() > 0
    assert lattice_checks.brackets_of_two_binomials(6) > 100
    assert lattice_checks.lattice_sum_is_an_alias_sum() > 0
