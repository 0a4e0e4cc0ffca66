"""Mechanisms for numbers of an interval, and users with different epsilon0 in one batch."""

from fractions import Fraction
from functools import partial
from itertools import permutations, product

import pytest

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.pairs.walks import WalkPair
from accounting.testing import check_randomizer
from proofs.reference.intervals import piecewise_mean
from proofs.reference.shuffle_enumeration import exact_delta, hockey_stick, kary_response, released_law

pytestmark = pytest.mark.crosscheck

F = Fraction


@pytest.mark.parametrize("keep", ["11/20", "3/5", "2/3", "3/4", "9/10"])
def test_points_of_the_piecewise_mechanism(keep: str) -> None:
    points = csa.PiecewiseMean(keep=keep).points()
    check_randomizer(points, users=(2, 3))
    root = F(keep) / (1 - F(keep))
    plain = piecewise_mean((F(-1), F(1), F(0)), root)
    channel = points.channel()
    assert channel is not None
    merged = [sorted(zip(*matrix, strict=True)) for matrix in (plain, channel)]
    for column in {column for column in merged[0] if sum(column)}:
        ratio = [entry / sum(column) for entry in column]
        masses = [
            sum(sum(each) for each in columns if sum(each) and [entry / sum(each) for entry in each] == ratio)
            for columns in merged
        ]
        assert masses[0] == masses[1]


@pytest.mark.parametrize("epsilon0", ["1/2", "1", "2", "5"])
def test_points_with_irrational_levels(epsilon0: str) -> None:
    check_randomizer(csa.PiecewiseMean(epsilon0).points(), users=(2,))


def test_what_an_interval_has_no_matrix_for_is_not_called_exact() -> None:
    with pytest.raises(csa.NotCoveredError):
        csa.exact_delta(csa.Shuffle(csa.PiecewiseMean("1"), users=2), alpha=2)


def test_claims_name_what_stands_for_all_values() -> None:
    for randomizer, claim in (
        (csa.DuchiMean("1"), "input-mixtures"),
        (csa.PiecewiseMean("1"), "disjoint-intervals"),
    ):
        assert claim in csa.Shuffle(randomizer, users=50).delta(alpha=2).upper_claims


def test_duchi_loses_what_binary_response_loses() -> None:
    for alpha in (F(1, 2), F(1), F(3, 2)):
        mean, binary = (
            csa.Shuffle(made(keep="3/4"), users=20).delta(alpha=alpha)
            for made in (csa.DuchiMean, csa.BinaryRandomizedResponse)
        )
        assert mean.is_exact
        assert (mean.lower, mean.upper) == (binary.lower, binary.upper)


@pytest.mark.parametrize("values", [2, 3])
def test_users_with_smaller_epsilon0_hide_as_well(values: int) -> None:
    """k-ary response with e^epsilon0 = 4 and 2 in one batch: at most what 4 for all loses; the target may be of either kind."""
    strong, weak = (kary_response(values, w / (w + values - 1)) for w in (F(4), F(2)))
    rows = [*strong, *weak]
    declared = csa.Shuffle(csa.KaryRandomizedResponse(values, keep=F(4) / (F(4) + values - 1)), users=3)
    for alpha in (F(1, 2), F(1), F(5, 4), F(2), F(3)):
        upper = declared.delta(alpha=alpha).upper
        for others in product(range(2 * values), repeat=2):
            for first, second in (
                *permutations(range(values), 2),
                *permutations(range(values, 2 * values), 2),
            ):
                old, new = (released_law(rows, (value, *others)) for value in (first, second))
                assert hockey_stick(old, new, alpha) <= upper
        assert exact_delta(strong, 3, alpha) <= upper


def test_other_randomizers_with_the_same_epsilon0_do_not() -> None:
    """Two others whose messages are different hide nothing: the largest epsilon0 alone is no bound for mixed users."""
    rows = [[F(3, 4), F(1, 4), F(0), F(0)], [F(1, 4), F(3, 4), F(0), F(0)], [F(0), F(0), F(1, 2), F(1, 2)]]
    old, new = (released_law(rows, (value, 2, 2)) for value in (0, 1))
    declared = csa.Shuffle(csa.BinaryRandomizedResponse(keep="3/4"), users=3)
    assert hockey_stick(old, new, F(2)) > declared.delta(alpha=2).upper


@pytest.mark.parametrize(("epsilon0", "pieces"), [("1/2", 1), ("2", 1), ("1", 2), ("4", 2)])
def test_points_of_laplace_noise(epsilon0: str, pieces: int) -> None:
    check_randomizer(csa.LaplaceNoise(epsilon0).points(pieces), users=(2, 3))


def test_more_pieces_of_laplace_noise_close_in() -> None:
    """Upper walks fall and lower ones rise where each piece is cut into three, around the same number."""
    noise = csa.LaplaceNoise("2")
    alpha = Factor.of(F(5, 4))
    for users in (200, 5000):
        above: list[Enclosure] = []
        below: list[Enclosure] = []
        for pieces in (3, 9, 27):
            for letters, ends in (
                (partial(noise.spread_letters, pieces), above),
                (partial(noise.points(pieces).blanket_letters, (0, 1)), below),
            ):
                pair = WalkPair(users=users, letters=letters, largest=noise.factor, basis=())
                ends.append(pair.value(alpha, 1e-6).delta)
        assert below[0].lower <= below[1].upper
        assert below[1].lower <= below[2].upper
        assert above[2].lower <= above[1].upper
        assert above[1].lower <= above[0].upper
        assert below[2].upper < above[2].lower
        assert above[2].upper < (F(103, 100) if users < 1000 else F(5, 4)) * below[2].lower


def test_geometric_noise_with_many_levels_is_laplace_noise() -> None:
    coarse = csa.Shuffle(csa.TruncatedGeometric(32, "2"), users=2000).epsilon(delta="1e-6")
    fine = csa.Shuffle(csa.LaplaceNoise("2"), users=2000).epsilon(delta="1e-6")
    assert coarse.upper == pytest.approx(fine.upper, rel=1e-3)
    assert coarse.lower == pytest.approx(fine.lower, rel=1e-3)
    assert "farthest-ends" in coarse.upper_claims
    assert "spread-letters" in fine.upper_claims


def test_what_is_promised_for_laplace_noise_is_above_its_blanket() -> None:
    """The blanket of messages that are rounded to finer pieces: less than that of the messages, more than that of coarser ones."""
    noise, alpha = csa.LaplaceNoise("2"), F(5, 4)
    for users, pieces in ((200, 18), (5000, 72)):
        finer = WalkPair(
            users=users,
            letters=partial(noise.points(pieces).blanket_letters, (0, 1)),
            largest=noise.factor,
            basis=(),
        )
        promised = csa.Shuffle(noise, users=users).delta(alpha=alpha, relative_width="1e-7").upper
        assert finer.value(Factor.of(alpha), 1e-7).delta.lower < promised
