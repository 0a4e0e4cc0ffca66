"""Laws of the exact delta, with equality wherever the law is one."""

import math
from collections.abc import Iterable
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import accounting as csa
from accounting.numerics.enclosure import Enclosure
from proofs.reference.shuffle_enumeration import merged
from tests.strategies import Channel, channels, factors, renamings

F = Fraction
CONSTANT = csa.FiniteRandomizer([["1/3", "2/3"], ["1/3", "2/3"]])
SLACK = F(1, 2**48)  # of a factor computed as a float
few_users = st.integers(2, 4)
two_or_three = st.integers(2, 3)
small_channels = channels(inputs=3, letters=3, weight=5)


def shuffle(channel: Iterable[Iterable[Fraction]], users: int) -> csa.Shuffle:
    return csa.Shuffle(csa.FiniteRandomizer(channel), users=users)


def delta(subject: csa.Shuffle | list[csa.Shuffle], alpha: Fraction, inputs: str = "fixed") -> Fraction:
    value = csa.exact_delta(subject, alpha=alpha, inputs=inputs).delta  # type: ignore[arg-type]
    assert isinstance(value, Fraction)
    return value


@given(channels(), few_users, factors(), factors())
def test_delta_falls_in_alpha(channel: Channel, users: int, one: Fraction, other: Fraction) -> None:
    smaller, larger = sorted((one, other))
    there = shuffle(channel, users)
    assert max(F(0), 1 - larger) <= delta(there, larger) <= delta(there, smaller) <= 1


@given(channels(), few_users, factors())
def test_delta_is_convex_in_alpha(channel: Channel, users: int, alpha: Fraction) -> None:
    there = shuffle(channel, users)
    assert 2 * delta(there, alpha) <= delta(there, alpha / 2) + delta(there, 3 * alpha / 2)


@given(channels(), few_users, factors(), st.data())
def test_merging_messages_never_raises_delta(
    channel: Channel, users: int, alpha: Fraction, data: st.DataObject
) -> None:
    names = data.draw(renamings(len(channel[0])))
    assert delta(shuffle(merged(channel, names), users), alpha) <= delta(shuffle(channel, users), alpha)


@given(channels(), few_users, factors(), st.data())
def test_renaming_changes_nothing(channel: Channel, users: int, alpha: Fraction, data: st.DataObject) -> None:
    rows = data.draw(st.permutations(channel))
    order = data.draw(st.permutations(range(len(channel[0]))))
    renamed = [[row[j] for j in order] for row in rows]
    assert delta(shuffle(renamed, users), alpha) == delta(shuffle(channel, users), alpha)


@given(channels(), few_users, factors())
def test_fewer_values_lose_less(channel: Channel, users: int, alpha: Fraction) -> None:
    assume(len(channel) > 2)
    assume(all(any(column) for column in zip(*channel[:-1], strict=True)))
    assert delta(shuffle(channel[:-1], users), alpha) <= delta(shuffle(channel, users), alpha)


@given(channels(), few_users, factors())
def test_one_more_user_never_hurts(channel: Channel, users: int, alpha: Fraction) -> None:
    """The larger batch is the smaller one plus an independent message, and a shuffle: a post-processing."""
    assert delta(shuffle(channel, users + 1), alpha) <= delta(shuffle(channel, users), alpha)


@given(channels(), few_users, factors())
def test_swap_law(channel: Channel, users: int, alpha: Fraction) -> None:
    there = shuffle(channel, users)
    assert delta(there, alpha) == 1 - alpha + alpha * delta(there, 1 / alpha)


@given(small_channels, st.just(2), small_channels, st.just(2), factors())
def test_swap_law_of_concatenations(
    one: Channel, users: int, other: Channel, more: int, alpha: Fraction
) -> None:
    both = [shuffle(one, users), shuffle(other, more)]
    for inputs in ("fixed", "adaptive"):
        assert delta(both, alpha, inputs) == 1 - alpha + alpha * delta(both, 1 / alpha, inputs)


@given(channels(inputs=3), two_or_three, two_or_three, factors())
def test_composing_with_a_constant_changes_nothing(
    channel: Channel, users: int, more: int, alpha: Fraction
) -> None:
    there, constant = shuffle(channel, users), csa.Shuffle(CONSTANT, users=more)
    for inputs in ("fixed", "adaptive"):
        for both in ([there, constant], [constant, there]):
            assert delta(both, alpha, inputs) == delta(there, alpha)


@given(small_channels, two_or_three, small_channels, st.just(2), factors())
def test_order_of_the_list_does_not_matter(
    one: Channel, users: int, other: Channel, more: int, alpha: Fraction
) -> None:
    left, right = shuffle(one, users), shuffle(other, more)
    for inputs in ("fixed", "adaptive"):  # adaptive: the worst order is taken
        assert delta([left, right], alpha, inputs) == delta([right, left], alpha, inputs)


@settings(max_examples=25)
@given(st.lists(channels(inputs=2, letters=2, weight=4), min_size=3, max_size=3), factors())
def test_order_of_three_does_not_matter(three: list[Channel], alpha: Fraction) -> None:
    left, middle, right = (shuffle(channel, users) for channel, users in zip(three, (2, 3, 2), strict=True))
    assert delta([left, middle, right], alpha) == delta([right, left, middle], alpha)


@given(small_channels, two_or_three, small_channels, st.just(2), factors())
def test_each_part_and_fixed_inputs_and_adaptive_inputs(
    one: Channel, users: int, other: Channel, more: int, alpha: Fraction
) -> None:
    left, right = shuffle(one, users), shuffle(other, more)
    fixed, adaptive = delta([left, right], alpha), delta([left, right], alpha, "adaptive")
    assert max(delta(left, alpha), delta(right, alpha)) <= fixed <= adaptive <= 1


@given(channels(inputs=3, letters=3), two_or_three, factors(most=4))
def test_equal_shuffles_are_worth_what_different_ones_are(
    channel: Channel, users: int, alpha: Fraction
) -> None:
    """The symmetry of equal shuffles is used only to save work: splitting a message in two hides it."""
    there = shuffle(channel, users)
    split = shuffle([[*row[:-1], row[-1] / 2, row[-1] / 2] for row in channel], users)
    assume(users < 3 or len(channel) < 3)
    assert delta([there, there], alpha) == delta([there, split], alpha)


@given(channels(), few_users, st.fractions(-2, 2, max_denominator=100))
def test_enclosure_lies_between_exact_values(channel: Channel, users: int, epsilon: Fraction) -> None:
    there = shuffle(channel, users)
    alpha = F(math.exp(epsilon))
    enclosed = csa.exact_delta(there, epsilon=epsilon).delta
    if isinstance(enclosed, Fraction):
        enclosed = Enclosure.exactly(enclosed)
    assert enclosed.width < F(1, 2**180)
    assert delta(there, alpha * (1 + SLACK)) <= enclosed.lower
    assert enclosed.upper <= delta(there, alpha * (1 - SLACK)) + F(1, 2**180)
