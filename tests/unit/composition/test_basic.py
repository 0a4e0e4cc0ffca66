"""Basic composition: any split is sound, equal parts are computed once, one part stays what it is."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounting as csa
from accounting.composition import total
from accounting.curves.bounds import Bounds


@dataclass(frozen=True)
class Gaussian:
    """Stands in for a shuffle: delta = exp(-epsilon^2 / (2 spread^2)), and notes what it was asked."""

    spread: float
    asked: list[tuple[str, Fraction]]

    def __hash__(self) -> int:
        return hash(self.spread)

    def delta(self, *, epsilon: Any, relative_width: str = "1e-6") -> Bounds:
        assert relative_width
        self.asked.append(("epsilon", Fraction(epsilon)))
        value = math.exp(-((float(epsilon) / self.spread) ** 2) / 2) if epsilon > 0 else 1.0
        return Bounds(lower=value / 2, upper=value, upper_claims=("blanket-reduction",))

    def epsilon(self, *, delta: Any, relative_width: str = "1e-6") -> Bounds:
        assert relative_width
        self.asked.append(("delta", Fraction(delta)))
        value = self.spread * math.sqrt(-2 * math.log(delta)) if delta else math.inf
        return Bounds(lower=value / 2, upper=value, upper_claims=("certified-inverse",))


def composed(*spreads: float) -> tuple[Any, list[tuple[str, Fraction]]]:
    asked: list[tuple[str, Fraction]] = []
    return total(cast("list[csa.Shuffle]", [Gaussian(spread, asked) for spread in spreads])), asked


spreads = st.lists(st.sampled_from([0.01, 0.05, 0.1, 0.2]), min_size=2, max_size=6)


def test_nothing_is_refused() -> None:
    with pytest.raises(csa.ParameterError):
        total([])


def test_one_shuffle_keeps_its_bounds() -> None:
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0=1), users=50)
    assert total([shuffle]).delta(epsilon="0.5") == shuffle.delta(epsilon="0.5")
    assert total([shuffle]).epsilon(delta="1e-3") == shuffle.epsilon(delta="1e-3")


def test_equal_shuffles_share_alike() -> None:
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0=1), users=50)
    together = total([shuffle] * 4)
    part = shuffle.delta(epsilon="0.5")
    bounds = together.delta(epsilon="2")
    assert Fraction(part.upper) * 4 <= Fraction(bounds.upper) <= Fraction(math.nextafter(part.upper * 4, 2))
    assert bounds.lower == shuffle.delta(epsilon="2").lower
    assert bounds.upper_claims == (*part.upper_claims, "basic-composition")


@given(spreads, st.sampled_from(["0.1", "0.5", "1", "3"]))
def test_epsilon_is_split(parts: list[float], epsilon: str) -> None:
    together, asked = composed(*parts)
    bounds = together.delta(epsilon=epsilon)
    distinct = dict.fromkeys(parts)
    spent = [value for _, value in asked[-len(distinct) :]]
    assert sum(value * parts.count(part) for part, value in zip(distinct, spent, strict=True)) <= Fraction(
        epsilon
    )
    equal = sum(math.exp(-((float(epsilon) / len(parts) / part) ** 2) / 2) for part in parts)
    assert bounds.upper <= min(1, 1.1 * equal), "hardly ever worse than the equal split"
    assert "basic-composition" in bounds.upper_claims


@given(spreads, st.sampled_from(["1e-30", "1e-9", "0.01", "0.9"]))
def test_delta_is_split(parts: list[float], delta: str) -> None:
    together, asked = composed(*parts)
    bounds = together.epsilon(delta=delta)
    distinct = dict.fromkeys(parts)
    rounds = [asked[i : i + len(distinct)] for i in range(0, len(asked), len(distinct))]
    for spent in rounds[1:]:  # the first round asks each part alone
        shares = zip(distinct, spent, strict=True)
        assert sum(value * parts.count(part) for part, (_, value) in shares) <= Fraction(delta)
    equal = sum(part * math.sqrt(-2 * math.log(float(delta) / len(parts))) for part in parts)
    assert bounds.upper <= equal * (1 + 1e-12), "at least as good as the equal split"


def test_a_good_split_beats_the_equal_one() -> None:
    together, _ = composed(0.01, 0.2)
    assert together.delta(epsilon="1").upper < math.exp(-((0.5 / 0.2) ** 2) / 2) / 1000


def test_delta_never_passes_one() -> None:
    together, _ = composed(5.0, 5.0, 5.0)
    assert together.delta(epsilon="0.1").upper == 1.0


def test_infinite_parts_stay_infinite() -> None:
    together, _ = composed(0.1, 0.2)
    assert together.epsilon(delta=0).upper == math.inf


def test_equal_parts_are_asked_once() -> None:
    together, asked = composed(*[0.1] * 1000)
    together.delta(epsilon="5")
    assert len(asked) == 2, "once alone, once with its share"


@pytest.mark.parametrize(("epsilon", "delta"), [("nan", "0.1"), ("1001", "1"), ("0.1x", "-1")])
def test_refused(epsilon: str, delta: str) -> None:
    together, _ = composed(0.1, 0.2)
    with pytest.raises(csa.ParameterError) as caught:
        together.delta(epsilon=epsilon)
    assert caught.value.name == "epsilon"
    if delta != "0.1":
        with pytest.raises(csa.ParameterError) as caught:
            together.epsilon(delta=delta)
        assert caught.value.name == "delta"


def test_exact_small_case_is_covered() -> None:
    """Two batches of three, keep 3/4, alpha = 2, inputs of the second reacting to the first: 477/2048."""
    together = total([csa.Shuffle(csa.BinaryRandomizedResponse(keep="3/4"), users=3)] * 2)
    assert together.delta(epsilon=Fraction(math.log(2))).upper >= 477 / 2048
