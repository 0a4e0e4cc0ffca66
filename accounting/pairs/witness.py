"""An explicit pair of neighbouring data sets: enough to recompute a lower bound by another road."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

__all__ = ["JointWitness", "MembershipWitness", "Witness"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Two data sets that differ in the target's value.

    Attributes:
        randomizer: what every user applies, in words.
        users: n, the target included.
        target: the target's value in the first and in the second data set.
        others: pairs (value, number of other users who hold it).
        among: where these users are not all who report, says who they are; the rest may hold any values.
        releases: how many independent parts of one shuffle's release it has the same curve in.
    """

    randomizer: str
    users: int
    target: tuple[int, int]
    others: tuple[tuple[int, int], ...]
    among: str = ""
    releases: int = 1

    def sentence(self) -> str:
        """Describe the two data sets."""
        held = ", ".join(f"{count} hold {value}" for value, count in self.others if count)
        where = f" ({self.among}; all others may hold any value)" if self.among else ""
        count = "1 user" if self.users == 1 else f"{self.users} users"
        return (
            f"{self.randomizer}, {count}{where}: the target holds {self.target[0]} or {self.target[1]}, "
            f"of the others {held or 'there is none'}"
        )

    def reversed(self) -> Witness:
        """The same data sets in the other order."""
        return replace(self, target=self.target[::-1])

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {
            "randomizer": self.randomizer,
            "users": self.users,
            "target": list(self.target),
            "others": [{"value": value, "users": count} for value, count in self.others if count],
            **({"among": self.among} if self.among else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JointWitness:
    """Two neighbouring data sets for several shuffles at once.

    Attributes:
        parts: the data sets of each shuffle, and how many shuffles have them.
        reacts: how the data sets of the other shuffles react to releases; empty when all are in ``parts``.
    """

    parts: tuple[tuple[Witness, int], ...]
    reacts: str = ""

    def sentence(self) -> str:
        """Describe the data sets of every shuffle."""
        listed = [
            f"{count} times: {part.sentence()}" if count > 1 else part.sentence()
            for part, count in self.parts
        ]
        return "; ".join([*listed, self.reacts] if self.reacts else listed)

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        parts = [{"times": count, **part.as_dict()} for part, count in self.parts]
        return {"parts": parts, **({"reacts": self.reacts} if self.reacts else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipWitness:
    """Users of a schedule, the batches that they are in, and two neighbouring data sets for these.

    Attributes:
        first: the first of the users, in order of arrival.
        last: the last of them; all users from ``first`` to here are in these batches.
        batches: triples (shuffler, first user, last user).
        losing: the data sets, each batch with its present and honest users.
    """

    first: int
    last: int
    batches: tuple[tuple[str, int, int], ...]
    losing: Witness | JointWitness

    def sentence(self) -> str:
        """Say who loses, and by which data sets."""
        held = ", ".join(f"{name} {first}..{last}" for name, first, last in self.batches)
        return f"users {self.first}..{self.last}, in {held}: {self.losing.sentence()}"

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {
            "first": self.first,
            "last": self.last,
            "batches": [
                {"shuffler": name, "first": first, "last": last} for name, first, last in self.batches
            ],
            "data_sets": self.losing.as_dict(),
        }
