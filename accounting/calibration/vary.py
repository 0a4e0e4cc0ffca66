"""A randomizer as a function of its epsilon0 alone, and what one value of epsilon0 says about others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from ..claims import relies_on
from ..errors import NotCoveredError, ParameterError
from ..model.kinds import KINDS, written_randomizer
from ..model.relation import nearest
from ..numerics.exact import ExactLike
from ..randomizers import (
    BinaryRandomizedResponse,
    CountMeanSketch,
    DuchiMean,
    HadamardResponse,
    KaryRandomizedResponse,
    LaplaceNoise,
    LocalHashing,
    OptimizedUnary,
    PiecewiseMean,
    PureLocal,
    Randomizer,
    SubsetSelection,
    SymmetricUnary,
    TruncatedGeometric,
)

__all__ = ["Reach", "as_function_of_epsilon0", "family", "reach_of", "with_epsilon0"]


class Reach(Enum):
    """What a value that is certified says about other values.

    Attributes:
        BOTH: values on the private side of a safe one are safe, and those on the other side of an unsafe one are unsafe.
        SAFE: the first only.
        NONE: neither is proved; nothing is certified of any value but the two.
    """

    BOTH = "both"
    SAFE = "safe"
    NONE = "none"


_REACH: Mapping[type[Randomizer], Reach] = {
    BinaryRandomizedResponse: Reach.BOTH,
    KaryRandomizedResponse: Reach.BOTH,
    PureLocal: Reach.BOTH,
    SymmetricUnary: Reach.BOTH,
    OptimizedUnary: Reach.BOTH,
    SubsetSelection: Reach.BOTH,
    HadamardResponse: Reach.BOTH,
    CountMeanSketch: Reach.BOTH,
    LocalHashing: Reach.BOTH,
    LaplaceNoise: Reach.BOTH,
    DuchiMean: Reach.BOTH,
    TruncatedGeometric: Reach.BOTH,
    PiecewiseMean: Reach.SAFE,
}
"""What monotone-epsilon0 proves, kind by kind; where a kind is missing, nothing."""


@relies_on("monotone-epsilon0")
def reach_of(*randomizers: Randomizer) -> Reach:
    """Return what a safe and an unsafe epsilon0 of these randomizers say about other values, together."""
    found = {_REACH.get(type(randomizer), Reach.NONE) for randomizer in randomizers}
    return next(reach for reach in (Reach.NONE, Reach.SAFE, Reach.BOTH) if reach in found)


def with_epsilon0(randomizer: Randomizer, epsilon0: ExactLike) -> Randomizer:
    """Return the same kind of randomizer with another epsilon0, and all else as it is.

    Raises:
        NotCoveredError: the kind has no epsilon0.
    """
    name = randomizer.kind
    if name not in _names():
        raise _without(name)
    kind = KINDS[name]
    fixed = {
        key: value
        for key, value in written_randomizer(randomizer).items()
        if key in (*kind.needed, *kind.optional) and key != "epsilon0"
    }
    return kind.build(**fixed, epsilon0=epsilon0)


def as_function_of_epsilon0(
    kind: str | type[Randomizer], parameters: Mapping[str, ExactLike]
) -> Callable[[ExactLike], Randomizer]:
    """Return the constructor of a kind as a function of epsilon0 alone.

    Args:
        kind: a name of deployment files, or its class.
        parameters: all others that the kind needs.

    Raises:
        ParameterError: there is no such kind, or a parameter is missing or not one of the kind.
        NotCoveredError: the kind has no epsilon0.
    """
    name = kind if isinstance(kind, str) else next((n for n, k in KINDS.items() if k.build is kind), None)
    if name is None:
        raise NotCoveredError(f"{getattr(kind, '__name__', kind)} is no kind that calibration covers")
    if name not in KINDS:
        remedy = nearest(name, KINDS) or f"Known kinds: {', '.join(KINDS)}"
        raise ParameterError("kind", "must be a known kind of randomizer", name, remedy)
    if name not in _names():
        raise _without(name)
    wanted = [key for key in KINDS[name].needed if key != "epsilon0"]
    for key in parameters:
        if key not in (*wanted, *KINDS[name].optional):
            remedy = f"{name} takes {' and '.join(wanted) or 'nothing else'} here"
            raise ParameterError(key, f"is not a parameter of {name} to fix", parameters[key], remedy)
    for key in wanted:
        if key not in parameters:
            raise ParameterError(key, f"must be given for {name}", "nothing")
    build, fixed = KINDS[name].build, dict(parameters)
    return lambda epsilon0: build(**fixed, epsilon0=epsilon0)


def family(randomizer: Randomizer) -> str:
    """Describe a randomizer without its epsilon0."""
    return randomizer.describe().rpartition(", ")[0]


def _names() -> list[str]:
    """Kinds with one epsilon0: where groups of users have one each, there is no single number to solve for."""
    return [
        name
        for name, kind in KINDS.items()
        if "epsilon0" in (*kind.needed, *kind.either) and "epsilon0" not in kind.lists
    ]


def _without(name: str) -> NotCoveredError:
    return NotCoveredError(
        f"{name} has no epsilon0 to solve for; kinds that have: {', '.join(sorted(_names()))}"
    )
