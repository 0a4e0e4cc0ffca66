"""Randomizers that people deploy: matrices by definition, letters by matrix, both ends by all small data sets."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

import accounting as csa
from accounting.numerics.ball import arb, precision
from accounting.randomizers.base import Letter
from accounting.randomizers.two_level import TwoLevelKernel
from accounting.randomizers.unary_vectors import UnaryVectors
from accounting.testing import RandomizerCheckError, check_randomizer
from proofs.reference import randomizers as plain

pytestmark = pytest.mark.crosscheck

F = Fraction

SUBSETS = [(2, 1), (3, 1), (3, 2), (4, 2), (4, 3), (5, 2)]
HADAMARDS = [(2, 1), (3, 1), (4, 1), (5, 1), (2, 2), (3, 2), (4, 2), (5, 2), (6, 2), (8, 2), (3, 3), (4, 3)]
HASHINGS = [(2, 2), (3, 2), (4, 2), (2, 3), (3, 3)]
COINS = [(F(1, 2), F(1, 4)), (F(2, 3), F(1, 5)), (F(9, 10), F(4, 5))]
RAPPORS = [
    (F(1, 2), F(1, 4), F(3, 4)),
    (F(1, 2), F(0), F(1)),
    (F(0), F(1, 3), F(3, 5)),
    (F(3, 4), F(0), F(1, 2)),
]


def columns(matrix: Any) -> Any:
    return sorted(zip(*matrix, strict=True))


def test_matrices_are_those_of_the_definitions() -> None:
    for values in (2, 3):
        for p, q in COINS:
            made = csa.UnaryEncoding(values, p, q).channel()
            assert columns(made) == columns(plain.unary(values, p, q))
        made = csa.OptimizedUnary(values, keep="3/4").channel()
        assert columns(made) == columns(plain.unary(values, F(1, 2), F(1, 4)))
        for f, p, q in RAPPORS:
            assert columns(csa.BasicRappor(values, f, p, q).channel()) == columns(
                plain.rappor(values, f, p, q)
            )
    for values, size in SUBSETS:
        keep = F(size + 2 * values, 3 * values)
        made = csa.SubsetSelection(values, size, keep=keep).channel()
        assert columns(made) == columns(plain.subset_selection(values, size, keep))
    for values, blocks in HADAMARDS:
        made = csa.HadamardResponse(values, blocks, keep="4/5").channel()
        assert columns(made) == columns(plain.hadamard_response(values, blocks, F(4, 5)))
    for values, buckets in HASHINGS:
        made = csa.LocalHashing(values, buckets, keep="3/4").channel()
        assert columns(made) == columns(plain.local_hashing(values, buckets, F(3, 4)))
    for levels, decay in product((1, 2, 3, 6), (F(1, 2), F(2, 3))):
        made = csa.TruncatedGeometric(levels, decay=decay).channel()
        assert made == plain.truncated_geometric(levels, decay)


RATIONAL = [
    *(csa.OptimizedUnary(values, keep="3/4") for values in (2, 3, 4)),
    *(csa.UnaryEncoding(values, p, q) for values, (p, q) in product((2, 3), COINS)),
    *(csa.BasicRappor(values, *parts) for values, parts in product((2, 3), RAPPORS)),
    *(csa.SubsetSelection(values, size, keep=F(size + values, 2 * values)) for values, size in SUBSETS),
    *(csa.HadamardResponse(values, blocks, keep="4/5") for values, blocks in HADAMARDS),
    *(csa.LocalHashing(values, buckets, keep="3/4") for values, buckets in HASHINGS),
    *(csa.TruncatedGeometric(levels, decay=decay) for levels, decay in product((1, 2, 3, 4), ("1/2", "4/5"))),
]
IRRATIONAL = [
    csa.OptimizedUnary(3, "1"),
    csa.SubsetSelection(4, 2, "3/2"),
    csa.HadamardResponse(4, 2, "2"),
    csa.LocalHashing(3, 2, "1/2"),
    csa.TruncatedGeometric(2, "1"),
]


@pytest.mark.parametrize("randomizer", [*RATIONAL, *IRRATIONAL], ids=lambda r: r.describe())
def test_small_instances(randomizer: Any) -> None:
    users = (2, 3) if len(randomizer.ball_channel()[0]) <= 32 and randomizer.inputs <= 4 else (2,)
    check_randomizer(randomizer, users=users, alphas=("1/2", 1, "5/4", 3))


SMALLEST = [each for each in RATIONAL if each.inputs <= 3 and len(each.ball_channel()[0]) <= 8]


@pytest.mark.slow
@pytest.mark.parametrize("randomizer", SMALLEST, ids=lambda r: r.describe())
def test_four_and_five_users(randomizer: Any) -> None:
    check_randomizer(randomizer, users=(4, 5), alphas=("1/2", 1, "9/8", "3/2", 3))


def test_special_cases_are_what_they_are_called() -> None:
    """Subsets of one value are k-ary response; blocks of one value too, up to what they favour; one level is a bit."""
    for alpha in (F(1), F(3, 2), F(3)):
        told = [
            csa.Shuffle(randomizer, users=20).delta(alpha=alpha)
            for randomizer in (
                csa.SubsetSelection(5, 1, keep="1/2"),
                csa.KaryRandomizedResponse(5, keep="1/2"),
            )
        ]
        assert told[0].upper == pytest.approx(told[1].upper, rel=1e-5)
        assert told[0].lower == pytest.approx(told[1].lower, rel=1e-5)
        symmetric = csa.SymmetricUnary(5, keep="3/4", release="vectors")
        told = [
            csa.Shuffle(randomizer, users=20).delta(alpha=alpha)
            for randomizer in (csa.UnaryEncoding(5, "3/4", "1/4"), symmetric)
        ]
        assert told[0].upper == pytest.approx(told[1].upper, rel=1e-5)
        assert told[0].lower == pytest.approx(told[1].lower, rel=1e-5)


def test_cost_does_not_grow_with_messages() -> None:
    large = [
        csa.OptimizedUnary(10**12, "2"),
        csa.SubsetSelection(10**12, 10**11, "2"),
        csa.HadamardResponse(10**12, 1, "2"),
        csa.HadamardResponse(10**12, 8, "2"),
        csa.LocalHashing(10**12, 8, "2"),
    ]
    for randomizer in large:
        assert isinstance(randomizer, (TwoLevelKernel, UnaryVectors))
        with precision(200):
            for pair in randomizer.neighbours():
                assert len(randomizer.blanket_letters(pair)) <= 5
                for x2 in randomizer.companions(pair):
                    assert len(randomizer.companion_letters(pair, x2)) <= 8
        bounds = csa.Shuffle(randomizer, users=10_000).epsilon(delta="1e-6")
        assert 0 < bounds.lower <= bounds.upper < 0.5
        with pytest.raises(csa.ParameterError) as caught:
            randomizer.channel()
        assert caught.value.name == "values"


def test_pure_local_bounds_them_all() -> None:
    pure = csa.Shuffle(csa.PureLocal("2.0000001"), users=500)
    for randomizer in (
        csa.OptimizedUnary(8, "2"),
        csa.SubsetSelection(8, 3, "2"),
        csa.HadamardResponse(8, 2, "2"),
        csa.LocalHashing(8, 4, "2"),
        csa.TruncatedGeometric(3, "2"),
    ):
        bounds = csa.Shuffle(randomizer, users=500).delta(epsilon="0.4")
        assert 0 < bounds.lower <= pure.delta(epsilon="0.4").upper


def heavier(self: Any) -> Any:
    return self.share / 2


def one_kind(_self: Any) -> Any:
    return ((0, 1),)


def never_tied(_self: Any, places: tuple[int, ...]) -> Any:
    inside = Fraction(1, 2)
    return {signs: inside ** len(places) for signs in product((True, False), repeat=len(places))}


def larger_least(self: Any, pair: Any) -> Any:
    letters = list(self.companion_letters(pair, 0))
    return (*letters, Letter(arb(0), arb(0), arb(0)))


@pytest.mark.parametrize(
    ("randomizer", "name", "wrong"),
    [
        (csa.HadamardResponse(4, 2, keep="4/5"), "neighbours", one_kind),
        (csa.HadamardResponse(4, 1, keep="4/5"), "shares", never_tied),
        (csa.HadamardResponse(4, 1, keep="4/5"), "common", property(heavier)),
        (csa.LocalHashing(3, 2, keep="4/5"), "common", property(heavier)),
        (csa.SubsetSelection(4, 2, keep="4/5"), "common", property(heavier)),
        (csa.TruncatedGeometric(2, decay="1/2"), "neighbours", one_kind),
        (csa.TruncatedGeometric(2, decay="1/2"), "pair_factor", lambda self, _pair: self.local_factor()),
        (csa.TruncatedGeometric(2, decay="1/2"), "blanket_letters", larger_least),
        (csa.UnaryEncoding(3, "1/2", "1/4"), "blanket_letters", larger_least),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_mistake_is_seen(monkeypatch: pytest.MonkeyPatch, randomizer: Any, name: str, wrong: Any) -> None:
    monkeypatch.setattr(type(randomizer), name, wrong)
    with pytest.raises(RandomizerCheckError):
        check_randomizer(randomizer, users=(2, 3))
