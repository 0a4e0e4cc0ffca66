"""The checks of reductions go through their cases, and fail where a bound is too small."""

from fractions import Fraction

import pytest

from proofs.checks import literature
from proofs.checks.check import CHECKS, CheckFailedError
from proofs.reference import bounds

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("check", [literature.best_clones, literature.best_blanket])
def test_all_cases_agree(check: object) -> None:
    assert callable(check)
    assert check(2, 2, 6) > 50


@pytest.mark.parametrize(
    ("check", "formula"),
    [(literature.best_clones, "variation_ratio_delta"), (literature.best_blanket, "blanket_walk")],
)
def test_a_bound_that_is_too_small_is_found(
    check: object, formula: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(check)
    right = getattr(bounds, formula)

    def too_small(*arguments: object) -> Fraction:
        return Fraction(right(*arguments)) * Fraction(99, 100)

    monkeypatch.setattr(bounds, formula, too_small)
    with pytest.raises(CheckFailedError, match="lost"):
        check(2, 2, 6)


def test_both_claims_have_checks() -> None:
    found = {
        (check.claim, check.deep) for check in CHECKS if check.function.__module__ == literature.__name__
    }
    assert found == {("local-blanket", False), ("local-blanket", True), ("blanket-reduction", False)}
