"""Attacks on the lower bound: mechanisms with little error, and batches that put off the bad step."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product

import pytest

from accounting.lower_bound.bound import lower_bound
from accounting.lower_bound.nested import layout
from accounting.lower_bound.theorem import Design, certified_error
from proofs.reference.lower_bound import least_mean_maximum

pytestmark = pytest.mark.crosscheck

F = Fraction
HALF = F(1, 2)
COIN, WIDE = (1, 1), (2, 3, 2)

Release = tuple[Fraction, list[Fraction]]
"""The probability of what is released about a group, and what it leaves of the group's value."""


def epsilon_of(ratio: Fraction) -> Fraction:
    """Return a number just above log(ratio)."""
    return F(math.log(ratio) + 1e-12)


def releases(weights: Sequence[int], ratio: Fraction, delta: Fraction) -> list[Release]:
    """The truncated geometric mechanism on a group's value, which with probability delta tells the value."""
    top, fall, total = len(weights) - 1, 1 / ratio, sum(weights)
    found: list[Release] = []
    for y in range(top + 1):
        edge = 1 / (1 + fall) if y in (0, top) else (1 - fall) / (1 + fall)
        masses = [F(w, total) * (1 - delta) * edge * fall ** abs(z - y) for z, w in enumerate(weights)]
        found.append((sum(masses, F(0)), [mass / sum(masses) for mass in masses]))
        found.append((delta * F(weights[y], total), [F(int(z == y)) for z in range(top + 1)]))
    assert sum(mass for mass, _ in found) == 1
    return [release for release in found if release[0] > 0]


def least_error(each: Sequence[Release], groups: int, last: Sequence[list[Fraction]] = ()) -> Fraction:
    """Return the mean largest error of the best estimates from one release for each group."""
    return sum(
        (
            math.prod((mass for mass, _ in run), start=F(1))
            * least_mean_maximum([*(law for _, law in run), *last])
            for run in product(each, repeat=groups)
        ),
        F(0),
    )


@pytest.mark.parametrize(
    ("design", "share"),
    [
        (Design(groups=1, stride=1, weights=COIN, step=HALF, blocks=()), 0.999999),
        (Design(groups=1, stride=1, weights=(1, 1, 1), step=HALF, blocks=()), 0.7),
        (Design(groups=2, stride=1, weights=COIN, step=HALF, blocks=()), 0.9),
        (Design(groups=2, stride=1, weights=WIDE, step=HALF, blocks=()), 0.7),
        (Design(groups=3, stride=1, weights=COIN, step=HALF, blocks=((1, 1),)), 0.9),
        (Design(groups=3, stride=1, weights=COIN, step=HALF, blocks=((1, 5),)), 0.9),
    ],
)
@pytest.mark.parametrize("ratio", [F(6, 5), F(3)])
@pytest.mark.parametrize("delta", [F(0), F(1, 50)])
def test_a_mechanism_that_knows_the_layout_errs_more(
    design: Design, share: float, ratio: Fraction, delta: Fraction
) -> None:
    # one shuffler, which releases each separated group by itself and then meets any of the bad steps
    each = releases(design.weights, ratio, delta)
    errors = [least_error(each, design.groups)]
    for depth in range(1, design.groups - 1):
        size = design.blocks[0][1]
        block = [HALF, *[F(0)] * (size - 1), HALF]
        errors.append(least_error(each, depth, [block]))
    said = certified_error(design, shufflers=1, epsilon=epsilon_of(ratio), delta=delta)
    assert said <= min(errors)
    if delta == 0:
        assert said >= F(share) * min(errors)
    elif design.groups == 1 and design.weights == COIN:
        assert said >= F(share) * min(errors)  # (1 - delta)/(1 + e^epsilon): nothing is given away


def raw_error(values: Sequence[int], flip: Fraction) -> Fraction:
    """Return the mean of the largest error when reports of binary response are added up, by all states."""
    states = {(0, 0): F(1)}
    for value in values:
        after: dict[tuple[int, int], Fraction] = {}
        for (place, far), mass in states.items():
            for move, chance in ((0, 1 - flip), (1 - 2 * value, flip)):
                state = place + move, max(far, abs(place + move))
                after[state] = after.get(state, F(0)) + mass * chance
        states = after
    return sum((far * mass for (_, far), mass in states.items()), F(0))


@pytest.mark.parametrize("users", [3, 4, 6])
@pytest.mark.parametrize("flip", [F(1, 10**5), F(1, 3000), F(1, 50), F(1, 5), F(2, 5), F(49, 100)])
def test_reports_that_are_released_one_by_one_err_more(users: int, flip: Fraction) -> None:
    raw = max(raw_error(values, flip) for values in product((0, 1), repeat=users))
    least = min(raw, F(users, 2))  # half the users so far, whatever they hold
    bounds = [
        lower_bound(users=users, shufflers=k, epsilon=epsilon_of((1 - flip) / flip)).lower
        for k in range(1, users - 1)
    ]
    assert all(0 < bound <= least for bound in bounds)
    if flip == F(49, 100):
        assert bounds[0] > 0.8 * least


def longest(parts: Sequence[int | None], groups: int, shufflers: int, block: int) -> int:
    """Return the last step before which all closings of batches can keep off every bad step, by their states.

    Batches open with the user after the last closing. Of the closed ones those inside another do not matter.
    """
    row, users = [], 0
    for part in parts:
        row.append((part, users + 1, users + (1 if part is None else block)))
        users = row[-1][2]
    ends = {last: place for place, (_, _, last) in enumerate(row)}

    def bad(step: int, closed: frozenset[tuple[int, int]]) -> bool:
        depth, first, last = row[ends[step]]
        if depth is not None and any(end >= first and start <= last for start, end in closed):
            return False
        apart, reach = 0, 0
        for part, _, place in row[: ends[step] + 1]:
            if part is None and place > reach:
                apart += 1
                reach = max((end for start, end in closed if start <= place <= end), default=place)
        return apart >= (groups if depth is None else depth)

    seen, best = set(), 0
    todo: list[tuple[int, tuple[int, ...], frozenset[tuple[int, int]]]] = [(1, (1,) * shufflers, frozenset())]
    while todo:
        step, opened, before = todo.pop()
        for number in range(shufflers + 1):
            for chosen in combinations(range(shufflers), number):
                ended = before | {(opened[j], step) for j in chosen}
                closed = frozenset(
                    one
                    for one in ended
                    if not any(one != other and other[0] <= one[0] and one[1] <= other[1] for other in ended)
                )
                state = (
                    step + 1,
                    tuple(sorted(step + 1 if j in chosen else opened[j] for j in range(shufflers))),
                    closed,
                )
                if state in seen or (step in ends and bad(step, closed)):
                    continue
                seen.add(state)
                best = max(best, step)
                if step < users:
                    todo.append(state)
    return best


@pytest.mark.parametrize(
    ("shufflers", "groups", "block"), [(1, 4, 2), (1, 5, 2), (2, 3, 2), (3, 2, 1), (3, 3, 1), (4, 2, 1)]
)
def test_no_closings_get_through_a_nested_layout(shufflers: int, groups: int, block: int) -> None:
    parts = list(layout(groups, shufflers))
    users = sum(1 if part is None else block for part in parts)
    assert longest(parts, groups, shufflers, block) == users - 1
    assert (
        longest(parts[:-1], groups, shufflers, block) == users - 1
    )  # without its last group some get through
