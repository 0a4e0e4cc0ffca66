"""Exact deltas of small cases: known values, witnesses, sizes, refusals."""

import math
from fractions import Fraction
from typing import cast

import pytest

import accounting as csa
from accounting.composition.exact_delta import ExactDelta, Inputs
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.exact import ExactLike
from accounting.randomizers.base import Channel, FiniteKernel
from proofs.reference.shuffle_enumeration import hockey_stick, released_law

F = Fraction
THREE_LETTERS = [["7/10", "1/10", "1/5"], ["1/8", "3/4", "1/8"], ["1/4", "1/5", "11/20"]]
FOUR_LETTERS = [
    ["7/10", "1/10", "3/20", "1/20"],
    ["1/8", "5/8", "1/8", "1/8"],
    ["1/4", "1/5", "7/20", "1/5"],
    ["1/10", "1/10", "3/20", "13/20"],
]


def binary(keep: str, users: int) -> csa.Shuffle:
    return csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), users=users)


def kary(values: int, keep: str, users: int) -> csa.Shuffle:
    return csa.Shuffle(csa.KaryRandomizedResponse(values, keep=keep), users=users)


def in_unit_interval(result: ExactDelta) -> bool:
    return isinstance(result.delta, Fraction) and 0 < result.delta < 1


def channel_of(shuffle: csa.Shuffle) -> Channel:
    assert isinstance(shuffle.randomizer, FiniteKernel)
    channel = shuffle.randomizer.channel()
    assert channel is not None
    return channel


def of_data(shuffle: csa.Shuffle, result: ExactDelta, alpha: Fraction) -> Fraction:
    """Return the divergence of the data sets that a result names, by the definition."""
    others = cast("tuple[int, ...]", result.others)
    first, second = cast("tuple[int, int]", result.target)
    laws = [released_law(channel_of(shuffle), (value, *others)) for value in (first, second)]
    return hockey_stick(laws[0], laws[1], alpha)


def rational(shuffle: csa.Shuffle, alpha: ExactLike) -> Fraction:
    delta = csa.exact_delta(shuffle, alpha=alpha).delta
    assert isinstance(delta, Fraction)
    return delta


@pytest.mark.parametrize(
    ("shuffle", "alpha", "delta"),
    [
        (kary(3, "3/5", 3), "2", F(2, 25)),
        (kary(4, "1/2", 4), "2", F(13, 432)),
        (binary("3/4", 3), "1", F(5, 16)),
        (binary("3/4", 3), "2", F(9, 64)),
        (binary("9/10", 12), "3/2", F("0.2502090658125")),
        (binary("9/10", 3), "2", F(567, 1000)),
    ],
)
def test_known_value(shuffle: csa.Shuffle, alpha: str, delta: Fraction) -> None:
    result = csa.exact_delta(shuffle, alpha=alpha)
    assert result.delta == delta
    assert of_data(shuffle, result, F(alpha)) == delta


def test_others_of_known_worst_cases() -> None:
    first = csa.exact_delta(kary(3, "3/5", 3), alpha=2)
    assert (first.target, first.others) == ((0, 1), (0, 2))
    second = csa.exact_delta(kary(4, "1/2", 4), alpha=2)
    assert (second.target, second.others) == ((0, 1), (0, 0, 2))
    third = csa.exact_delta(binary("9/10", 12), alpha="3/2")
    few, many = (0,) * 9 + (1,) * 2, (0,) * 2 + (1,) * 9
    assert (third.target, third.others) in [((0, 1), few), ((1, 0), many)]


def test_every_input_that_is_rational_gives_a_fraction() -> None:
    for alpha in (2, 2.0, "2", F(2), "2/1", "2.0"):
        assert csa.exact_delta(binary("3/4", 3), alpha=alpha).delta == F(9, 64)
    assert csa.exact_delta(binary("3/4", 3), epsilon=0).delta == F(5, 16)


def test_irrational_alpha_is_enclosed() -> None:
    for epsilon in (-1.5, -0.3, 0.25, 1):
        delta = csa.exact_delta(kary(3, "3/5", 4), epsilon=epsilon).delta
        assert isinstance(delta, Enclosure)
        below, above = F(math.exp(epsilon) * (1 - 1e-12)), F(math.exp(epsilon) * (1 + 1e-12))
        assert rational(kary(3, "3/5", 4), above) <= delta.lower
        assert delta.upper <= rational(kary(3, "3/5", 4), below)
        assert 0 < delta.width < F(1, 2**180)


