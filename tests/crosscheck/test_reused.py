"""Re-used reports, every small case: lower end <= exact value <= upper end, without tolerance."""

import math
from fractions import Fraction
from itertools import combinations_with_replacement, permutations, product
from math import prod

import pytest

import accounting as csa
from accounting.composition.crowds import crowd_bound
from accounting.curves import PairCurve
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from proofs.exhaustive.families import Sizes, families, members
from proofs.reference.counts import convolved
from proofs.reference.reused import worst_delta

pytestmark = pytest.mark.crosscheck

F = Fraction
ALPHAS = (F(1, 2), F(1), F(3, 2), F(2), F(3))
BINARY = csa.BinaryRandomizedResponse(keep="3/4")
TERNARY = csa.KaryRandomizedResponse(3, keep="3/5")
UNEVEN = csa.FiniteRandomizer([["1/2", "1/2"], ["1/6", "5/6"], ["1/4", "3/4"]])
BETRAYING = csa.FiniteRandomizer([["1/2", "1/2", 0], [0, "1/3", "2/3"]])
RANDOMIZERS = (BINARY, TERNARY, UNEVEN, BETRAYING)

SMALL = [
    family for batches in ("a", "ab", "abc") for users in (1, 2, 3) for family in families(batches, users)
]
LARGER = [family for batches in ("ab", "abc") for family in families(batches, 4)]
FIVE = [family for batches in ("ab", "abc") for family in families(batches, 5)]
SIX = [family for batches in ("ab", "abc") for family in families(batches, 6)]


def exact(reused: csa.ReusedReports, alpha: Fraction) -> Fraction:
    delta = reused.exact_delta(alpha=alpha).delta
    assert isinstance(delta, Fraction)
    return delta


def assert_equals_the_definition(
    randomizer: csa.FiniteRandomizer | csa.KaryRandomizedResponse, atoms: Sizes
) -> None:
    channel = randomizer.channel()
    assert channel is not None
    for alpha in (F(1, 2), F(1), F(2)):
        found = exact(csa.ReusedReports(randomizer, atoms), alpha)
        assert found == worst_delta(channel, members(atoms), sum(atoms.values()), alpha), (atoms, alpha)


def assert_bracketed(randomizer: csa.Randomizer, atoms: Sizes, alpha: Fraction) -> None:
    reused = csa.ReusedReports(randomizer, atoms)
    bounds, truth = reused.delta(alpha=alpha), exact(reused, alpha)
    assert 0 <= bounds.lower <= truth <= bounds.upper <= 1, (atoms, alpha)
    if bounds.is_exact:
        assert Fraction(bounds.upper) - Fraction(bounds.lower) <= F(1, 10**6) * truth + F(1, 10**300)


def test_there_are_families_of_every_shape() -> None:
    assert (len(SMALL), len(LARGER), len(FIVE)) == (35, 50, 102)
    assert {("a",): 1, ("b",): 1, ("a", "b"): 1} in SMALL


@pytest.mark.parametrize("randomizer", RANDOMIZERS, ids=lambda randomizer: randomizer.describe())
def test_enumeration_equals_the_definition(
    randomizer: csa.FiniteRandomizer | csa.KaryRandomizedResponse,
) -> None:
    for atoms in SMALL + (LARGER if randomizer is BINARY else []):
        assert_equals_the_definition(randomizer, atoms)


@pytest.mark.parametrize("randomizer", RANDOMIZERS, ids=lambda randomizer: randomizer.describe())
def test_small_families_are_bracketed(randomizer: csa.Randomizer) -> None:
    for atoms in SMALL:
        for alpha in ALPHAS:
            assert_bracketed(randomizer, atoms, alpha)


@pytest.mark.parametrize("randomizer", RANDOMIZERS, ids=lambda randomizer: randomizer.describe())
def test_larger_families_are_bracketed(randomizer: csa.Randomizer) -> None:
    for index, atoms in enumerate(LARGER + (FIVE if randomizer is BINARY else [])):
        assert_bracketed(randomizer, atoms, ALPHAS[index % len(ALPHAS)])


@pytest.mark.slow
@pytest.mark.parametrize("randomizer", RANDOMIZERS, ids=lambda randomizer: randomizer.describe())
def test_all_larger_families_are_bracketed(randomizer: csa.Randomizer) -> None:
    for atoms in (*LARGER, *(FIVE + SIX if randomizer is BINARY else FIVE[::4])):
        for alpha in ALPHAS:
            assert_bracketed(randomizer, atoms, alpha)


