"""Count-mean sketches and RAPPOR with a Bloom filter: matrices by definition, letters by matrix, both ends by all small data sets."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

import accounting as csa
from accounting.numerics.ball import arb, precision
from accounting.pairs.of_randomizer import pairs_of
from accounting.pairs.reused import local_pairs
from accounting.randomizers.base import Letter
from accounting.testing import RandomizerCheckError, check_randomizer
from proofs.reference import public_functions as plain
from proofs.reference.bounds import blanket_walk
from proofs.reference.walk import by_counts

pytestmark = pytest.mark.crosscheck

F = Fraction
NOISE = [
    (F(1, 2), F(1, 4), F(3, 4)),
    (F(1, 2), F(0), F(1)),
    (F(0), F(1, 3), F(3, 5)),
    (F(3, 4), F(0), F(1, 2)),
]


def columns(matrix: Any) -> Any:
    return sorted(zip(*matrix, strict=True))


def all_lists(codes: int, functions: int) -> list[tuple[int, ...]]:
    """The codes of all inputs: the first digit, and by how much the others differ from it."""
    return [
        (x[-1], *((x[-1] + offset) % codes for offset in reversed(x[:-1])))
        for x in product(range(codes), repeat=functions)
    ]


def test_matrices_are_those_of_the_definitions() -> None:
    for functions, width in ((1, 2), (1, 3), (2, 2), (3, 2), (2, 3)):
        family = list(zip(*all_lists(width, functions), strict=True))
        made = csa.CountMeanSketch(functions, width, keep="3/4").channel()
        assert made is not None
        assert set(made) == set(plain.count_mean_sketch(width, family, F(3, 4)))
        assert made == plain.count_mean_sketch(width, family, F(3, 4))
    for (bits, hashes, cohorts), noise in product(((3, 1, 1), (4, 2, 1), (2, 1, 2)), NOISE):
        f, p, q = noise
        randomizer = csa.Rappor(bits, hashes, cohorts, f=f, p=p, q=q)
        patterns = [randomizer.pattern(code) for code in range(randomizer.codes)]
        assert len(set(patterns)) == len(patterns)
        family = list(zip(*all_lists(len(patterns), cohorts), strict=True))
        sets = [[patterns[code] for code in of_values] for of_values in family]
        assert randomizer.channel() == plain.rappor(bits, sets, f, p, q)


SKETCHES = [
    csa.CountMeanSketch(functions, width, keep="3/4")
    for functions, width in ((1, 2), (1, 3), (1, 4), (2, 2), (3, 2), (2, 3))
]
IRRATIONAL = [csa.CountMeanSketch(2, 2, "1"), csa.CountMeanSketch(1, 3, "3")]
RAPPORS = [
    csa.Rappor(bits, hashes, cohorts, f=f, p=p, q=q)
    for (bits, hashes, cohorts), (f, p, q) in [
        *product(((2, 1, 1), (3, 1, 1), (2, 1, 2)), NOISE),
        ((4, 2, 1), NOISE[2]),
        ((3, 1, 2), NOISE[3]),
        ((2, 1, 3), NOISE[0]),
    ]
]


@pytest.mark.parametrize("randomizer", [*SKETCHES, *IRRATIONAL, *RAPPORS], ids=lambda r: r.describe())
def test_small_instances(randomizer: Any) -> None:
    users = (2, 3) if len(randomizer.ball_channel()[0]) <= 8 and randomizer.inputs <= 4 else (2,)
    check_randomizer(randomizer, users=users, alphas=("1/2", 1, "5/4", 3))


@pytest.mark.slow
@pytest.mark.parametrize(
    "randomizer",
    [
        *(csa.CountMeanSketch(1, 3, keep=keep) for keep in ("3/5", "9/10")),
        csa.CountMeanSketch(2, 2, keep="2/3"),
        csa.Rappor(3, 1, f="1/2", p="1/4", q="3/4"),
    ],
    ids=lambda r: r.describe(),
)
def test_four_users(randomizer: Any) -> None:
    check_randomizer(randomizer, users=(3, 4), alphas=("1/2", 1, "9/8", "3/2", 3))


def exactly(letters: tuple[Letter, ...], alpha: Fraction, users: int) -> Fraction:
    """The walk of letters whose masses are exact floats or close to them, in rationals."""
    steps = []
    for letter in letters:
        first, second, mass = (
            F(str(part.mid().str(60, radius=False)))
            for part in (letter.first, letter.second, letter.reference)
        )
        steps.append(((first - alpha * second) / mass, mass))
    return by_counts(steps, users) / users


def test_bounds_of_bloom_filters_do_not_look_at_the_other_bits() -> None:
    """For one bit a value, the bound is at least the blanket's, and near it where there are many bits."""
    f, p, q = NOISE[0]
    for bits in (2, 5):
        with precision(300):
            bound = exactly(csa.Rappor(bits, 1, f=f, p=p, q=q).bound_letters(), F(5, 4), 2)
        sets = [[frozenset({x}) for x in range(bits)]]
        blanket = blanket_walk(plain.rappor(bits, sets, f, p, q), (0, 1), 2, F(5, 4))
        assert blanket <= bound < blanket * F(21, 20)


