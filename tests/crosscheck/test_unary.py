"""Symmetric unary encoding on small sizes: both releases, against all data sets and against the definition."""

from fractions import Fraction

import pytest

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from proofs.reference.shuffle_enumeration import exact_delta as exact_by_definition
from proofs.reference.unary import exact_sums_delta, unary_channel

pytestmark = pytest.mark.crosscheck

F = Fraction
KEEPS = (F(2, 3), F(9, 10))
ALPHAS = (F(1, 2), F(1), F(3, 2), F(3), F(6))


def exactly(shuffle: csa.Shuffle, alpha: Fraction) -> Fraction:
    delta = csa.exact_delta(shuffle, alpha=alpha).delta
    assert isinstance(delta, Fraction)
    return delta


def sums(values: int, keep: Fraction, users: int) -> csa.Shuffle:
    return csa.Shuffle(csa.SymmetricUnary(values, keep=keep), users=users)


def vectors(values: int, keep: Fraction, users: int) -> csa.Shuffle:
    return csa.Shuffle(csa.SymmetricUnary(values, keep=keep, release="vectors"), users=users)


@pytest.mark.parametrize(("values", "users"), [(2, 2), (2, 4), (3, 2), (3, 3), (4, 2)])
def test_all_data_sets_of_sums_are_those_of_the_definition(values: int, users: int) -> None:
    for keep in KEEPS:
        for alpha in ALPHAS:
            expected = exact_sums_delta(values, users, 1 - keep, alpha)
            assert exactly(sums(values, keep, users), alpha) == expected


@pytest.mark.parametrize(("values", "users"), [(2, 2), (2, 3), (3, 2)])
def test_all_data_sets_of_vectors_are_those_of_the_definition(values: int, users: int) -> None:
    for keep in KEEPS:
        channel = unary_channel(values, 1 - keep)
        for alpha in ALPHAS:
            assert exactly(vectors(values, keep, users), alpha) == exact_by_definition(channel, users, alpha)


def assert_sums_bracketed(values: int, users: int) -> None:
    for keep in KEEPS:
        shuffle = sums(values, keep, users)
        curve = shuffle.curve()
        for alpha in ALPHAS:
            bounds = curve.delta(alpha=alpha)
            assert 0 <= bounds.lower <= exactly(shuffle, alpha) <= bounds.upper <= 1, (
                values,
                users,
                keep,
                alpha,
            )


@pytest.mark.parametrize(("values", "users"), [(2, 2), (3, 3), (2, 6), (4, 5)])
def test_sums_are_bracketed(values: int, users: int) -> None:
    assert_sums_bracketed(values, users)


@pytest.mark.slow
@pytest.mark.parametrize("users", range(2, 7))
@pytest.mark.parametrize("values", [2, 3, 4])
def test_all_small_sums_are_bracketed(values: int, users: int) -> None:
    assert_sums_bracketed(values, users)


@pytest.mark.parametrize(("values", "users"), [(2, 2), (2, 5), (3, 2), (3, 3), (4, 2)])
def test_vectors_are_bracketed_and_lose_at_least_what_sums_lose(values: int, users: int) -> None:
    for keep in KEEPS:
        shuffle = vectors(values, keep, users)
        for alpha in ALPHAS:
            bounds, exact = shuffle.delta(alpha=alpha), exactly(shuffle, alpha)
            assert 0 <= bounds.lower <= exact <= bounds.upper <= 1
            assert exactly(sums(values, keep, users), alpha) <= exact


@pytest.mark.parametrize("users", [2, 4])
def test_letters_of_vectors_are_those_of_the_whole_matrix(users: int) -> None:
    """The merged letters against the unmerged matrix of all vectors, for the bound and for each witness."""
    for values in (2, 3, 4):
        for alpha in (F(1), F(2), F(5)):
            merged = vectors(values, F(4, 5), users).delta(alpha=alpha)
            matrix = csa.FiniteRandomizer(unary_channel(values, F(1, 5)))
            whole = csa.Shuffle(matrix, users=users).delta(alpha=alpha)
            assert merged.upper == pytest.approx(whole.upper, rel=1e-5)
            assert merged.lower == pytest.approx(whole.lower, rel=1e-5)


@pytest.mark.parametrize("epsilon", ["0.1", "0.5"])
def test_sums_lose_no_more_than_vectors_at_working_size(epsilon: str) -> None:
    released = [
        csa.Shuffle(csa.SymmetricUnary(8, "2", release=release), users=1000)
        for release in ("sums", "vectors")
    ]
    in_sums, in_vectors = (shuffle.delta(epsilon=epsilon) for shuffle in released)
    assert in_sums.lower <= in_vectors.upper
    assert in_sums.lower > 0.7 * in_sums.upper


def test_irrational_bits_are_enclosed() -> None:
    for release in ("sums", "vectors"):
        shuffle = csa.Shuffle(csa.SymmetricUnary(3, "1.5", release=release), users=3)
        exact = csa.exact_delta(shuffle, epsilon="0.4").delta
        assert isinstance(exact, Enclosure)
        assert exact.relative_width < F(1, 10**40)
        bounds = shuffle.delta(epsilon="0.4")
        assert bounds.lower <= exact.upper
        assert exact.lower <= bounds.upper


def test_two_shuffles_of_sums_are_bracketed() -> None:
    for values in (2, 3):
        batch = sums(values, F(3, 4), 2)
        together = csa.ConcurrentShuffles([batch, batch]).curve()
        for alpha in (F(1), F(3, 2), F(3)):
            exact = csa.exact_delta([batch, batch], alpha=alpha, inputs="fixed").delta
            adaptive = csa.exact_delta([batch, batch], alpha=alpha, inputs="adaptive").delta
            bounds = together.delta(alpha=alpha)
            assert isinstance(exact, Fraction)
            assert isinstance(adaptive, Fraction)
            assert bounds.lower <= adaptive <= bounds.upper
            fixed = csa.ConcurrentShuffles([batch, batch], inputs="fixed").delta(alpha=alpha)
            assert fixed.lower <= exact <= fixed.upper