@pytest.mark.parametrize(
    "atoms",
    [
        {("a", "b"): 3},  # one set of users, released twice
        {("a", "b"): 3, ("b",): 2},  # nested batches subtract
        {("a", "b"): 2, ("b", "c"): 2, ("a", "c"): 2},  # three equations, three atoms
    ],
)
def test_determined_atoms_lose_what_their_shuffle_loses(atoms: Sizes) -> None:
    reused = csa.ReusedReports(BINARY, atoms)
    for alpha in ALPHAS:
        alone = csa.exact_delta(csa.Shuffle(BINARY, users=min(atoms.values())), alpha=alpha).delta
        assert exact(reused, alpha) == alone
        assert reused.delta(alpha=alpha).is_exact


def test_undetermined_atoms_are_between() -> None:
    """Three atoms, two histograms: the truth is strictly inside the bracket."""
    reused = csa.ReusedReports(BINARY, {("a",): 1, ("b",): 1, ("a", "b"): 1})
    bounds = reused.delta(alpha=2)
    assert not bounds.is_exact
    assert exact(reused, F(2)) == F(15, 64)
    assert bounds.lower < 15 / 64 < bounds.upper
    assert exact(csa.ReusedReports(BINARY, {("a", "b"): 2}), F(2)) == F(
        3, 16
    )  # one batch of two: the lower end
    assert bounds.lower <= 3 / 16 <= 1 / 4 <= bounds.upper  # and one report alone: the upper end


def test_composing_would_be_wrong_in_both_directions() -> None:
    shuffle = csa.Shuffle(BINARY, users=3)
    composed = csa.exact_delta([shuffle, shuffle], alpha=2).delta
    single = csa.exact_delta(shuffle, alpha=2).delta
    # the same users twice: the second histogram repeats the first
    twice = exact(csa.ReusedReports(BINARY, {("a", "b"): 3}), F(2))
    assert twice == single
    assert isinstance(composed, Fraction)
    assert twice < composed
    # all but one user: that user is in batch b only, and is left when a is subtracted from b
    assert isinstance(single, Fraction)
    betrayed = exact(csa.ReusedReports(BINARY, {("a", "b"): 2, ("b",): 1}), F(2))
    assert betrayed == F(1, 4)  # the report itself
    assert betrayed > single  # what a composition would count for this user, who is in one batch
    # two batches of three that share the target only lose less than two fresh ones, ..
    assert exact(csa.ReusedReports(BINARY, {("a",): 2, ("b",): 2, ("a", "b"): 1}), F(2)) == F(207, 1024)
    assert composed == F(837, 4096) > F(207, 1024)
    # .. and more when the two others of a also report to c: without c, a holds the target's report alone
    known = exact(csa.ReusedReports(BINARY, {("a", "c"): 2, ("b",): 2, ("a", "b"): 1}), F(2))
    assert known == F(1, 4) > composed


@pytest.mark.parametrize("alpha", ALPHAS)
def test_irrational_channels_are_enclosed(alpha: Fraction) -> None:
    atoms = {("a",): 1, ("b",): 1, ("a", "b"): 1}
    reused = csa.ReusedReports(csa.BinaryRandomizedResponse(epsilon0="1"), atoms)
    found = reused.exact_delta(alpha=alpha).delta
    bounds = reused.delta(alpha=alpha)
    assert isinstance(found, Enclosure)
    assert found.width < F(1, 2**150)
    assert bounds.lower <= found.lower
    assert found.upper <= bounds.upper


CROWDED: list[Sizes] = [
    {("a", "b"): 1, ("a",): 1, ("b",): 2},
    {("a", "b"): 1, ("a",): 3, ("b",): 3},
    {("a", "b"): 2, ("a",): 3, ("b",): 3},
    {("a", "b"): 1, ("a",): 2, ("b",): 2, ("b", "c"): 2, ("c",): 2},
    {("a", "b", "c"): 1, ("a",): 2, ("b",): 2, ("c",): 2},
]


