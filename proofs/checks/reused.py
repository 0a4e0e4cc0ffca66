"""One report of each user, released by several batches at once: atoms, and the enumeration of the code."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product

import accounting as csa
from accounting.composition.atoms import read_atoms, smallest_seen
from proofs.exhaustive.exact_curves import (
    ExactPair,
    envelope,
    histogram,
    in_integers,
    pairs_of_shuffle,
    where_above,
)
from proofs.exhaustive.families import Sizes, data_sets, members, owners, small_families
from proofs.exhaustive.small_channels import Channel, canonical_channels
from proofs.reference.reused import worst_delta
from proofs.reference.shuffle_enumeration import kary_response

from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/2", "1", "3/2", "2", "3")))

BINARY: Channel = tuple(map(tuple, kary_response(2, Fraction(3, 4))))
UNEVEN: Channel = tuple(tuple(map(Fraction, row)) for row in (("1/2", "1/2"), ("1/6", "5/6"), ("1/4", "3/4")))
BETRAYING: Channel = tuple(tuple(map(Fraction, row)) for row in (("1/2", "1/2", "0"), ("0", "1/3", "2/3")))
TERNARY: Channel = tuple(map(tuple, kary_response(3, Fraction(3, 5))))
NAMED = {"binary": BINARY, "uneven": UNEVEN, "betraying": BETRAYING, "ternary": TERNARY}


# ---------------------------------------------------------------- reused-atoms


def determined(atoms: Sizes) -> list[frozenset[tuple[str, ...]]]:
    """All unions of atoms whose indicator is a rational combination of those of the batches."""
    columns = list(atoms)
    names = sorted({name for own in columns for name in own})
    rows = [[Fraction(name in own) for own in columns] for name in names]
    found = []
    for size in range(1, len(columns) + 1):
        for union in combinations(columns, size):
            wanted = [Fraction(own in union) for own in columns]
            if rank([*rows, wanted]) == rank(rows):
                found.append(frozenset(union))
    return found


def rank(rows: Sequence[Sequence[Fraction]]) -> int:
    """The rank of a matrix, by elimination."""
    left = [list(row) for row in rows]
    found = 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(found, len(left)) if left[i][column]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for row in left[found + 1 :]:
            share = row[column] / left[found][column]
            for j, entry in enumerate(left[found]):
                row[j] -= share * entry
        found += 1
    return found


@lru_cache(maxsize=4096)
def _hidden(channel: Channel, users: int) -> ExactPair:
    return envelope(pair for _, _, pair in pairs_of_shuffle(channel, users))


@lru_cache(maxsize=1 << 14)
def _shuffled(channel: Channel, data: tuple[int, ...], changed: tuple[int, ...]) -> ExactPair:
    base, rows = in_integers(channel)
    first, second = (histogram([rows[value] for value in values]) for values in (data, changed))
    return ExactPair.of_laws(first, second, base ** len(data))


def _atoms(channel: Channel, atoms: Sizes) -> int:
    own, unions = owners(atoms), determined(atoms)
    seen = frozenset(atom.batches for atom in smallest_seen(read_atoms(atoms)))
    sizes = {union: sum(atoms[names] for names in union) for union in unions}
    if seen not in sizes or sizes[seen] > min(sizes.values()):
        raise CheckFailedError(
            f"{atoms}: the code sees {sorted(seen)} together, not a smallest one of {sizes}"
        )
    count = 0
    for user, values, changed, truth in data_sets(channel, atoms):
        case = f"channel {channel}, {atoms}, user {user}, {values} or {changed}"
        alpha = where_above(truth, _hidden(channel, atoms[own[user]]))
        if alpha is not None:
            raise CheckFailedError(f"{case}, alpha = {alpha}: more is lost than in a shuffle of the atom")
        for union in unions:
            if own[user] in union:
                among = [i for i, names in enumerate(own) if names in union]
                alone = _shuffled(channel, *(tuple(data[i] for i in among) for data in (values, changed)))
                alpha = where_above(alone, truth)
                if alpha is not None:
                    raise CheckFailedError(
                        f"{case}, alpha = {alpha}: less is lost than in a shuffle of {sorted(union)}"
                    )
        count += 1
    return count


def _families_of_channels(users: int, channels: Sequence[Channel]) -> int:
    return sum(_atoms(channel, atoms) for channel in channels for atoms in small_families(users))


@checks("reused-atoms", evidence=Evidence.EXHAUSTIVE, units=[(1, 3, 3), (2, 3, 3), (3, 3, 3), (4, 2, 2)])
def atoms_bound_and_unions_are_lost(users: int, letters: int, denominator: int) -> int:
    """All families of 1 to 3 batches with up to 3 users, all data sets, all channels of 2 values and up to 3 messages with denominators up to 3; 4 users of 2 messages up to 2; all unions that are determined; every alpha."""
    return _families_of_channels(users, list(canonical_channels(2, letters, denominator)))


@checks(
    "reused-atoms",
    evidence=Evidence.EXHAUSTIVE,
    units=[(4, 2, 3), (4, 3, 2), (3, 3, 4), (3, 2, 6)],
    deep=True,
)
def more_atoms_bound_and_unions_are_lost(users: int, letters: int, denominator: int) -> int:
    """All families of 1 to 3 batches with 3 and 4 users, all data sets, channels of 2 values with denominators up to 6, 4, 3 or 2, all unions that are determined; every alpha."""
    return _families_of_channels(users, list(canonical_channels(2, letters, denominator)))


def _bracketed(name: str, users: int, every: int) -> int:
    channel = NAMED[name]
    count = 0
    for index, atoms in enumerate(small_families(users)[::every]):
        alpha = ALPHAS[index % len(ALPHAS)]
        truth = worst_delta(channel, members(atoms), users, alpha)
        bounds = csa.ReusedReports(csa.FiniteRandomizer(channel), atoms).delta(alpha=alpha)
        if not bounds.lower <= truth <= bounds.upper:
            raise CheckFailedError(f"{name}, {atoms}, alpha = {alpha}: {truth} is outside of {bounds}")
        count += 1
    return count


@checks(
    "reused-atoms",
    evidence=Evidence.PROPERTY,
    units=[("binary", 3, 1), ("betraying", 2, 1), ("uneven", 3, 4)],
)
def code_brackets_reused_reports(name: str, users: int, every: int) -> int:
    """Both ends of the code: families of 1 to 3 batches with 2 or 3 users, three channels; five factors in turn."""
    return _bracketed(name, users, every)


@checks(
    "reused-atoms",
    evidence=Evidence.PROPERTY,
    units=[("binary", 4, 1), ("uneven", 3, 1), ("ternary", 3, 1)],
    deep=True,
)
def code_brackets_more_reused_reports(name: str, users: int, every: int) -> int:
    """Both ends of the code: all families of 1 to 3 batches with 3 or 4 users, three channels; five factors in turn."""
    return _bracketed(name, users, every)


# ---------------------------------------------------------------- reused-enumeration


def _enumerated(name: str, users: int) -> int:
    channel = NAMED[name]
    count = 0
    for atoms in small_families(users):
        reused = csa.ReusedReports(csa.FiniteRandomizer(channel), atoms)
        for alpha in ALPHAS[::2]:
            found = reused.exact_delta(alpha=alpha).delta
            truth = worst_delta(channel, members(atoms), users, alpha)
            if found != truth:
                raise CheckFailedError(
                    f"{name}, {atoms}, alpha = {alpha}: the code finds {found}, the definition {truth}"
                )
            count += 1
    return count


@checks(
    "reused-enumeration",
    evidence=Evidence.EXHAUSTIVE,
    units=[*product(NAMED, (1, 2)), ("binary", 3), ("uneven", 3), ("betraying", 3)],
)
def every_data_set_of_reused_reports(name: str, users: int) -> int:
    """All families of 1 to 3 batches with up to 3 users, 4 channels (the one with 3 values and messages: 2 users), 3 factors."""
    return _enumerated(name, users)


@checks(
    "reused-enumeration",
    evidence=Evidence.EXHAUSTIVE,
    units=[("ternary", 3), ("binary", 4), ("binary", 5)],
    deep=True,
)
def every_data_set_of_more_reused_reports(name: str, users: int) -> int:
    """All families of 1 to 3 batches with 4 and 5 users of binary response, 3 of 3-ary response, 3 factors."""
    return _enumerated(name, users)
