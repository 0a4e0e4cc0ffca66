"""The exact delta of re-used reports in small cases: every neighbouring pair of data sets, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod
from typing import TypeAlias

from ..claims import relies_on
from ..errors import NotCoveredError, ParameterError
from ..numerics.ball import exact_lower, exact_upper, precision
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..pairs.enumeration import LARGEST_INPUTS, channel_weights
from ..randomizers import FiniteKernel, Randomizer
from ..randomizers.base import InputPair
from .atoms import Atom
from .exact_delta import BITS

__all__ = ["REUSED_LIMIT", "ReusedDelta", "worst_data"]

REUSED_LIMIT = 20_000_000
"""The largest estimate of work that is begun, in weights of laws that are handled: some ten seconds."""

_Law: TypeAlias = dict[int, int]
"""Integer weights of releases. A release is one number: its counts are the digits of it."""

_Form: TypeAlias = tuple[tuple[int, int], ...]
"""What one user adds to a release, with its weight."""

_Others: TypeAlias = tuple[tuple[Atom, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusedDelta:
    """The delta of the worst neighbouring data sets (one user's value replaced), and those data sets.

    Attributes:
        delta: exactly, when alpha and all probabilities are rational; else an enclosure.
        atom: that of the user in whom the data sets differ.
        target: that user's values (x0, x1); delta is that of the laws at x0 against those at x1.
        others: the values of everybody else, sorted, for each atom whose batches are linked with the target's.
    """

    delta: Fraction | Enclosure
    atom: Atom
    target: InputPair
    others: _Others


@relies_on("reused-enumeration")
def worst_data(randomizer: Randomizer, atoms: Sequence[Atom], alpha: Factor) -> ReusedDelta:
    """Return the largest hockey-stick divergence of what the batches of these atoms release.

    Raises:
        NotCoveredError: the randomizer has no channel.
        ParameterError: there are too many data sets, or more than 64 inputs.
    """
    if not isinstance(randomizer, FiniteKernel):
        needed = "enumeration needs the probability of every message for every value"
        raise NotCoveredError(f"{randomizer.describe()}: {needed}")
    if randomizer.inputs > LARGEST_INPUTS:
        rule = f"must have at most {LARGEST_INPUTS} values to be enumerated"
        raise ParameterError("randomizer", rule, randomizer.inputs)
    sides, base = channel_weights(randomizer, BITS)
    groups = _linked(atoms)
    letters = len(sides[0][0])
    steps = len(sides) * sum(_steps(group, randomizer.inputs, letters) for group in groups)
    if steps > REUSED_LIMIT:
        rule = f"must be small enough to enumerate: about {steps:.1e} steps, at most {REUSED_LIMIT:.0e}"
        users = sum(atom.users for atom in atoms)
        raise ParameterError("atoms", rule, f"{users} users", "delta() brackets the answer at any size")
    best: dict[str, tuple[Fraction, ReusedDelta]] = {}
    ends = _ends(alpha, exact=len(sides) == 1)
    for group in groups:
        experiment = _Experiment.of(group, sides, base)
        for atom, target, others, laws in experiment.comparisons():
            for end, factor in ends.items():
                value = experiment.divergence(laws[target[0]], laws[target[1]], end, factor)
                if end not in best or value > best[end][0]:
                    found = ReusedDelta(delta=value, atom=atom, target=target, others=others)
                    best[end] = (value, found)
    worst = best["lower"][1]
    if len(best) == 1:
        return worst
    delta = Enclosure(best["lower"][0], min(best["upper"][0], Fraction(1)))
    return ReusedDelta(delta=delta, atom=worst.atom, target=worst.target, others=worst.others)


@dataclass(frozen=True, slots=True)
class _Experiment:
    """Atoms that are linked through common batches.

    Attributes:
        atoms: these atoms.
        forms: for each side, atom and input what a user of the atom adds, with integer weights. There is one side,
            or one whose weights are not above the true ones and one whose are not below.
        scale: what the weights of a release are relative to.
    """

    atoms: tuple[Atom, ...]
    forms: tuple[Mapping[Atom, tuple[_Form, ...]], ...]
    scale: int

    @classmethod
    def of(cls, atoms: Sequence[Atom], sides: Sequence[Sequence[Sequence[int]]], base: int) -> _Experiment:
        letters = len(sides[0][0])
        places: dict[tuple[str, int], int] = {}
        place = 1
        for name in sorted({name for atom in atoms for name in atom.batches}):
            size = sum(atom.users for atom in atoms if name in atom.batches)
            for message in range(letters - 1):  # the last count follows from the batch's size
                places[name, message] = place
                place *= size + 1

        def added(atom: Atom, message: int) -> int:
            return sum(places.get((name, message), 0) for name in atom.batches)

        def form(atom: Atom, row: Sequence[int]) -> _Form:
            return tuple((added(atom, message), weight) for message, weight in enumerate(row) if weight)

        forms = tuple({atom: tuple(form(atom, row) for row in side) for atom in atoms} for side in sides)
        return cls(tuple(atoms), forms, base ** sum(atom.users for atom in atoms))

    def comparisons(
        self,
    ) -> Iterator[tuple[Atom, InputPair, _Others, dict[int, tuple[_Law, ...]]]]:
        """Go through the target's atom and values and the multisets of the others' values in each atom."""
        inputs = range(len(self.forms[0][self.atoms[0]]))
        pairs = [(a, b) for a in inputs for b in inputs if a != b]
        for atom in self.atoms:
            crowds = [(each, each.users - (each is atom)) for each in self.atoms]
            for others, laws in self._crowds(crowds):
                ends = {
                    x: tuple(_joined(law, side[atom][x]) for law, side in zip(laws, self.forms, strict=True))
                    for x in inputs
                }
                for target in pairs:
                    yield atom, target, others, ends

    def _crowds(self, crowds: Sequence[tuple[Atom, int]]) -> Iterator[tuple[_Others, tuple[_Law, ...]]]:
        if not crowds:
            yield (), tuple({0: 1} for _ in self.forms)
            return
        atom, count = crowds[-1]
        for others, laws in self._crowds(crowds[:-1]):
            yield from self._members(atom, count, 0, (), others, laws)

    def _members(
        self,
        atom: Atom,
        left: int,
        value: int,
        held: tuple[int, ...],
        others: _Others,
        laws: tuple[_Law, ...],
    ) -> Iterator[tuple[_Others, tuple[_Law, ...]]]:
        """Give values from ``value`` on to the members of an atom who have none yet."""
        if left == 0:
            yield (*others, (atom, held)), laws
            return
        for x in range(value, len(self.forms[0][atom])):
            joined = tuple(_joined(law, side[atom][x]) for law, side in zip(laws, self.forms, strict=True))
            yield from self._members(atom, left - 1, x, (*held, x), others, joined)

    def divergence(
        self, first: tuple[_Law, ...], second: tuple[_Law, ...], end: str, alpha: Fraction
    ) -> Fraction:
        """Return ``sum (P - alpha Q)_+`` with the weights that make it too small, or those that make it too large."""
        p, q = (first[0], second[-1]) if end == "lower" else (first[-1], second[0])
        a, b = alpha.numerator, alpha.denominator
        excess = (b * weight - a * q.get(release, 0) for release, weight in p.items())
        return Fraction(sum(value for value in excess if value > 0), b * self.scale)


def _joined(law: _Law, form: _Form) -> _Law:
    """Add one user's message to a release."""
    found: _Law = {}
    for release, weight in law.items():
        for added, chance in form:
            found[release + added] = found.get(release + added, 0) + weight * chance
    return found


def _linked(atoms: Sequence[Atom]) -> list[tuple[Atom, ...]]:
    """Group atoms that are linked through common batches; the others' releases are independent of the target."""
    groups: list[list[Atom]] = []
    for atom in atoms:
        touched = [group for group in groups if any(set(atom.batches) & set(each.batches) for each in group)]
        groups = [group for group in groups if group not in touched]
        groups.append([*(each for group in touched for each in group), atom])
    return [tuple(group) for group in groups]


def _steps(group: Sequence[Atom], inputs: int, letters: int) -> int:
    def multisets(count: int, kinds: int) -> int:
        return comb(count + kinds - 1, min(kinds - 1, count)) if min(kinds - 1, count) < 40 else 10**30

    names = {name for atom in group for name in atom.batches}
    sizes = [sum(atom.users for atom in group if name in atom.batches) for name in names]
    releases = min(
        prod(multisets(size, letters) for size in sizes),
        prod(multisets(atom.users, letters) for atom in group),
    )
    data = sum(prod(multisets(each.users - (each is atom), inputs) for each in group) for atom in group)
    return int(data * releases * (letters * inputs + inputs * (inputs - 1)))


def _ends(alpha: Factor, *, exact: bool) -> dict[str, Fraction]:
    """Return the ends to evaluate, each with the alpha that keeps it on its side."""
    if alpha.rational is None:
        with precision(BITS):
            value = alpha.ball()
            return {"lower": exact_upper(value), "upper": exact_lower(value)}
    return {"lower": alpha.rational} if exact else {"lower": alpha.rational, "upper": alpha.rational}
