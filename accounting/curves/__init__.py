"""Privacy curves, and the answers read off them."""

from .bounds import Bounds
from .curve import PrivacyCurve

__all__ = ["Bounds", "PrivacyCurve"]
