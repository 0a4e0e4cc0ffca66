"""From a budget to a Renyi divergence and back."""

import math
from fractions import Fraction

import pytest

import accounting as csa
from accounting.ledger import RenyiBudget, budget_order
from accounting.ledger.units import LARGEST_UNITS, nats, units_at_least, units_at_most

UNIT = Fraction(1, 1 << 52)
BUDGETS = [
    ("1", "1e-8", None),
    ("0.1", "1e-6", "200"),
    ("3", "1e-5", "6"),
    ("300", "1e-300", None),
    ("0", "0.1", None),
]


@pytest.mark.parametrize(("epsilon", "delta", "order"), BUDGETS)
def test_the_limit_is_the_last_unit_within_the_budget(epsilon: str, delta: str, order: str | None) -> None:
    budget = RenyiBudget(epsilon=epsilon, delta=delta, order=order)
    assert budget.epsilon_of(budget.limit) <= budget.epsilon
    assert budget.epsilon_of(budget.limit + 1) > budget.epsilon


@pytest.mark.parametrize("order", ["1.5", "2", "10", "64"])
def test_conversion_is_sound_and_close_for_the_pair_that_attains_it(order: str) -> None:
    """P loses l with mass m, and gains much elsewhere: at the order's own delta the conversion is nearly an equality."""
    a, m, loss = Fraction(order), 1 - Fraction(1, 10**9), 3.0
    delta = m / a
    p = (float(m), 1 - float(m))
    q = (float(m) * math.exp(-loss), 1 - float(m) * math.exp(-loss))
    moment = sum(x ** float(a) * y ** (1 - float(a)) for x, y in zip(p, q, strict=True))
    spent = units_at_least(Fraction(math.log(moment) / (float(a) - 1) * (1 + 1e-12)))
    budget = RenyiBudget(epsilon=300, delta=delta, order=a)

    def hockey_stick(epsilon: float) -> float:
        return sum(max(0.0, x - math.exp(epsilon) * y) for x, y in zip(p, q, strict=True))

    found = float(budget.epsilon_of(spent))
    assert hockey_stick(found + 1e-9) <= delta
    assert hockey_stick(found - 1e-3) > delta


def test_nothing_released_costs_nothing() -> None:
    assert RenyiBudget(epsilon="1", delta="1e-8").epsilon_of(0) == 0


def test_epsilon_falls_with_delta_and_rises_with_what_was_spent() -> None:
    budget = RenyiBudget(epsilon="1", delta="1e-8")
    tight, loose = budget.epsilon_of(1000, delta="1e-12"), budget.epsilon_of(1000, delta="1e-4")
    assert loose < budget.epsilon_of(1000) < tight
    assert budget.epsilon_of(1001) - budget.epsilon_of(1000) == pytest.approx(UNIT, rel=1e-6)


@pytest.mark.parametrize(("epsilon", "delta"), [("1", "1e-8"), ("0.01", "1e-10"), ("10", "1e-3")])
def test_the_budget_order_beats_its_neighbours(epsilon: str, delta: str) -> None:
    order = budget_order(epsilon=epsilon, delta=delta)

    def batches(candidate: Fraction) -> Fraction:
        return RenyiBudget(epsilon=epsilon, delta=delta, order=candidate).limit / candidate

    assert batches(order) >= max(batches(order * Fraction(5, 4)), batches(1 + (order - 1) * Fraction(4, 5)))


@pytest.mark.parametrize(
    "value", [Fraction(1, 3), Fraction(10**6, 7), Fraction(5), Fraction(1, 10**30), Fraction(0)]
)
def test_units_round_to_their_side(value: Fraction) -> None:
    above, below = units_at_least(value), units_at_most(value)
    assert nats(below) <= value <= nats(above)
    assert above - below <= 1
    assert nats(above) - value < UNIT


def test_large_limits_leave_room_for_a_sum() -> None:
    assert 2 * LARGEST_UNITS < 2**63
    assert RenyiBudget(epsilon=300, delta="0.999999", order="1.000001").limit <= LARGEST_UNITS


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("delta", {"epsilon": "1", "delta": 0}),
        ("delta", {"epsilon": "1", "delta": 1}),
        ("epsilon", {"epsilon": "-1", "delta": "0.1"}),
        ("epsilon", {"epsilon": 0, "delta": "1e-30"}),
        ("order", {"epsilon": "1", "delta": "1e-8", "order": 1}),
        ("order", {"epsilon": "1", "delta": "1e-8", "order": "1.5"}),
    ],
)
def test_bad_budgets(name: str, values: dict[str, str]) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        RenyiBudget(**values)
    assert caught.value.name == name


@pytest.mark.parametrize("bits", [16, 24, 40])
def test_few_bits_make_the_answers_worse_but_never_wrong(monkeypatch: pytest.MonkeyPatch, bits: int) -> None:
    budget = RenyiBudget(epsilon="1", delta="1e-8", order="31.2")
    limit, epsilon = budget.limit, budget.epsilon_of(10**15)
    monkeypatch.setattr("accounting.ledger.budget._BITS", bits)
    assert budget.limit < limit
    assert budget.epsilon_of(10**15) > epsilon
