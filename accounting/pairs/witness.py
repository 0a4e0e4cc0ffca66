"""An explicit pair of neighbouring data sets: enough to recompute a lower bound by another road."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

__all__ = ["JointWitness", "Witness"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Two data sets that differ in the target's value.

    Attributes:
        randomizer: what every user applies, in words.
        users: n, the target included.
        target: the target's value in the first and in the second data set.
        others: pairs (value, number of other users who hold it).
        releases: how many independent parts of one shuffle's release it has the same curve in.
    """

    randomizer: str
    users: int
    target: tuple[int, int]
    others: tuple[tuple[int, int], ...]
    releases: int = 1

    def sentence(self) -> str:
        """Describe the two data sets."""
        held = ", ".join(f"{count} hold {value}" for value, count in self.others if count)
        return (
            f"{self.randomizer}, {self.users} users: the target holds {self.target[0]} or {self.target[1]}, "
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
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JointWitness:
    """Two neighbouring data sets for several shuffles at once.

    Attributes:
        parts: the data sets of each shuffle, and how many shuffles have them.
    """

    parts: tuple[tuple[Witness, int], ...]

    def sentence(self) -> str:
        """Describe the data sets of every shuffle."""
        return "; ".join(
            f"{count} times: {part.sentence()}" if count > 1 else part.sentence()
            for part, count in self.parts
        )

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {"parts": [{"times": count, **part.as_dict()} for part, count in self.parts]}
