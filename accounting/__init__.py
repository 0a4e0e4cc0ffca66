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
    from .composition.concurrent import ConcurrentShuffles
    from .composition.exact_delta import ExactDelta, exact_delta
    from .curves.grid_curve import composed_on_grid
    from .curves.pld import from_dp_accounting
    from .interop.curve_json import curve_from_json, curve_to_json

__all__ = [
    "AccountingError",
    "BinaryRandomizedResponse",
    "BinomialCount",
    "Bounds",
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
    "composed_on_grid",
    "curve_from_json",
    "curve_to_json",
    "exact_delta",
    "from_dp_accounting",
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
    if name == "composed_on_grid":
        from .curves.grid_curve import composed_on_grid

        return composed_on_grid
    if name == "from_dp_accounting":
        from .curves.pld import from_dp_accounting

        return from_dp_accounting
    if name in {"curve_from_json", "curve_to_json"}:
        from .interop import curve_json

        return getattr(curve_json, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
