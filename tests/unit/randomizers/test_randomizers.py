"""Descriptions of what one user sends: what they read, what they refuse, and the letters that they offer."""

import math
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.errors import NotCoveredError, ParameterError
from accounting.numerics.ball import arb, exact_lower, exact_upper, precision
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import pairs_of
from accounting.randomizers import (
    BasicRappor,
    BinaryRandomizedResponse,
    BinomialCount,
    CountMeanSketch,
    FiniteKernel,
    FiniteRandomizer,
    HadamardResponse,
    KaryRandomizedResponse,
    LocalHashing,
    OptimizedUnary,
    PureLocal,
    Randomizer,
    Rappor,
    SubsetSelection,
    TruncatedGeometric,
    UnaryEncoding,
)
from accounting.randomizers.base import Letter
from tests.strategies import Channel, channels

F = Fraction
BITS = 120

EXAMPLES: list[Randomizer] = [
    BinaryRandomizedResponse("2"),
    BinaryRandomizedResponse(keep="9/10"),
    KaryRandomizedResponse(3, "1"),
    KaryRandomizedResponse(10**6, keep="1/2"),
    PureLocal("0.5"),
    FiniteRandomizer([["3/4", "1/4"], ["1/4", "3/4"]]),
    BinomialCount(levels=2, bits=5, p="1/3"),
    OptimizedUnary(16, "2"),
    UnaryEncoding(16, true_one="2/3", false_one="0.1"),
    BasicRappor(16, f="1/2", p="1/4", q="3/4"),
    SubsetSelection(16, 4, keep="3/4"),
    HadamardResponse(16, 2, "3"),
    LocalHashing(10**9, 8, "2"),
    CountMeanSketch(65536, 1024, "4"),
    Rappor(128, 2, 64, f="1/2", p="1/2", q="3/4"),
    TruncatedGeometric(4, "2"),
]


@pytest.mark.parametrize("randomizer", EXAMPLES, ids=lambda r: r.kind)
def test_frozen_equal_and_picklable(randomizer: Any) -> None:
    assert pickle.loads(pickle.dumps(randomizer)) == randomizer
    assert hash(pickle.loads(pickle.dumps(randomizer))) == hash(randomizer)
    assert randomizer.describe()
    assert "\n" not in randomizer.describe()
    for name in ("factor", "matrix", "levels", "anything"):
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            setattr(randomizer, name, 1)


