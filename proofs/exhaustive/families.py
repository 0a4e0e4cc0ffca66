"""Families of overlapping batches with few users, by their atoms: users who are in exactly the same batches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations, product

from proofs.reference.reused import released_law

from .exact_curves import ExactPair
from .small_channels import Channel

__all__ = ["Sizes", "data_sets", "families", "members", "owners", "small_families"]

Sizes = dict[tuple[str, ...], int]
"""For each set of batches how many users are in exactly these."""


def families(batches: str, users: int) -> Iterator[Sizes]:
    """Go through the atoms of exactly these batches and so many users, up to names of batches."""
    subsets = [names for count in range(1, len(batches) + 1) for names in combinations(batches, count)]
    seen: set[frozenset[tuple[tuple[str, ...], int]]] = set()
    for sizes in product(range(users + 1), repeat=len(subsets)):
        atoms = {names: size for names, size in zip(subsets, sizes, strict=True) if size}
        if sum(sizes) != users or {name for names in atoms for name in names} != set(batches):
            continue
        renamed = (dict(zip(batches, order, strict=True)) for order in permutations(batches))
        classes = [
            frozenset((tuple(sorted(to[name] for name in names)), size) for names, size in atoms.items())
            for to in renamed
        ]
        if not seen.intersection(classes):
            seen.add(classes[0])
            yield atoms


def members(atoms: Sizes) -> list[frozenset[int]]:
    """Number the users and return the set of users of each batch."""
    owners = [names for names, size in atoms.items() for _ in range(size)]
    batches = sorted({name for names in atoms for name in names})
    return [frozenset(user for user, names in enumerate(owners) if name in names) for name in batches]


def small_families(users: int, batches: str = "abc") -> list[Sizes]:
    """All families of up to so many batches and exactly so many users, up to names."""
    return [family for count in range(1, len(batches) + 1) for family in families(batches[:count], users)]


def data_sets(
    channel: Channel, atoms: Sizes
) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...], ExactPair]]:
    """Go through the user who changes, all data sets before and after, and the laws of what all batches release."""
    users = sum(atoms.values())
    batches = members(atoms)
    laws = {
        values: released_law(channel, batches, values)
        for values in product(range(len(channel)), repeat=users)
    }
    for values, first in laws.items():
        for user, new in product(range(users), range(len(channel))):
            if new != values[user]:
                changed = (*values[:user], new, *values[user + 1 :])
                yield user, values, changed, ExactPair.of_fractions(first, laws[changed])


def owners(atoms: Sizes) -> list[tuple[str, ...]]:
    """The batches of each user, numbered as in ``members``."""
    return [names for names, size in atoms.items() for _ in range(size)]
