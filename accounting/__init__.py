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
    from .calibration import Calibration, largest_epsilon0, smallest_batch
    from .composition.concurrent import ConcurrentShuffles
    from .composition.exact_delta import ExactDelta, exact_delta

__all__ = [
    "AccountingError",
    "BinaryRandomizedResponse",
    "BinomialCount",
    "Bounds",
    "Calibration",
    "ConcurrentShuffles",
    "ExactDelta",
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
    "largest_epsilon0",
    "smallest_batch",
]


def __getattr__(name: str) -> Any:
    """Import what costs time only when it is asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("concurrent-shuffle-accounting")
    if name == "ConcurrentShuffles":
        from .composition.concurrent import ConcurrentShuffles

        return ConcurrentShuffles
    if name in {"ExactDelta", "exact_delta"}:
        from .composition import exact_delta as module

        return getattr(module, name)
    if name in {"Calibration", "largest_epsilon0", "smallest_batch"}:
        from . import calibration

        return getattr(calibration, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
