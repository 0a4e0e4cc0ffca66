"""Privacy losses in symbols: exact for all values of ``w = e^epsilon0`` at once, for few users.

The only room that imports sympy; ``import accounting`` does not import it.
"""

from __future__ import annotations

from .delta import SymbolicDelta, delta
from .domain import Domain
from .expansion import Expansion, TotalVariation, expansion, total_variation
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
    "delta",
    "expansion",
    "loss",
    "total_variation",
    "worst_ones",
]