def test_two_ways_to_say_the_same() -> None:
    assert KaryRandomizedResponse(4, keep="13/16").factor == Factor.of(F(13))
    assert BinaryRandomizedResponse(keep=0.75) == BinaryRandomizedResponse(keep=F(3, 4))
    assert (
        BinaryRandomizedResponse(2)
        == BinaryRandomizedResponse("2.0")
        == BinaryRandomizedResponse(np.int64(2))
    )
    tenth: Any = np.float32(0.1)
    assert KaryRandomizedResponse(np.int32(4), tenth).factor == Factor.exp(F(1, 10))


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: BinaryRandomizedResponse(), "epsilon0"),
    (lambda: BinaryRandomizedResponse("1", keep="3/4"), "epsilon0"),
    (lambda: BinaryRandomizedResponse(0), "epsilon0"),
    (lambda: BinaryRandomizedResponse(-1), "epsilon0"),
    (lambda: BinaryRandomizedResponse(301), "epsilon0"),
    (lambda: BinaryRandomizedResponse(math.nan), "epsilon0"),
    (lambda: BinaryRandomizedResponse(math.inf), "epsilon0"),
    (lambda: BinaryRandomizedResponse(True), "epsilon0"),
    (lambda: BinaryRandomizedResponse(keep="1/2"), "keep"),
    (lambda: BinaryRandomizedResponse(keep=1), "keep"),
    (lambda: BinaryRandomizedResponse(keep="nan"), "keep"),
    (lambda: KaryRandomizedResponse(4, keep="1/4"), "keep"),
    (lambda: KaryRandomizedResponse(1, "1"), "values"),
    (lambda: KaryRandomizedResponse(2.5, "1"), "values"),
    (lambda: KaryRandomizedResponse("many", "1"), "values"),
    (lambda: PureLocal(0), "epsilon0"),
    (lambda: PureLocal("x"), "epsilon0"),
    (lambda: BinomialCount(levels=0), "levels"),
    (lambda: BinomialCount(bits=0), "bits"),
    (lambda: BinomialCount(p=0), "p"),
    (lambda: BinomialCount(p=1), "p"),
    (lambda: BinomialCount(p=math.nan), "p"),
    (lambda: OptimizedUnary(1, "1"), "values"),
    (lambda: OptimizedUnary(4), "epsilon0"),
    (lambda: OptimizedUnary(4, keep="1/2"), "keep"),
    (lambda: UnaryEncoding(4, "1/2", 0), "false_one"),
    (lambda: UnaryEncoding(4, 1, "1/2"), "true_one"),
    (lambda: UnaryEncoding(4, "1/3", "1/2"), "true_one"),
    (lambda: UnaryEncoding(4, "nan", "1/2"), "true_one"),
    (lambda: BasicRappor(4, 1, "1/4", "3/4"), "f"),
    (lambda: BasicRappor(4, "3/2", "1/4", "3/4"), "f"),
    (lambda: BasicRappor(4, "1/2", "3/4", "1/4"), "q"),
    (lambda: BasicRappor(4, "1/2", "3/4", "3/4"), "q"),
    (lambda: BasicRappor(4, 0, 0, "3/4"), "f"),
    (lambda: BasicRappor(4, 0, "1/4", 1), "f"),
    (lambda: BasicRappor(4, 0, "1/4", "3/4").permanent(), "f"),
    (lambda: SubsetSelection(4, 0, "1"), "size"),
    (lambda: SubsetSelection(4, 4, "1"), "size"),
    (lambda: SubsetSelection(4, 2, keep="1/2"), "keep"),
    (lambda: SubsetSelection(4, 2, "1", keep="3/4"), "epsilon0"),
    (lambda: HadamardResponse(1, 1, "1"), "values"),
    (lambda: HadamardResponse(4, 0, "1"), "blocks"),
    (lambda: HadamardResponse(4, 5, "1"), "blocks"),
    (lambda: HadamardResponse(4, 2, keep="1/4"), "keep"),
    (lambda: LocalHashing(4, 1, "1"), "buckets"),
    (lambda: LocalHashing(1, 4, "1"), "values"),
    (lambda: LocalHashing(4, 4, keep="1/4"), "keep"),
    (lambda: CountMeanSketch(0, 4, "1"), "hashes"),
    (lambda: CountMeanSketch(2**33, 4, "1"), "hashes"),
    (lambda: CountMeanSketch(4, 1, "1"), "width"),
    (lambda: CountMeanSketch(4, 4), "epsilon0"),
    (lambda: CountMeanSketch(4, 4, "1", keep="3/4"), "epsilon0"),
    (lambda: CountMeanSketch(4, 4, keep="1/2"), "keep"),
    (lambda: CountMeanSketch(4, 4, 0), "epsilon0"),
    (lambda: Rappor(3, 2, f="1/2", p="1/4", q="3/4"), "bloom_bits"),
    (lambda: Rappor(2**21, 2, f="1/2", p="1/4", q="3/4"), "bloom_bits"),
    (lambda: Rappor(128, 0, f="1/2", p="1/4", q="3/4"), "hashes"),
    (lambda: Rappor(128, 9, f="1/2", p="1/4", q="3/4"), "hashes"),
    (lambda: Rappor(128, 2, 0, f="1/2", p="1/4", q="3/4"), "cohorts"),
    (lambda: Rappor(128, 2, 64, f=1, p="1/4", q="3/4"), "f"),
    (lambda: Rappor(128, 2, 64, f=0, p=0, q="3/4"), "f"),
    (lambda: Rappor(128, 2, 64, f="1/2", p="3/4", q="1/4"), "q"),
    (lambda: Rappor(128, 2, 64, f=0, p="1/4", q="3/4").permanent(), "f"),
    (lambda: TruncatedGeometric(0, "1"), "levels"),
    (lambda: TruncatedGeometric(65, "1"), "levels"),
    (lambda: TruncatedGeometric(4), "epsilon0"),
    (lambda: TruncatedGeometric(4, "1", decay="1/2"), "epsilon0"),
    (lambda: TruncatedGeometric(4, decay=1), "decay"),
    (lambda: TruncatedGeometric(4, decay=0), "decay"),
    (lambda: FiniteRandomizer([]), "matrix"),
    (lambda: FiniteRandomizer([[1]]), "matrix"),
    (lambda: FiniteRandomizer("12"), "matrix"),
    (lambda: FiniteRandomizer([[1, 0], "10"]), "matrix[1]"),
    (lambda: FiniteRandomizer([["1/2", "1/2"], [1]]), "matrix[1]"),
    (lambda: FiniteRandomizer([[], []]), "matrix[0]"),
    (lambda: FiniteRandomizer([["1/2", "1/3"], [0, 1]]), "matrix[0]"),
    (lambda: FiniteRandomizer([[0.1] * 10, [0.3, 0.3, 0.3, 0.11, 0, 0, 0, 0, 0, 0]]), "matrix[1]"),
    (lambda: FiniteRandomizer([["3/2", "-1/2"], [0, 1]]), "matrix[0][0]"),
    (lambda: FiniteRandomizer([[math.nan, 1], [0, 1]]), "matrix[0][0]"),
    (lambda: FiniteRandomizer([[1, 0], [1, 0]]), "matrix column 1"),
]


