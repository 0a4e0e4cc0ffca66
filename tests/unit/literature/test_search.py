"""The search finds what is planted, nothing else, and makes it as small as it can be."""

from fractions import Fraction
from itertools import product

import pytest

import accounting as csa
from accounting.errors import NotCoveredError, ParameterError
from accounting.literature import PUBLISHED
from accounting.literature.certificate import Counterexample
from accounting.literature.counterexample import counterexample_for, refute
from accounting.literature.factors import factors_below
from accounting.literature.families import asymmetric_binary, extremal_channels, kary, small_channels
from accounting.literature.search import search, shrink
from accounting.numerics.enclosure import Enclosure
from accounting.numerics.factor import Factor
from accounting.randomizers.base import FiniteKernel
from proofs.reference.counterexample import check
from tests.unit.literature.planted import Planted, exact_delta

F = Fraction
FACTORS = tuple(map(F, ("3/2", "2", "3", "5")))
RESPONSES = kary((2, 3, 4), FACTORS)


@pytest.mark.parametrize(
    "family",
    [RESPONSES, asymmetric_binary(5), small_channels(3, 2, 4), tuple(extremal_channels(2, FACTORS[1:3]))],
)
def test_a_true_bound_has_no_counterexample(family: tuple[FiniteKernel, ...]) -> None:
    searched = search(Planted(), family, users=(2, 3), most=None)
    assert searched.cases > 20
    assert (searched.counterexample, searched.refuted, searched.undecided) == (None, 0, 0)


@pytest.mark.parametrize("family", [RESPONSES, asymmetric_binary(5), small_channels(3, 2, 4)])
def test_a_true_bound_less_one_percent_has_one_everywhere(family: tuple[FiniteKernel, ...]) -> None:
    searched = search(Planted(F(99, 100)), family, users=(2, 3), most=None)
    true = search(Planted(), family, users=(2, 3), most=None)
    zero = sum(
        exact_delta(kernel, users, alpha) == 0
        for kernel, users in product(family, (2, 3))
        for alpha in factors_below(kernel)
    )
    assert searched.cases == true.cases
    assert searched.refuted == true.cases - zero


def test_a_claim_that_may_be_right_is_no_find() -> None:
    """The loss lies inside the enclosure of the claim: nothing follows."""
    searched = search(Planted(slack=F(1, 10)), RESPONSES, users=(2, 3), most=None)
    assert searched.counterexample is None
    assert searched.undecided > 0.8 * searched.cases


def test_what_is_not_covered_is_counted_as_such() -> None:
    class Nothing:
        id = "nothing"

        def claimed_delta(self, randomizer: csa.Randomizer, *, users: int, alpha: Fraction) -> Enclosure:
            raise NotCoveredError(f"nothing about {users} users at {alpha}")

    searched = search(Nothing(), RESPONSES, users=(2,))
    assert (searched.cases, searched.counterexample) == (0, None)
    assert searched.not_covered == sum(len(factors_below(kernel)) for kernel in RESPONSES)


def test_bad_input() -> None:
    with pytest.raises(ParameterError) as error:
        search(Planted(), RESPONSES, users=(1,))
    assert error.value.name == "users"
    with pytest.raises(ParameterError) as error:
        search(Planted(), RESPONSES, users=(2,), alphas=(F(0),))
    assert error.value.name == "alphas"


def certificate(bound: Planted, kernel: FiniteKernel, users: int, alpha: Fraction) -> Counterexample:
    found = search(bound, (kernel,), users=(users,), alphas=(alpha,)).counterexample
    assert found is not None
    return found


def test_the_shrinker_gives_the_smallest_response() -> None:
    """Wrong from three users and three values on: the smallest is found from a large one."""

    def wrong(kernel: FiniteKernel, users: int, alpha: Fraction) -> bool:
        return users >= 3 and kernel.inputs >= 3 and alpha > 1

    bound = Planted(F(99, 100), wrong)
    small = shrink(bound, certificate(bound, kary((4,), (F(7, 2),))[0], 5, F(5, 2)))
    candidates = [
        found.size
        for users, kernel in product(
            (2, 3), kary((2, 3), [F(a, b) for b in (1, 2, 3) for a in range(b + 1, 7)])
        )
        if (found := search(bound, (kernel,), users=(users,)).counterexample) is not None
    ]
    assert small.size == min(candidates)
    assert small.size[:4] == (3, 3, 3, 4)
    assert small.delta == exact_delta(small.kernel, 3, small.alpha)