@pytest.mark.parametrize("atoms", CROWDED, ids=str)
@pytest.mark.parametrize(
    "randomizer",
    [
        BINARY,
        csa.FiniteRandomizer([["2/5", "3/5"], ["1/2", "1/2"]]),
    ],
    ids=lambda randomizer: randomizer.describe(),
)
def test_crowds_bound_the_truth(
    randomizer: csa.FiniteRandomizer | csa.KaryRandomizedResponse, atoms: Sizes
) -> None:
    """Without the atom's own bound beside it, for the user who is in most batches."""
    together = max(atoms, key=len)
    bound = crowd_bound(randomizer, tuple(atoms[name,] for name in together))
    assert bound is not None
    channel = randomizer.channel()
    assert channel is not None
    for alpha in (F(1), F(11, 10), F(3, 2)):
        truth = exact(
            csa.ReusedReports(randomizer, {together: 1} | {(n,): atoms[n,] for n in together}), alpha
        )
        assert exact(csa.ReusedReports(randomizer, atoms), alpha) <= max(
            bound.delta(Factor.of(alpha)), csa.ReusedReports(randomizer, atoms).delta(alpha=alpha).upper
        )
        of_target = target_delta(channel, together, {name: atoms[name,] for name in together}, alpha)
        assert of_target <= truth
        assert of_target <= bound.delta(Factor.of(alpha))


def target_delta(
    channel: tuple[tuple[Fraction, ...], ...],
    together: tuple[str, ...],
    crowds: dict[str, int],
    alpha: Fraction,
) -> Fraction:
    """The loss of the one user in all batches, everybody else being in one: by definition, for two messages."""
    worst = Fraction(0)
    values = range(len(channel))
    options = [
        [
            convolved([channel[value][1] for value in held])
            for held in combinations_with_replacement(values, crowds[name])
        ]
        for name in together
    ]
    for laws in product(*options):
        told: dict[tuple[int, ...], list[Fraction]] = {}
        for message in (0, 1):
            for counts in product(*laws):
                chance = prod((law[count] for law, count in zip(laws, counts, strict=True)), start=F(1, 1))
                release = tuple(count + message for (count,) in counts)
                told.setdefault(release, [F(0), F(0)])[message] += chance
        excess = {pair: F(0) for pair in permutations(values, 2)}
        for x, y in excess:
            for chances in told.values():
                excess[x, y] += max(
                    F(0), sum(((channel[x][m] - alpha * channel[y][m]) * chances[m] for m in (0, 1)), F(0))
                )
        worst = max(worst, *excess.values())
    return worst


@pytest.mark.slow
def test_crowds_help_small_overlaps() -> None:
    """Ten users in two batches of eight hundred: they do not hide among each other only."""
    reused = csa.ReusedReports.from_batches(BINARY, {"a": (1, 800), "b": (791, 1590)})
    bounds = reused.epsilon(delta="1e-6")
    assert "reused-crowds" in bounds.upper_claims
    assert bounds.upper < 0.32 < 1 < csa.Shuffle(BINARY, users=10).epsilon(delta="1e-6").lower
    level = reused.delta(epsilon=bounds.upper).upper
    assert level <= 1.1e-6
    assert "reused-crowds" in reused.delta(epsilon=bounds.upper).upper_claims
    assert reused.epsilon(delta=0).upper >= math.log(3)  # nothing hides at delta = 0
    assert reused.delta(epsilon=-1).upper == PairCurve(reused.pairs()).delta(epsilon=-1).upper


def test_crowds_bound_alike_users_sharply() -> None:
    """Crowds of alike users: the bound is near what these data sets lose, so that little slack hides a slip."""
    keep, size = F(11, 20), 40
    bound = crowd_bound(csa.BinaryRandomizedResponse(keep=keep), (size, size))
    assert bound is not None
    crowd = convolved([1 - keep] * size)
    for alpha in (F(1), F(51, 50), F(26, 25)):
        lost = F(0)
        for one, other in product(range(size + 2), repeat=2):
            without = crowd.get((one,), F(0)) * crowd.get((other,), F(0))
            with_it = crowd.get((one - 1,), F(0)) * crowd.get((other - 1,), F(0))
            p, q = keep * with_it + (1 - keep) * without, (1 - keep) * with_it + keep * without
            lost += max(F(0), p - alpha * q)
        assert lost <= bound.delta(Factor.of(alpha)) <= 2 * lost


def test_an_atom_without_crowds_still_counts() -> None:
    """Twenty users of a batch of their own lose more than ten whose batches are large."""
    atoms = {("a", "b"): 10, ("a",): 500, ("b",): 500, ("c",): 20}
    bounds = csa.ReusedReports(TERNARY, atoms).delta(epsilon="0.5")
    alone = csa.Shuffle(TERNARY, users=20).delta(epsilon="0.5")
    assert (bounds.lower, bounds.upper) == (alone.lower, alone.upper)
    assert "reused-crowds" in bounds.upper_claims
    assert csa.Shuffle(TERNARY, users=10).delta(epsilon="0.5").lower > bounds.upper