@pytest.mark.parametrize(("make", "name"), WRONG, ids=range(len(WRONG)))
def test_bad_descriptions(make: Callable[[], Any], name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make()
    assert caught.value.name == name


def test_ten_tenths_are_one() -> None:
    assert FiniteRandomizer([[0.1] * 10, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]]).matrix[0] == (F(1, 10),) * 10


def contains(value: arb, truth: Fraction) -> bool:
    return exact_lower(value) <= truth <= exact_upper(value)


def assert_letters(letters: tuple[Letter, ...], rows: list[tuple[Fraction, ...]]) -> None:
    """Letters are the columns, those of equal likelihood ratios merged: sums of (f - a g)_+ say the same."""
    for index in range(2):
        total = sum(((a.first, a.second)[index] for a in letters), arb(0))
        assert contains(total, sum(rows[index], F(0)))
    for alpha in (F(1, 2), F(1), F(7, 4), F(5)):
        for beta in (F(1, 3), F(1), F(2)):
            merged = arb(0)
            for a in letters:
                gap = a.first - arb(alpha.numerator) / alpha.denominator * a.second
                gap -= arb(beta.numerator) / beta.denominator * a.reference
                merged += gap.nonnegative_part()
            plain = sum((max(F(0), p - alpha * q - beta * r) for p, q, r in zip(*rows, strict=True)), F(0))
            assert exact_lower(merged) - F(1, 2**80) <= plain <= exact_upper(merged) + F(1, 2**80)


def assert_kernel(kernel: FiniteKernel, matrix: Channel) -> None:
    least = tuple(min(column) for column in zip(*matrix, strict=True))
    with precision(BITS):
        for pair in kernel.neighbours():
            ends = [matrix[pair[0]], matrix[pair[1]]]
            assert_letters(kernel.blanket_letters(pair), [*ends, least])
            for companion in kernel.companions(pair):
                assert_letters(kernel.companion_letters(pair, companion), [*ends, matrix[companion]])


