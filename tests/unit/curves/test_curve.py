"""Privacy curves: laws on random questions, then small cases by brute force."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as csa
from accounting.curves import Bounds, PrivacyCurve
from accounting.numerics.ball import enclosure_of, precision
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.pair import Pair
from tests.strategies import Channel, channels

F = Fraction


def at(pair: Pair, epsilon: Fraction, width: float = 1e-6) -> tuple[Fraction, Fraction]:
    found = pair.value(Factor.exp(epsilon), width).delta
    return found.lower, found.upper


@st.composite
def shuffles(draw: st.DrawFn) -> csa.Shuffle:
    """A shuffle of any kind; sizes from 2 to 10^12."""
    epsilon0 = draw(st.sampled_from(["0.3", "1", "2.5", "6"]))
    kind = draw(st.sampled_from(["binary", "kary", "pure", "finite", "count"]))
    users = draw(st.sampled_from([2, 3, 10, 60, 1000, 10**6, 10**12]))
    randomizer: csa.Randomizer
    match kind:
        case "binary":
            randomizer = csa.BinaryRandomizedResponse(epsilon0)
        case "kary":
            randomizer = csa.KaryRandomizedResponse(draw(st.sampled_from([3, 4, 50, 10**6])), epsilon0)
        case "pure":
            randomizer = csa.PureLocal(epsilon0)
        case "finite":
            randomizer = csa.FiniteRandomizer(
                [["1/2", "3/10", "1/5"], ["1/4", "1/2", "1/4"], ["3/10", "3/10", "2/5"]]
            )
        case _:
            randomizer = csa.BinomialCount(levels=draw(st.integers(1, 3)), bits=2, p="2/5")
    return csa.Shuffle(randomizer, users=users)


def scaled(shuffle: csa.Shuffle, share: float) -> Fraction:
    """An epsilon of about so many standard deviations of the loss."""
    factor = shuffle.randomizer.local_factor()
    epsilon0 = 1.0
    if factor is not None:
        with precision(80):
            epsilon0 = float(factor.log())
    return F(min(share * epsilon0 / math.sqrt(shuffle.users), 0.95 * epsilon0)).limit_denominator(10**12)


@given(shuffles(), st.floats(0.0, 6.0), st.floats(0.0, 6.0))
@settings(max_examples=40)
def test_delta_falls_in_epsilon(shuffle: csa.Shuffle, one: float, other: float) -> None:
    curve = shuffle.curve()
    smaller, larger = sorted((scaled(shuffle, one), scaled(shuffle, other)))
    first, second = (curve.delta(epsilon=e, relative_width="1e-4") for e in (smaller, larger))
    # what is certain of the larger epsilon is not above what is certain of the smaller one
    assert second.lower_value is not None
    assert first.upper_value is not None
    assert second.lower <= first.upper
    assert 0.0 <= second.lower <= second.upper <= 1.0


@given(shuffles(), st.floats(-3.0, 3.0))
@settings(max_examples=40)
def test_swap_law(shuffle: csa.Shuffle, share: float) -> None:
    """Both orders are covered, so delta(-epsilon) = 1 - e^-epsilon (1 - delta(epsilon)) for each exact pair."""
    epsilon = scaled(shuffle, abs(share))
    for pair in pairs_of(shuffle.randomizer, shuffle.users).upper:
        if not pair.is_symmetric:
            continue
        ahead, back = (pair.value(Factor.exp(e), 1e-6).delta for e in (epsilon, -epsilon))
        with precision(200):
            factor = enclosure_of(Factor.exp(-epsilon).ball())
        assert back.lower <= 1 - factor.lower * (1 - ahead.upper)
        assert 1 - factor.upper * (1 - ahead.lower) <= back.upper


@given(shuffles(), st.integers(1, 12))
@settings(max_examples=12)
def test_epsilon_and_delta_agree(shuffle: csa.Shuffle, digits: int) -> None:
    curve, pairs = shuffle.curve(), pairs_of(shuffle.randomizer, shuffle.users)
    level = F(1, 10**digits)
    found = curve.epsilon(delta=level)
    assert 0.0 <= found.lower <= found.upper
    if found.upper_value is None:
        assert found.upper == math.inf
        return
    assert found.upper_value.lower <= found.upper_value.upper
    # at the upper end no pair that bounds is certainly above the level
    assert all(at(pair, found.upper_value.upper)[0] <= level for pair in pairs.upper)
    assert F(found.upper) >= found.upper_value.upper
    # at the lower end the attained pairs are not all certainly at most the level
    if found.lower > 0.0:
        assert found.lower_value is not None
        assert any(at(pair, found.lower_value.lower)[1] > level for pair in pairs.lower)


@pytest.mark.parametrize(
    "shuffle",
    [
        csa.Shuffle(csa.BinaryRandomizedResponse("2"), users=1000),
        csa.Shuffle(csa.KaryRandomizedResponse(10, "2"), users=1000),
        csa.Shuffle(csa.KaryRandomizedResponse(4, keep="13/16"), users=10**6),
        csa.Shuffle(csa.PureLocal("1"), users=10**12),
        csa.Shuffle(csa.BinomialCount(levels=1, bits=1, p="1/2"), users=10**4),
    ],
    ids=["binary", "kary", "kary-million", "pure", "count"],
)
@pytest.mark.parametrize("delta", ["1e-3", "1e-6", "1e-10", "1e-30"])
def test_epsilon_is_narrow_and_its_float_keeps_the_promise(shuffle: csa.Shuffle, delta: str) -> None:
    curve = shuffle.curve()
    found = curve.epsilon(delta=delta)
    assert found.upper_value is not None
    assert found.lower_value is not None
    assert found.upper_value.relative_width <= 2e-6  # 1e-6 is aimed at; one more step of the walk is allowed
    assert found.lower_value.relative_width <= 2e-6
    assert curve.delta(epsilon=found.upper).upper <= float(delta)
    if found.is_exact:
        assert found.upper <= found.lower * (1 + 2.1e-6)


@pytest.mark.parametrize("epsilon0", ["0.1", "1", "5", "10"])
def test_at_delta_zero_the_answer_is_epsilon0(epsilon0: str) -> None:
    for randomizer in (
        csa.BinaryRandomizedResponse(epsilon0),
        csa.KaryRandomizedResponse(7, epsilon0),
        csa.PureLocal(epsilon0),
    ):
        for users in (2, 1000, 10**12):
            found = csa.Shuffle(randomizer, users=users).epsilon(delta=0)
            assert F(found.lower) <= F(epsilon0) <= F(found.upper)
            assert found.upper <= math.nextafter(math.nextafter(found.lower, 99.0), 99.0)
            assert csa.Shuffle(randomizer, users=users).delta(epsilon=epsilon0).upper == 0.0


def total_variation(shuffle: csa.Shuffle) -> Fraction:
    delta = csa.exact_delta(shuffle, alpha=1).delta
    assert isinstance(delta, Fraction)
    return delta


@given(channels(inputs=3, letters=3), st.integers(2, 4))
@settings(max_examples=40)
def test_at_epsilon_zero_delta_is_the_total_variation(channel: Channel, users: int) -> None:
    shuffle = csa.Shuffle(csa.FiniteRandomizer(channel), users=users)
    found = shuffle.delta(epsilon=0)
    assert found.lower <= total_variation(shuffle) <= found.upper


@pytest.mark.parametrize("users", [2, 3, 6, 12])
def test_total_variation_of_exact_pairs(users: int) -> None:
    for randomizer in (
        csa.BinaryRandomizedResponse(keep="4/5"),
        csa.BinomialCount(levels=2, bits=1, p="1/3"),
    ):
        shuffle = csa.Shuffle(randomizer, users=users)
        found = shuffle.delta(epsilon=0)
        assert found.is_exact
        assert found.lower <= total_variation(shuffle) <= found.upper
        assert found.upper <= found.lower * (1 + 2**-50)


def test_above_the_total_variation_no_epsilon_is_needed() -> None:
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(keep="4/5"), users=6)
    level = total_variation(shuffle) * F(101, 100)
    found = shuffle.epsilon(delta=level)
    assert (found.lower, found.upper) == (0.0, 0.0)
    assert shuffle.epsilon(delta=level * F(98, 100)).lower > 0.0


@pytest.mark.parametrize("users", [2, 3, 5])
@pytest.mark.parametrize("delta", ["1e-2", "1e-5", "1e-9", "1e-20", "1e-60", "1e-300"])
def test_epsilon_just_below_epsilon0(users: int, delta: str) -> None:
    """Few users: delta is attained so near epsilon0 that the search ends at its right end."""
    for randomizer in (
        csa.BinaryRandomizedResponse(keep="3/4"),
        csa.KaryRandomizedResponse(3, keep="3/5"),
        csa.FiniteRandomizer([["3/4", "1/4"], ["1/4", "3/4"]]),
    ):
        shuffle = csa.Shuffle(randomizer, users=users)
        found = shuffle.epsilon(delta=delta)
        assert found.upper_value is not None
        assert found.lower_value is not None
        # exact deltas on both sides: alpha is e^epsilon, as rationals from either side
        with precision(1200):
            above = enclosure_of(Factor.exp(found.upper_value.upper).ball()).upper
            below = enclosure_of(Factor.exp(found.lower_value.lower).ball()).lower
        exact_above, exact_below = (csa.exact_delta(shuffle, alpha=a).delta for a in (above, below))
        assert isinstance(exact_above, Fraction)
        assert isinstance(exact_below, Fraction)
        assert exact_above <= F(delta)
        assert found.lower == 0.0 or exact_below > F(delta)


def test_a_count_that_no_epsilon_covers() -> None:
    shuffle = csa.Shuffle(csa.BinomialCount(levels=1, bits=1, p="1/2"), users=4)
    assert shuffle.epsilon(delta=0).upper == math.inf
    found = shuffle.epsilon(delta="1/16")  # P(all noise bits are ones) is exactly 1/16
    assert found.upper == math.inf or shuffle.delta(epsilon=found.upper).upper <= 1 / 16
    lost = shuffle.epsilon(delta="1/17")
    assert (lost.lower, lost.upper) == (math.inf, math.inf)
    assert (
        csa.Shuffle(csa.BinomialCount(levels=1, bits=1, p="1/2"), users=40).epsilon(delta="1e-6").upper < 9.0
    )


@pytest.mark.parametrize("epsilon0", ["1e-8", "1e-15", "1e-20", "1e-22", "1e-25", "1e-28", "1e-40"])
@pytest.mark.parametrize("users", [3, 30, 300])
def test_tiny_local_epsilons(epsilon0: str, users: int) -> None:
    """To first order the binary delta at epsilon 0 is epsilon0/2 P(Z = t - 1) at the best t, of fair coins."""
    tiny = F(epsilon0)
    truth = tiny / 2 * F(math.comb(users - 1, (users - 1) // 2), 2 ** (users - 1))
    for randomizer in (csa.BinaryRandomizedResponse(epsilon0), csa.PureLocal(epsilon0)):
        found = csa.Shuffle(randomizer, users=users).delta(epsilon=0)
        assert F(found.lower) <= truth * (1 + tiny)
        assert truth * (1 - users * tiny) <= F(found.upper)
        assert found.upper <= 1.0


@pytest.mark.parametrize(
    ("randomizer", "users", "epsilon"),
    [
        (csa.KaryRandomizedResponse(10, "2"), 10**9, "0.5"),
        (csa.KaryRandomizedResponse(10, "2"), 10**12, "1"),
        (csa.PureLocal("2"), 10**18, "1"),
        (csa.PureLocal("0.00128688"), 10**18, "0.001158192"),
        (csa.BinaryRandomizedResponse("2"), 10**12, "1"),
        (csa.BinomialCount(levels=1, bits=1, p="1/2"), 10**12, "1"),
    ],
)
def test_deltas_too_small_for_any_number(randomizer: csa.Randomizer, users: int, epsilon: str) -> None:
    """Deltas like e^-10^11: answered at once, and without numbers of as many digits."""
    found = csa.Shuffle(randomizer, users=users).delta(epsilon=epsilon)
    assert found.lower == 0.0
    assert 0.0 <= found.upper < 1e-300


@pytest.mark.parametrize("users", [2001, 3000, 10**5])
@pytest.mark.parametrize("epsilon0", ["8", "12", "20"])
def test_large_local_epsilons_keep_useful_ends(users: int, epsilon0: str) -> None:
    """Nearly all tell the truth: the binary answer may be wide, but never above the blanket's nor above 1."""
    binary = csa.Shuffle(csa.BinaryRandomizedResponse(epsilon0), users=users)
    pure = csa.Shuffle(csa.PureLocal(epsilon0), users=users)
    for epsilon in (F(0), F(1, 2), F(epsilon0) / 2):
        ours, general = binary.delta(epsilon=epsilon), pure.delta(epsilon=epsilon)
        assert ours.upper <= general.upper * (1 + 1e-5)
        assert ours.lower >= ours.upper / 10