def test_bounds_of_bloom_filters_are_above_the_blanket_of_all_sets_of_bits() -> None:
    """Two bits a value, the least mass over all sets of one and two bits: the blanket of every pair is below the bound."""
    f, p, q = NOISE[0]
    randomizer = csa.Rappor(4, 2, f=f, p=p, q=q)
    with precision(300):
        bound = exactly(randomizer.bound_letters(), F(5, 4), 2)
    patterns = [randomizer.pattern(code) for code in range(randomizer.codes)]
    matrix = plain.rappor(4, [patterns], f, p, q)
    found = [blanket_walk(matrix, (0, code), 2, F(5, 4)) for code in (1, 2, 6)]
    assert {len(patterns[0] & patterns[code]) for code in (1, 2, 6)} == {0, 1}
    assert bound * F(9, 10) < max(found) <= bound


def test_one_report_alone() -> None:
    sketch = csa.CountMeanSketch(6, 3, keep="3/4")
    (upper,), (lower,) = local_pairs(sketch).upper, local_pairs(sketch).lower
    alpha = sketch.root
    with precision(100):
        assert upper.value(alpha, 1e-9).delta.lower > lower.value(alpha, 1e-9).delta.upper > 0
    # 2 of 6 functions may confuse the two values: then a report tells nothing
    ratio = lower.value(alpha, 1e-9).delta.upper / upper.value(alpha, 1e-9).delta.lower
    assert ratio == pytest.approx(float(F(2, 3)), rel=1e-9)


def test_neither_functions_nor_cohorts_matter_to_the_upper_end() -> None:
    told = {
        csa.Shuffle(randomizer, users=1000).delta(epsilon="0.4").upper
        for randomizer in (csa.CountMeanSketch(1, 64, "2"), csa.CountMeanSketch(2**32, 64, "2"))
    }
    assert len(told) == 1
    lower = [
        csa.Shuffle(csa.CountMeanSketch(functions, 64, "2"), users=1000).delta(epsilon="0.4").lower
        for functions in (63, 64, 128)
    ]
    assert lower[0] > lower[1] == lower[2]
    filters = {
        csa.Shuffle(csa.Rappor(64, 2, cohorts, f="1/2", p="1/4", q="3/4"), users=1000).delta(epsilon="0.4")
        for cohorts in (1, 64, 2**20)
    }
    assert len({(bounds.lower, bounds.upper) for bounds in filters}) == 1


FAMILIES = [  # no more is told apart than what the lower end asks for
    (csa.CountMeanSketch(2, 2, keep="3/4"), [[0, 1], [0, 0]]),
    (csa.CountMeanSketch(3, 2, keep="2/3"), [[0, 1], [0, 1], [0, 0]]),
    (csa.CountMeanSketch(1, 4, keep="3/4"), [[0, 1, 2]]),
    (csa.Rappor(2, 1, 2, f="1/2", p="1/4", q="3/4"), [[0, 1], [0, 1]]),
    (csa.Rappor(3, 1, 2, f=0, p="1/3", q="3/5"), [[0, 1, 2], [0, 1, 2]]),
]


@pytest.mark.parametrize(
    ("randomizer", "family"), FAMILIES, ids=lambda part: "" if isinstance(part, list) else part.describe()
)
@pytest.mark.parametrize("inputs", ["fixed", "adaptive"])
def test_small_concatenations_lose_at_least_what_the_promised_values_do(
    randomizer: Any, family: list[list[int]], inputs: Any
) -> None:
    """Lists of codes that no value has are no lower end."""
    batch = csa.Shuffle(randomizer, users=2)
    bounds = csa.ConcurrentShuffles([batch, batch], inputs=inputs).delta(alpha="3/2")
    if isinstance(randomizer, csa.CountMeanSketch):
        assert randomizer.root.rational is not None
        keep = randomizer.root.rational / (randomizer.root.rational + 1)
        matrix = plain.count_mean_sketch(randomizer.width, family, keep)
    else:
        sets = [[randomizer.pattern(code) for code in row] for row in family]
        matrix = plain.rappor(randomizer.bloom_bits, sets, randomizer.f, randomizer.p, randomizer.q)
    own = csa.Shuffle(csa.FiniteRandomizer(matrix), users=2)
    truth = csa.exact_delta([own, own], alpha="3/2", inputs=inputs).delta
    assert isinstance(truth, F)
    assert bounds.lower <= truth <= bounds.upper


