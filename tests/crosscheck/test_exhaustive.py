"""Every small case of one shuffle: what is promised is never below the truth, what is lost never above.

``lower <= exact <= upper`` with the exact value over all neighbouring data sets, and for binary response
both ends on it. The classes of ``small_channels`` are all channels of these sizes up to names of values and
of messages, which neither the exact value nor a bound depends on; the random channels of the last test
come under arbitrary names.
"""

import math
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import accounting as csa
from proofs.exhaustive.small_channels import all_canonical, canonical_channels, channels
from tests.strategies import Channel, factors
from tests.strategies import channels as drawn_channels

pytestmark = pytest.mark.crosscheck

F = Fraction
ALPHAS = (F(1, 2), F(1), F(5, 4), F(3, 2), F(2), F(3))
CHANNELS = all_canonical(inputs=3, letters=3, denominator=4)
ROUNDING = 2.0**-50  # relative, of both ends outward to floats
# keep = 11/20, 3/5, .., 19/20 and a few with larger denominators
KEEPS = (*(F(k, 20) for k in range(11, 20)), F(2, 3), F(3, 4), F(5, 7), F(99, 100))


def exact_delta(shuffle: csa.Shuffle, alpha: Fraction) -> Fraction:
    delta = csa.exact_delta(shuffle, alpha=alpha).delta
    assert isinstance(delta, Fraction)
    return delta


def assert_bracketed(channel: Channel, users: int, alpha: Fraction) -> None:
    shuffle = csa.Shuffle(csa.FiniteRandomizer(channel), users=users)
    exact = exact_delta(shuffle, alpha)
    bounds = shuffle.delta(alpha=alpha)
    assert 0 <= bounds.lower <= exact <= bounds.upper <= 1, (channel, users, alpha)


def test_classes_cover_all_channels() -> None:
    for values, letters in ((2, 2), (2, 3), (3, 2)):
        classes = set(canonical_channels(values, letters, 4))
        for channel in channels(values, letters, 4):
            orders = permutations(zip(*channel, strict=True))
            assert classes & {tuple(sorted(zip(*order, strict=True))) for order in orders}
    assert len(CHANNELS) == 420
    assert len(set(CHANNELS)) == 420


@pytest.mark.parametrize("users", [2, 3, 4])
def test_sample_of_small_channels(users: int) -> None:
    for index, channel in enumerate(CHANNELS[users::12]):
        assert_bracketed(channel, users, ALPHAS[index % len(ALPHAS)])


@pytest.mark.slow
@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("users", [2, 3, 4])
def test_every_small_channel(users: int, alpha: Fraction) -> None:
    for channel in CHANNELS:
        assert_bracketed(channel, users, alpha)


@pytest.mark.parametrize("users", [2, 3, 4, 7])
def test_binary_response_is_exact(users: int) -> None:
    for keep in KEEPS:
        shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), users=users)
        for alpha in ALPHAS:
            exact = exact_delta(shuffle, alpha)
            bounds = shuffle.delta(alpha=alpha)
            assert bounds.is_exact
            assert 0 <= bounds.lower <= exact <= bounds.upper <= 1
            assert bounds.upper - bounds.lower <= ROUNDING * bounds.upper


@pytest.mark.parametrize("users", [2, 3, 5])
def test_binomial_count_is_exact(users: int) -> None:
    for levels, bits, p in ((1, 4, F(1, 2)), (2, 3, F(1, 3)), (3, 2, F(9, 10)), (9, 1, F(1, 2))):
        shuffle = csa.Shuffle(csa.BinomialCount(levels=levels, bits=bits, p=p), users=users)
        for alpha in ALPHAS:
            exact = exact_delta(shuffle, alpha)
            bounds = shuffle.delta(alpha=alpha)
            assert 0 <= bounds.lower <= exact <= bounds.upper <= 1
            assert bounds.upper - bounds.lower <= ROUNDING * bounds.upper


def test_kary_response_is_bracketed() -> None:
    for values, users in ((3, 2), (3, 5), (4, 4), (5, 3)):
        for keep in (F(1, 2), F(3, 5), F(9, 10)):
            shuffle = csa.Shuffle(csa.KaryRandomizedResponse(values, keep=keep), users=users)
            for alpha in ALPHAS:
                bounds = shuffle.delta(alpha=alpha)
                assert bounds.lower <= exact_delta(shuffle, alpha) <= bounds.upper


@pytest.mark.parametrize(("factor", "users"), [(F(3, 2), 3), (F(3), 3), (F(3), 5), (F(8), 4)])
def test_pure_local_covers_its_members(factor: Fraction, users: int) -> None:
    """A pure-local bound at a slightly larger epsilon0 is above every randomizer of the class."""
    pure = csa.Shuffle(csa.PureLocal(str(math.log(factor) + 1e-9)), users=users)
    keep = factor / (factor + 1)
    members: list[csa.KaryRandomizedResponse] = [csa.BinaryRandomizedResponse(keep=keep)]
    members += [csa.KaryRandomizedResponse(k, keep=factor / (factor + k - 1)) for k in (3, 4)]
    for alpha in ALPHAS:
        upper = pure.delta(alpha=alpha).upper
        for member in members:
            assert exact_delta(csa.Shuffle(member, users=users), alpha) <= upper


def test_witness_exceeds_the_published_bound_at_working_size() -> None:
    """Theory 2.2: 4 values, e^epsilon0 = 13, n = 1000, epsilon = 0.6; published 2.52107e-7."""
    bounds = csa.Shuffle(csa.KaryRandomizedResponse(4, keep="13/16"), users=1000).delta(epsilon="0.6")
    assert 2.54464e-7 <= bounds.lower <= 2.54466e-7
    assert bounds.lower > 2.52108e-7
    assert bounds.upper > bounds.lower


ANY_CHANNEL = drawn_channels(inputs=5, letters=5, weight=12)


@settings(max_examples=60)
@given(ANY_CHANNEL, st.integers(2, 5), factors())
def test_random_channel(channel: Channel, users: int, alpha: Fraction) -> None:
    assert_bracketed(channel, users, alpha)


@pytest.mark.slow
@settings(max_examples=2000, derandomize=True)
@given(ANY_CHANNEL, st.integers(2, 5), factors())
def test_two_thousand_random_channels(channel: Channel, users: int, alpha: Fraction) -> None:
    assert_bracketed(channel, users, alpha)
