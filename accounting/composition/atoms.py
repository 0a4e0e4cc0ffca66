"""Atoms: users who are in exactly the same batches, and what the released histograms tell of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..numerics.row_space import MOST_ROWS, zero_one_vectors

__all__ = ["Atom", "Batch", "atoms_of_batches", "read_atoms", "smallest_seen"]

Batch: TypeAlias = "Sequence[ExactLike] | Set[object]"
"""The first and the last user, both included, in order of arrival; or the set of users."""

_NEIGHBOURHOOD = 8


@dataclass(frozen=True, slots=True)
class Atom:
    """Users who are in exactly the same batches.

    Attributes:
        batches: names of these batches, sorted.
        users: how many they are, present and honest.
    """

    batches: tuple[str, ...]
    users: int

    @property
    def words(self) -> str:
        """Say who they are."""
        return f"users in exactly {_listed(self.batches)}"


def read_atoms(atoms: Mapping[Any, ExactLike]) -> tuple[Atom, ...]:
    """Read a mapping from sets of batch names to numbers of users.

    Args:
        atoms: at least one entry; a name alone stands for the set of this one batch.

    Raises:
        ParameterError: a key is no set of names, comes twice or is empty, or a value is no number of users.
    """
    if not isinstance(atoms, Mapping):
        remedy = 'Write it like {("a",): 100, ("a", "b"): 50}'
        raise ParameterError(
            "atoms", "must be a mapping from sets of batches to numbers of users", atoms, remedy
        )
    found: dict[tuple[str, ...], int] = {}
    for key, users in atoms.items():
        batches = _names(key)
        if batches in found:
            raise ParameterError("atoms", "must name each set of batches once", ", ".join(batches))
        remedy = "Leave out sets of batches that nobody is in"
        found[batches] = whole(f"atoms[{', '.join(batches)}]", users, least=1, remedy=remedy)
    if not found:
        raise ParameterError("atoms", "must be at least one", "none")
    return tuple(Atom(batches, users) for batches, users in found.items())


def _names(key: object) -> tuple[str, ...]:
    if isinstance(key, str):
        key = (key,)
    if not isinstance(key, Iterable):
        raise ParameterError("atoms", "must have sets of batch names as keys", key)
    names: tuple[object, ...] = tuple(key)
    for name in names:
        if not isinstance(name, str) or not name:
            raise ParameterError("atoms", "must have sets of nonempty batch names as keys", name)
    if not names:
        remedy = "Users in no batch send nothing and hide nobody: leave them out"
        raise ParameterError(
            "atoms", "must have nonempty sets of batch names as keys", "an empty set", remedy
        )
    if len(set(names)) < len(names):
        raise ParameterError("atoms", "must name a batch once in each set", key)
    return tuple(sorted(str(name) for name in names))


def atoms_of_batches(batches: Mapping[str, Batch]) -> dict[tuple[str, ...], int]:
    """Count the users of each atom of some batches; users in no batch are left out.

    Args:
        batches: for each name the first and the last user, numbered in order of arrival, both included; or
            the set of its users. All of one kind. Time and memory do not grow with users of intervals.

    Raises:
        ParameterError: there is no batch, or one is neither.
    """
    given: object = batches
    if not isinstance(given, Mapping) or not given:
        remedy = 'Write it like {"a": (1, 100), "b": (51, 200)}'
        raise ParameterError(
            "batches", "must be a mapping from names to batches, at least one", given, remedy
        )
    if all(isinstance(batch, Set) for batch in batches.values()):
        return _atoms_of_sets(batches)  # type: ignore[arg-type]
    return _atoms_of_intervals({name: _interval(f"batches[{name}]", batches[name]) for name in batches})


def _interval(name: str, batch: object) -> tuple[int, int]:
    if not isinstance(batch, Sequence) or isinstance(batch, str) or len(batch) != 2:
        remedy = "Give all batches in the same way"
        raise ParameterError(
            name, "must be the first and the last user, or all batches sets of users", batch, remedy
        )
    first = whole(f"{name}[0]", batch[0], least=1, remedy="Users are numbered from 1 in order of arrival")
    return first, whole(f"{name}[1]", batch[1], least=first, remedy="A batch ends with its last user")


def _atoms_of_sets(batches: Mapping[str, Set[object]]) -> dict[tuple[str, ...], int]:
    member: defaultdict[object, list[str]] = defaultdict(list)
    for name, users in batches.items():
        if not users:
            raise ParameterError(f"batches[{name}]", "must have at least one user", "an empty set")
        for user in users:
            member[user].append(name)
    sizes: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for names in member.values():
        sizes[tuple(sorted(names))] += 1
    return dict(sizes)


def _atoms_of_intervals(intervals: Mapping[str, tuple[int, int]]) -> dict[tuple[str, ...], int]:
    events: list[tuple[int, bool, str]] = []
    for name, (first, last) in intervals.items():
        events += [(first, True, name), (last + 1, False, name)]
    sizes: defaultdict[tuple[str, ...], int] = defaultdict(int)
    inside: set[str] = set()
    before = 0
    for at, opens, name in sorted(events):
        if inside and at > before:
            sizes[tuple(sorted(inside))] += at - before
        before = at
        if opens:
            inside.add(name)
        else:
            inside.remove(name)
    return dict(sizes)


@relies_on("reused-atoms")
def smallest_seen(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    """Find a smallest union of atoms of which the released histograms determine the histogram.

    Its indicator is a rational combination of those of the batches. Among batches that overlap, directly or through
    others, all such unions are tried when these are at most 12; else those of each batch with seven near it, and
    there may be a smaller one. In any case each single batch is tried.
    """
    members: defaultdict[str, list[int]] = defaultdict(list)
    for i, atom in enumerate(atoms):
        for name in atom.batches:
            members[name].append(i)
    best: tuple[int, tuple[int, ...]] | None = None
    for names in _groups(atoms, members):
        columns = sorted({i for name in names for i in members[name]})
        rows = [[int(name in atoms[i].batches) for i in columns] for name in names]
        for vector in zero_one_vectors(rows):
            union = tuple(i for i, entry in zip(columns, vector, strict=True) if entry)
            size = sum(atoms[i].users for i in union)
            if best is None or (size, union) < best:
                best = (size, union)
    if best is None:
        raise ArithmeticError("every batch has a histogram of its own")
    return tuple(atoms[i] for i in best[1])


def _groups(atoms: Sequence[Atom], members: Mapping[str, Sequence[int]]) -> Iterator[list[str]]:
    """Yield groups of batches, of which the combinations of each are tried."""
    done: set[str] = set()
    for name in members:
        if name in done:
            continue
        connected = _near(name, atoms, members, most=MOST_ROWS + 1)
        if len(connected) <= MOST_ROWS:
            done.update(connected)
            yield connected
        else:
            yield connected[:_NEIGHBOURHOOD]


def _near(name: str, atoms: Sequence[Atom], members: Mapping[str, Sequence[int]], *, most: int) -> list[str]:
    """List batches that overlap with a batch, directly or through others, the nearest first."""
    found = {name: None}
    for each in (queue := [name]):
        for i in members[each]:
            for other in atoms[i].batches:
                if other not in found and len(found) < most:
                    found[other] = None
                    queue.append(other)
    return list(found)


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"batch {names[0]}"
    return f"batches {', '.join(names[:-1])} and {names[-1]}"
