"""Calibrations: the value that is certified to be safe for a budget, and the nearest one certified not to be."""

from .deployments import solve_epsilon0, solve_users
from .result import Calibration, Outcome, Quantity
from .single import largest_epsilon0, smallest_batch
from .vary import Reach

__all__ = [
    "Calibration",
    "Outcome",
    "Quantity",
    "Reach",
    "largest_epsilon0",
    "smallest_batch",
    "solve_epsilon0",
    "solve_users",
]
