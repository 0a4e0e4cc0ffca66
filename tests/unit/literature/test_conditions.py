"""Outside its conditions a paper claims nothing, and just inside them it does."""

from fractions import Fraction

import pytest

import accounting as csa
from accounting.literature import PUBLISHED

F = Fraction
TINY = csa.FiniteRandomizer([["1/2", "1/2", "0"], ["1/2", "0", "1/2"]])  # no finite epsilon0
NOISE = csa.BinomialCount(1, 1, "3/4")
COIN = csa.BinaryRandomizedResponse(keep="3/4")


@pytest.mark.parametrize(
    ("bound", "inside", "outside"),
    [
        ("erlingsson", (csa.PureLocal("0.4"), 1000, "1e-6"), (csa.PureLocal("0.4"), 999, "1e-6")),
        ("erlingsson", (csa.PureLocal("0.499999"), 1000, "1e-6"), (csa.PureLocal("0.5"), 1000, "1e-6")),
        ("erlingsson", (csa.PureLocal("0.4"), 1000, "0.009999"), (csa.PureLocal("0.4"), 1000, "0.010001")),
        # 16 w log(2/delta) <= n: at w = 3 and n = 1000 delta is at least 2 exp(-1000/48) = 1.7915e-9
        ("clones-closed", (COIN, 1000, "1.792e-9"), (COIN, 1000, "1.791e-9")),
        # 8 (w + 1) log(2/delta) <= n: at least 2 exp(-1000/32) = 5.361e-14
        ("stronger-clones-closed", (COIN, 1000, "5.37e-14"), (COIN, 1000, "5.36e-14")),
        # lambda = n/2 >= 14 log(4/delta): at least 4 exp(-500/14) = 1.235e-15
        ("cheu-binary", (COIN, 1000, "1.24e-15"), (COIN, 1000, "1.23e-15")),
        ("cheu-binary", (COIN, 1000, "1e-6"), (csa.KaryRandomizedResponse(3, "1"), 1000, "1e-6")),
        # epsilon^2 = 14 log(2/delta) (w + 1)/(n - 1) <= 1: at least 2 exp(-999/56) = 3.580e-8
        ("blanket-kary", (COIN, 1000, "3.59e-8"), (COIN, 1000, "3.57e-8")),
        ("blanket-kary", (COIN, 1000, "1e-6"), (csa.PureLocal("1"), 1000, "1e-6")),
        # 27 (w + 1)/(n - 1) < 1 needs more than 109 users
        ("blanket-kary", (COIN, 110, "9/10"), (COIN, 109, "9/10")),
        # epsilon^2 = 50 log(2/delta)/(n/4) <= 1: at least 2 exp(-5) = 0.013476
        ("balcer-cheu", (NOISE, 1000, "0.01348"), (NOISE, 1000, "0.01347")),
        ("balcer-cheu", (csa.BinomialCount(1, 1, "1/2"), 1000, "0.1"), (csa.BinomialCount(1, 1, "0.499"), 1000, "0.1")),
        ("balcer-cheu", (NOISE, 1000, "0.1"), (csa.BinomialCount(2, 1, "3/4"), 1000, "0.1")),
        ("balcer-cheu", (NOISE, 1000, "0.1"), (COIN, 1000, "0.1")),
        ("binomial-smooth", (NOISE, 1000, "1e-6"), (COIN, 1000, "1e-6")),
        ("clones", (COIN, 100, "1e-6"), (TINY, 100, "1e-6")),
        ("stronger-clones", (COIN, 100, "1e-6"), (NOISE, 100, "1e-6")),
        ("stronger-clones-kary", (COIN, 100, "1e-6"), (csa.PureLocal("1"), 100, "1e-6")),
        ("variation-ratio", (csa.PureLocal("1"), 100, "1e-6"), (TINY, 100, "1e-6")),
        ("variation-ratio", (COIN, 100, "1e-6"), (csa.FiniteRandomizer([["1/2", "1/2"]] * 2), 100, "1e-6")),
        ("variation-ratio", (COIN, 100, "1e-6"), (csa.SymmetricUnary(values=16, epsilon0="5", release="vectors"), 100, "1e-6")),
        ("koskela", (csa.PureLocal("1"), 100, "1e-6"), (TINY, 100, "1e-6")),
        ("blanket-numerical", (COIN, 100, "1e-6"), (csa.PureLocal("1"), 100, "1e-6")),
        ("blanket-numerical", (COIN, 100, "1e-6"), (TINY, 100, "1e-6")),
        ("blanket-hoeffding", (csa.PureLocal("1"), 100, "1e-6"), (TINY, 100, "1e-6")),
        ("blanket-bennett", (csa.PureLocal("1"), 100, "1e-6"), (NOISE, 100, "1e-6")),
        ("girgis-renyi", (csa.PureLocal("1"), 100, "1e-6"), (TINY, 100, "1e-6")),
        ("gaussian-limit", (COIN, 100, "1e-6"), (csa.PureLocal("1"), 100, "1e-6")),
        ("gaussian-tangent", (COIN, 100, "1e-6"), (TINY, 100, "1e-6")),
        ("gaussian-limit", (COIN, 100, "1e-6"), (csa.FiniteRandomizer([["1/2", "1/2"]] * 2), 100, "1e-6")),
    ],
)  # fmt: skip
def test_conditions(
    bound: str, inside: tuple[csa.Randomizer, int, str], outside: tuple[csa.Randomizer, int, str]
) -> None:
    randomizer, users, delta = inside
    assert PUBLISHED[bound].claimed_epsilon(randomizer, users=users, delta=F(delta)).upper > 0
    randomizer, users, delta = outside
    with pytest.raises(csa.NotCoveredError, match=bound):
        PUBLISHED[bound].claimed_epsilon(randomizer, users=users, delta=F(delta))


