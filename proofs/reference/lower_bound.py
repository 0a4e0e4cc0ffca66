"""The lower bound for concurrent shufflers, slowly and plainly; nothing of the toolkit is used."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

__all__ = [
    "bad_step",
    "extreme_likelihoods",
    "half_spread_stop_loss",
    "least_mean_maximum",
    "parts",
    "plain_value",
    "posterior",
    "walk_maximum",
]


def walk_maximum(moves: Fraction, steps: int, last: Fraction = Fraction(0)) -> Fraction:
    """Return the mean of the largest distance of a lazy walk with one more step of length ``last``, by its states."""
    states = {(0, 0): Fraction(1)}
    for _ in range(steps):
        after: dict[tuple[int, int], Fraction] = {}
        for (place, far), mass in states.items():
            for move, chance in ((-1, moves / 2), (0, 1 - moves), (1, moves / 2)):
                state = place + move, max(far, abs(place + move))
                after[state] = after.get(state, Fraction(0)) + mass * chance
        states = after
    return sum(
        (mass * max(Fraction(far), abs(place + last)) for (place, far), mass in states.items()),
        Fraction(0),
    )


def half_spread_stop_loss(law: Sequence[Fraction], corner: Fraction) -> Fraction:
    """Return E (half spread - corner)_+ by walking from both ends of the law to its middle."""
    low, high = 0, len(law) - 1
    left, right, done, total = law[low], law[high], Fraction(0), Fraction(0)
    while done < Fraction(1, 2):
        if left == 0:
            low += 1
            left = law[low]
            continue
        if right == 0:
            high -= 1
            right = law[high]
            continue
        share = min(left, right, Fraction(1, 2) - done)
        total += 2 * share * max(Fraction(high - low, 2) - corner, Fraction(0))
        left, right, done = left - share, right - share, done + share
    return total


def extreme_likelihoods(top: int, fall: Fraction) -> Iterator[list[Fraction]]:
    """Yield all functions on 0..top whose neighbouring values differ by the factor ``fall``, up or down."""
    for signs in product((1, -1), repeat=top):
        values = [Fraction(1)]
        for sign in signs:
            values.append(values[-1] * fall**sign)
        yield values


def posterior(weights: Sequence[int], likelihood: Sequence[Fraction]) -> list[Fraction]:
    """Return the law proportional to the product."""
    masses = [weight * value for weight, value in zip(weights, likelihood, strict=True)]
    return [mass / sum(masses) for mass in masses]


def least_mean_maximum(laws: Sequence[Sequence[Fraction]]) -> Fraction:
    """Return the least mean of max_i |Z_1 + .. + Z_i - e_i| over all numbers e_i.

    The mean is convex and piecewise linear in (e_1, e_2, ..), with corners where some e_i, e_i + e_j or e_i - e_j is
    whole, so the least is at half-integers.
    """
    paths = []
    for values in product(*(range(len(law)) for law in laws)):
        mass = Fraction(1)
        for law, value in zip(laws, values, strict=True):
            mass *= law[value]
        sums = [2 * sum(values[: i + 1]) for i in range(len(values))]
        paths.append((sums, mass))
    grids = [range(2 * sum(len(law) - 1 for law in laws[: i + 1]) + 1) for i in range(len(laws))]
    return min(
        sum(
            (mass * max(abs(s - e) for s, e in zip(sums, estimates, strict=True)) for sums, mass in paths),
            Fraction(0),
        )
        / 2
        for estimates in product(*grids)
    )


def parts(groups: int, shufflers: int, depth: int = 0) -> list[int]:
    """Return the row of parts by its definition: -1 for a designated group, its depth for a block."""
    if groups == 1:
        return [-1]
    if shufflers == 0:
        return [depth]
    return [-1, *(each for fewer in range(shufflers + 1) for each in parts(groups - 1, fewer, depth + 1))]


def bad_step(
    batches: Sequence[tuple[int, int]], row: Sequence[tuple[int, int, int]], groups: int
) -> int | None:
    """Return the first bad step by its definition, trying all choices of groups.

    Args:
        batches: first and last user of each closed batch, of all shufflers.
        row: depth (-1 for a group), first and last user of each part.
        groups: separated groups that make a step bad.
    """
    for depth, start, step in row:
        shut = [batch for batch in batches if batch[1] <= step]
        ended = [(a, b) for kind, a, b in row if kind < 0 and b <= step]
        if depth < 0:
            needed = groups
        elif any(_meet((start, step), batch) for batch in shut):
            continue
        else:
            needed = depth
        for choice in combinations(ended, needed):
            if all(sum(_meet(each, batch) for each in choice) < 2 for batch in shut):
                return step
    return None


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def plain_value(
    *,
    blocks: Sequence[int],
    groups: int,
    stride: int,
    weights: Sequence[int],
    step: float,
    shufflers: int,
    epsilon: float,
    delta: float,
) -> float:
    """Return the theorem's value in floats: all extreme posteriors, all states of the walk.

    ``blocks`` holds the users of blocks of depth 1, 2, .., groups - 2.
    """
    top = len(weights) - 1
    fall = Fraction(math.exp(-stride * epsilon))
    moves = 1.0
    for likelihood in extreme_likelihoods(top, fall):
        law = posterior(weights, likelihood)
        for half in range(2 * top + 1):
            if half / 2 < step:
                moves = min(moves, float(half_spread_stop_loss(law, Fraction(half, 2))) / (step - half / 2))
    unit = stride * step
    error = unit * _float_walk(moves, groups, 0.0)
    for depth, block in enumerate(blocks, start=1):
        error = min(error, unit * _float_walk(moves, depth, block / 2 / unit))
    total = sum(weights)
    lost = sum(
        w / total * (_group(stride * z, epsilon) + _group(stride * (top - z), epsilon)) * delta
        for z, w in enumerate(weights)
    )
    places = sum(part < 0 for part in parts(groups, shufflers))
    return max(0.0, 1 - places * lost) * error


def _group(users: int, epsilon: float) -> float:
    return sum(math.exp(j * epsilon) for j in range(users))


def _float_walk(moves: float, steps: int, last: float) -> float:
    states = {(0, 0): 1.0}
    for _ in range(steps):
        after: dict[tuple[int, int], float] = {}
        for (place, far), mass in states.items():
            for move, chance in ((-1, moves / 2), (0, 1 - moves), (1, moves / 2)):
                state = place + move, max(far, abs(place + move))
                after[state] = after.get(state, 0.0) + mass * chance
        states = after
    return sum(mass * max(far, abs(place + last)) for (place, far), mass in states.items())
