"""What calibrations answer: certified ends, the cases without an answer, and what is refused."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

import accounting as csa
from accounting.calibration import Outcome, Quantity, solve_epsilon0, solve_users
from accounting.model import Budget, Deployment, NamedShuffle

COIN = csa.BinaryRandomizedResponse(epsilon0="1")
BETRAYING = csa.FiniteRandomizer([["1/2", "1/2", 0], [0, "1/2", "1/2"]])


def deployed(*shuffles: csa.Shuffle, epsilon: str, delta: str) -> Deployment:
    named = [NamedShuffle(f"s{i}", shuffle) for i, shuffle in enumerate(shuffles)]
    return Deployment(named, budget=Budget(epsilon=epsilon, delta=delta))


@pytest.mark.parametrize(
    ("randomizer", "epsilon", "delta"),
    [
        (COIN, "0.5", "1e-6"),
        (csa.BinomialCount(1, 8, "1/2"), "0.1", "1e-6"),
        (csa.BinomialCount(1, 1, "1/1000"), "0.01", "1e-9"),
        (csa.BinaryRandomizedResponse("4"), "0.1", "1e-6"),
    ],
)
def test_exact_mechanisms_leave_no_gap(randomizer: csa.Randomizer, epsilon: str, delta: str) -> None:
    found = csa.smallest_batch(randomizer, epsilon=epsilon, delta=delta)
    assert isinstance(found.safe, int)
    assert found.unsafe == found.safe - 1
    assert found.is_adjacent
    assert found.outcome is Outcome.DECIDED
    assert csa.Shuffle(randomizer, users=found.safe).delta(epsilon=epsilon).upper <= Fraction(delta)
    assert csa.Shuffle(randomizer, users=found.unsafe).delta(epsilon=epsilon).lower > Fraction(delta)
    assert "monotone-users" in found.claims


def test_bounds_leave_a_small_gap() -> None:
    found = csa.smallest_batch(csa.PureLocal("4"), epsilon="0.01", delta="1e-9")
    assert isinstance(found.safe, int)
    assert isinstance(found.unsafe, int)
    assert found.outcome is Outcome.GAP
    assert found.unsafe < found.safe < 1.03 * found.unsafe
    before = csa.Shuffle(csa.PureLocal("4"), users=found.safe * (10**6 - 1) // 10**6)
    assert before.delta(epsilon="0.01").upper > Fraction("1e-9"), "much fewer users are not certified"


def test_two_users_may_be_enough() -> None:
    found = csa.smallest_batch(COIN, epsilon=1, delta="1e-9")
    assert (found.safe, found.unsafe, found.outcome) == (2, None, Outcome.DECIDED)


@pytest.mark.parametrize(("randomizer", "delta"), [(BETRAYING, "1e-6"), (COIN, "0")])
def test_no_batch_is_safe(randomizer: csa.Randomizer, delta: str) -> None:
    """A message that betrays its sender costs at every size; so does any local loss at delta = 0."""
    found = csa.smallest_batch(randomizer, epsilon="0.9", delta=delta)
    assert (found.safe, found.unsafe, found.outcome) == (None, 10**18, Outcome.IMPOSSIBLE)
    assert found.sentence().startswith("No safe value")


def test_a_delta_below_all_floats() -> None:
    found = csa.smallest_batch(csa.BinomialCount(1, 8, "1/2"), epsilon="0.5", delta="1e-400")
    assert isinstance(found.safe, int)
    assert found.unsafe == found.safe - 1
    assert found.as_dict()["budget"]["delta"] > 0


@pytest.mark.parametrize(
    ("kind", "others"),
    [("pure-local", {}), (csa.KaryRandomizedResponse, {"values": 16}), ("binary-randomized-response", {})],
)
def test_largest_epsilon0(kind: str, others: dict[str, int]) -> None:
    found = csa.largest_epsilon0(kind, users=500, epsilon="0.5", delta="1e-6", **others)
    assert isinstance(found.safe, Fraction)
    assert isinstance(found.unsafe, Fraction)
    build = {"pure-local": csa.PureLocal, "binary-randomized-response": csa.BinaryRandomizedResponse}.get(
        kind, lambda value: csa.KaryRandomizedResponse(16, value)
    )
    assert csa.Shuffle(build(found.safe), users=500).delta(epsilon="0.5").upper <= Fraction("1e-6")
    assert csa.Shuffle(build(found.unsafe), users=500).delta(epsilon="0.5").lower > Fraction("1e-6")
    assert found.safe < found.unsafe < Fraction("1.15") * found.safe
    assert (found.safe * 10**4).denominator == 1
    assert "monotone-epsilon0" in found.claims


def test_at_delta_zero_epsilon0_is_epsilon() -> None:
    found = csa.largest_epsilon0("pure-local", users=500, epsilon="0.75", delta=0)
    assert (found.safe, found.unsafe) == (Fraction(3, 4), Fraction("0.75001"))


@pytest.mark.parametrize("kind", ["binomial-count", "finite", csa.FiniteRandomizer, csa.Randomizer])
def test_kinds_without_an_epsilon0_are_refused(kind: str) -> None:
    with pytest.raises(csa.NotCoveredError):
        csa.largest_epsilon0(kind, users=10, epsilon=1, delta="1e-6")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"kind": "pure-locl", "users": 10}, "kind"),
        ({"kind": "pure-local", "users": 1}, "users"),
        ({"kind": "pure-local", "users": 10, "values": 3}, "values"),
        ({"kind": "kary-randomized-response", "users": 10}, "values"),
        ({"kind": "pure-local", "users": 10, "epsilon": "nan"}, "epsilon"),
        ({"kind": "pure-local", "users": 10, "delta": 1}, "delta"),
        ({"kind": "pure-local", "users": 10, "keep": "0.9"}, "keep"),
    ],
)
def test_bad_parameters(asked: dict[str, object], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.largest_epsilon0(**({"epsilon": 1, "delta": "1e-6"} | asked))  # type: ignore[arg-type]
    assert caught.value.name == name


def test_a_randomizer_is_wanted() -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.smallest_batch("coin", epsilon=1, delta="1e-6")  # type: ignore[arg-type]
    assert caught.value.name == "randomizer"


def test_an_answer_checks_itself() -> None:
    """Neither a value without its evidence nor the wrong order of the two gets through."""
    found = csa.smallest_batch(COIN, epsilon="0.5", delta="1e-6")
    assert isinstance(found.safe, int)
    with pytest.raises(ArithmeticError):
        replace(found, bounds_at_safe=found.bounds_at_unsafe)
    with pytest.raises(ArithmeticError):
        replace(found, bounds_at_unsafe=found.bounds_at_safe)
    with pytest.raises(ArithmeticError):
        replace(found, unsafe=found.safe)
    with pytest.raises(csa.ParameterError):
        replace(found, safe=None)


def test_written_answers() -> None:
    found = csa.largest_epsilon0("pure-local", users=500, epsilon="0.5", delta="1e-6")
    content = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert Fraction(str(content["safe"])) == found.safe
    assert Fraction(str(content["unsafe"])) == found.unsafe
    assert content["at_safe"]["upper"] <= 1e-6 < content["at_unsafe"]["lower"]
    assert str(content["safe"]) in found.sentence()
    assert found.sentence().isascii()


def test_a_single_shuffler_of_a_file() -> None:
    deployment = deployed(csa.Shuffle(COIN, users=20), epsilon="0.5", delta="1e-6")
    direct = csa.smallest_batch(COIN, epsilon="0.5", delta="1e-6")
    found = solve_users(deployment)
    assert (found.safe, found.unsafe) == (direct.safe, direct.unsafe)
    named = solve_epsilon0(deployment, shuffler="s0")
    assert (
        named.safe
        == csa.largest_epsilon0("binary-randomized-response", users=20, epsilon="0.5", delta="1e-6").safe
    )


@pytest.mark.slow
@pytest.mark.parametrize("shuffler", [None, "s1"])
@pytest.mark.parametrize("quantity", ["users", "epsilon0"])
def test_several_shufflers(quantity: str, shuffler: str | None) -> None:
    first = csa.Shuffle(csa.KaryRandomizedResponse(8, "4"), users=20_000)
    second = csa.Shuffle(csa.PureLocal("2"), users=1_000)
    deployment = deployed(first, second, epsilon="0.7", delta="1e-6")
    found = (solve_users if quantity == "users" else solve_epsilon0)(deployment, shuffler=shuffler)
    assert found.safe is not None
    assert found.unsafe is not None
    assert (found.quantity in (Quantity.USERS, Quantity.EPSILON0)) == (shuffler is not None)

    def changed(value: int | Fraction) -> csa.ConcurrentShuffles:
        if quantity == "users":
            sizes = (20_000 * value, 1_000 * value) if shuffler is None else (20_000, value)
            return csa.ConcurrentShuffles(
                csa.Shuffle(shuffle.randomizer, users=-(-Fraction(size) // 1))
                for shuffle, size in zip((first, second), sizes, strict=True)
            )
        local = (4 * value, 2 * value) if shuffler is None else (Fraction(4), value)
        return csa.ConcurrentShuffles(
            [
                csa.Shuffle(csa.KaryRandomizedResponse(8, local[0]), users=20_000),
                csa.Shuffle(csa.PureLocal(local[1]), users=1_000),
            ]
        )

    assert changed(found.safe).delta(epsilon="0.7").upper <= Fraction("1e-6")
    assert changed(found.unsafe).delta(epsilon="0.7").lower > Fraction("1e-6")
    assert abs(found.safe / Fraction(found.unsafe) - 1) < Fraction(
        1, 5
    )  # that is the gap of PureLocal among so few


def test_several_shufflers_at_delta_zero() -> None:
    """Losses add: 4 + 2 times the factor is at most 3."""
    first = csa.Shuffle(csa.KaryRandomizedResponse(8, "4"), users=20_000)
    second = csa.Shuffle(csa.PureLocal("2"), users=1_000)
    found = solve_epsilon0(deployed(first, second, epsilon="3", delta="0"))
    assert (found.safe, found.unsafe) == (Fraction(1, 2), Fraction("0.5001"))


def test_deployments_that_cannot_be_solved() -> None:
    coin, kept = csa.Shuffle(COIN, users=20), csa.Shuffle(csa.BinaryRandomizedResponse(keep="3/4"), users=20)
    with pytest.raises(csa.ParameterError) as caught:
        solve_users(deployed(coin, kept, epsilon="1", delta="1e-6"), shuffler="s7")
    assert (caught.value.name, caught.value.value) == ("shuffler", "s7")
    with pytest.raises(csa.NotCoveredError, match="keep"):
        solve_epsilon0(deployed(coin, kept, epsilon="1", delta="1e-6"))
    count = csa.Shuffle(csa.BinomialCount(1, 8, "1/2"), users=20)
    with pytest.raises(csa.NotCoveredError, match="binomial-count"):
        solve_epsilon0(deployed(coin, count, epsilon="1", delta="1e-6"), shuffler="s1")