def test_what_sketches_assume_can_be_met() -> None:
    """Two buckets under one function tell two values apart, and never three."""
    for functions, width, words in (
        (1, 2, "two"),
        (4, 2, "two"),
        (3, 3, "two"),
        (1, 3, "three"),
        (7, 3, "three"),
    ):
        (assumed,) = csa.CountMeanSketch(functions, width, 1).assumes
        assert f"there are {words} values" in assumed
        shared = functions // width
        assert f"more than {shared} of the {functions} functions" in assumed
        count = 3 if words == "three" else 2
        family = [[x * (1 if index >= shared else 0) for x in range(count)] for index in range(functions)]
        assert max(max(row) for row in family) < width


@pytest.mark.slow
def test_one_function_is_symmetric_unary_encoding() -> None:
    for alpha in (F(1), F(3)):
        told = [
            csa.Shuffle(randomizer, users=8).delta(alpha=alpha)
            for randomizer in (
                csa.CountMeanSketch(1, 5, keep="3/4"),
                csa.SymmetricUnary(5, keep="3/4", release="vectors"),
            )
        ]
        assert told[0].upper == pytest.approx(told[1].upper, rel=1e-5)
        assert told[0].lower == pytest.approx(told[1].lower, rel=1e-5)


@pytest.mark.slow
def test_large_ones() -> None:
    for randomizer in (
        csa.CountMeanSketch(2**32, 10**6, "2"),
        csa.Rappor(2**20, 4, 2**20, f="1/2", p="1/4", q="3/4"),
    ):
        bounds = csa.Shuffle(randomizer, users=10_000).epsilon(delta="1e-6")
        assert 0 < bounds.lower <= bounds.upper < 0.5
        assert randomizer.neighbours() == ((0, 1),)
        assert randomizer.inputs == 1 << 62
        (pairs,) = (pairs_of(randomizer, 100).upper,)
        assert {"blanket-reduction", "public-functions"} <= set(pairs[0].claims)
        with precision(200):
            assert len(randomizer.blanket_letters((0, 1))) <= 26
        with pytest.raises(csa.ParameterError) as caught:
            randomizer.channel()
        assert caught.value.name == "functions"
        with pytest.raises(csa.ParameterError):
            csa.exact_delta(csa.Shuffle(randomizer, users=2), alpha=2)


def some_pairs(_self: Any) -> Any:
    return ((0, 1),)


def larger_least(self: Any, codes: Any) -> Any:
    return self.code_letters((*codes, codes[0]))


def smaller_step(self: Any) -> Any:
    letters = self.code_blanket((0, 0))
    return (*letters, Letter(arb(0), arb(0), 1 - sum((each.reference for each in letters), arb(0))))


def more_reference(self: Any) -> Any:
    """Twice the true reference: half the loss."""
    letters = type(self).plain_bound(self)[:-1]
    doubled = [Letter(each.first, each.second, 3 * each.reference / 2) for each in letters]
    return (*doubled, Letter(arb(0), arb(0), 1 - sum((each.reference for each in doubled), arb(0))))


def always(self: Any, _companion: int) -> Any:
    return self.bits.companion_letters((0, 1), 2)


@pytest.mark.parametrize(
    ("randomizer", "name", "wrong"),
    [
        (csa.CountMeanSketch(2, 3, keep="3/4"), "neighbours", some_pairs),
        (csa.CountMeanSketch(2, 3, keep="3/4"), "code_blanket", larger_least),
        (csa.CountMeanSketch(1, 3, keep="3/4"), "bound_letters", smaller_step),
        (csa.CountMeanSketch(1, 3, keep="3/4"), "bound_letters", more_reference),
        (csa.CountMeanSketch(2, 2, keep="3/4"), "witness_letters", always),
        (csa.Rappor(4, 2, f="1/2", p="1/4", q="3/4"), "neighbours", some_pairs),
        (csa.Rappor(4, 2, f="1/2", p="1/4", q="3/4"), "code_blanket", larger_least),
        (csa.Rappor(2, 1, f="1/2", p="1/4", q="3/4"), "bound_letters", more_reference),
        (csa.Rappor(4, 2, f="1/2", p="1/4", q="3/4"), "pair_factor", lambda self, _pair: self.local_factor()),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_mistake_is_seen(monkeypatch: pytest.MonkeyPatch, randomizer: Any, name: str, wrong: Any) -> None:
    monkeypatch.setattr(type(randomizer), "plain_bound", type(randomizer).bound_letters, raising=False)
    monkeypatch.setattr(type(randomizer), name, wrong)
    with pytest.raises((RandomizerCheckError, ArithmeticError)):  # the second: ends that cross
        check_randomizer(randomizer, users=(2, 3) if randomizer.inputs < 5 else (2,))
