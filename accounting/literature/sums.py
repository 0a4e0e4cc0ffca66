"""Published bounds for released sums with binomial noise, against what the largest shift loses."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..claims import relies_on
from ..errors import NotCoveredError
from ..numerics.factor import Factor
from ..pairs.of_randomizer import pairs_of
from ..randomizers import BinomialCount
from .search import Claiming, Searched

__all__ = ["compare_sums"]

_WIDTH = 1e-9


@relies_on("shifted-counts")
def compare_sums(
    bound: Claiming,
    randomizers: Iterable[BinomialCount],
    *,
    users: Iterable[int],
    alphas: Iterable[Fraction],
) -> Searched:
    """Compare a bound with the exact worst case of released sums.

    A find is counted, and not made into a certificate: those are about histograms of one message a user.

    Args:
        bound: what claims a delta.
        randomizers: sums with binomial noise.
        users: numbers of users, the target included.
        alphas: factors e^epsilon.
    """
    sizes, factors = tuple(users), tuple(alphas)
    cases = refuted = undecided = not_covered = 0
    for randomizer in randomizers:
        for n in sizes:
            pairs = pairs_of(randomizer, n).lower
            for alpha in factors:
                try:
                    claim = bound.claimed_delta(randomizer, users=n, alpha=alpha)
                except NotCoveredError:
                    not_covered += 1
                    continue
                cases += 1
                lost = max(pair.value(Factor.of(alpha), _WIDTH).delta.lower for pair in pairs)
                refuted += lost > claim.upper
                undecided += claim.lower < lost <= claim.upper
    return Searched(
        counterexample=None, cases=cases, refuted=refuted, undecided=undecided, not_covered=not_covered
    )
