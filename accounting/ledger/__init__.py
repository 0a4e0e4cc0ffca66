"""The run-time companion: what each user has lost so far, and whether a batch may close."""

from .budget import RenyiBudget, budget_order
from .decision import Decision, Loss, Membership, Outcome, Standing
from .ledger import Ledger

__all__ = [
    "Decision",
    "Ledger",
    "Loss",
    "Membership",
    "Outcome",
    "RenyiBudget",
    "Standing",
    "budget_order",
]
