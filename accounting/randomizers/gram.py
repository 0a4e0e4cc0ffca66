"""What a user of a linear bandit sends as a vector: the outer square of the context, and the context times the reward."""

from __future__ import annotations

import math
from fractions import Fraction

from ..claims import relies_on
from ..errors import ParameterError
from ..numerics.exact import ExactLike, exact

__all__ = ["gram_dimension", "gram_sensitivity"]

_DENOMINATOR = 10**12


def gram_dimension(features: int) -> int:
    """Return the coordinates of one user's vector, d(d+1)/2 + d for contexts of d features."""
    return features * (features + 1) // 2 + features


@relies_on("gram-sensitivity")
def gram_sensitivity(reward_weight: ExactLike = 1) -> Fraction:
    """Bound the Euclidean distance between the vectors of two users of a linear bandit.

    A user with context x, of Euclidean length at most 1, and reward y in [0, 1] has the vector of the entries ``x_i^2``,
    ``sqrt(2) x_i x_j`` for i < j, and ``weight x_i y``. All are in [-1, 1].

    Args:
        reward_weight: of the rewards beside the Gram matrix, above 0 and at most 1.

    Returns:
        ``sqrt(2) (1 + weight^2/2)``, rounded up to twelve decimals.

    Raises:
        ParameterError: the weight breaks its rule.

    Guarantee:
        gram-sensitivity.
    """
    weight = exact("reward_weight", reward_weight)
    if not 0 < weight <= 1:
        remedy = "Above 1 a coordinate could leave [-1, 1]"
        raise ParameterError("reward_weight", "must be above 0 and at most 1", reward_weight, remedy)
    square = 2 * (1 + weight**2 / 2) ** 2 * _DENOMINATOR**2
    root = math.isqrt(math.ceil(square))
    return Fraction(root if root * root >= square else root + 1, _DENOMINATOR)
