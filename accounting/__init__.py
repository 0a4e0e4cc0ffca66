"""Privacy accounting for shuffled reports: exact where it can be, certified ends everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .curves import Bounds, PrivacyCurve
from .errors import AccountingError, NotCoveredError, ParameterError, UndecidedError
from .randomizers import (
    BasicRappor,
    BinaryRandomizedResponse,
    BinomialCount,
    CountMeanSketch,
    DiscreteLaplaceCount,
    DuchiMean,
    FiniteRandomizer,
    GaussianNoise,
    HadamardResponse,
    KaryRandomizedResponse,
    LaplaceNoise,
    LocalHashing,
    MixedResponse,
    NegativeBinomialCount,
    OptimizedUnary,
    PiecewiseMean,
    PoissonCount,
    PureLocal,
    Randomizer,
    Rappor,
    SubsetSelection,
    SymmetricUnary,
    TruncatedGeometric,
    UnaryEncoding,
    VectorCount,
)
from .shuffle import Shuffle

if TYPE_CHECKING:
    from . import bandits, plots, testing
    from .calibration import Calibration, largest_epsilon0, smallest_batch
    from .composition.concurrent import ConcurrentShuffles
    from .composition.exact_delta import ExactDelta, exact_delta
    from .composition.reused import ReusedReports
    from .curves.grid_curve import composed_on_grid
    from .curves.pld import from_dp_accounting
    from .interop.curve_json import curve_from_json, curve_to_json
    from .ledger import Ledger
    from .lower_bound.bound import LowerBound, lower_bound
    from .report.losses import loss_distribution
    from .schedules import Schedule
    from .tables import accounting_table

__all__ = [
    "AccountingError",
    "BasicRappor",
    "BinaryRandomizedResponse",
    "BinomialCount",
    "Bounds",
    "Calibration",
    "ConcurrentShuffles",
    "CountMeanSketch",
    "DiscreteLaplaceCount",
    "DuchiMean",
    "ExactDelta",
    "FiniteRandomizer",
    "GaussianNoise",
    "HadamardResponse",
    "KaryRandomizedResponse",
    "LaplaceNoise",
    "Ledger",
    "LocalHashing",
    "LowerBound",
    "MixedResponse",
    "NegativeBinomialCount",
    "NotCoveredError",
    "OptimizedUnary",
    "ParameterError",
    "PiecewiseMean",
    "PoissonCount",
    "PrivacyCurve",
    "PureLocal",
    "Randomizer",
    "Rappor",
    "ReusedReports",
    "Schedule",
    "Shuffle",
    "SubsetSelection",
    "SymmetricUnary",
    "TruncatedGeometric",
    "UnaryEncoding",
    "UndecidedError",
    "VectorCount",
    "__version__",
    "accounting_table",
    "bandits",
    "composed_on_grid",
    "curve_from_json",
    "curve_to_json",
    "exact_delta",
    "from_dp_accounting",
    "largest_epsilon0",
    "loss_distribution",
    "lower_bound",
    "plots",
    "smallest_batch",
    "testing",
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
    if name == "Schedule":
        from .schedules import Schedule

        return Schedule
    if name == "loss_distribution":
        from .report.losses import loss_distribution

        return loss_distribution
    if name == "ReusedReports":
        from .composition.reused import ReusedReports

        return ReusedReports
    if name == "Ledger":
        from .ledger import Ledger

        return Ledger
    if name == "LowerBound":
        from .lower_bound.bound import LowerBound

        return LowerBound
    if name == "lower_bound":  # a package that can be called
        from importlib import import_module

        return import_module(".lower_bound", __name__)
    if name == "accounting_table":
        from .tables import accounting_table

        return accounting_table
    if name in {"bandits", "plots", "testing"}:
        from importlib import import_module

        return import_module(f".{name}", __name__)
    if name == "composed_on_grid":
        from .curves.grid_curve import composed_on_grid

        return composed_on_grid
    if name == "from_dp_accounting":
        from .curves.pld import from_dp_accounting

        return from_dp_accounting
    if name in {"curve_from_json", "curve_to_json"}:
        from .interop import curve_json

        return getattr(curve_json, name)
    if name in {"Calibration", "largest_epsilon0", "smallest_batch"}:
        from . import calibration

        return getattr(calibration, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
