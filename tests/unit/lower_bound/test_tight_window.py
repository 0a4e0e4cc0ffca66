from math import comb

import pytest

import accounting as csa
from accounting.lower_bound.longest import longest_schedule
from accounting.lower_bound.tight_window import largest_groups, tight_blocks, tight_window, unaligned_window
from proofs.lower_bound.exhaustive import published_window


@pytest.mark.parametrize("shufflers", range(1, 9))
@pytest.mark.parametrize("groups", range(2, 9))
def test_one_group_more_waits_for_each_number_of_shufflers(groups: int, shufflers: int) -> None:
    parts = [tight_blocks(groups=groups - 1, shufflers=i) for i in range(shufflers + 1)]
    assert tight_blocks(groups=groups, shufflers=shufflers) == 1 + sum(parts)


def test_few_shufflers_or_groups() -> None:
    for n in range(1, 40):
        assert tight_blocks(groups=n, shufflers=0) == 1
        assert tight_blocks(groups=n, shufflers=1) == 2 * n - 1
        assert tight_blocks(groups=n, shufflers=2) == n * n
        assert tight_blocks(groups=2, shufflers=n) == n + 2
        assert tight_blocks(groups=1, shufflers=n) == 1


def test_windows_are_never_longer_than_published() -> None:
    for m in range(2, 6):
        for g in range(1, m):
            for n in range(1, 7):
                for k in range(6):
                    ours = unaligned_window(block=m, group=g, groups=n, shufflers=k)
                    assert tight_window(block=m, groups=n, shufflers=k) <= ours
                    assert ours <= published_window(block=m, group=g, groups=n, shufflers=k)


@pytest.mark.parametrize("shufflers", [1, 2, 3, 5, 20, 10**6])
@pytest.mark.parametrize("users", [9, 10, 29, 30, 31, 10**4, 10**6, 10**15])
def test_the_largest_number_of_groups(users: int, shufflers: int) -> None:
    found = largest_groups(users, block=10, shufflers=shufflers)
    assert (found == 0) == (users < 10)
    if found:
        assert tight_window(block=10, groups=found, shufflers=shufflers) <= users
    assert tight_window(block=10, groups=found + 1, shufflers=shufflers) > users


def test_large_numbers_are_exact() -> None:
    assert tight_blocks(groups=10**18, shufflers=2) == 10**36
    assert tight_blocks(groups=10**4, shufflers=5) == comb(10_004, 5) + comb(10_003, 5)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"block": 0, "groups": 2, "shufflers": 1}, "block"),
        ({"block": 2, "groups": 0, "shufflers": 1}, "groups"),
        ({"block": 2, "groups": 1.5, "shufflers": 1}, "groups"),
        ({"block": 2, "groups": 2, "shufflers": -1}, "shufflers"),
        ({"block": 2, "groups": 20_000, "shufflers": 20_000}, "shufflers"),
    ],
)
def test_bad_parameters(arguments: dict[str, float], name: str) -> None:
    with pytest.raises(csa.ParameterError) as caught:
        tight_window(**arguments)
    assert caught.value.name == name


def test_a_group_larger_than_its_block() -> None:
    with pytest.raises(csa.ParameterError, match="group must be at most the block"):
        unaligned_window(block=2, group=3, groups=2, shufflers=1)


def test_a_schedule_that_would_be_too_long() -> None:
    with pytest.raises(csa.ParameterError, match="groups must leave at most 2000000 blocks"):
        longest_schedule(block=2, groups=100, shufflers=6)
    with pytest.raises(csa.ParameterError, match="block must be at least 2"):
        longest_schedule(block=1, groups=3, shufflers=2)
