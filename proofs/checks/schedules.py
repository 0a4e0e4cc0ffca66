"""Schedules: who is in which batch, and whose batches bound whose loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import islice, product

import accounting as csa
from proofs.exhaustive.exact_curves import ExactPair, envelope, pairs_of_shuffle, product_of, where_above
from proofs.exhaustive.games import worst_game
from proofs.exhaustive.small_channels import Channel
from proofs.reference.memberships import Batch, batches_of_users, sizes_of_users

from .check import CheckFailedError, Evidence, checks

EVEN: Channel = tuple(tuple(Fraction(entry, 4) for entry in row) for row in ((3, 1), (1, 3)))
UNEVEN: Channel = ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 5), Fraction(4, 5)))
THIRDS: Channel = tuple(tuple(Fraction(entry, 6) for entry in row) for row in ((3, 2, 1), (1, 1, 4)))

CHANNELS = ((EVEN, UNEVEN), (THIRDS, EVEN), (EVEN, UNEVEN, EVEN))
ALPHAS = tuple(map(Fraction, ("1", "3/2", "2")))


def intervals(users: int, least: int = 1) -> Iterator[tuple[tuple[int, int], ...]]:
    """Go through all sets of disjoint intervals of users 1 .. ``users``, each of at least ``least`` users."""

    def later(start: int) -> Iterator[tuple[tuple[int, int], ...]]:
        yield ()
        for first in range(start, users + 1):
            for last in range(first + least - 1, users + 1):
                for rest in later(last + 1):
                    yield ((first, last), *rest)

    yield from later(1)


def schedules(users: int, shufflers: int, least: int = 1) -> Iterator[list[Batch]]:
    """Go through all schedules of that size with at least one batch."""
    for chosen in product(list(intervals(users, least)), repeat=shufflers):
        batches = [(name, *limits) for name, own in zip("abc", chosen, strict=False) for limits in own]
        if batches:
            yield batches


# ---------------------------------------------------------------- (a) who is in which batch


def _members(users: int, shufflers: int) -> int:
    count = 0
    for batches in schedules(users, shufflers):
        schedule = csa.Schedule(batches, users=users)
        found = schedule.memberships()
        classes = [tuple(sorted(i for i in row if i >= 0)) for row in found.batches.tolist()]
        walked = [tuple(batches.index(batch) for batch in held) for held in batches_of_users(batches, users)]
        counted = dict(zip(classes, found.users.tolist(), strict=True))
        if counted != Counter(walked):
            raise CheckFailedError(f"{batches}: memberships {counted}, by walking {Counter(walked)}")
        by_size = schedule.size_classes()
        rows = [tuple(row) for row in by_size.sizes.tolist()]
        sizes = dict(zip(rows, by_size.users.tolist(), strict=True))
        if sizes != Counter(sizes_of_users(batches, users)):
            raise CheckFailedError(
                f"{batches}: sizes {sizes}, by walking {Counter(sizes_of_users(batches, users))}"
            )
        for table, seen in ((found, walked), (by_size, sizes_of_users(batches, users))):
            named = classes if table is found else rows
            for i, own in enumerate(named):
                if {seen[user - 1] for user in range(int(table.first[i]), int(table.last[i]) + 1)} != {own}:
                    raise CheckFailedError(
                        f"{batches}: users {table.first[i]} .. {table.last[i]} are not all in {own}"
                    )
        count += 1
    return count


@checks("worst-membership", evidence=Evidence.EXHAUSTIVE, units=[(4, 2), (6, 1), (2, 3)])
def classes_are_found_by_walking(users: int, shufflers: int) -> int:
    """Part (a): all schedules of 4 users and 2 shufflers, 6 users and 1, 2 users and 3, against a walk through the users."""
    return _members(users, shufflers)


@checks("worst-membership", evidence=Evidence.EXHAUSTIVE, units=[(5, 2), (8, 1), (3, 3)], deep=True)
def more_classes_are_found_by_walking(users: int, shufflers: int) -> int:
    """Part (a): all schedules of 5 users and 2 shufflers, 8 users and 1, 3 users and 3, against a walk through the users."""
    return _members(users, shufflers)


# ---------------------------------------------------------------- (b) smaller batches bound larger ones


@lru_cache(maxsize=256)
def options(channel: Channel, users: int) -> tuple[ExactPair, ...]:
    """The curves of all neighbouring data sets of one batch."""
    return tuple(dict.fromkeys(pair for _, _, pair in pairs_of_shuffle(channel, users)))


def in_batches(channels: Sequence[Channel], sizes: Sequence[int]) -> list[tuple[ExactPair, ...]]:
    """The batches of a user; size 0 means that the user is in none of that shuffler."""
    return [options(channel, size) for channel, size in zip(channels, sizes, strict=True) if size]


def _bounds(sizes: Sequence[int], smaller: Sequence[int]) -> bool:
    """Whether ``smaller`` is componentwise at most ``sizes``, no batch being an infinite one."""
    return all(own == 0 or 0 < other <= own for own, other in zip(sizes, smaller, strict=True))


def _smaller_batches(channels: Sequence[Channel], most: int) -> int:
    count = 0
    every = list(product((0, *range(2, most + 1)), repeat=len(channels)))
    suprema = {
        sizes: product_of([envelope(batch) for batch in in_batches(channels, sizes)]) for sizes in every
    }
    lost = {sizes: [worst_game(in_batches(channels, sizes))(alpha) for alpha in ALPHAS] for sizes in every}
    for sizes, smaller in product(every, repeat=2):
        if not _bounds(sizes, smaller):
            continue
        alpha = where_above(suprema[sizes], suprema[smaller])
        if alpha is not None:
            raise CheckFailedError(f"alpha = {alpha}: the bound at sizes {sizes} is above that at {smaller}")
        for alpha, here, there in zip(ALPHAS, lost[sizes], lost[smaller], strict=True):
            if here > there:
                raise CheckFailedError(
                    f"alpha = {alpha}: {here} is lost at sizes {sizes}, {there} at {smaller}"
                )
        count += 1
    return count


@checks("worst-membership", evidence=Evidence.EXHAUSTIVE, units=[(0, 6), (1, 4), (2, 3)])
def smaller_batches_bound_larger_ones(index: int, most: int) -> int:
    """Part (b): two shufflers with batches of 2 to 6 users or none (4 with three messages), three with 2 or 3: bounds at every alpha, losses at three."""
    return _smaller_batches(CHANNELS[index], most)


@checks("worst-membership", evidence=Evidence.EXHAUSTIVE, units=[(0, 9), (1, 6), (2, 4)], deep=True)
def smaller_batches_bound_much_larger_ones(index: int, most: int) -> int:
    """Part (b): two shufflers with batches of 2 to 9 users or none (6 with three messages), three with 2 to 4: bounds at every alpha, losses at three."""
    return _smaller_batches(CHANNELS[index], most)


# ---------------------------------------------------------------- (c) the worst user


def _worst_users(users: int, start: int, step: int) -> int:
    randomizers = {"a": csa.FiniteRandomizer(EVEN), "b": csa.FiniteRandomizer(UNEVEN)}
    count = 0
    for batches in islice(schedules(users, 2, least=2), start, None, step):
        alpha = ALPHAS[count % len(ALPHAS)]
        truth = max(_lost(sizes, alpha) for sizes in _sizes(batches, users))
        names = {name for name, _, _ in batches}
        worst = csa.ConcurrentShuffles.from_schedule(
            csa.Schedule(batches), {name: randomizers[name] for name in names}
        )
        bounds = worst.curve().delta(alpha=alpha)
        if not bounds.lower <= truth <= bounds.upper:
            raise CheckFailedError(f"{batches}, alpha = {alpha}: {truth} is outside of {bounds}")
        count += 1
    return count


def _sizes(batches: Sequence[Batch], users: int) -> set[tuple[int, ...]]:
    """The sizes of the batches of each user, for the shufflers a and b; 0 where there is none."""
    found: set[tuple[int, ...]] = set()
    for held in batches_of_users(batches, users):
        own = {name: last - first + 1 for name, first, last in held}
        found.add((own.get("a", 0), own.get("b", 0)))
    return found


@lru_cache(maxsize=1024)
def _lost(sizes: tuple[int, ...], alpha: Fraction) -> Fraction:
    return worst_game(in_batches((EVEN, UNEVEN), sizes))(alpha)


@checks("worst-membership", evidence=Evidence.PROPERTY, units=[(4, 0, 4)])
def code_bounds_the_worst_user(users: int, start: int, step: int) -> int:
    """Part (c): both ends of the code for every fourth schedule of 4 users and 2 shufflers with batches of at least 2, against all rules for each user's batches; three factors in turn."""
    return _worst_users(users, start, step)


@checks(
    "worst-membership",
    evidence=Evidence.EXHAUSTIVE,
    units=[(4, 0, 1), (5, 0, 4), (5, 1, 4), (5, 2, 4), (5, 3, 4)],
    deep=True,
)
def code_bounds_the_worst_user_of_every_schedule(users: int, start: int, step: int) -> int:
    """Part (c): both ends of the code for all schedules of 4 and 5 users and 2 shufflers with batches of at least 2, against all rules for each user's batches; three factors in turn."""
    return _worst_users(users, start, step)