def test_irrational_randomizer_is_enclosed() -> None:
    irrational = csa.exact_delta(
        csa.Shuffle(csa.KaryRandomizedResponse(3, epsilon0=1), users=4), alpha="3/2"
    ).delta
    assert isinstance(irrational, Enclosure)
    assert 0 < irrational.width < F(1, 2**180)
    keep = math.e / (math.e + 2)
    # more truth is less privacy: the response with less truth is a post-processing of the other
    assert rational(kary(3, str(keep - 1e-12), 4), "3/2") < irrational.lower
    assert irrational.upper < rational(kary(3, str(keep + 1e-12), 4), "3/2")


def test_delta_that_is_zero_at_the_local_epsilon() -> None:
    delta = csa.exact_delta(csa.Shuffle(csa.BinaryRandomizedResponse(1), users=4), epsilon=1).delta
    assert isinstance(delta, Enclosure)
    assert delta.lower == 0
    assert delta.upper < F(1, 2**180)
    assert csa.exact_delta(binary("3/4", 4), alpha=3).delta == 0


def test_upper_end_is_at_most_one() -> None:
    delta = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer([[1, 0], [0, 1]]), users=3), epsilon=1).delta
    assert delta == Enclosure.exactly(1)


def test_inputs_that_are_alike() -> None:
    same = csa.Shuffle(csa.FiniteRandomizer([["1/2", "1/2"]] * 3), users=4)
    assert csa.exact_delta(same, alpha=2).delta == 0
    assert csa.exact_delta(same, alpha="1/3").delta == F(2, 3)
    twice = [["3/4", "1/4"], ["3/4", "1/4"], ["1/4", "3/4"]]
    result = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer(twice), users=3), alpha=2)
    assert result.delta == F(9, 64)
    assert set(result.target) == {0, 2}


def test_messages_with_proportional_columns_are_merged() -> None:
    split = [["1/4", "1/2", "1/4"], ["1/12", "1/6", "3/4"]]
    whole = [["3/4", "1/4"], ["1/4", "3/4"]]
    for users in (2, 3, 5):
        left = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer(split), users=users), alpha="3/2")
        right = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer(whole), users=users), alpha="3/2")
        assert left.delta == right.delta


def test_binomial_count() -> None:
    shuffle = csa.Shuffle(csa.BinomialCount(levels=2, bits=3, p="1/3"), users=2)
    result = csa.exact_delta(shuffle, alpha=2)
    assert result.delta == F(368, 729)
    assert set(result.target) == {0, 2}
    assert result.others == (0,)
    enclosed = csa.exact_delta(shuffle, epsilon="0.7").delta
    assert isinstance(enclosed, Enclosure)
    assert rational(shuffle, "2.02") < enclosed.lower
    assert enclosed.upper < rational(shuffle, 2)


def test_two_shuffles_of_theory() -> None:
    pair = [binary("3/4", 3)] * 2
    fixed = csa.exact_delta(pair, alpha=2)
    assert fixed.delta == F(837, 4096)
    assert (len(fixed.target), len(fixed.others), fixed.order) == (2, 2, (0, 1))
    adaptive = csa.exact_delta(pair, alpha=2, inputs="adaptive")
    assert adaptive.delta == F(477, 2048)
    assert adaptive.others[1] is None  # the second batch's others react to the first release
    assert {choice.others for choice in adaptive.strategy if choice.shuffle == 1} >= {(0, 0), (1, 1)}


def test_worst_order_of_release_is_named() -> None:
    large, small = binary("3/4", 3), binary("2/3", 2)
    for batches, order in (((large, small), (1, 0)), ((small, large), (0, 1))):
        result = csa.exact_delta(batches, alpha=2, inputs="adaptive")
        assert (result.delta, result.order) == (F(103, 576), order)
        assert result.strategy[0].shuffle == order[0]
        assert result.strategy[0].likelihood_ratio == 1


def test_strategy_attains_delta() -> None:
    alpha, batches = F(3, 2), [binary("3/4", 3), kary(3, "1/2", 2)]
    result = csa.exact_delta(batches, alpha=alpha, inputs="adaptive")
    moves = {(choice.shuffle, choice.likelihood_ratio): choice for choice in result.strategy}

    def play(p: Fraction, q: Fraction, stage: int) -> Fraction:
        if stage == len(batches):
            return max(F(0), p - alpha * q)
        shuffle = result.order[stage]
        move = moves[shuffle, p / q if q else None]
        channel = channel_of(batches[shuffle])
        first, second = (released_law(channel, (value, *move.others)) for value in move.target)
        return sum((play(p * first[y], q * second[y], stage + 1) for y in first), F(0))

    assert play(F(1), F(1), 0) == result.delta


