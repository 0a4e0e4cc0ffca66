"""What counts as neighbouring, and how far other users' inputs may react."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import Enum
from typing import TypeVar

from ..errors import NotCoveredError, ParameterError, shown

__all__ = ["Inputs", "Relation", "nearest", "read_member"]

_INSERTION = frozenset(
    {"add-remove", "add-or-remove", "add-or-remove-one", "add-one", "remove-one", "unbounded"}
)


class Relation(Enum):
    """Which data sets are neighbours."""

    REPLACE_ONE = "replace-one"

    @property
    def assumption(self) -> str:
        """What the relation protects, in one sentence."""
        return "Neighbours differ by replacing one user's values (replace-one); who takes part is not hidden."

    @classmethod
    def read(cls, name: str, value: object) -> Relation:
        """Read a relation by its name.

        Args:
            name: what the caller calls the parameter; used in errors.
            value: a Relation or its name.

        Raises:
            NotCoveredError: a relation under which users are inserted or deleted.
            ParameterError: no relation has this name.
        """
        if isinstance(value, str) and value in _INSERTION:
            raise NotCoveredError(
                f"{name} {value} is not covered: when a user is inserted or deleted, every later batch boundary"
                " shifts and other users change batches, so no claim applies. Use replace-one"
            )
        return read_member(name, cls, value)


class Inputs(Enum):
    """Whether other users' values and randomizers may react to what was released."""

    ADAPTIVE = "adaptive"
    FIXED = "fixed"

    @property
    def assumption(self) -> str:
        """What the report says about it, in one sentence."""
        if self is Inputs.ADAPTIVE:
            return (
                "Other users' values and the closing of batches may depend on everything that was released before"
                " (adaptive inputs)."
            )
        return (
            "Other users' values and the randomizers are fixed in advance and do not react to releases"
            " (fixed inputs: an assumption about the deployment)."
        )

    @classmethod
    def read(cls, name: str, value: object) -> Inputs:
        """Read ``adaptive`` or ``fixed``.

        Args:
            name: what the caller calls the parameter; used in errors.
            value: a member or its name.

        Raises:
            ParameterError: neither of the two.
        """
        return read_member(name, cls, value)


_Member = TypeVar("_Member", bound=Enum)


def read_member(name: str, kind: type[_Member], value: object) -> _Member:
    """Read a member of a closed choice by its name.

    Args:
        name: what the caller calls the parameter; used in errors.
        kind: the choice.
        value: a member or its name.

    Raises:
        ParameterError: no member has this name.
    """
    if isinstance(value, kind):
        return value
    names = [member.value for member in kind]
    if value not in names:
        raise ParameterError(name, f"must be {' or '.join(names)}", value, nearest(value, names))
    return kind(value)


def nearest(value: object, known: Iterable[str]) -> str:
    """Suggest the known name nearest to a misspelt one; empty when none is near."""
    if not isinstance(value, str):
        return ""
    close = difflib.get_close_matches(value[:100], list(known), n=1, cutoff=0.6)
    return f"Did you mean {shown(close[0])}?" if close else ""
