"""Losses of explicit data sets against the enumeration and against plain sums."""

from fractions import Fraction

import pytest

import accounting as csa
from accounting.literature import PUBLISHED
from accounting.literature.exact_claims import exactly_claimed
from accounting.literature.families import asymmetric_binary, kary, small_channels
from accounting.literature.losses import alike, but_one, enumerated, loss_of, mixed, worst
from accounting.literature.near import near_alike
from accounting.randomizers.base import FiniteKernel
from proofs.reference import bounds, shuffle_enumeration
from tests.unit.literature.planted import exact_delta

F = Fraction
ALPHAS = (F(1), F(4, 3), F(2))
KERNELS = (*kary((2, 3), (F(3),)), *asymmetric_binary(5)[-1:], *small_channels(3, 3, 5)[-1:])


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("users", [2, 4])
def test_losses_against_the_definition(kernel: FiniteKernel, users: int) -> None:
    channel = kernel.channel()
    assert channel is not None
    for alpha, loss in zip(ALPHAS, enumerated(kernel, users, ALPHAS), strict=True):
        assert loss.delta == exact_delta(kernel, users, alpha)
        values = [value for value, count in loss.others for _ in range(count)]
        first, second = (shuffle_enumeration.released_law(channel, [x, *values]) for x in loss.target)
        assert shuffle_enumeration.hockey_stick(first, second, alpha) == loss.delta
        assert loss_of(kernel, loss.target, loss.others, (alpha,)) == [loss.delta]


@pytest.mark.parametrize("kernel", KERNELS)
def test_chosen_data_sets_lose_no_more_than_all(kernel: FiniteKernel) -> None:
    for all_of_them, some, few in zip(
        enumerated(kernel, 5, ALPHAS), mixed(kernel, 5, ALPHAS), alike(kernel, 5, ALPHAS), strict=True
    ):
        assert some.delta <= all_of_them.delta
        assert few.delta <= all_of_them.delta
        assert few.delta_is == "at least"
        assert sum(count for _, count in some.others) == sum(count for _, count in few.others) == 4


def test_mixtures_lose_more_than_equal_values() -> None:
    """3-ary response among 50 users at e^epsilon = 7: data sets with two kinds of others are worse than those with one."""
    kernel = kary((3,), (F(13),))[0]
    (some,), (few,) = mixed(kernel, 50, (F(7),)), alike(kernel, 50, (F(7),))
    assert some.delta > few.delta * F(1001, 1000)


def test_the_worst_is_taken_where_it_is_affordable() -> None:
    kernel = kary((4,), (F(3),))[0]
    assert worst(kernel, 4, ALPHAS) == tuple(enumerated(kernel, 4, ALPHAS))
    assert worst(kernel, 14, ALPHAS) == tuple(mixed(kernel, 14, ALPHAS))
    assert worst(kernel, 10**6, (F("1.001"),))[0].delta_is == "at least"


@pytest.mark.parametrize(
    "bound",
    ["clones", "stronger-clones", "stronger-clones-kary", "variation-ratio", "koskela", "blanket-numerical"],
)
@pytest.mark.parametrize("kernel", KERNELS)
def test_exact_claims_lie_in_the_enclosures(bound: str, kernel: FiniteKernel) -> None:
    for users in (2, 5, 20):
        for alpha in ALPHAS:
            claimed = exactly_claimed(bound, kernel, users, alpha)
            if claimed is None:
                assert bound == "stronger-clones-kary"
                assert isinstance(kernel, csa.FiniteRandomizer)
            else:
                assert claimed in PUBLISHED[bound].claimed_delta(kernel, users=users, alpha=alpha)


def test_exact_claims_against_plain_sums() -> None:
    for values, users, alpha in ((3, 3, F(2)), (4, 4, F(3, 2)), (2, 5, F(5, 4))):
        kernel = kary((values,), (F(3),))[0]
        assert exactly_claimed("variation-ratio", kernel, users, alpha) == bounds.variation_ratio_delta(
            F(3), values, users, alpha
        )
        assert exactly_claimed("clones", kernel, users, alpha) == bounds.clones_delta(F(3), users, alpha)


def test_no_exact_claim_where_none_is_known() -> None:
    kernel = kary((3,), (F(3),))[0]
    assert exactly_claimed("blanket-hoeffding", kernel, 3, F(2)) is None
    assert exactly_claimed("variation-ratio", kernel, 1000, F(2)) is None
    irrational = csa.KaryRandomizedResponse(3, "1")
    assert exactly_claimed("variation-ratio", irrational, 3, F(2)) is None


@pytest.mark.parametrize("kernel", [kary((3,), (F(3),))[0], small_channels(3, 3, 5)[3]])
@pytest.mark.parametrize("alpha", [F(11, 10), F(3, 2)])
def test_all_but_one_is_just_below_the_exact_loss(kernel: FiniteKernel, alpha: Fraction) -> None:
    channel = kernel.channel()
    assert channel is not None
    for pair, lone in (((0, 1), 0), ((0, 1), 1), ((1, 0), 2)):
        companion = 2 if lone != 2 else 1
        others = tuple(sorted(((companion, 28), (lone, 1))))
        (exact,) = loss_of(kernel, pair, others, (alpha,))
        found = near_alike(channel, pair, companion, lone, 30, alpha)
        assert found <= exact <= found * (1 + F(1, 10**9))


def test_all_but_one_can_lose_more_than_all() -> None:
    kernel = kary((3,), (F(3),))[0]
    (one,), (alone,) = but_one(kernel, 100, (F(3, 2),)), alike(kernel, 100, (F(3, 2),))
    assert one is not None
    assert one.others == ((0, 1), (2, 98))
    assert one.delta > alone.delta * F(1007, 1000)


def test_all_but_one_where_it_is_not_affordable() -> None:
    assert but_one(kary((4,), (F(3),))[0], 100, (F(2),)) == [None]
    assert but_one(kary((3,), (F(3),))[0], 10**6, (F(2),)) == [None]
