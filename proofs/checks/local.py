"""Bounds for everything that is epsilon0-LDP: one report alone, and shuffled reports.

Every user holds any positive row of a list, and epsilon0 is the least for which the claim speaks of these rows: so all
channels are covered, and users with randomizers of their own. Comparisons hold at every alpha (``proofs.exhaustive.exact_curves``).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import accounting as csa
from accounting.numerics.factor import Factor
from accounting.pairs import of_randomizer
from accounting.pairs.pair import Pair
from accounting.pairs.reused import local_pairs
from proofs.exhaustive.exact_curves import ExactPair, envelope, pairs_of_shuffle, where_above
from proofs.exhaustive.situations import local_factor, situations, walk
from proofs.exhaustive.small_channels import all_canonical, shared_rows, target_rows
from proofs.reference.bounds import clones_pair

from .blankets import ask_below
from .check import CheckFailedError, Evidence, checks

ALPHAS = tuple(map(Fraction, ("1/2", "1", "5/4", "3/2", "2", "3")))
FACTORS = tuple(map(Fraction, ("6/5", "3/2", "2", "3", "7", "20")))
WIDTH = 1e-9


def pure_local(factor: Fraction) -> csa.PureLocal:
    """A pure-local randomizer with a rational e^epsilon0, so that both sides of a comparison are exact."""
    made = object.__new__(csa.PureLocal)
    object.__setattr__(made, "factor", Factor.of(factor))
    return made


@lru_cache(maxsize=4096)
def binary_blanket(factor: Fraction, users: int) -> ExactPair:
    """The walk of local-blanket: ``w - alpha`` or ``1 - alpha w`` with chance ``1/(1 + w)`` each."""
    truth, lie = factor / (1 + factor), 1 / (1 + factor)
    return walk((truth, lie), (lie, truth), (lie, lie), users)


@lru_cache(maxsize=4096)
def clones(factor: Fraction, users: int) -> ExactPair:
    """The pair of clones-reduction by its definition."""
    return ExactPair.of_fractions(*clones_pair(factor, users))


def _enclosed(pair: Pair, exact: ExactPair, name: str) -> int:
    """Compare a pair of the code with the exact curve at its turns and at the usual factors."""
    factors = {*ALPHAS, *(Fraction(a, b) for a, b in exact.turns if a)}
    for alpha in factors:
        found = pair.value(Factor.of(alpha), WIDTH).delta
        truth = exact.delta(alpha)
        if not found.lower <= truth <= found.upper:
            raise CheckFailedError(f"{name}, alpha = {alpha}: {truth} is outside of {found}")
    return len(factors)


# ---------------------------------------------------------------- clones-reduction, local-blanket


def _locals(letters: int, denominator: int, users: int, name: str) -> int:
    bounds = {"clones pair": clones, "blanket of binary response": binary_blanket}
    count = 0
    for situation, truth in situations(letters, denominator, users, least=1):
        ask_below(situation, truth, bounds[name](local_factor(situation), users), name)
        count += 1
    return count


_LOCAL = [(2, 6, 2), (2, 6, 3), (2, 6, 4), (3, 6, 2), (3, 6, 3), (3, 5, 4)]
_LOCAL_DEEP = [(2, 8, 4), (2, 6, 5), (3, 7, 3), (3, 6, 4), (4, 7, 3)]


@checks("clones-reduction", evidence=Evidence.EXHAUSTIVE, units=_LOCAL)
def clones_bound_all_data(letters: int, denominator: int, users: int) -> int:
    """All positive rows of 2 and 3 messages with common denominators up to 6, 2 to 4 users (3 messages, 4 users: 5), each of whom may have its own row; every alpha."""
    return _locals(letters, denominator, users, "clones pair")


@checks("clones-reduction", evidence=Evidence.EXHAUSTIVE, units=_LOCAL_DEEP, deep=True)
def clones_bound_larger_data(letters: int, denominator: int, users: int) -> int:
    """All positive rows of 2, 3 and 4 messages with common denominators up to 8, 7 and 7, 3 to 5 users; every alpha."""
    return _locals(letters, denominator, users, "clones pair")


@checks("clones-reduction", evidence=Evidence.PROPERTY)
def code_knows_the_clones_pair() -> int:
    """The code's clones against the pair by its definition: 6 values of e^epsilon0, 1 to 6 users, all turns of the curve and six factors."""
    count = 0
    for factor in FACTORS:
        for users in range(1, 7):
            pair = of_randomizer.clones_pair(Factor.of(factor), users)
            count += _enclosed(pair, clones(factor, users), f"clones, e^epsilon0 = {factor}, {users} users")
    return count


@checks("local-blanket", evidence=Evidence.EXHAUSTIVE, units=_LOCAL)
def binary_blanket_bounds_all_data(letters: int, denominator: int, users: int) -> int:
    """All positive rows of 2 and 3 messages with common denominators up to 6, 2 to 4 users (3 messages, 4 users: 5), each of whom may have its own row; every alpha."""
    return _locals(letters, denominator, users, "blanket of binary response")


