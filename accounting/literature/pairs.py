"""Published pairs of laws whose divergence is computed numerically: clones, stronger clones, variation ratio.

Each is a walk of ``accounting.pairs``: the others send one of two letters, or something else, with given
chances, and the target sends them with chances that depend on its value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import permutations

from ..errors import NotCoveredError
from ..numerics.ball import arb, ball
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor
from ..pairs.of_randomizer import clones_pair
from ..pairs.walks import WalkPair
from ..randomizers import FiniteKernel, FiniteRandomizer, KaryRandomizedResponse, PureLocal, Randomizer
from ..randomizers.base import Letter
from .bound import PublishedBound, Source, Status, local_factor
from .closed_forms import ERRATA
from .shapes import DeltaClaim

__all__ = ["PAIRS", "trinomial"]

_LARGEST_MATRIX = 100  # rows, all pairs of which are compared


def trinomial(ratio: Factor, users: int, chances: Callable[[], tuple[arb, arb]]) -> WalkPair:
    """The pair (A + D1, C - A + D2) against (A + D2, C - A + D1), C ~ Bin(n-1, 2p), A ~ Bin(C, 1/2).

    D1 = 1 with chance ``w p``, D2 = 1 with chance p, never both.

    Args:
        ratio: w, the ratio of the target's two chances.
        users: n, the target included.
        chances: returns p and ``1 - (w + 1) p``, the chance of neither, at the working precision.
    """

    def letters() -> tuple[Letter, ...]:
        w = ratio.ball()
        p, neither = chances()
        return Letter(w * p, p, p), Letter(p, w * p, p), Letter(neither, neither, 1 - 2 * p)

    return WalkPair(users=users, letters=letters, largest=ratio, basis=())


def _of_kary(factor: Factor, values: int, users: int) -> WalkPair:
    """``p = 1/(w + k - 1)``; at two values this is the pair of the stronger clones."""

    def chances() -> tuple[arb, arb]:
        p = 1 / (factor.ball() + (values - 1))
        return p, (values - 2) * p

    return trinomial(factor, users, chances)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clones(DeltaClaim):
    """C ~ Bin(n-1, e^-epsilon0), A ~ Bin(C, 1/2), D ~ Bernoulli(w/(w+1)); w = e^epsilon0."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        return clones_pair(local_factor(self.id, randomizer), users).value(alpha, relative_width).delta


@dataclass(frozen=True, slots=True, kw_only=True)
class _StrongerClones(DeltaClaim):
    """The same with C ~ Bin(n-1, 2/(w+1))."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        return _of_kary(local_factor(self.id, randomizer), 2, users).value(alpha, relative_width).delta


@dataclass(frozen=True, slots=True, kw_only=True)
class _StrongerClonesKary(DeltaClaim):
    """The lemma at p = 1/(w + k - 1), for k-ary response."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        if not isinstance(randomizer, KaryRandomizedResponse):
            raise NotCoveredError(f"{self.id} is computed for k-ary randomized response")
        pair = _of_kary(randomizer.factor, randomizer.values, users)
        return pair.value(alpha, relative_width).delta


@dataclass(frozen=True, slots=True, kw_only=True)
class _VariationRatio(DeltaClaim):
    """The lemma's trinomial with the total variation beta of one report: p = q = w, clone chance beta/(w - 1)."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        w = local_factor(self.id, randomizer)
        match randomizer:
            case KaryRandomizedResponse():
                pair = _of_kary(w, randomizer.values, users)
            case PureLocal():
                pair = _of_kary(w, 2, users)
            case FiniteRandomizer():
                pair = self._of_matrix(randomizer, w, users)
            case _:
                raise NotCoveredError(f"{self.id} is not computed for {randomizer.describe()}")
        return pair.value(alpha, relative_width).delta

    def _of_matrix(self, randomizer: FiniteRandomizer, factor: Factor, users: int) -> WalkPair:
        """``p = beta/(w - 1)``, beta the largest total variation between two rows."""
        w = factor.rational
        if randomizer.inputs > _LARGEST_MATRIX or w is None:
            raise NotCoveredError(f"{self.id} is computed for matrices of at most {_LARGEST_MATRIX} rows")
        if w == 1:
            raise NotCoveredError(f"{self.id} needs epsilon0 above 0")
        beta = max(
            sum((max(a - b, Fraction(0)) for a, b in zip(x, y, strict=True)), Fraction(0))
            for x, y in permutations(randomizer.matrix, 2)
        )
        p = beta / (w - 1)
        return trinomial(factor, users, lambda: (ball(p), ball(1 - (w + 1) * p)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Koskela(DeltaClaim):
    """For k-ary response the blanket's pair, else that of the clones; the paper evaluates both by float FFTs."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        if isinstance(randomizer, KaryRandomizedResponse):
            return blanket_delta(randomizer, users, alpha, relative_width)
        return clones_pair(local_factor(self.id, randomizer), users).value(alpha, relative_width).delta


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blanket(DeltaClaim):
    """``(1/(n gamma)) E[(L_1 + .. + L_M)_+]``, M ~ Bin(n, gamma), at the worst pair of inputs."""

    def delta_at(
        self, randomizer: Randomizer, users: int, alpha: Factor, relative_width: float
    ) -> Enclosure | None:
        if not isinstance(randomizer, FiniteKernel):
            raise NotCoveredError(f"{self.id} is computed for finite randomizers")
        local_factor(self.id, randomizer)
        return blanket_delta(randomizer, users, alpha, relative_width)