def test_the_shrinker_gives_the_smallest_channel() -> None:
    """Wrong from three messages on; values are dropped, messages merged and rows rounded until nothing smaller is wrong."""

    def wrong(kernel: FiniteKernel, *_: object) -> bool:
        channel = kernel.channel()
        return channel is not None and len(channel[0]) >= 3

    bound = Planted(F(99, 100), wrong)
    large = csa.FiniteRandomizer(
        [["2/7", "1/7", "1/7", "3/7"], ["1/7", "2/7", "2/7", "2/7"], ["1/7", "1/7", "4/7", "1/7"]]
    )
    small = shrink(bound, certificate(bound, large, 4, F(3, 2)))
    candidates = [
        found.size
        for kernel in small_channels(2, 3, 5)
        if (found := search(bound, (kernel,), users=(2,)).counterexample) is not None
    ]
    assert small.size == min(candidates)


def test_a_certificate_gives_the_claim_its_upper_end() -> None:
    bound = Planted(F(1, 2), slack=F(1, 10))
    found = certificate(bound, kary((2,), (F(2),))[0], 2, F(1))
    assert (found.claimed, found.claimed_is) == (found.delta / 2 * F(11, 10), "at most")


def test_a_simpler_factor_is_taken() -> None:
    bound = Planted(F(99, 100))
    kernel = kary((2,), (F(2),))[0]
    assert shrink(bound, certificate(bound, kernel, 2, F(8, 7))).alpha == 1


def test_the_variation_ratio_is_refuted_from_scratch() -> None:
    found = refute(PUBLISHED["variation-ratio"])
    assert found is not None
    assert (found.users, len(found.channel), found.claimed_is, found.delta_is) == (2, 3, "equal", "equal")
    assert found.delta == exact_delta(found.kernel, 2, found.alpha) > found.claimed
    assert check(found.to_json()).startswith("confirmed")


@pytest.mark.parametrize(
    ("values", "users", "others", "loss", "published"),
    [
        (3, 3, ((0, 1), (2, 1)), F(2, 25), (F(9, 125), F(9, 125))),
        (4, 4, ((0, 2), (3, 1)), F(13, 432), (F("0.02700617"), F("0.02700618"))),
    ],
)
def test_the_small_cases(
    values: int,
    users: int,
    others: tuple[tuple[int, int], ...],
    loss: Fraction,
    published: tuple[Fraction, Fraction],
) -> None:
    """Response with e^epsilon0 = 3 at e^epsilon = 2."""
    kernel = csa.KaryRandomizedResponse.with_factor(values, Factor.of(F(3)))
    found = search(PUBLISHED["variation-ratio"], (kernel,), users=(users,), alphas=(F(2),)).counterexample
    assert found is not None
    assert found.delta == loss
    assert published[0] <= found.claimed <= published[1]
    assert sorted(count for _, count in found.others) == sorted(count for _, count in others)


def test_a_working_size() -> None:
    """1000 users, 4 values, e^epsilon0 = 13, epsilon about 0.6: others who all hold a third value lose more."""
    kernel = csa.KaryRandomizedResponse.with_factor(4, Factor.of(F(13)))
    alpha = F("1.8221188")
    found = search(PUBLISHED["variation-ratio"], (kernel,), users=(1000,), alphas=(alpha,)).counterexample
    assert found is not None
    assert (found.target, found.others) == ((0, 1), ((2, 999),))
    assert (found.delta_is, found.claimed_is) == ("at least", "at most")
    assert F("2.54464e-7") < found.delta < F("2.54466e-7")
    assert F("2.52106e-7") < found.claimed < F("2.52108e-7")


def test_counterexamples_are_found_anew() -> None:
    found = counterexample_for("stronger-clones-kary")
    assert found is not None
    assert {"channel", "target", "others", "alpha", "exact", "claimed", "users"} <= set(found)
    assert F(found["exact"]) > F(found["claimed"])
    with pytest.raises(ParameterError) as error:
        counterexample_for("variation")
    assert error.value.name == "bound"


@pytest.mark.slow
@pytest.mark.parametrize("bound", ["clones", "stronger-clones", "blanket-numerical", "blanket-hoeffding"])
def test_what_stands(bound: str) -> None:
    assert counterexample_for(bound) is None
