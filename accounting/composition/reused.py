"""One report of each user, handed to several shufflers: no composition, but a case of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..claims import relies_on
from ..curves import PairCurve, PrivacyCurve
from ..curves.answers import HasCurve
from ..curves.curve import read_factor
from ..errors import ParameterError
from ..numerics.exact import ExactLike, whole
from ..pairs.known import Pairs
from ..pairs.reused import reused_pairs
from ..randomizers import Randomizer
from .atoms import Atom, Batch, atoms_of_batches, read_atoms, smallest_seen
from .crowds import ReusedCurve
from .reused_exact import ReusedDelta, worst_data

__all__ = ["ReusedReports", "SharedReport"]


@dataclass(frozen=True, slots=True, init=False)
class ReusedReports(HasCurve):
    """Batches that all release the same reports: each user draws one, and every batch with that user shows it.

    What is released is the histogram of each batch. Histograms of overlapping batches subtract, so a user hides
    among the users of its own *atom*, those in exactly the same batches, as far as the release determines the atoms;
    otherwise also among those of its batches who are in no other one. It may lose more or less than fresh reports
    would. The bounds are for the user who loses most, under replacing one user's value. Other users' values may
    depend on earlier releases.

    Attributes:
        randomizer: what every user applies, once.
        atoms: the sets of batches that users are in, with the number of present and honest users of each.
    """

    randomizer: Randomizer
    atoms: tuple[Atom, ...]

    def __init__(self, randomizer: Randomizer, atoms: Mapping[Any, ExactLike]) -> None:
        """Describe the batches by their atoms.

        Args:
            randomizer: what every user applies, once.
            atoms: for each set of batch names the number of users who are in exactly these batches, present
                and honest, at least 1; like ``{("a",): 900, ("a", "b"): 100}``.

        Raises:
            ParameterError: a parameter breaks its rule.
        """
        object.__setattr__(self, "randomizer", _checked(randomizer))
        object.__setattr__(self, "atoms", read_atoms(atoms))

    @classmethod
    def from_batches(cls, randomizer: Randomizer, batches: Mapping[str, Batch]) -> ReusedReports:
        """Describe the batches by the users in them.

        Args:
            randomizer: what every user applies, once.
            batches: for each name the first and the last user in order of arrival, both included and counted from
                1, like ``{"a": (1, 1000), "b": (901, 1900)}``; or for each name the set of its users.

        Raises:
            ParameterError: a parameter breaks its rule.
        """
        return cls(randomizer, atoms_of_batches(batches))

    @property
    def hidden_among(self) -> Atom:
        """The smallest atom: its users lose most as far as the upper end is concerned."""
        return min(self.atoms, key=lambda atom: atom.users)

    @property
    def seen_together(self) -> tuple[Atom, ...]:
        """The smallest union found of atoms of which the release determines the histogram, for the lower end."""
        return smallest_seen(self.atoms)

    @relies_on("reused-atoms")
    def pairs(self) -> Pairs:
        """Return the pairs that bound the loss and those that are attained.

        The bound is that of the smallest atom; ``curve`` may know better where that atom is not determined.

        Raises:
            NotCoveredError: no proved claim covers the randomizer.
        """
        seen, hidden = self.seen_together, self.hidden_among
        users = sum(atom.users for atom in seen)
        if users == hidden.users:  # then both ends are the same shuffle, whose witness is in what is seen
            (hidden,) = seen
        return reused_pairs(
            self.randomizer,
            atom=hidden.users,
            atom_words=hidden.words,
            seen=users,
            seen_words=" or ".join(atom.words for atom in seen),
        )

    def curve(self) -> PrivacyCurve:
        """Return the privacy curve of the user who loses most.

        Raises:
            NotCoveredError: no proved claim covers the randomizer.
        """
        return ReusedCurve.of(self.randomizer, self.atoms, self.pairs())

    def exact_delta(self, *, alpha: ExactLike | None = None, epsilon: ExactLike | None = None) -> ReusedDelta:
        """Go through all neighbouring data sets of a small case and return the largest divergence.

        Args:
            alpha: e^epsilon itself, a positive rational; or
            epsilon: in nats. Give one of the two.

        Returns:
            The exact delta, a Fraction where alpha and the randomizer are rational, with the worst data sets.

        Raises:
            ParameterError: a parameter breaks its rule, or there are too many data sets.
            NotCoveredError: the randomizer has no channel that could be enumerated.
        """
        return worst_data(self.randomizer, self.atoms, read_factor(epsilon, alpha))


@dataclass(frozen=True, slots=True, init=False)
class SharedReport(HasCurve):
    """One report of each user that several batches release, of which only sizes are known.

    Attributes:
        randomizer: what every user applies, once.
        atom_at_least: the fewest present and honest users who are in exactly the same batches as any user, that
            user included; with 1 only the randomizer itself protects.
        batch: the fewest present and honest users of one of the batches.
    """

    randomizer: Randomizer
    atom_at_least: int
    batch: int

    def __init__(self, randomizer: Randomizer, *, atom_at_least: ExactLike = 1, batch: ExactLike) -> None:
        """Describe the report.

        Args:
            randomizer: what every user applies, once.
            atom_at_least: fewest users of any atom, at least 1.
            batch: users of one of the batches, at least as many.

        Raises:
            ParameterError: a parameter breaks its rule.
        """
        object.__setattr__(self, "randomizer", _checked(randomizer))
        object.__setattr__(self, "atom_at_least", whole("atom_at_least", atom_at_least, least=1))
        remedy = "The users of an atom are all in each of its batches"
        object.__setattr__(self, "batch", whole("batch", batch, least=self.atom_at_least, remedy=remedy))

    @relies_on("reused-atoms")
    def pairs(self) -> Pairs:
        """Return the pairs that bound the loss, those of the atom, and those that one batch attains.

        Raises:
            NotCoveredError: no proved claim covers the randomizer.
        """
        return reused_pairs(
            self.randomizer,
            atom=self.atom_at_least,
            atom_words="users in exactly the same batches",
            seen=self.batch,
            seen_words="users of one batch",
        )

    def curve(self) -> PrivacyCurve:
        """Return the privacy curve of what is released of the report."""
        return PairCurve(self.pairs())


def _checked(randomizer: object) -> Randomizer:
    if not isinstance(randomizer, Randomizer):
        raise ParameterError("randomizer", "must be a randomizer", randomizer, "See accounting.randomizers")
    return randomizer