@checks("local-blanket", evidence=Evidence.EXHAUSTIVE, units=_LOCAL_DEEP, deep=True)
def binary_blanket_bounds_larger_data(letters: int, denominator: int, users: int) -> int:
    """All positive rows of 2, 3 and 4 messages with common denominators up to 8, 7 and 7, 3 to 5 users; every alpha."""
    return _locals(letters, denominator, users, "blanket of binary response")


@checks("local-blanket", evidence=Evidence.PROPERTY)
def binary_blanket_is_below_clones() -> int:
    """Not above the clones bound: 6 values of e^epsilon0, 1 to 8 users, every alpha; and the code's walk at all turns."""
    count = 0
    for factor in FACTORS:
        for users in range(1, 9):
            bound = binary_blanket(factor, users)
            alpha = where_above(bound, clones(factor, users))
            if alpha is not None:
                raise CheckFailedError(
                    f"e^epsilon0 = {factor}, {users} users, alpha = {alpha}: {bound.delta(alpha)} is above "
                    f"{clones(factor, users).delta(alpha)} of the clones"
                )
            count += 1
    for factor, users in ((factor, users) for factor in FACTORS for users in range(2, 6)):
        (pair,) = of_randomizer.pairs_of(pure_local(factor), users).upper
        count += _enclosed(
            pair, binary_blanket(factor, users), f"local blanket, e^epsilon0 = {factor}, {users} users"
        )
    return count


# ---------------------------------------------------------------- local-report


def _alone(letters: int, denominator: int) -> int:
    count = 0
    for old, new in target_rows(shared_rows(letters, denominator, least=1)):
        truth = ExactPair.of_fractions(dict(enumerate(old)), dict(enumerate(new)))
        factor = max(max(a / b, b / a) for a, b in zip(old, new, strict=True))
        alpha = where_above(truth, one_bit(factor))
        if alpha is not None:
            raise CheckFailedError(
                f"{old} or {new}, alpha = {alpha}: binary response of the same epsilon0 loses less"
            )
        count += 1
    return count


def one_bit(factor: Fraction) -> ExactPair:
    """One report of binary response, e^epsilon0 given."""
    keep = factor / (1 + factor)
    return ExactPair.of_fractions({0: keep, 1: 1 - keep}, {0: 1 - keep, 1: keep})


@checks("local-report", evidence=Evidence.EXHAUSTIVE, units=[(2, 12), (3, 8), (4, 7)])
def binary_response_loses_most_alone(letters: int, denominator: int) -> int:
    """All pairs of positive rows of 2, 3 and 4 messages with common denominators up to 12, 8 and 7; every alpha."""
    return _alone(letters, denominator)


@checks("local-report", evidence=Evidence.EXHAUSTIVE, units=[(2, 40), (3, 14), (4, 10)], deep=True)
def binary_response_loses_most_alone_of_more(letters: int, denominator: int) -> int:
    """All pairs of positive rows of 2, 3 and 4 messages with common denominators up to 40, 14 and 10; every alpha."""
    return _alone(letters, denominator)


@checks("local-report", evidence=Evidence.EXHAUSTIVE)
def code_knows_one_report() -> int:
    """The code's pairs of one report: all channels of up to 3 values and messages with denominators up to 3, and epsilon0-LDP ones of 5 factors; 5 factors alpha and the formula of the statement."""
    count = 0
    for channel in all_canonical(inputs=3, letters=3, denominator=3):
        truth = envelope(pair for _, _, pair in pairs_of_shuffle(channel, 1))
        count += _ask_local(csa.FiniteRandomizer(channel), truth)
    for factor in map(Fraction, ("9/8", "3/2", "2", "5", "30")):
        truth = one_bit(factor)
        count += _ask_local(pure_local(factor), truth)
        for alpha in {*ALPHAS, *(Fraction(a, b) for a, b in truth.turns)}:
            stated = max(Fraction(0), 1 - alpha, (factor - alpha) / (factor + 1))
            if stated != truth.delta(alpha):
                raise CheckFailedError(
                    f"e^epsilon0 = {factor}, alpha = {alpha}: {truth.delta(alpha)} is not {stated}"
                )
    return count


def _ask_local(randomizer: csa.Randomizer, truth: ExactPair) -> int:
    for alpha in ALPHAS:
        found = [pair.value(Factor.of(alpha), WIDTH).delta for pair in local_pairs(randomizer).upper]
        lower, upper = (max(getattr(delta, end) for delta in found) for end in ("lower", "upper"))
        if not lower <= truth.delta(alpha) <= upper:
            raise CheckFailedError(
                f"{randomizer}, alpha = {alpha}: {truth.delta(alpha)} is outside of {lower} .. {upper}"
            )
    return len(ALPHAS)
