"""Privacy accounting for shuffled reports: exact where it can be, certified ends everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .curves import Bounds, PrivacyCurve
from .errors import AccountingError, NotCoveredError, ParameterError, UndecidedError
from .randomizers import (
    BinaryRandomizedResponse,
    BinomialCount,
    FiniteRandomizer,
    KaryRandomizedResponse,
    PureLocal,
    Randomizer,
)
from .shuffle import Shuffle

if TYPE_CHECKING:
    from .composition.exact_delta import exact_delta

__all__ = [
    "AccountingError",
    "BinaryRandomizedResponse",
    "BinomialCount",
    "Bounds",
    "FiniteRandomizer",
    "KaryRandomizedResponse",
    "NotCoveredError",
    "ParameterError",
    "PrivacyCurve",
    "PureLocal",
    "Randomizer",
    "Shuffle",
    "UndecidedError",
    "__version__",
    "exact_delta",
]


def __getattr__(name: str) -> Any:
    """Import what costs time only when it is asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("concurrent-shuffle-accounting")
    if name == "exact_delta":
        from .composition.exact_delta import exact_delta

        return exact_delta
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