def test_list_of_one() -> None:
    shuffle = kary(3, "3/5", 3)
    both: tuple[Inputs, ...] = ("fixed", "adaptive")
    for inputs in both:
        result = csa.exact_delta([shuffle], alpha=2, inputs=inputs)
        assert result.delta == F(2, 25)
        assert (result.target, result.others) == (((0, 1),), ((0, 2),))


def test_concatenation_with_something_irrational() -> None:
    near_log_3 = csa.BinaryRandomizedResponse("1.0986122886681098")
    irrational = csa.Shuffle(near_log_3, users=3)
    cases: tuple[tuple[Inputs, Fraction], ...] = (("fixed", F(837, 4096)), ("adaptive", F(477, 2048)))
    for inputs, close in cases:
        delta = csa.exact_delta([irrational, binary("3/4", 3)], alpha=2, inputs=inputs).delta
        assert isinstance(delta, Enclosure)
        assert abs(delta.lower - close) < F(1, 10**15)
        assert 0 < delta.width < F(1, 2**180)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({}, "alpha"),
        ({"alpha": 2, "epsilon": 1}, "alpha"),
        ({"alpha": 0}, "alpha"),
        ({"alpha": "-1/2"}, "alpha"),
        ({"alpha": math.nan}, "alpha"),
        ({"alpha": math.inf}, "alpha"),
        ({"alpha": True}, "alpha"),
        ({"epsilon": math.nan}, "epsilon"),
        ({"epsilon": "1001"}, "epsilon"),
        ({"alpha": 2, "inputs": "adaptively"}, "inputs"),
        ({"alpha": 2, "inputs": None}, "inputs"),
    ],
)
def test_bad_parameter(arguments: dict[str, object], name: str) -> None:
    for subject in (binary("3/4", 3), [binary("3/4", 3)]):
        with pytest.raises(csa.ParameterError) as caught:
            csa.exact_delta(subject, **arguments)  # type: ignore[arg-type]
        assert caught.value.name == name


@pytest.mark.parametrize(
    ("subject", "name"),
    [([], "shuffles"), ("abc", "shuffles"), (3, "shuffles"), ([binary("3/4", 2), 3], "shuffles[1]")],
)
def test_bad_shuffles(subject: object, name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.exact_delta(subject, alpha=2)  # type: ignore[arg-type]
    assert caught.value.name == name


def test_pure_local_is_not_covered() -> None:
    pure = csa.Shuffle(csa.PureLocal("1"), users=3)
    for subject in (pure, [pure], [binary("3/4", 3), pure]):
        with pytest.raises(csa.NotCoveredError):
            csa.exact_delta(subject, alpha=2)


@pytest.mark.parametrize(
    "subject",
    [
        binary("3/4", 10_000),
        binary("3/4", 10**15),
        csa.Shuffle(csa.FiniteRandomizer([["1/100"] * 100, ["1/50", "0"] * 50]), users=10**15),
        kary(3, "3/5", 1000),
        kary(10, "3/5", 30),
        kary(1000, "3/5", 3),
        csa.Shuffle(csa.BinomialCount(levels=10**9, bits=1), users=2),
        csa.Shuffle(csa.BinomialCount(levels=1, bits=10**9), users=10**9),
        [binary("3/4", 60)] * 3,
        [csa.Shuffle(csa.FiniteRandomizer(FOUR_LETTERS), users=7)] * 2,
        [binary("3/4", 3)] * 40,
    ],
)
@pytest.mark.parametrize("inputs", ["fixed", "adaptive"])
def test_too_large_to_enumerate(subject: csa.Shuffle | list[csa.Shuffle], inputs: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        csa.exact_delta(subject, alpha=2, inputs=inputs)  # type: ignore[arg-type]
    assert caught.value.name in {"users", "randomizer"}


def test_refusal_states_the_work() -> None:
    with pytest.raises(csa.ParameterError, match=r"about \d\.\de\+\d+ steps, at most 3e\+08"):
        csa.exact_delta(kary(3, "3/5", 1000), alpha=2)


def test_sizes_that_are_promised() -> None:
    """Binary 200 and three values 30 by default; four values 14 below."""
    result = csa.exact_delta(
        csa.Shuffle(csa.FiniteRandomizer([["9/10", "1/10"], ["1/8", "7/8"]]), users=200), alpha=2
    )
    assert len(result.others) == 199
    assert in_unit_interval(result)
    result = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer(THREE_LETTERS), users=30), alpha=2)
    assert len(result.others) == 29
    assert in_unit_interval(result)


@pytest.mark.slow
def test_four_values_of_promised_size() -> None:
    result = csa.exact_delta(csa.Shuffle(csa.FiniteRandomizer(FOUR_LETTERS), users=14), alpha=2)
    assert len(result.others) == 13
    assert in_unit_interval(result)
