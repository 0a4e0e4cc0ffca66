"""Claimed values against the papers' formulas, evaluated by another road."""

from fractions import Fraction
from typing import Any

import mpmath
import pytest

import accounting as csa
from accounting.literature import PUBLISHED, PublishedBound
from accounting.numerics.enclosure import Enclosure
from proofs.reference import bounds, shuffle_enumeration
from tests.unit.literature import formulas
from tests.unit.literature.formulas import digits, holds, number

F = Fraction
COIN = csa.BinaryRandomizedResponse(keep="3/4")
WORKING_SIZE = csa.KaryRandomizedResponse(4, keep="13/16")  # e^epsilon0 = 13


def epsilon(bound: str, randomizer: csa.Randomizer, users: int, delta: str) -> Enclosure:
    return PUBLISHED[bound].claimed_epsilon(randomizer, users=users, delta=F(delta))


def delta(bound: str, randomizer: csa.Randomizer, users: int, alpha: Fraction) -> Enclosure:
    return PUBLISHED[bound].claimed_delta(randomizer, users=users, alpha=alpha)


@pytest.mark.parametrize(("users", "level"), [(1000, "1/200"), (10**6, "1e-8"), (10**12, "1e-30")])
def test_erlingsson(users: int, level: str) -> None:
    with digits():
        value = formulas.erlingsson(number(F("0.4")), users, number(F(level)))
        assert holds(epsilon("erlingsson", csa.PureLocal("0.4"), users, level), value)


@pytest.mark.parametrize(("users", "level"), [(10**4, "1e-3"), (10**6, "1e-6"), (10**18, "1e-60")])
def test_clones_in_closed_form(users: int, level: str) -> None:
    randomizer = csa.KaryRandomizedResponse(5, "1.5")
    with digits():
        w, at = mpmath.exp(number(F("1.5"))), number(F(level))
        assert holds(epsilon("clones-closed", randomizer, users, level), formulas.clones(w, users, at))
        stronger = formulas.stronger_clones(w, users, at)
        assert holds(epsilon("stronger-clones-closed", randomizer, users, level), stronger)


@pytest.mark.parametrize(
    ("values", "users", "level"),
    [(2, 10**4, "1e-4"), (10, 10**6, "1e-6"), (1000, 10**7, "9/10"), (3, 200, "9/10")],
)
def test_blanket_in_closed_form(values: int, users: int, level: str) -> None:
    """At delta near 1 the second of the two conditions decides."""
    with digits():
        value = formulas.kary_blanket(number(3), values, users, number(F(level)))
        randomizer = csa.KaryRandomizedResponse(values, keep=F(3, values + 2))
        assert holds(epsilon("blanket-kary", randomizer, users, level), value)


@pytest.mark.parametrize(("users", "level"), [(1000, "1e-4"), (10**6, "1e-8")])
def test_cheu(users: int, level: str) -> None:
    with digits():
        assert holds(
            epsilon("cheu-binary", COIN, users, level), formulas.cheu(number(3), users, number(F(level)))
        )


@pytest.mark.parametrize(("users", "level"), [(1000, "1e-4"), (10**6, "1e-8")])
def test_girgis(users: int, level: str) -> None:
    """The best order on the grid: no other is better, and one of them attains it."""
    from accounting.literature.renyi import orders

    found = epsilon("girgis-renyi", COIN, users, level)
    with digits():
        best = min(formulas.renyi(number(3), users, number(F(level)), order) for order in orders()[:200])
        assert holds(found, best)
        assert all(
            number(found.lower) <= formulas.renyi(number(3), users, number(F(level)), k)
            for k in (57, 1000, 12345)
        )


def test_binomial_sums() -> None:
    with digits():
        plain = csa.BinomialCount(1, 1, "3/4")
        value = formulas.balcer_cheu(number(F("3/4")), 10**4, number(F("1e-5")))
        assert holds(epsilon("balcer-cheu", plain, 10**4, "1e-5"), value)
        for levels, bits, p in ((1, 1, "3/4"), (3, 7, "1/10")):
            found = delta("binomial-smooth", csa.BinomialCount(levels, bits, p), 2000, F(3, 2))
            assert holds(found, formulas.smooth(levels, bits, number(F(p)), 2000, number(F(3, 2))))


