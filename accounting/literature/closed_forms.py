"""Published closed forms: epsilon as an elementary function of epsilon0, the number of users and delta."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..errors import NotCoveredError
from ..numerics.ball import arb, ball, below
from ..randomizers import KaryRandomizedResponse, Randomizer
from .bound import PublishedBound, Source, Status, local_factor
from .shapes import EpsilonClaim, Span

__all__ = ["CLOSED_FORMS", "ERRATA"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Erlingsson(EpsilonClaim):
    """``12 epsilon0 sqrt(log(1/delta)/n)`` for epsilon0 < 1/2, n >= 1000, delta < 1/100."""

    def epsilon_at(self, randomizer: Randomizer, users: int, log: arb) -> arb:
        return 12 * local_factor(self.id, randomizer).log() * (log / users).sqrt()

    def span(self, randomizer: Randomizer, users: int) -> Span:
        if users < 1000:
            raise NotCoveredError(f"{self.id} is stated for at least 1000 users, not for {users}")
        if not below(local_factor(self.id, randomizer).log(), ball(Fraction(1, 2))):
            raise NotCoveredError(f"{self.id} is stated for epsilon0 < 1/2")
        return Span(least=ball(Fraction(100)).log(), most=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _KaryBlanket(EpsilonClaim):
    """``gamma >= max(14 k log(2/delta) / ((n-1) epsilon^2), 27 k / ((n-1) epsilon))`` suffices for epsilon <= 1."""

    def epsilon_at(self, randomizer: Randomizer, users: int, log: arb) -> arb:
        share = self._share(randomizer, users)
        return (14 * (arb(2).log() + log) * share).sqrt().max(27 * share)

    def span(self, randomizer: Randomizer, users: int) -> Span:
        share = self._share(randomizer, users)
        if not below(27 * share, 1):
            raise NotCoveredError(f"{self.id} claims nothing among {users} users: epsilon would be above 1")
        most = 1 / (14 * share) - arb(2).log()
        if not below(arb(0), most):
            raise NotCoveredError(f"{self.id} claims nothing among {users} users: epsilon would be above 1")
        return Span(least=arb(0), most=most)

    def _share(self, randomizer: Randomizer, users: int) -> arb:
        """``k / ((n-1) gamma)`` with gamma = k / (e^epsilon0 + k - 1), the chance of a uniform message."""
        if not isinstance(randomizer, KaryRandomizedResponse):
            raise NotCoveredError(f"{self.id} is stated for k-ary randomized response")
        return (randomizer.factor.ball() + (randomizer.values - 1)) / (users - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clones(EpsilonClaim):
    """``log(1 + (w-1)/(w+1) (8 sqrt(W log(4/delta)/n) + 8 W/n))`` for ``16 W log(2/delta) <= n``, w = e^epsilon0.

    W is one over the chance of a clone, here W = w.
    """

    def epsilon_at(self, randomizer: Randomizer, users: int, log: arb) -> arb:
        w, rarity = self._rarity(randomizer)
        reach = 8 * (rarity * (arb(4).log() + log) / users).sqrt() + 8 * rarity / users
        return ((w - 1) / (w + 1) * reach).log1p()

    def span(self, randomizer: Randomizer, users: int) -> Span:
        _, rarity = self._rarity(randomizer)
        most = users / (16 * rarity) - arb(2).log()
        if not below(arb(0), most):
            raise NotCoveredError(
                f"{self.id} claims nothing among {users} users: epsilon0 is too large for them"
            )
        return Span(least=arb(0), most=most)

    def _rarity(self, randomizer: Randomizer) -> tuple[arb, arb]:
        """Return w and W."""
        w = local_factor(self.id, randomizer).ball()
        return w, w


@dataclass(frozen=True, slots=True, kw_only=True)
class _StrongerClones(_Clones):
    """The same with ``W = (w + 1)/2``: a clone has the chance ``2/(w + 1)``."""

    def _rarity(self, randomizer: Randomizer) -> tuple[arb, arb]:
        w = local_factor(self.id, randomizer).ball()
        return w, (w + 1) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cheu(EpsilonClaim):
    """``sqrt(32 log(4/delta) / m) (1 - m/n)``, ``m = lambda - sqrt(2 lambda log(2/delta))``.

    A user's bit is replaced by a fair one with chance lambda/n; stated for ``14 log(4/delta) <= lambda <= n``.
    """

    def epsilon_at(self, randomizer: Randomizer, users: int, log: arb) -> arb:
        noisy = self._noisy(randomizer, users)
        surely = noisy - (2 * noisy * (arb(2).log() + log)).sqrt()
        return (32 * (arb(4).log() + log) / surely).sqrt() * (1 - surely / users)

    def span(self, randomizer: Randomizer, users: int) -> Span:
        most = self._noisy(randomizer, users) / 14 - arb(4).log()
        if not below(arb(0), most):
            raise NotCoveredError(f"{self.id} claims nothing among {users} users: too few bits are replaced")
        return Span(least=arb(0), most=most)

    def _noisy(self, randomizer: Randomizer, users: int) -> arb:
        if not isinstance(randomizer, KaryRandomizedResponse) or randomizer.values != 2:
            raise NotCoveredError(f"{self.id} is stated for binary randomized response")
        return 2 * users / (randomizer.factor.ball() + 1)


ERRATA = (
    "The errata leave the theorem standing for a restricted class of randomizers only, as Lemma 3.5 fails for "
    "p < 1/(e^epsilon0 + 1); where all users have one and the same epsilon0-LDP randomizer, the pair at "
    "p = 1/(e^epsilon0 + 1) is a bound by another proof (local-blanket)."
)
_FMT = "Feldman, McMillan and Talwar"
_FROM_MEMORY = "formula and place from memory; not compared with the paper"

CLOSED_FORMS: tuple[PublishedBound, ...] = (
    _Cheu(
        id="cheu-binary",
        title="Randomized response on bits: each is replaced by a fair one with chance lambda/n",
        source=Source(
            authors="Cheu, Smith, Ullman, Zeber and Zhilyaev",
            year=2019,
            arxiv="1808.01394",
            place="privacy theorem of the protocol for sums of bits, number not verified",
            checked=_FROM_MEMORY,
        ),
        status=Status.PROVED,
    ),
    _Erlingsson(
        id="erlingsson",
        title="Amplification by shuffling, 12 epsilon0 sqrt(log(1/delta)/n)",
        source=Source(
            authors="Erlingsson, Feldman, Mironov, Raghunathan, Talwar and Thakurta",
            year=2019,
            arxiv="1811.12469",
            place="main theorem, number not verified",
            checked="constants and conditions compared with the implementation by the authors of arXiv 1903.02837",
        ),
        status=Status.PROVED,
    ),
    _KaryBlanket(
        id="blanket-kary",
        title="Privacy blanket, closed form for k-ary randomized response with epsilon <= 1",
        source=Source(
            authors="Balle, Bell, Gascon and Nissim",
            year=2019,
            arxiv="1903.02837",
            place="Theorem 3.1 (number not verified)",
            checked=_FROM_MEMORY,
        ),
        status=Status.PROVED,
    ),
    _Clones(
        id="clones-closed",
        title="Hiding among the clones, closed form with log(4/delta)",
        source=Source(
            authors=_FMT,
            year=2021,
            arxiv="2012.12803",
            place="Theorem 3.1",
            checked="formula and condition compared with two independent implementations that cite Theorem 3.1",
        ),
        status=Status.PROVED,
    ),
    _StrongerClones(
        id="stronger-clones-closed",
        title="Stronger clones, closed form",
        source=Source(
            authors=_FMT,
            year=2023,
            arxiv="2208.04591",
            place="Theorem 3.2 (number not verified) and errata",
            checked="that errata limit Theorems 3.1 and 3.2: compared; formula from memory, and it is that of "
            "2012.12803 with the clones' chance 2/(e^epsilon0 + 1) in place of e^-epsilon0",
        ),
        status=Status.ERRATUM,
        remark=ERRATA,
    ),
)