@pytest.mark.parametrize("bound", ["blanket-hoeffding", "blanket-bennett", "clones-closed", "balcer-cheu"])
def test_nothing_is_claimed_at_epsilon_zero(bound: str) -> None:
    randomizer = NOISE if bound == "balcer-cheu" else COIN
    with pytest.raises(csa.NotCoveredError, match=bound):
        PUBLISHED[bound].claimed_delta(randomizer, users=10**4, alpha=F(1))


def test_smoothness_needs_enough_noise() -> None:
    """levels <= a m/2 with m = 250: at one level a >= 1/125, e^epsilon >= 126/124."""
    bound = PUBLISHED["binomial-smooth"]
    assert (
        bound.claimed_delta(NOISE, users=1000, alpha=F(126, 124) + F(1, 10**6)).upper > 1
    )  # as the formula says
    with pytest.raises(csa.NotCoveredError):
        bound.claimed_delta(NOISE, users=1000, alpha=F(126, 124) - F(1, 10**6))


def test_beyond_the_smallest_delta_the_claim_there_is_what_is_left() -> None:
    """(epsilon, delta) implies (larger epsilon, delta); the least covered delta at w = 3 is 2 exp(-1000/48)."""
    found = PUBLISHED["clones-closed"].claimed_delta(COIN, users=1000, alpha=F(100))
    assert F("1.7915e-9") < found.lower <= found.upper < F("1.7916e-9")
    with pytest.raises(csa.NotCoveredError):
        PUBLISHED["erlingsson"].claimed_delta(csa.PureLocal("0.4"), users=1000, alpha=F(101, 100))


@pytest.mark.parametrize(
    "bound", ["clones", "clones-closed", "blanket-bennett", "koskela", "variation-ratio"]
)
def test_from_epsilon0_on_pairs_claim_nothing_is_lost(bound: str) -> None:
    claim = PUBLISHED[bound].claimed_delta(COIN, users=1000, alpha=F(3))
    assert (claim.upper == 0) == (bound != "clones-closed")


@pytest.mark.parametrize("bound", ["clones", "clones-closed"])
@pytest.mark.parametrize(("name", "value"), [("users", 1), ("alpha", F(1, 2)), ("alpha", F(0))])
def test_bad_questions_for_delta(bound: str, name: str, value: Fraction) -> None:
    users, alpha = (int(value), F(2)) if name == "users" else (100, value)
    with pytest.raises(csa.ParameterError) as caught:
        PUBLISHED[bound].claimed_delta(COIN, users=users, alpha=alpha)
    assert (caught.value.name, caught.value.value) == (name, value)


@pytest.mark.parametrize("bound", ["clones", "clones-closed"])
@pytest.mark.parametrize(("name", "value"), [("users", 1), ("delta", F(0)), ("delta", F(1))])
def test_bad_questions_for_epsilon(bound: str, name: str, value: Fraction) -> None:
    users, delta = (int(value), F(1, 2)) if name == "users" else (100, value)
    with pytest.raises(csa.ParameterError) as caught:
        PUBLISHED[bound].claimed_epsilon(COIN, users=users, delta=delta)
    assert (caught.value.name, caught.value.value) == (name, value)