def blanket_delta(randomizer: FiniteKernel, users: int, alpha: Factor, relative_width: float) -> Enclosure:
    """The divergence of the blanket's pair, largest over pairs of inputs."""
    worst = Enclosure.exactly(0)
    for pair in randomizer.neighbours():
        walk = WalkPair(
            users=users,
            letters=partial(randomizer.blanket_letters, pair),
            largest=randomizer.local_factor(),
            basis=(),
        )
        worst = worst.maximum(walk.value(alpha, relative_width).delta)
    return worst


_FMT = "Feldman, McMillan and Talwar"

PAIRS: tuple[PublishedBound, ...] = (
    _Clones(
        id="clones",
        title="Hiding among the clones, numerically",
        source=Source(
            authors=_FMT,
            year=2021,
            arxiv="2012.12803",
            place="reduction to a pair of binomial laws, number not verified",
            checked="the pair compared with the authors' code",
        ),
        status=Status.PROVED,
    ),
    _Koskela(
        id="koskela",
        title="Fourier accountant: blanket for k-ary randomized response, clones otherwise",
        source=Source(
            authors="Koskela, Heikkila and Honkela",
            year=2021,
            arxiv="2106.00477",
            place="privacy loss distributions of shufflers, numbers not verified",
            checked="which pairs are used: compared with the abstract; their form from memory",
        ),
        status=Status.APPROXIMATE,
        remark="The paper evaluates its pairs by float FFTs, which lose what is below about 1e-16; enclosed here is the "
        "value of the pair in exact arithmetic.",
    ),
    _StrongerClones(
        id="stronger-clones",
        title="Stronger clones, numerically, at p = 1/(e^epsilon0 + 1)",
        source=Source(
            authors=_FMT,
            year=2023,
            arxiv="2208.04591",
            place="Theorem 3.1 and errata",
            checked="that errata limit it: compared with the errata; the pair with the code of arXiv 2304.05007",
        ),
        status=Status.ERRATUM,
        remark=ERRATA,
    ),
    _StrongerClonesKary(
        id="stronger-clones-kary",
        title="Stronger clones, Lemma 3.5 at p = 1/(e^epsilon0 + k - 1) for k-ary randomized response",
        source=Source(
            authors=_FMT,
            year=2023,
            arxiv="2208.04591v1",
            place="Lemma 3.5 before the errata",
            checked="the range p < 1/(e^epsilon0 + 1) in which it fails: compared with the errata; p for k-ary response "
            "from memory, and that version 1 has it",
        ),
        status=Status.REFUTED,
        exceeded=True,
        remark="The histogram of the other values tells more than the trinomial pair, which drops it; from three values on "
        "explicit data sets lose more than it claims.",
    ),
    _VariationRatio(
        id="variation-ratio",
        title="Variation-ratio reduction, numerically",
        source=Source(
            authors="Wang, Peng, Li, Wen, Li, Yu, Wang and Yang",
            year=2024,
            arxiv="2304.05007v5",
            place="variation-ratio reduction, theorem number not verified",
            checked="title and version compared; the pair and its parameters with the authors' code",
        ),
        status=Status.REFUTED,
        exceeded=True,
        remark="The histogram of the other values tells more than the trinomial pair, which drops it; from three values on "
        "explicit data sets of k-ary response lose more than it claims.",
    ),
    _Blanket(
        id="blanket-numerical",
        title="Privacy blanket, numerically: the best of all decompositions",
        source=Source(
            authors="Su, Cheng and Wang",
            year=2025,
            arxiv="2504.07414v6",
            place="optimal decomposition, theorem number not verified",
            checked="that the best decomposition is the blanket of arXiv 1903.02837: compared with the abstract",
        ),
        status=Status.PROVED,
        remark="The paper evaluates it by FFT; enclosed here is the value in exact arithmetic.",
    ),
)
