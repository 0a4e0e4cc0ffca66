"""Released counts with Poisson and negative binomial noise, against the definition."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as csa
from accounting.errors import NotCoveredError, ParameterError
from accounting.model.kinds import read_randomizer, written_randomizer
from accounting.numerics.factor import Factor
from accounting.pairs import noise_pair
from accounting.pairs.of_randomizer import pairs_of
from proofs.reference.noise import Weights, divergence, negative_binomial, poisson

F = Fraction
ONE = F(1)


def truth(noise: Weights, levels: int, alpha: Fraction) -> tuple[Fraction, Fraction]:
    """The largest over all shifts and both orders, enclosed."""
    ends = [
        divergence(noise, {a: ONE}, {b: ONE}, alpha)
        for shift in range(1, levels + 1)
        for a, b in ((shift, 0), (0, shift))
    ]
    return max(low for low, _ in ends), max(high for _, high in ends)


def check(randomizer: csa.Randomizer, users: int, noise: Weights, levels: int, alpha: Fraction) -> None:
    low, high = truth(noise, levels, alpha)
    bounds = csa.Shuffle(randomizer, users=users).delta(alpha=alpha)
    assert bounds.lower <= high
    assert bounds.upper >= low
    assert bounds.is_exact or bounds.upper < 1e-30
    assert bounds.upper - bounds.lower <= 2e-6 * bounds.upper + 1e-300


@given(
    st.integers(1, 4), st.integers(2, 4), st.fractions(F(1, 20), F(4), max_denominator=20),
    st.fractions(F(1, 5), F(40), max_denominator=12),
)  # fmt: skip
@settings(max_examples=25)
def test_poisson(levels: int, users: int, mean: Fraction, alpha: Fraction) -> None:
    check(csa.PoissonCount(levels=levels, mean=mean), users, poisson(users * mean, 160), levels, alpha)


@given(
    st.integers(1, 4), st.integers(2, 4), st.fractions(F(1, 8), F(3), max_denominator=8),
    st.fractions(F(1, 8), F(1, 2), max_denominator=8), st.fractions(F(1, 5), F(40), max_denominator=12),
)  # fmt: skip
@settings(max_examples=20)
def test_negative_binomial(
    levels: int, users: int, shape: Fraction, ratio: Fraction, alpha: Fraction
) -> None:
    noise = negative_binomial(users * shape, ratio, 120)
    for made in (csa.NegativeBinomialCount, csa.DiscreteLaplaceCount):
        check(made(levels=levels, shape=shape, ratio=ratio), users, noise, levels, alpha)


def test_minus_ones_do_not_help() -> None:
    """Both counts are released: by the definition with two independent negative binomial laws, shape 1 and ratio 1/2."""
    masses = [F(1, 2) ** (z + 1) for z in range(60)]
    for alpha in (F(1), F(3, 2), F(3)):
        joint = sum(
            (
                max(F(0), b * ((masses[u - 1] if u else F(0)) - alpha * masses[u]))
                for u in range(60)
                for b in masses
            ),
            F(0),
        )
        other = sum(
            (
                max(F(0), b * (masses[u] - alpha * (masses[u - 1] if u else F(0))))
                for u in range(60)
                for b in masses
            ),
            F(0),
        )
        found = csa.Shuffle(csa.DiscreteLaplaceCount(1, "1/2", "1/2"), users=2).delta(alpha=alpha)
        assert abs(found.upper - max(joint, other)) < 1e-9
        # the discrete Laplace mechanism at e^epsilon = 2 would lose less: at most 1/3 at alpha = 1, nothing from 2 on
    assert found.lower >= 0.49


def test_floor_is_what_no_epsilon_removes() -> None:
    shuffle = csa.Shuffle(csa.PoissonCount(levels=1, mean="1/2"), users=4)
    never = math.exp(-2)  # nobody sends a noise one
    assert shuffle.delta(epsilon=200).lower == pytest.approx(never, rel=1e-6)
    assert shuffle.epsilon(delta=F(13, 100)).upper == math.inf
    assert shuffle.epsilon(delta=F(14, 100)).upper < 10


def test_geometric_noise_in_closed_form() -> None:
    """Shape 1 in all: 1 - alpha q^s rising, 1 - q^s falling."""
    for levels in (1, 3):
        for ratio in (F(1, 2), F(9, 10)):
            pairs = pairs_of(csa.NegativeBinomialCount(levels=levels, shape="1/4", ratio=ratio), 4).upper
            for alpha in (F(1), F(21, 20), F(2), F(20)):
                expected = {True: max(F(0), 1 - alpha * ratio**levels), False: 1 - ratio**levels}
                for pair in pairs:
                    found = pair.value(Factor.of(alpha), 1e-6).delta
                    assert expected[pair.rising] in found  # type: ignore[attr-defined]
                    assert found.width < F(1, 10**30)


def test_the_largest_ratio() -> None:
    concave = pairs_of(csa.NegativeBinomialCount(levels=2, shape=1, ratio="1/3"), 5).upper
    assert [pair.ceiling() for pair in concave] == [Factor.of(F(9)), None]
    # shape 1/2: P(0)/P(1) = 1/(q/2) = 6 and P(0)/P(2) = 24
    convex = pairs_of(csa.NegativeBinomialCount(levels=2, shape="1/4", ratio="1/3"), 2).upper
    assert [pair.ceiling() for pair in convex] == [Factor.of(F(24)), None, Factor.of(F(6)), None]
    assert convex[0].value(Factor.of(F(24)), 1e-6).delta.upper == 0
    assert convex[0].value(Factor.of(F(239, 10)), 1e-6).delta.lower > 0


def test_at_a_likelihood_ratio_exactly() -> None:
    """alpha = P(z - s)/P(z) for some z: both thresholds give the same, and the ends stay narrow."""
    pair = pairs_of(csa.PoissonCount(levels=1, mean="1/2"), 4).upper[0]
    found = pair.value(Factor.of(F(3)), 1e-6).delta  # z/2 = 3 at z = 6
    listed = poisson(F(2), 100).listed
    expected = (sum(listed[5:], F(0)) - 3 * sum(listed[6:], F(0))) / sum(listed, F(0))
    assert abs(found.lower - expected) < F(1, 10**25)
    assert abs(found.upper - expected) < F(1, 10**25)


@pytest.mark.slow
@pytest.mark.parametrize("levels", [70, 200])
def test_many_levels(levels: int) -> None:
    """Ratios through log Gamma."""
    noise = poisson(F(40), 320)
    check(csa.PoissonCount(levels=levels, mean=10), 4, noise, levels, F(3))
    low, high = divergence(negative_binomial(F(8), F(9, 10), 900), {levels: ONE}, {0: ONE}, F(2))
    pair = pairs_of(csa.NegativeBinomialCount(levels=levels, shape=2, ratio="9/10"), 4).upper[0]
    found = pair.value(Factor.of(F(2)), 1e-6).delta
    assert found.lower <= high
    assert found.upper >= low


@pytest.mark.parametrize("users", [10**4, pytest.param(10**12, marks=pytest.mark.slow)])
def test_narrow_at_any_size(users: int) -> None:
    for randomizer in (
        csa.PoissonCount(3, "1/2"),
        csa.NegativeBinomialCount(3, 1, "1/2"),
        csa.DiscreteLaplaceCount(1, 2, "2/3"),
    ):
        bounds = csa.Shuffle(randomizer, users=users).epsilon(delta="1e-8")
        assert bounds.is_exact
        assert bounds.witness is not None
        assert 0 < bounds.lower <= bounds.upper <= bounds.lower * (1 + 1e-5)
        more = csa.Shuffle(randomizer, users=2 * users).epsilon(delta="1e-8")
        assert more.upper < bounds.lower


def test_poisson_noise_is_the_limit_of_rare_bits() -> None:
    poisson_noise = csa.Shuffle(csa.PoissonCount(1, 1), users=1000).epsilon(delta="1e-6")
    binomial = csa.Shuffle(csa.BinomialCount(1, 10**6, "1e-6"), users=1000).epsilon(delta="1e-6")
    assert poisson_noise.upper == pytest.approx(binomial.upper, rel=1e-5)


def test_many_levels_below_one_share_are_not_covered() -> None:
    with pytest.raises(NotCoveredError, match="at most 64 levels"):
        csa.Shuffle(csa.NegativeBinomialCount(65, "1/10", "1/2"), users=9).curve()
    assert csa.Shuffle(csa.NegativeBinomialCount(65, "1/10", "1/2"), users=10).delta(epsilon=1).is_exact
    assert csa.Shuffle(csa.NegativeBinomialCount(64, "1/10", "1/2"), users=9).delta(epsilon=1).is_exact


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (lambda: csa.PoissonCount(0, 1), "levels"),
        (lambda: csa.PoissonCount(1, 0), "mean"),
        (lambda: csa.PoissonCount(1, -1), "mean"),
        (lambda: csa.PoissonCount(1, 10**10), "mean"),
        (lambda: csa.PoissonCount(1, "nan"), "mean"),
        (lambda: csa.PoissonCount(1, F(1, 10**19)), "mean"),
        (lambda: csa.NegativeBinomialCount(1001, 1, "1/2"), "levels"),
        (lambda: csa.NegativeBinomialCount(1, 0, "1/2"), "shape"),
        (lambda: csa.NegativeBinomialCount(1, 1, 0), "ratio"),
        (lambda: csa.DiscreteLaplaceCount(1, 1, 1), "ratio"),
        (lambda: csa.DiscreteLaplaceCount(1, 1, F(1, 10**13)), "ratio"),
    ],
)  # fmt: skip
def test_bad_parameters(build: object, name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        build()  # type: ignore[operator]
    assert caught.value.name == name


@pytest.mark.parametrize(
    "randomizer",
    [
        csa.PoissonCount(4, "1/8"),
        csa.NegativeBinomialCount(2, "1/100", "0.9"),
        csa.DiscreteLaplaceCount(1, "1/100", "19/20"),
    ],
)
def test_deployment_files_name_them(randomizer: csa.Randomizer) -> None:
    written = written_randomizer(randomizer)
    table = {key: str(value) if isinstance(value, Fraction) else value for key, value in written.items()}
    assert read_randomizer("randomizer", table) == randomizer


def test_what_the_search_gives_up_is_in_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a limit at which the masses given up are large: ends become wide, and stay right."""
    monkeypatch.setattr(noise_pair, "_HOPELESS", -1.0)
    for randomizer, noise in (
        (csa.NegativeBinomialCount(1, "1/4", "1/2"), negative_binomial(F(1, 2), F(1, 2), 120)),
        (csa.PoissonCount(1, "1/2"), poisson(F(1), 100)),
    ):
        rising = pairs_of(randomizer, 2).upper[0]
        for alpha in (F(1), F(3, 2), F(19, 10), F(3), F(7)):
            low, high = divergence(noise, {1: ONE}, {0: ONE}, alpha)
            found = rising.value(Factor.of(alpha), 1e-6).delta
            assert found.lower <= high
            assert low <= found.upper


