"""Privacy losses in symbols: exact for all values of ``w = e^epsilon0`` at once, for few users.

The only room that imports sympy; ``import accounting`` does not import it.
"""

from __future__ import annotations

from .delta import SymbolicDelta, delta
from .domain import Domain
from .expansion import Expansion, TotalVariation, expansion, total_variation
from .kinds import (
    basic_rappor,
    count_mean_sketch,
    hadamard_response,
    local_hashing,
    optimized_unary,
    rappor,
    subset_selection,
    symmetric_unary,
    truncated_geometric,
    unary_encoding,
)
from .loss import Atom, SymbolicLoss, loss
from .randomizer import SymbolicRandomizer
from .regions import PiecewiseDelta, Region
from .roots import Root
from .worst import Boundary, Stretch, WorstOnes, worst_ones

__all__ = [
    "Atom",
    "Boundary",
    "Domain",
    "Expansion",
    "PiecewiseDelta",
    "Region",
    "Root",
    "Stretch",
    "SymbolicDelta",
    "SymbolicLoss",
    "SymbolicRandomizer",
    "TotalVariation",
    "WorstOnes",
    "basic_rappor",
    "count_mean_sketch",
    "delta",
    "expansion",
    "hadamard_response",
    "local_hashing",
    "loss",
    "optimized_unary",
    "rappor",
    "subset_selection",
    "symmetric_unary",
    "total_variation",
    "truncated_geometric",
    "unary_encoding",
    "worst_ones",
]
