"""Pairs that are random walks: their definitions, zero columns, ceilings and floors, and that bounds are bounds."""

import math
import random
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.of_randomizer import clones_pair, homogeneous, pairs_of
from accounting.pairs.pair import Pair
from accounting.randomizers import FiniteRandomizer, KaryRandomizedResponse, PureLocal
from proofs.reference import bounds
from proofs.reference.shuffle_enumeration import hockey_stick, released_law
from tests.strategies import Channel, channels, factors

F = Fraction


def value(pair: Pair, alpha: Fraction, width: float = 1e-9) -> Enclosure:
    return pair.value(Factor.of(alpha), width).delta


def largest(pairs: Sequence[Pair], alpha: Fraction, width: float = 1e-9) -> Enclosure:
    found = Enclosure.exactly(0)
    for pair in pairs:
        found = found.maximum(value(pair, alpha, width))
    return found


@pytest.mark.parametrize("factor", [F(11, 10), F(2), F(7), F(100)])
@pytest.mark.parametrize("users", [2, 3, 6])
def test_clones_pair_is_its_definition(factor: Fraction, users: int) -> None:
    pair = clones_pair(Factor.of(factor), users)
    for alpha in (F(1, 2), F(1), F(21, 20), F(3, 2), F(6), F(99)):
        truth = bounds.clones_delta(factor, users, alpha)
        found = value(pair, alpha)
        assert truth in found
        assert found.width <= max(truth, F(1, 10**40)) * F(1, 10**8) or alpha > factor * F(9, 10)


@pytest.mark.parametrize("users", [2, 5])
def test_blanket_and_homogeneous_pairs_are_their_definitions(users: int) -> None:
    channel = [[F(1, 2), F(1, 3), F(1, 6)], [F(1, 5), F(2, 5), F(2, 5)], [F(1, 8), F(1, 8), F(3, 4)]]
    randomizer = FiniteRandomizer(channel)
    pairs = pairs_of(randomizer, users)
    assert len(pairs.upper) == 6
    for alpha in (F(2, 3), F(1), F(5, 4), F(2)):
        for order, pair in zip(randomizer.neighbours(), pairs.upper, strict=True):
            assert bounds.blanket_delta(channel, order, users, alpha) in value(pair, alpha)
        for order in randomizer.neighbours():
            for companion in range(3):
                alike = homogeneous(randomizer, users, order, companion, None)
                truth = bounds.homogeneous_delta(channel, order, companion, users, alpha)
                found = value(alike, alpha)
                assert truth in found
                assert found.width <= F(1, 10**8)


@given(channels(inputs=3, letters=4), st.integers(2, 4), factors())
def test_zero_entries(channel: Channel, users: int, alpha: Fraction) -> None:
    """Messages that some inputs never send: outside the blanket, outside the companion's support, or both."""
    randomizer = FiniteRandomizer(channel)
    for order in randomizer.neighbours():
        for companion in randomizer.companions(order):
            alike = homogeneous(randomizer, users, order, companion, None)
            assert bounds.homogeneous_delta(channel, order, companion, users, alpha) in value(alike, alpha)
    for order, pair in zip(randomizer.neighbours(), pairs_of(randomizer, users).upper, strict=True):
        assert bounds.blanket_delta(channel, order, users, alpha) in value(pair, alpha)


@given(channels(inputs=3, letters=4), st.integers(2, 3))
def test_floors_and_ceilings(channel: Channel, users: int) -> None:
    """Above its ceiling delta vanishes, just below it does not; without one it stays above the floor."""
    randomizer = FiniteRandomizer(channel)
    for order in randomizer.neighbours():
        for companion in randomizer.companions(order):
            (alike,) = (
                pair
                for pair in pairs_of(randomizer, users).lower
                if pair.witness_at_zero() is not None
                and pair.witness_at_zero().target == order  # type: ignore[union-attr]
                and pair.witness_at_zero().others[0][0] == companion  # type: ignore[union-attr]
            )
            laws = [released_law(channel, (x, *[companion] * (users - 1))) for x in order]
            outside = sum((mass for outcome, mass in laws[0].items() if not laws[1].get(outcome)), F(0))
            ceiling = alike.ceiling()
            assert outside in alike.floor()
            if ceiling is None:
                continue
            assert outside == 0
            assert ceiling.rational is not None
            assert hockey_stick(laws[0], laws[1], ceiling.rational) == 0
            assert value(alike, ceiling.rational) == Enclosure.exactly(0)


def test_what_the_target_alone_can_send() -> None:
    """A letter that the others never send tells the two data sets apart whenever it occurs."""
    channel = [[F(1, 2), F(1, 2), F(0)], [F(0), F(1, 2), F(1, 2)]]
    for users in (2, 3, 10, 1000):
        shuffle = csa.Shuffle(FiniteRandomizer(channel), users=users)
        found = shuffle.delta(epsilon="5")
        assert found.upper >= found.lower >= 0.5**users * 0.99
        assert shuffle.epsilon(delta="0").upper == math.inf
    alone = homogeneous(FiniteRandomizer(channel), 10, (0, 1), 1, None)
    assert alone.ceiling() is None or alone.floor().lower >= 0
    assert F(1, 2) in alone.floor()  # the others hold 1 and never send the first letter


ALPHAS = (F(1), F(11, 10), F(3, 2), F(5, 2))