@pytest.mark.parametrize(("values", "w"), [(2, 3), (3, 2), (6, 9)])
@pytest.mark.parametrize("users", [2, 60])
def test_blanket_with_inequalities(values: int, w: int, users: int) -> None:
    """Sums over M, term by term, and both a class of its own and its matrix."""
    kary = csa.KaryRandomizedResponse(values, keep=F(w, w + values - 1))
    matrix = csa.FiniteRandomizer(shuffle_enumeration.kary_response(values, F(w, w + values - 1)))
    with digits():
        gains, gamma = (
            formulas.kary_gains(number(w), values, number(F(5, 4))),
            number(F(values, w + values - 1)),
        )
        hoeffding = formulas.hoeffding(gains, gamma, users, number(F(5, 4)))
        bennett = formulas.bennett(gains, gamma, users, number(F(5, 4)))
        for randomizer in (kary, matrix):
            assert holds(delta("blanket-hoeffding", randomizer, users, F(5, 4)), hoeffding)
            assert holds(delta("blanket-bennett", randomizer, users, F(5, 4)), bennett)


@pytest.mark.parametrize("users", [2, 60])
def test_blanket_with_inequalities_when_only_epsilon0_is_known(users: int) -> None:
    """Largest value ``w - alpha/w``, least ``1/w - alpha w``, moments as the authors' code has them at gamma <= 1."""
    with digits():
        w, alpha = mpmath.e, number(F(5, 4))
        gains = [(w - alpha / w, 1), (1 / w - alpha * w, 0)]
        value = formulas.hoeffding(gains, 1 / w, users, alpha)
        assert holds(delta("blanket-hoeffding", csa.PureLocal(1), users, F(5, 4)), value)
        square = w * (alpha**2 + 1) - 2 / w * alpha / w**2
        top = w * (1 - alpha / w**2)
        gains = [(top, square / top**2)]  # so that the second moment is the given one
        value = formulas.bennett(gains, 1 / w, users, alpha)
        assert holds(delta("blanket-bennett", csa.PureLocal(1), users, F(5, 4)), value)


@pytest.mark.parametrize("users", [2, 3, 4])
@pytest.mark.parametrize("alpha", [F(1), F(5, 4), F(2)])
@pytest.mark.parametrize("values", [2, 3, 4])
def test_pairs_by_their_definition(values: int, alpha: Fraction, users: int) -> None:
    """Clones, trinomials and the blanket, by going through all their outcomes."""
    keep = F(3, 2 + values)
    kary, channel = (
        csa.KaryRandomizedResponse(values, keep=keep),
        shuffle_enumeration.kary_response(values, keep),
    )
    trinomial = bounds.variation_ratio_delta(F(3), values, users, alpha)
    expected = {
        "clones": bounds.clones_delta(F(3), users, alpha),
        "stronger-clones": bounds.variation_ratio_delta(F(3), 2, users, alpha),
        "stronger-clones-kary": trinomial,
        "variation-ratio": trinomial,
        "blanket-numerical": bounds.blanket_delta(channel, (0, 1), users, alpha),
        "koskela": bounds.blanket_delta(channel, (0, 1), users, alpha),
    }
    for bound, value in expected.items():
        found = delta(bound, kary, users, alpha)
        assert value in found
        assert found.width <= F(1, 10**6) * value
    for bound in ("variation-ratio", "blanket-numerical", "clones", "stronger-clones"):
        assert expected[bound] in delta(bound, csa.FiniteRandomizer(channel), users, alpha)
    assert bounds.clones_delta(F(3), users, alpha) in delta(
        "koskela", csa.FiniteRandomizer(channel), users, alpha
    )


def test_variation_ratio_of_a_matrix_takes_the_total_variation() -> None:
    """beta = 3/10 and w = 3, hence p = 3/20; the pair by its definition, for two users."""
    matrix = csa.FiniteRandomizer([["3/5", "1/5", "1/5"], ["3/10", "1/10", "3/5"], ["9/20", "3/20", "2/5"]])
    assert matrix.local_factor().rational == 3  # type: ignore[union-attr]
    p, alpha = F(2, 5) / 2, F(3, 2)
    others = {(1, 0): p, (0, 1): p, (0, 0): 1 - 2 * p}
    first = {(1, 0): 3 * p, (0, 1): p, (0, 0): 1 - 4 * p}
    second = {(1, 0): p, (0, 1): 3 * p, (0, 0): 1 - 4 * p}
    laws: list[dict[tuple[int, ...], Fraction]] = []
    for target in (first, second):
        law: dict[tuple[int, ...], Fraction] = {}
        for (a, b), mass in target.items():
            for (c, d), chance in others.items():
                law[(a + c, b + d)] = law.get((a + c, b + d), F(0)) + mass * chance
        laws.append(law)
    assert shuffle_enumeration.hockey_stick(laws[0], laws[1], alpha) in delta(
        "variation-ratio", matrix, 2, alpha
    )


