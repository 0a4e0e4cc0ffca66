"""Families hold what they promise, each member once."""

from fractions import Fraction
from itertools import permutations
from math import lcm

import pytest

from accounting.errors import ParameterError
from accounting.literature.factors import factors_at, factors_below, simple_factors
from accounting.literature.families import asymmetric_binary, extremal_channels, kary, small_channels
from accounting.literature.smaller import smaller_kernels
from accounting.randomizers.base import Channel, FiniteKernel
from proofs.exhaustive.small_channels import all_canonical

F = Fraction


def channel_of(kernel: FiniteKernel) -> Channel:
    found = kernel.channel()
    assert found is not None
    return found


def canonical(channel: Channel) -> Channel:
    """The least arrangement of rows and columns, by trying them all."""
    return min(
        tuple(sorted(tuple(row[j] for j in order) for row in channel))
        for order in permutations(range(len(channel[0])))
    )


@pytest.mark.parametrize(("values", "messages", "denominator"), [(2, 2, 6), (3, 2, 5), (3, 3, 5), (2, 3, 6)])
def test_small_channels_are_all_there_once(values: int, messages: int, denominator: int) -> None:
    found = [channel_of(kernel) for kernel in small_channels(values, messages, denominator)]
    classes = [canonical(channel) for channel in found]
    assert len(set(classes)) == len(classes)
    expected = {
        canonical(channel)
        for channel in all_canonical(values, messages, denominator)
        if (len(channel), len(channel[0])) == (values, messages)
        and min(min(row) for row in channel) > 0
        and len(set(channel)) > 1
        and lcm(*(entry.denominator for row in channel for entry in row)) <= denominator
    }
    assert set(classes) == expected


def test_simplest_first() -> None:
    bases = [
        lcm(*(entry.denominator for row in channel_of(kernel) for entry in row))
        for kernel in small_channels(3, 2, 6)
    ]
    assert bases == sorted(bases)
    assert [kernel.inputs for kernel in kary((4, 2), (F(3), F(2)))] == [2, 2, 4, 4]
    assert kary((3,), (F(3, 2), F(2)))[0].local_factor() == kary((3,), (F(2),))[0].local_factor()


def test_binary_response_is_not_asymmetric() -> None:
    for kernel in asymmetric_binary(7):
        first, second = channel_of(kernel)
        assert first != second[::-1]
    assert len(asymmetric_binary(7)) + sum(
        2 * a < b for b in range(2, 8) for a in range(1, b) if F(a, b).denominator == b
    ) == len(small_channels(2, 2, 7))


def test_extremal_messages_have_two_probabilities() -> None:
    found = list(extremal_channels(3, (F(2), F(5))))
    assert len(found) == 8
    for kernel, factor in zip(found, [F(2)] * 4 + [F(5)] * 4, strict=True):
        for column in zip(*channel_of(kernel), strict=True):
            assert max(column) == factor * min(column)
            assert set(column) == {max(column), min(column)}


def test_too_few_parts_for_the_messages() -> None:
    with pytest.raises(ParameterError) as error:
        small_channels(2, 4, 3)
    assert error.value.name == "denominator"


def test_simple_factors() -> None:
    assert simple_factors(denominator=2, most=F(3)) == (F(1), F(2), F(3, 2), F(5, 2))
    assert simple_factors(denominator=3, most=F(5, 3)) == (F(1), F(3, 2), F(4, 3))
    assert max(factors_below(kary((3,), (F(2),))[0])) < 2


def test_factors_at_levels_fall_with_delta() -> None:
    found = factors_at(kary((4,), (F(3),))[0], 1000, (F("1e-2"), F("1e-6")))
    assert len(found) == 2
    assert 1 < found[0] < found[1] < 3


def test_smaller_randomizers_are_smaller() -> None:
    for kernel in (*kary((4,), (F(7, 2),)), *small_channels(3, 3, 5)[::9]):
        channel = channel_of(kernel)
        size = (len(channel), len(channel[0]), lcm(*(entry.denominator for row in channel for entry in row)))
        seen = 0
        for simpler in smaller_kernels(channel):
            other = channel_of(simpler)
            assert (
                len(other),
                len(other[0]),
                lcm(*(entry.denominator for row in other for entry in row)),
            ) < size
            assert all(entry > 0 for row in other for entry in row)
            seen += 1
        assert seen > 0