@pytest.mark.parametrize("epsilon0", ["0.1", "1", "2", "5", "10"])
@pytest.mark.parametrize("users", [2, 10, 1000, 10**6])
def test_pure_local_is_never_above_clones(epsilon0: str, users: int) -> None:
    pure = PureLocal(epsilon0)
    (pair,) = pairs_of(pure, users).upper
    clones = clones_pair(pure.factor, users)
    for share in (0.0, 0.01, 0.1, 0.5, 0.9):
        factor = Factor.exp(F(share * float(F(epsilon0)) / max(1.0, users**0.5 / 30.0)))
        ours, theirs = pair.value(factor, 1e-4).delta, clones.value(factor, 1e-4).delta
        assert ours.lower <= theirs.upper  # hence ours is not certainly above, whatever the widths
        if ours.relative_width <= 2e-4 and theirs.relative_width <= 2e-4:
            assert ours.upper <= theirs.upper * (1 + F(3, 10**4))


def extremal_channel(draw: random.Random, factor: Fraction, inputs: int, letters: int) -> Channel:
    """Rows with entries in the ratio 1 or ``factor`` within each column, up to a column's weight.

    Weights are solved for where possible; otherwise the columns are scaled so that all rows sum to 1 with one more
    column, which keeps the ratios.
    """
    while True:
        high = [[draw.random() < 0.5 for _ in range(letters)] for _ in range(inputs)]
        weights = [F(draw.randint(1, 9)) for _ in range(letters)]
        rows = [[w * (factor if h else 1) for w, h in zip(weights, row, strict=True)] for row in high]
        most = max(sum(row) for row in rows)
        least = min(sum(row) for row in rows)
        # a last column with entries between r and r * factor takes up what a row lacks
        rest = (most - least) / (factor - 1) if most > least else F(1)
        rows = [[*row, rest + most - sum(row)] for row in rows]
        total = most + rest
        channel = tuple(tuple(entry / total for entry in row) for row in rows)
        columns = list(zip(*channel, strict=True))
        if all(max(column) <= factor * min(column) for column in columns) and len(set(channel)) > 1:
            return channel


def assert_covered(channel: Channel, factor: Fraction, users: int, alphas: Sequence[Fraction]) -> None:
    ratio = max(max(column) / min(column) for column in zip(*channel, strict=True))
    assert ratio <= factor
    # epsilon0 as a rational just above log(factor)
    pure = csa.Shuffle(PureLocal(F(math.log(factor)) + F(1, 10**12)), users=users).curve()
    for alpha in alphas:
        exact = csa.exact_delta(csa.Shuffle(FiniteRandomizer(channel), users=users), alpha=alpha).delta
        assert isinstance(exact, Fraction)
        assert exact <= pure.delta(alpha=alpha).upper, (channel, users, alpha)


@pytest.mark.parametrize("users", [2, 3, 4, 5])
def test_the_local_blanket_covers_extremal_channels(users: int) -> None:
    draw = random.Random(4000 + users)
    for _ in range(25):
        factor = draw.choice([F(5, 4), F(2), F(3), F(10)])
        channel = extremal_channel(draw, factor, draw.randint(2, 4), draw.randint(1, 3))
        assert_covered(channel, factor, users, (F(1), 1 + (factor - 1) / 4, 1 + (factor - 1) / 2))


@given(channels(inputs=4, letters=4, positive=True), st.integers(2, 4), factors())
@settings(max_examples=40)
def test_the_local_blanket_covers_random_channels(channel: Channel, users: int, alpha: Fraction) -> None:
    factor = max(max(column) / min(column) for column in zip(*channel, strict=True))
    if factor > 1:
        assert_covered(channel, factor, users, (alpha,))


@pytest.mark.parametrize("values", [2, 3, 4, 6])
@pytest.mark.parametrize("factor", [F(3, 2), F(4), F(20)])
def test_the_local_blanket_covers_kary_response(values: int, factor: Fraction) -> None:
    lie = 1 / (factor + values - 1)
    channel = tuple(tuple(factor * lie if x == y else lie for y in range(values)) for x in range(values))
    for users in (2, 3, 5):
        assert_covered(channel, factor, users, (F(4, 5), *(alpha for alpha in ALPHAS if alpha < factor)))


@pytest.mark.slow
@pytest.mark.parametrize("users", [2, 3, 4, 5])
def test_the_local_blanket_covers_very_many_channels(users: int) -> None:
    draw = random.Random(users)
    for _ in range(80):
        factor = draw.choice([F(21, 20), F(5, 4), F(2), F(3), F(10), F(50)])
        channel = extremal_channel(draw, factor, draw.randint(2, 4), draw.randint(1, 4))
        assert_covered(
            channel,
            factor,
            users,
            (F(1, 2), F(1), 1 + (factor - 1) / 9, 1 + (factor - 1) / 2, factor * F(9, 10)),
        )


@pytest.mark.parametrize("values", [3, 4, 100, 100_000, 10**9])
@pytest.mark.parametrize("users", [2, 20, 1000])
def test_the_witness_is_below_the_bound(values: int, users: int) -> None:
    pairs = pairs_of(KaryRandomizedResponse(values, epsilon0="2"), users)
    for alpha in (F(9, 10), F(1), F(11, 10), F(2)):
        assert largest(pairs.lower, alpha, 1e-3).lower <= largest(pairs.upper, alpha, 1e-3).upper


def test_a_constant_channel_hides_everything() -> None:
    pairs = pairs_of(FiniteRandomizer([["1/2", "1/2"]] * 2), 10)
    assert largest(pairs.upper, F(1)).upper <= F(1, 10**20)
    assert F(1, 2) in largest(pairs.upper, F(1, 2))
    assert largest(pairs.upper, F(3)) == Enclosure.exactly(0)