def test_gaussian_limits() -> None:
    """mu^2 = 2 (w-1)^2 r / n with all others at a third value; at two values it is the least row that counts."""
    with digits():
        mu = mpmath.sqrt(number(F(2 * 144, 16 * 1000)))
        alpha = number(F(3, 2))
        assert holds(delta("gaussian-limit", WORKING_SIZE, 1000, F(3, 2)), formulas.gaussian(mu, alpha))
        assert holds(delta("gaussian-tangent", WORKING_SIZE, 1000, F(3, 2)), formulas.tangent(mu, alpha))
        mu = mpmath.sqrt(number(F(1, 4) * (F(4) + F(4, 3)) / 100))
        assert holds(delta("gaussian-limit", COIN, 100, F(9, 8)), formulas.gaussian(mu, number(F(9, 8))))


def test_numbers_that_were_stated_elsewhere() -> None:
    """Refuted values at the smallest sizes and at a working size, and a Gaussian epsilon."""
    three, four = csa.KaryRandomizedResponse(3, keep="3/5"), csa.KaryRandomizedResponse(4, keep="1/2")
    assert F(9, 125) in delta("variation-ratio", three, 3, F(2))
    assert F("0.02700615") <= delta("variation-ratio", four, 4, F(2)).lower <= F("0.02700625")
    at = PUBLISHED["variation-ratio"].delta_at(WORKING_SIZE, 1000, _exp("0.6"), 1e-8)  # type: ignore[attr-defined]
    assert F("2.521065e-7") <= at.lower <= at.upper <= F("2.521075e-7")
    tangent = epsilon("gaussian-tangent", WORKING_SIZE, 1000, "1e-4")
    assert F("0.37645") <= tangent.lower <= tangent.upper <= F("0.37655")


def _exp(exponent: str) -> Any:
    from accounting.numerics.factor import Factor

    return Factor.exp(F(exponent))


@pytest.mark.parametrize("bound", ["gaussian-limit", "gaussian-tangent", "clones", "blanket-bennett"])
def test_what_is_too_small_for_digits_is_said_to_be_tiny(bound: str) -> None:
    """e^-(epsilon/mu)^2/2 with epsilon/mu above 10^7: an enclosure of almost nothing, not an error."""
    found = delta(bound, csa.KaryRandomizedResponse(3, "0.02"), 10**18, F(101, 100))
    assert 0 <= found.lower <= found.upper < F(1, 2**39_000)


ASKED: dict[str, tuple[csa.Randomizer, int]] = {
    "cheu-binary": (COIN, 10**4),
    "erlingsson": (csa.PureLocal("0.4"), 10**5),
    "blanket-kary": (csa.KaryRandomizedResponse(5, "1"), 10**5),
    "balcer-cheu": (csa.BinomialCount(1, 1, "3/4"), 10**4),
    "binomial-smooth": (csa.BinomialCount(2, 3, "1/3"), 10**4),
}


@pytest.mark.parametrize("bound", PUBLISHED.values(), ids=lambda bound: bound.id)
def test_epsilon_and_delta_invert_each_other(bound: PublishedBound) -> None:
    """The epsilon claimed at the delta that is claimed at an epsilon is that epsilon again."""
    randomizer, users = ASKED.get(bound.id, (csa.KaryRandomizedResponse(4, "1"), 10**5))
    alpha = (
        F(bound.claimed_epsilon(randomizer, users=users, delta=F(1, 1000)).upper) + 1
    )  # above e^epsilon - tiny
    claimed = bound.claimed_delta(randomizer, users=users, alpha=alpha)
    assert claimed.lower > 0
    small = bound.claimed_epsilon(randomizer, users=users, delta=claimed.upper)
    large = bound.claimed_epsilon(randomizer, users=users, delta=claimed.lower)
    log = mpmath.log(number(alpha))
    assert number(small.lower) <= log * (1 + mpmath.mpf("1e-9"))
    assert log * (1 - mpmath.mpf("1e-9")) <= number(large.upper)
    assert large.upper - small.lower <= F(1, 10**4) * large.upper
