"""Sums of unary encodings with two bit probabilities: both ends, their data set, and what is refused."""

from fractions import Fraction

import pytest

import accounting as csa
from accounting.curves.composed import ComposedCurve
from accounting.errors import NotCoveredError, ParameterError
from accounting.model import Deployment
from accounting.model.kinds import read_randomizer, written_randomizer
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import factors_of, pairs_of
from accounting.pairs.witness import JointWitness
from proofs.reference.shuffle_enumeration import hockey_stick
from proofs.reference.unary import bit_sums_law

F = Fraction

KINDS = (
    csa.OptimizedUnary(4, "2", release="sums"),
    csa.UnaryEncoding(4, "3/4", "1/20", release="sums"),
    csa.BasicRappor(4, "1/2", "1/4", "3/4", release="sums"),
)


@pytest.mark.parametrize(
    ("randomizer", "users"),
    [(KINDS[1], 40), *(pytest.param(kind, 5000, marks=pytest.mark.slow) for kind in KINDS)],
)
def test_one_data_set_stands_behind_both_sums(randomizer: csa.Randomizer, users: int) -> None:
    first, second = factors_of(randomizer, users)
    assert first.one_order
    assert second.one_order
    data = {pair.witness_at_zero() for release in (first, second) for pair in release.explicit}
    assert len(data) == 1
    batch = csa.Shuffle(randomizer, users=users)
    together = csa.ConcurrentShuffles([batch, batch, batch]).delta(epsilon="0.2").witness
    assert isinstance(together, JointWitness)
    assert [count for _, count in together.parts] == [3]


@pytest.mark.parametrize("values", [2, 3])
@pytest.mark.parametrize(
    ("p", "q"),
    [
        (F(1, 2), F(1, 5)),
        *(pytest.param(*pq, marks=pytest.mark.slow) for pq in ((F(9, 10), F(1, 2)), (F(2, 3), F(1, 3)))),
    ],
)
def test_the_witness_loses_what_is_said(values: int, p: Fraction, q: Fraction) -> None:
    """The lower end against the data set's own law, and against the exact value of all of them."""
    users = 4
    shuffle = csa.Shuffle(csa.UnaryEncoding(values, p, q, release="sums"), users=users)
    for alpha in (F(1, 2), F(3, 2)):
        bounds = shuffle.delta(alpha=alpha)
        assert isinstance(bounds.witness, JointWitness)
        ((data, count),) = bounds.witness.parts
        assert count == 1
        others = [value for value, number in data.others for _ in range(number)]
        first, second = (bit_sums_law(values, (value, *others), p, q) for value in data.target)
        attained = hockey_stick(first, second, alpha)
        assert bounds.lower <= attained
        assert bounds.lower >= attained * F(95, 100)
        true = csa.exact_delta(shuffle, alpha=alpha).delta
        assert isinstance(true, Fraction)
        assert bounds.lower <= true <= bounds.upper


@pytest.mark.slow
def test_irrational_bits_are_enclosed() -> None:
    shuffle = csa.Shuffle(csa.OptimizedUnary(3, "1", release="sums"), users=4)
    for alpha in ("1/2", "1", "3/2", "2"):
        true = csa.exact_delta(shuffle, alpha=alpha).delta
        assert isinstance(true, Enclosure)
        bounds = shuffle.delta(alpha=alpha)
        assert bounds.lower <= true.upper
        assert true.lower <= bounds.upper


@pytest.mark.slow
def test_with_symmetric_bits_the_two_kinds_agree() -> None:
    """The blanket is above the exact worst data set of binary response, and data sets are no worse than it."""
    ours = csa.Shuffle(csa.UnaryEncoding(5, "3/4", "1/4", release="sums"), users=30)
    exact = csa.Shuffle(csa.SymmetricUnary(5, keep="3/4", release="sums"), users=30)
    for epsilon in ("0.1", "1"):
        a, b = ours.delta(epsilon=epsilon), exact.delta(epsilon=epsilon)
        assert a.upper >= b.lower
        assert a.lower <= b.upper


def test_all_is_lost_at_delta_zero() -> None:
    for randomizer in KINDS:
        epsilon = csa.Shuffle(randomizer, users=100).epsilon(delta=0)
        vector = csa.Shuffle(_vectors(randomizer), users=100)
        assert epsilon.lower <= vector.epsilon(delta=0).upper
        assert vector.epsilon(delta=0).lower <= epsilon.upper
        assert epsilon.upper - epsilon.lower < 1e-4


@pytest.mark.slow
def test_sums_lose_less_than_vectors() -> None:
    for randomizer in KINDS:
        vectors = _vectors(randomizer)
        sums = csa.Shuffle(randomizer, users=1000).epsilon(delta="1e-6")
        assert sums.lower <= csa.Shuffle(vectors, users=1000).epsilon(delta="1e-6").upper
        assert sums.upper <= 1.3 * sums.lower


def test_a_one_order_curve_is_not_mirrored() -> None:
    """Below alpha = 1 the curve of one release is asked for, because the other order is another curve."""
    curve = csa.Shuffle(csa.UnaryEncoding(3, "9/10", "1/2", release="sums"), users=3).curve()
    assert isinstance(curve, ComposedCurve)
    first = curve.parts[0]
    pair = first.pairs.upper[0]
    below = pair.value(Factor.of(F(1, 2)), 1e-6).delta
    mirrored = F(1, 2) + F(1, 2) * pair.value(Factor.of(F(2)), 1e-6).delta.upper
    assert below.lower > mirrored * F(101, 100) or below.upper < mirrored * F(99, 100)


@pytest.mark.parametrize("randomizer", KINDS)
def test_one_pair_of_laws_is_refused(randomizer: csa.Randomizer) -> None:
    with pytest.raises(NotCoveredError, match="two independent sums"):
        pairs_of(randomizer, 10)


@pytest.mark.parametrize("randomizer", KINDS)
def test_files_say_what_is_released(randomizer: csa.Randomizer) -> None:
    written = written_randomizer(randomizer)
    assert written["release"] == "sums"
    table = _table(randomizer)
    assert read_randomizer("randomizer", table) == randomizer
    del table["release"]
    vectors = read_randomizer("randomizer", table)
    assert vectors != randomizer
    assert "release" not in written_randomizer(vectors)
    with pytest.raises(ParameterError) as caught:
        read_randomizer("randomizer", {**table, "release": "histogram"})
    assert caught.value.name == "randomizer.release"


@pytest.mark.slow
def test_a_report_says_that_only_sums_are_released() -> None:
    text = """
        budget = {epsilon = 1, delta = 1e-6}
        [[shuffler]]
        name = "a"
        users = 20_000
        [shuffler.randomizer]
        kind = "optimized-unary"
        values = 8
        epsilon0 = 2
        release = "sums"
    """
    from accounting.report.check import check

    report = check(Deployment.from_toml(text))
    assert any("sum of each position" in assumption for assumption in report.assumptions)


def _table(randomizer: csa.Randomizer) -> dict[str, object]:
    """What a file would say."""
    written = written_randomizer(randomizer)
    return {key: str(value) if isinstance(value, Fraction) else value for key, value in written.items()}


def _vectors(randomizer: csa.Randomizer) -> csa.Randomizer:
    """The same encoding, with its vectors released."""
    return read_randomizer("randomizer", {**_table(randomizer), "release": "vectors"})
