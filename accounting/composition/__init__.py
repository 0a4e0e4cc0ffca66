"""What several shufflers lose together."""

from .basic import BasicComposition, delta_alone, epsilon_alone, total

__all__ = ["BasicComposition", "delta_alone", "epsilon_alone", "total"]
