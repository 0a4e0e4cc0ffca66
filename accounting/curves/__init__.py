"""Privacy curves, and the answers read off them."""

from .bounds import Bounds
from .curve import PrivacyCurve
from .pair_curve import PairCurve

__all__ = ["Bounds", "PairCurve", "PrivacyCurve"]