BAD: list[dict[str, Any]] = [
    {},
    {"epsilon": 1, "alpha": 2},
    {"epsilon": "nan"},
    {"epsilon": math.nan},
    {"epsilon": 301},
    {"alpha": 0},
    {"alpha": -1},
    {"alpha": "x"},
    {"epsilon": 1, "relative_width": 0},
    {"epsilon": 1, "relative_width": 0.6},
    {"epsilon": 1, "relative_width": 1e-13},
]


@pytest.mark.parametrize("question", BAD, ids=str)
def test_bad_questions(question: dict[str, Any]) -> None:
    curve = csa.Shuffle(csa.BinaryRandomizedResponse("1"), users=10).curve()
    with pytest.raises(csa.ParameterError) as caught:
        curve.delta(**question)
    assert caught.value.name in {"epsilon", "alpha", "relative_width"}


@pytest.mark.parametrize("delta", [1, 2, -1, "nan", None, True, "1.0"])
def test_bad_levels(delta: Any) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.Shuffle(csa.BinaryRandomizedResponse("1"), users=10).epsilon(delta=delta)
    assert caught.value.name == "delta"


def test_bounds_refuse_crossing_ends() -> None:
    with pytest.raises(ArithmeticError):
        Bounds(lower=0.2, upper=0.1, upper_claims=())
    with pytest.raises(ArithmeticError):
        Bounds(lower=math.nan, upper=0.1, upper_claims=())
    assert str(Bounds(lower=1 / 3, upper=2 / 3, upper_claims=())) == "[0.333333, 0.666667]"


def test_a_curve_is_frozen() -> None:
    curve = csa.Shuffle(csa.BinaryRandomizedResponse("1"), users=10).curve()
    assert isinstance(curve, PrivacyCurve)
    with pytest.raises((AttributeError, TypeError)):
        setattr(curve, "pairs", None)  # noqa: B010
