"""What stands and what falls: every published bound against every family, with the number of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..randomizers import BinomialCount
from .certificate import Counterexample
from .counterexample import Seed
from .factors import factors_at
from .families import asymmetric_binary, extremal_channels, kary, small_channels
from .search import Claiming, Searched, search, shrink
from .sums import compare_sums

__all__ = ["DEEP", "FAMILIES", "SUMS", "SurveyRow", "survey"]

_FEW = tuple(map(Fraction, ("3/2", "2", "3", "5", "10")))
_LEVELS = tuple(map(Fraction, ("1e-2", "1e-4", "1e-7", "1e-11")))

_LOOSE = tuple(map(Fraction, ("11/10", "5/4", "7/5")))  # at which the loosest bounds claim something

FAMILIES: tuple[Seed, ...] = (
    Seed(
        title="k-ary response, 2 to 5 values, 2 to 6 users",
        kernels=lambda: kary(range(2, 6), _FEW),
        users=range(2, 7),
    ),
    Seed(
        title="k-ary response, 20 to 10^6 users",
        kernels=lambda: kary((2, 3, 4, 16), map(Fraction, ("3/2", "3", "13"))),
        users=(20, 50, 100, 1000, 10**4, 10**6),
        alphas=lambda kernel, users: sorted({*factors_at(kernel, users, _LEVELS), *_LOOSE}),
    ),
    Seed(title="asymmetric binary channels", kernels=lambda: asymmetric_binary(9), users=range(2, 7)),
    Seed(title="2 values, 3 messages", kernels=lambda: small_channels(2, 3, 7), users=range(2, 5)),
    Seed(title="3 values, 2 messages", kernels=lambda: small_channels(3, 2, 7), users=range(2, 5)),
    Seed(title="3 values, 3 messages", kernels=lambda: small_channels(3, 3, 5), users=range(2, 5)),
    Seed(
        title="channels of extremal form",
        kernels=lambda: extremal_channels(4, _FEW),
        users=range(2, 5),
    ),
)
"""The families of a survey; a few minutes for all bounds."""

DEEP: tuple[Seed, ...] = (
    *FAMILIES,
    Seed(
        title="3 values, 3 messages, denominators up to 8",
        kernels=lambda: small_channels(3, 3, 8),
        users=(2, 3),
    ),
    Seed(title="4 values, 3 messages", kernels=lambda: small_channels(4, 3, 5), users=(2, 3)),
    Seed(title="3 values, 4 messages", kernels=lambda: small_channels(3, 4, 6), users=(2, 3)),
)
"""The same and larger ones."""


SUMS = tuple(
    BinomialCount(levels=levels, bits=bits, p=p)
    for levels in (1, 4)
    for bits in (1, 10)
    for p in ("1/2", "3/4", "99/100")
)
_SUM_USERS = (100, 1000, 10**4, 10**5)
_SUM_FACTORS = tuple(map(Fraction, ("51/50", "11/10", "5/4", "3/2", "2", "5/2")))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow:
    """How one bound fares in one family.

    Attributes:
        bound: the id of the bound.
        family: the family in words.
        cases: triples of a randomizer, a number of users and a factor at which loss and claim were compared.
        refuted: how many of them refute the bound.
        undecided: in how many the loss lies inside the enclosure of the claim.
        smallest: a counterexample that was made small; None where there is none, and for sums.
    """

    bound: str
    family: str
    cases: int
    refuted: int
    undecided: int
    smallest: Counterexample | None

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return {
            "bound": self.bound,
            "family": self.family,
            "cases": self.cases,
            "refuted": self.refuted,
            "undecided": self.undecided,
            "smallest": None if self.smallest is None else self.smallest.as_dict(),
        }


def survey(bounds: Iterable[Claiming], families: Sequence[Seed] = FAMILIES) -> Iterator[SurveyRow]:
    """Go through every family, with every bound, and make what is found small.

    Rows in which a bound claims nothing are left out.

    Args:
        bounds: what claims a delta.
        families: where to look.
    """
    claims = tuple(bounds)
    for bound in claims:
        searched = compare_sums(bound, SUMS, users=_SUM_USERS, alphas=_SUM_FACTORS)
        if searched.cases:
            yield _row(bound.id, "sums with binomial noise", searched)
    for family in families:
        for bound in claims:
            searched = search(bound, family.kernels(), users=family.users, alphas=family.alphas, most=None)
            if not searched.cases:
                continue
            yield _row(bound.id, family.title, searched, bound)


def _row(bound_id: str, family: str, searched: Searched, bound: Claiming | None = None) -> SurveyRow:
    first = searched.counterexample
    return SurveyRow(
        bound=bound_id,
        family=family,
        cases=searched.cases,
        refuted=searched.refuted,
        undecided=searched.undecided,
        smallest=None if first is None or bound is None else shrink(bound, first),
    )
