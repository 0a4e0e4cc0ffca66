"""``prove`` exits with 1 on each of five planted errors, one for each kind of mathematics that numbers rest on."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from accounting.cli import main
from accounting.lower_bound import spread
from accounting.lower_bound.tight_window import unaligned_window
from accounting.numerics import contour
from accounting.numerics.ball import arb
from accounting.pairs import of_randomizer
from proofs.checks import binary, structure
from tests.unit.checks.planting import clones_pair_of_twice_the_mass

Plant = Callable[[pytest.MonkeyPatch], None]


def wrong_clones_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        of_randomizer, "clones_pair", clones_pair_of_twice_the_mass(of_randomizer.clones_pair)
    )


def reversed_unimodality(monkeypatch: pytest.MonkeyPatch) -> None:
    right = binary.brackets_of
    monkeypatch.setattr(
        binary, "brackets_of", lambda *given: [[-value for value in row] for row in right(*given)]
    )


def dropped_tail_term(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contour, "beyond_last", lambda _: arb(0))


def smaller_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "unaligned_window", lambda **given: unaligned_window(**given) - 1)


def wrong_sign_of_c(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spread.steepest_posteriors

    def wrong(weights: tuple[int, ...], factor: Fraction) -> list[list[arb]]:
        return right(weights, -factor)

    monkeypatch.setattr(spread, "steepest_posteriors", wrong)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("claim", "plant"),
    [
        ("clones-reduction", wrong_clones_constant),
        ("binary-unimodal", reversed_unimodality),
        ("contour-tail", dropped_tail_term),
        ("tight-windows", smaller_window),
        ("posterior-spread", wrong_sign_of_c),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_planted_error_fails_its_claim(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, claim: str, plant: Plant
) -> None:
    plant(monkeypatch)
    code = main(["prove", claim, "--jobs", "1"])
    out, _ = capfd.readouterr()
    assert code == 1
    assert f"Contradicted: {claim}." in out
