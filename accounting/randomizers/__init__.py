"""What one user sends."""

from .base import FiniteKernel, Randomizer
from .bloom import Rappor
from .count import BinomialCount
from .finite import FiniteRandomizer
from .gaussian import GaussianNoise, GaussianPoints
from .geometric import TruncatedGeometric
from .gram import gram_dimension, gram_sensitivity
from .hadamard import HadamardResponse
from .hashing import LocalHashing
from .intervals import DuchiMean, PiecewiseMean, PiecewisePoints
from .kary import BinaryRandomizedResponse, KaryRandomizedResponse
from .laplace import LaplaceNoise, LaplacePoints
from .mixed import MixedResponse
from .noise_shares import DiscreteLaplaceCount, NegativeBinomialCount, PoissonCount, SharedNoise
from .pure import PureLocal
from .sketch import CountMeanSketch
from .subset import SubsetSelection
from .unary import SymmetricUnary
from .unary_vectors import BasicRappor, OptimizedUnary, UnaryEncoding
from .vector import VectorCount

__all__ = [
    "BasicRappor",
    "BinaryRandomizedResponse",
    "BinomialCount",
    "CountMeanSketch",
    "DiscreteLaplaceCount",
    "DuchiMean",
    "FiniteKernel",
    "FiniteRandomizer",
    "GaussianNoise",
    "GaussianPoints",
    "HadamardResponse",
    "KaryRandomizedResponse",
    "LaplaceNoise",
    "LaplacePoints",
    "LocalHashing",
    "MixedResponse",
    "NegativeBinomialCount",
    "OptimizedUnary",
    "PiecewiseMean",
    "PiecewisePoints",
    "PoissonCount",
    "PureLocal",
    "Randomizer",
    "Rappor",
    "SharedNoise",
    "SubsetSelection",
    "SymmetricUnary",
    "TruncatedGeometric",
    "UnaryEncoding",
    "VectorCount",
    "gram_dimension",
    "gram_sensitivity",
]
