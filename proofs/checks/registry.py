"""All checks, and what stands behind each claim."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass

from accounting.claims import CLAIMS
from accounting.errors import ParameterError

from .check import CHECKS, Check, Evidence

__all__ = ["Claimed", "all_checks", "chosen"]

_STRENGTH = tuple(Evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A claim and its checks.

    Attributes:
        id: the id of the claim.
        title: the claim in one line.
        checks: those that a run would make, the strongest evidence first; empty when only people have read the proof.
    """

    id: str
    title: str
    checks: tuple[Check, ...]

    @property
    def evidence(self) -> Evidence:
        """The strongest evidence among the checks; what each of them covers is its own first line."""
        return self.checks[0].evidence if self.checks else Evidence.PROOF_TEXT


def all_checks() -> tuple[Check, ...]:
    """Import every module of checks and return what they register, in a fixed order."""
    from proofs import checks as package

    for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return tuple(sorted(CHECKS, key=lambda check: check.name))


def chosen(claims: Iterable[str] = (), *, deep: bool = False) -> list[Claimed]:
    """Return claims with their checks, in the order of their declaration, the unchecked ones last.

    Args:
        claims: ids; none of them means all.
        deep: whether the long checks belong to the run.

    Raises:
        ParameterError: an id is not that of a claim.
    """
    wanted = tuple(dict.fromkeys(claims)) or tuple(CLAIMS)
    for name in wanted:
        if name not in CLAIMS:
            raise ParameterError(
                "claim", "must be the id of a claim", name, "Without a name, prove lists all of them"
            )
    found = [check for check in all_checks() if deep or not check.deep]
    listed = [
        Claimed(
            id=name,
            title=CLAIMS[name].title,
            checks=tuple(
                sorted((c for c in found if c.claim == name), key=lambda c: _STRENGTH.index(c.evidence))
            ),
        )
        for name in CLAIMS
        if name in wanted
    ]
    return sorted(listed, key=lambda claimed: not claimed.checks)
