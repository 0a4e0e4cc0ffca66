"""The checks of the counter's claims pass, and fail when an error is planted."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from accounting.counter import Source
from accounting.counter.law import ErrorLaw
from accounting.counter.roles import Client, Shuffler
from accounting.numerics.ball import arb
from proofs.checks import counter as module
from proofs.checks.check import CheckFailedError
from proofs.checks.counter import (
    code_loses_what_is_certified,
    errors_over_all_noise,
    lost_messages_lose_no_more,
    reactions_lose_no_more,
    steps_by_convolution,
)
from proofs.exhaustive.counter import Limits

Plant = Callable[[pytest.MonkeyPatch], None]


def biased(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Source,
        "bernoulli",
        lambda self, p: int(self.below(1024 * p.denominator) < 1024 * p.numerator + p.denominator),
    )


def one_bit_less(patch: pytest.MonkeyPatch) -> None:
    whole = Client.messages
    patch.setattr(Client, "messages", lambda self, value: whole(self, value)[:-1])


def small_limits(patch: pytest.MonkeyPatch) -> None:
    whole = Limits.allows
    patch.setattr(Limits, "allows", lambda self, loss, alpha: whole(self, loss * Fraction(1001, 1000), alpha))


def early(patch: pytest.MonkeyPatch) -> None:
    whole = Shuffler.__init__

    def init(self: Shuffler, level: int, fewest: int, source: Source) -> None:
        whole(self, level, fewest - 1, source)

    patch.setattr(Shuffler, "__init__", init)


@pytest.mark.parametrize("plant", [biased, one_bit_less, small_limits, early])
@pytest.mark.parametrize("name", ["k=1, 2 users", "k=2, 2 and 4 users"])
def test_code_that_loses_other_is_seen(plant: Plant, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(CheckFailedError, match="pairs lose other"):
        code_loses_what_is_certified(name)


@pytest.mark.parametrize("plant", [one_bit_less, early])
def test_reactions_that_lose_more_are_seen(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(CheckFailedError):
        reactions_lose_no_more("waits after many ones", 4)
    with pytest.raises(CheckFailedError):
        lost_messages_lose_no_more(4)


@pytest.mark.parametrize("estimator", ["plain", "least-squares"])
def test_a_smaller_moment_generating_function_is_seen(
    estimator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ErrorLaw._cumulant
    monkeypatch.setattr(ErrorLaw, "_cumulant", lambda self, place, s: whole(self, place, s) * arb("0.25"))
    with pytest.raises(CheckFailedError, match="exceeded with probability"):
        errors_over_all_noise("two levels", estimator)
    with pytest.raises(CheckFailedError, match="noise above"):
        steps_by_convolution(30, 60)


@pytest.mark.parametrize("estimator", ["plain", "least-squares"])
def test_another_variance_is_seen(estimator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ErrorLaw.variance
    monkeypatch.setattr(ErrorLaw, "variance", lambda self, step: 1.0001 * whole(self, step))
    with pytest.raises(CheckFailedError, match="variance"):
        errors_over_all_noise("two levels", estimator)


def test_a_bound_that_forgets_hidden_users_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ErrorLaw, "hidden", lambda *_: 0)
    with pytest.raises(CheckFailedError, match="is exceeded"):
        errors_over_all_noise("one level", "plain")


def test_all_quick_checks_go_through_cases() -> None:
    assert code_loses_what_is_certified("k=1, 2 users") == 640
    assert all(errors_over_all_noise(name, "plain") > 0 for name in module._ERROR_PLANS)
    assert steps_by_convolution(1, 10) == 36
