"""What one user sends."""

from .base import FiniteKernel, Randomizer
from .count import BinomialCount
from .finite import FiniteRandomizer
from .kary import BinaryRandomizedResponse, KaryRandomizedResponse
from .pure import PureLocal
from .unary import SymmetricUnary

__all__ = [
    "BinaryRandomizedResponse",
    "BinomialCount",
    "FiniteKernel",
    "FiniteRandomizer",
    "KaryRandomizedResponse",
    "PureLocal",
    "Randomizer",
    "SymmetricUnary",
]