def test_counts_that_the_search_leaves_open_are_in_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few bits many counts are open: ends become wide, and stay right."""
    monkeypatch.setattr(noise_pair, "_SEARCH_BITS", -2)
    for randomizer, noise in (
        (csa.PoissonCount(2, 30), poisson(F(60), 300)),
        (csa.NegativeBinomialCount(2, "1/4", "1/2"), negative_binomial(F(1, 2), F(1, 2), 120)),
    ):
        for alpha in (F(1), F(21, 20), F(6, 5), F(19, 10), F(5)):
            for pair in pairs_of(randomizer, 2).upper:
                found = pair.value(Factor.of(alpha), 1e-6)
                assert found.witness is not None
                first, second = ({level: ONE} for level in found.witness.target)
                low, high = divergence(noise, first, second, alpha)
                assert found.delta.lower <= high
                assert low <= found.delta.upper


def test_a_huge_factor_below_one_share() -> None:
    """alpha = P(z - s)/P(z) of the order of 10^80: what lies between s and the threshold is small and has to be known relatively."""
    noise = negative_binomial(F(3, 10), F(9, 200), 200)
    pair = pairs_of(csa.NegativeBinomialCount(64, "3/20", "9/200"), 2).upper[0]
    alpha = noise.listed[6] / noise.listed[70]
    low, high = divergence(noise, {64: ONE}, {0: ONE}, alpha)
    found = pair.value(Factor.of(alpha), 1e-6).delta
    assert low <= found.upper < low * (1 + F(1, 10**9))
    assert high * (1 - F(1, 10**9)) < found.lower <= high


def test_hardly_any_noise_that_hardly_falls() -> None:
    """At alpha = 1 and shapes far below 1 no count is a threshold; all noise is zero but for the chance of a share."""
    randomizer = csa.NegativeBinomialCount(2, "1e-18", "0.999999999999")
    bounds = csa.Shuffle(randomizer, users=10).delta(epsilon=0)
    assert 1 - 1e-15 < bounds.lower <= bounds.upper <= 1
    assert csa.Shuffle(randomizer, users=10).epsilon(delta="1e-9").lower == math.inf