@given(channels())
def test_letters_of_a_matrix(channel: Channel) -> None:
    kernel = FiniteRandomizer(channel)
    assert_kernel(kernel, channel)
    assert kernel.channel() == channel
    zero = any(min(column) == 0 for column in zip(*channel, strict=True))
    factor = kernel.local_factor()
    assert (factor is None) == zero
    if factor is not None:
        worst = max(max(column) / min(column) for column in zip(*channel, strict=True))
        assert factor == Factor.of(worst)


@given(st.integers(2, 7), st.fractions(F(9, 8), F(30), max_denominator=9))
def test_letters_of_kary_response(values: int, w: Fraction) -> None:
    kernel = KaryRandomizedResponse(values, keep=w / (w + values - 1))
    channel = kernel.channel()
    assert channel is not None
    assert all(sum(row) == 1 for row in channel)
    assert all(channel[x][x] == w / (w + values - 1) for x in range(values))
    assert_kernel(kernel, channel)
    with precision(BITS):
        for row, exact in zip(kernel.ball_channel(), channel, strict=True):
            assert all(contains(entry, truth) for entry, truth in zip(row, exact, strict=True))


def test_the_cost_does_not_grow_with_the_number_of_messages() -> None:
    kernel = KaryRandomizedResponse(10**9, "3")
    with precision(BITS):
        assert len(kernel.blanket_letters((0, 1))) <= 4
        assert len(kernel.companion_letters((0, 1), 2)) <= 5
    copies = FiniteRandomizer([["1/8"] * 8, ["1/16"] * 4 + ["3/16"] * 4])
    with precision(BITS):
        assert len(copies.blanket_letters((0, 1))) <= 3


def test_an_irrational_channel_is_enclosed() -> None:
    kernel = KaryRandomizedResponse(3, "1")
    assert kernel.channel() is None
    with precision(BITS):
        for row in kernel.ball_channel():
            assert contains(sum(row, arb(0)), F(1))


def test_what_no_claim_covers_gets_no_number() -> None:
    class Unknown(Randomizer):
        @property
        def kind(self) -> str:
            return "unknown"

        def local_factor(self) -> None:
            return None

    with pytest.raises(NotCoveredError):
        pairs_of(Unknown(), 10)


def test_public_functions_say_what_their_lower_ends_need() -> None:
    (sketch,) = CountMeanSketch(65536, 1024, "4").assumes
    assert "share a bucket under more than 64 of the 65536 functions" in sketch
    once, drawn = Rappor(128, 2, 64, f="1/2", p="1/2", q="3/4").assumes
    assert "permanent vector is used for one report only" in once
    assert "draws its cohort uniformly" in drawn
    assert "three values that set 2 bits each" in drawn
    _, one = Rappor(5, 2, f="1/2", p="1/2", q="3/4").assumes
    assert "of one cohort" in one
    assert "two values that set 2 bits each" in one


def test_epsilon0_of_a_sketch_belongs_to_a_whole_message() -> None:
    assert CountMeanSketch(4, 4, "2").root == Factor.exp(F(1))
    assert CountMeanSketch(4, 4, "2").local_factor() == Factor.exp(F(2))
    assert CountMeanSketch(4, 4, keep="3/4").local_factor() == Factor.of(F(9))


def test_the_permanent_vector_of_rappor() -> None:
    report = Rappor(128, 2, 64, f="1/2", p="1/4", q="3/4")
    permanent = report.permanent()
    assert permanent.bits() == (F(3, 4), F(1, 4))
    assert permanent.local_factor() == Factor.of(F(81))  # (1 - f/2)/(f/2) to the power 2 hashes
    assert report.local_factor() == Factor.of((F(5, 8) / F(3, 8)) ** 4)


def test_local_hashing_says_which_functions_its_bound_needs() -> None:
    """Up to 64 values the constant functions are in the blanket, which a pairwise independent family may lack."""
    (few,), (many,) = LocalHashing(64, 4, "1").assumes, LocalHashing(65, 4, "1").assumes
    assert "uniformly from all functions" in few
    assert "any two values each pair of buckets equally often" in many
    assert LocalHashing(64, 4, "1").common > 0 == LocalHashing(65, 4, "1").common
