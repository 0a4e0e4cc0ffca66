"""Calibrations: the value that is certified to be safe for a budget, and the nearest one certified not to be."""


from .result import Calibration, Outcome, Quantity
from .single import largest_epsilon0, smallest_batch

__all__ = [
    "Calibration",
    "Outcome",
    "Quantity",
    "largest_epsilon0",
    "smallest_batch",
]
