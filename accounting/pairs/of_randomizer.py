"""From a randomizer and a number of users to its pairs: those that bound, and those that are attained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial, singledispatch

from ..claims import relies_on
from ..errors import NotCoveredError
from ..numerics.ball import arb
from ..numerics.factor import Factor
from ..randomizers import (
    BinomialCount,
    DuchiMean,
    FiniteKernel,
    GaussianNoise,
    KaryRandomizedResponse,
    LaplaceNoise,
    MixedResponse,
    PiecewiseMean,
    PureLocal,
    Randomizer,
    SharedNoise,
    SymmetricUnary,
    TruncatedGeometric,
    VectorCount,
)
from ..randomizers.base import InputPair, Letter
from ..randomizers.public_functions import PublicFunctions
from ..randomizers.unary_vectors import UnaryVectors
from .binary_pair import BinaryPair, MixturePair
from .bit_sums import bit_sums
from .clipped import ClippedPair, DeepPair
from .known import Origin, Pairs
from .mixed import crowds, thresholds
from .of_counts import count_pairs, noise_pairs, vector_pairs
from .pair import Pair
from .unary import EnvelopePair, SumPair, sum_witness
from .walks import WalkPair
from .witness import Witness

__all__ = ["clones_pair", "factors_of", "homogeneous", "pairs_of", "releases_of"]

_SEARCHED = 2000  # users of binary response up to which composing asks the exact search
_MANY_USERS = 1000  # from here on walks with many letters are quick
# from here on rare large steps are no obstacle to the contour, if letters are not too far apart
_MANY_STEPS = 5000
_PIECES, _FEW_PIECES = 24, 6  # of half of an interval
_CUTS = tuple(Fraction(i, 4) for i in (*range(4, 30), *range(30, 54, 2)))  # standard deviations out
_WIDE = Fraction(1000)
_KARY_WITNESSES = (2, 3, 4, 6, 12)


def releases_of(randomizer: Randomizer, users: int) -> tuple[Pairs, ...]:
    """Return the pairs of each release of a shuffle, as ``factors_of`` does, with their origin."""
    return tuple(
        replace(pairs, origin=Origin(randomizer=randomizer, users=users, release=i))
        for i, pairs in enumerate(factors_of(randomizer, users))
    )


@singledispatch
def factors_of(randomizer: Randomizer, users: int) -> tuple[Pairs, ...]:
    """Return the pairs of each of the independent releases that a shuffle consists of: mostly there is one.

    Raises:
        NotCoveredError: no proved claim covers this kind of randomizer.
    """
    return (pairs_of(randomizer, users),)


@factors_of.register
@relies_on("unary-sums")
def _unary_factors(randomizer: SymmetricUnary, users: int) -> tuple[Pairs, ...]:
    if randomizer.release == "vectors":
        return (_finite(randomizer, users),)
    bound = SumPair(users=users, odds=randomizer.factor, randomizer=randomizer.describe())
    attained = (sum_witness(randomizer, users),)
    one_sum = Pairs(upper=(bound,), lower=attained, single=attained)
    return (one_sum, one_sum)


@factors_of.register
@relies_on("unary-bit-sums")
def _bit_factors(randomizer: UnaryVectors, users: int) -> tuple[Pairs, ...]:
    if randomizer.release == "vectors":
        return (_finite(randomizer, users),)
    return tuple(
        Pairs(upper=(each.bound,), lower=(each.attained,), single=(each.attained,), one_order=True)
        for each in bit_sums(randomizer, users)
    )


@singledispatch
def pairs_of(randomizer: Randomizer, users: int) -> Pairs:
    """Return the pairs of a randomizer, shuffled among ``users`` users.

    Raises:
        NotCoveredError: no proved claim covers this kind of randomizer.
    """
    raise NotCoveredError(f"no proved bound covers a {type(randomizer).__name__} among {users} users")


@pairs_of.register
@relies_on("blanket-reduction", "homogeneous-witness", "pure-ratio")
def _finite(
    randomizer: FiniteKernel,
    users: int,
    *,
    targets: Sequence[InputPair] = (),
    also: tuple[str, ...] = (),
) -> Pairs:
    """Bound the given pairs of inputs, or all neighbours; ``also`` are the claims by which these are enough."""
    upper: list[Pair] = []
    lower: list[Pair] = []
    for pair in targets or randomizer.neighbours():
        largest = largest_ratio(randomizer, pair)
        upper.append(
            WalkPair(
                users=users,
                letters=partial(randomizer.blanket_letters, pair),
                largest=largest,
                basis=("blanket-reduction", *also),
            )
        )
        lower.extend(homogeneous(randomizer, users, pair, x2, largest) for x2 in randomizer.companions(pair))
    return Pairs(upper=tuple(upper), lower=tuple(lower))


@pairs_of.register
def _unary(randomizer: SymmetricUnary, users: int) -> Pairs:
    if randomizer.release == "sums":
        raise NotCoveredError(f"{randomizer.describe()}: two independent sums, not one pair of laws")
    return _finite(randomizer, users)


@pairs_of.register
def _vectors(randomizer: UnaryVectors, users: int) -> Pairs:
    if randomizer.release == "sums":
        raise NotCoveredError(f"{randomizer.describe()}: two independent sums, not one pair of laws")
    return _finite(randomizer, users)


@pairs_of.register
def _kary(randomizer: KaryRandomizedResponse, users: int) -> Pairs:
    if randomizer.values > 2:
        return _finite(randomizer, users)
    words = randomizer.describe()
    exact = (BinaryPair(users=users, odds=randomizer.factor, randomizer=words),)
    quick = (
        (EnvelopePair(users=users, odds=randomizer.factor, randomizer=words),) if users > _SEARCHED else ()
    )
    alike = tuple(homogeneous(randomizer, users, (1, 0), x2, randomizer.factor) for x2 in (0, 1))
    return Pairs(upper=exact, lower=exact, is_exact=True, single=alike, composing=quick)


@pairs_of.register
@relies_on("input-mixtures")
def _duchi(randomizer: DuchiMean, users: int) -> Pairs:
    """Random rounding to the ends of the interval, and then binary response."""
    of_ends = _kary(randomizer, users)
    exact = (MixturePair(users=users, odds=randomizer.factor, randomizer=randomizer.describe()),)
    return replace(of_ends, upper=exact, lower=exact)


@pairs_of.register
@relies_on("disjoint-intervals")
def _piecewise(randomizer: PiecewiseMean, users: int) -> Pairs:
    return _finite(randomizer.points(), users, also=("disjoint-intervals",))


@pairs_of.register
@relies_on("farthest-ends")
def _geometric(randomizer: TruncatedGeometric, users: int) -> Pairs:
    return _finite(randomizer, users, targets=((0, randomizer.levels),), also=("farthest-ends",))


@pairs_of.register
@relies_on("farthest-ends", "spread-letters")
def _laplace(randomizer: LaplaceNoise, users: int) -> Pairs:
    pieces = _FEW_PIECES if users < _MANY_USERS else _PIECES
    rounded = _finite(randomizer.points(pieces), users, targets=((0, 1),))
    bound = WalkPair(
        users=users,
        letters=partial(randomizer.spread_letters, pieces),
        largest=randomizer.factor,
        basis=("blanket-reduction", "farthest-ends", "spread-letters"),
    )
    return Pairs(upper=(bound,), lower=rounded.lower)


@pairs_of.register
@relies_on("gaussian-ends", "clipped-letters", "spread-letters", "homogeneous-witness")
def _gaussian(randomizer: GaussianNoise, users: int) -> Pairs:
    width = Fraction(1, 2 if users < _MANY_USERS else 4)
    workable = 24.0 if users >= _MANY_STEPS and randomizer.sigma >= 1 else 3.0
    basis = ("blanket-reduction", "gaussian-ends", "clipped-letters", "spread-letters", "swap-law")
    upper = ClippedPair(
        walks=tuple(
            WalkPair(
                users=users,
                letters=partial(randomizer.spread_letters, cut, width),
                largest=None,
                basis=basis,
            )
            for cut in _CUTS
        ),
        shift=1 / randomizer.sigma,
        workable=workable,
    )
    fine = [randomizer.points(cut, width) for cut in _CUTS]
    coarse = [randomizer.points(cut, _WIDE) for cut in _CUTS]
    lower = (
        DeepPair(
            walks=tuple(homogeneous(kernel, users, (0, 1), x2, None) for kernel in fine),
            tails=tuple(homogeneous(kernel, users, (0, 1), x2, None) for kernel in coarse),
            workable=workable,
        )
        for x2 in range(3)
    )
    return Pairs(upper=(upper,), lower=tuple(lower))


@pairs_of.register
@relies_on("blanket-reduction", "public-functions", "homogeneous-witness", "pure-ratio")
def _public(randomizer: PublicFunctions, users: int) -> Pairs:
    """Values that every function tells apart bound all families; the witness may be confused by a few."""
    bound = WalkPair(
        users=users,
        letters=randomizer.bound_letters,
        largest=randomizer.local_factor(),
        basis=("blanket-reduction", "public-functions"),
    )
    lower = (
        WalkPair(
            users=users,
            letters=partial(randomizer.witness_letters, companion),
            largest=randomizer.local_factor(),
            basis=("homogeneous-witness", "public-functions"),
            attained_by=Witness(
                randomizer=f"{randomizer.describe()} ({randomizer.witness_words})",
                users=users,
                target=(0, 1),
                others=((companion, users - 1),),
            ),
        )
        for companion in randomizer.witnesses
    )
    return Pairs(upper=(bound,), lower=tuple(lower))


@pairs_of.register
@relies_on("local-blanket", "homogeneous-witness")
def _pure(randomizer: PureLocal, users: int) -> Pairs:
    binary = KaryRandomizedResponse.with_factor(2, randomizer.factor)
    bound = WalkPair(
        users=users,
        letters=partial(binary.blanket_letters, (0, 1)),
        largest=randomizer.factor,
        basis=("local-blanket", "blanket-reduction"),
    )
    kernels = [KaryRandomizedResponse.with_factor(values, randomizer.factor) for values in _KARY_WITNESSES]
    lower = (
        homogeneous(kernel, users, (0, 1), kernel.companions((0, 1))[0], randomizer.factor)
        for kernel in kernels
    )
    return Pairs(upper=(bound,), lower=tuple(lower))


@pairs_of.register
def _count(randomizer: BinomialCount, users: int) -> Pairs:
    return count_pairs(randomizer, users)


@pairs_of.register
def _vector(randomizer: VectorCount, users: int) -> Pairs:
    return vector_pairs(randomizer, users)


@pairs_of.register
def _noise(randomizer: SharedNoise, users: int) -> Pairs:
    return noise_pairs(randomizer, users)


@pairs_of.register
def _mixed(randomizer: MixedResponse, users: int) -> Pairs:
    return Pairs(upper=crowds(randomizer, users), lower=thresholds(randomizer, users))


def homogeneous(
    kernel: FiniteKernel, users: int, pair: InputPair, companion: int, largest: Factor | None
) -> WalkPair:
    """The data sets in which everybody but the target holds ``companion``."""
    return WalkPair(
        users=users,
        letters=partial(kernel.companion_letters, pair, companion),
        largest=largest,
        basis=("homogeneous-witness",),
        attained_by=Witness(
            randomizer=kernel.describe(), users=users, target=pair, others=((companion, users - 1),)
        ),
        symmetric=isinstance(kernel, KaryRandomizedResponse) and companion not in pair,
    )


@relies_on("clones-reduction")
def clones_pair(factor: Factor, users: int) -> WalkPair:
    """The clones bound for any epsilon0-LDP randomizer; never tighter than the blanket of binary response.

    Source: Feldman, McMillan and Talwar, arXiv 2012.12803, Theorem 3.1.
    """

    def letters() -> tuple[Letter, ...]:
        w = factor.ball()
        truth, half = w / (1 + w), 1 / (2 * w)
        lie, residual = 1 / (1 + w), (w - 1) / w
        return Letter(truth, lie, half), Letter(lie, truth, half), Letter(arb(0), arb(0), residual)

    return WalkPair(users=users, letters=letters, largest=factor, basis=("clones-reduction",))


def largest_ratio(randomizer: FiniteKernel, pair: InputPair) -> Factor | None:
    """Return the least factor at which one report loses nothing; None when there is none."""
    return randomizer.pair_factor(pair)
