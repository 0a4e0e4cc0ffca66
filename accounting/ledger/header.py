"""The first line of a journal: the budget and the shufflers, as deployment files name them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..errors import ParameterError
from ..model.kinds import read_randomizer, written_randomizer
from ..model.reading import text
from ..randomizers import Randomizer
from .budget import RenyiBudget

__all__ = ["read_header", "read_shufflers", "written_header"]


def read_shufflers(shufflers: object) -> dict[str, Randomizer]:
    """Read names and randomizers.

    Raises:
        ParameterError: there are none, a name is no nonempty printable line, or a randomizer is none.
    """
    if not isinstance(shufflers, Mapping) or not shufflers:
        raise ParameterError("shufflers", "must be at least one name with its randomizer", shufflers)
    for name, randomizer in shufflers.items():
        if not text("shufflers", name).strip():
            raise ParameterError("shufflers", "must have names that are not empty", name)
        if not isinstance(randomizer, Randomizer):
            rule = "must be a randomizer"
            raise ParameterError(f"shufflers[{name!r}]", rule, randomizer, "See accounting.randomizers")
    return dict(shufflers)


def written_header(budget: RenyiBudget, shufflers: Mapping[str, Randomizer]) -> dict[str, object]:
    """Return the header as keys and values of a JSON object; every number is read back as the same number.

    Raises:
        NotCoveredError: a randomizer that deployment files cannot describe.
    """
    return {
        "epsilon": str(budget.epsilon),
        "delta": str(budget.delta),
        "order": str(budget.order),
        "shufflers": {
            name: {key: _written(value) for key, value in written_randomizer(randomizer).items()}
            for name, randomizer in shufflers.items()
        },
    }


def read_header(header: Mapping[str, object]) -> tuple[RenyiBudget, dict[str, Randomizer]]:
    """Read a header.

    Raises:
        ParameterError: a key is missing or breaks its rule.
    """
    match header:
        case {
            "epsilon": str(epsilon),
            "delta": str(delta),
            "order": str(order),
            "shufflers": Mapping() as shufflers,
        }:
            budget = RenyiBudget(epsilon=epsilon, delta=delta, order=order)
            found = {
                name: read_randomizer(f"shufflers[{name!r}]", table) for name, table in shufflers.items()
            }
            return budget, read_shufflers(found)
        case _:
            rule = "must give epsilon, delta, order and shufflers"
            raise ParameterError("header", rule, ", ".join(header))


def _written(value: object) -> object:
    match value:
        case Fraction():
            return str(value)
        case tuple():
            return [_written(entry) for entry in value]
        case _:
            return value
