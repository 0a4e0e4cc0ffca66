"""Options that describe one randomizer, where no deployment file does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import NotCoveredError, ParameterError

if TYPE_CHECKING:
    from ..randomizers import Randomizer

__all__ = ["given_of", "option_of", "randomizer_of", "refuse_with_file"]


def given_of(**options: str | None) -> dict[str, str]:
    """Return the options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def refuse_with_file(options: Mapping[str, str | None]) -> None:
    """Refuse options that a deployment file answers for.

    Raises:
        ParameterError: one is given.
    """
    for name, value in options.items():
        if value is not None:
            raise ParameterError(f"--{name}", "must not be given with a file", value, "The file says it")


def option_of(name: str) -> str:
    """Return the option for a key of a randomizer's table."""
    return f"--{name.removeprefix('randomizer').lstrip('.') or 'kind'}"


def randomizer_of(kind: str, given: Mapping[str, str]) -> Randomizer:
    """Build a randomizer from its kind and its parameters as they were written.

    Raises:
        ParameterError: an option breaks its rule; the error names it.
        NotCoveredError: the kind is known but no claim covers it.
    """
    from ..model.kinds import read_randomizer

    try:
        return read_randomizer("randomizer", {"kind": kind, **given})
    except ParameterError as error:
        remedy = "" if error.remedy.startswith("Add ") else error.remedy  # it tells where in a file
        raise ParameterError(option_of(error.name), error.rule, error.value, remedy) from None
    except NotCoveredError as error:
        raise NotCoveredError(str(error).replace("randomizer.kind", "--kind")) from None
