"""Users of one batch who answer with different local epsilons: k-ary randomized response by groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from ..errors import ParameterError
from ..numerics.ball import arb
from ..numerics.exact import ExactLike, exact, whole
from ..numerics.factor import Factor
from .base import Randomizer
from .kary import read_factor, shown_factor

__all__ = ["MixedResponse"]

LARGEST_GROUPS = 8
_LARGEST = Factor.exp(Fraction(30))


@dataclass(frozen=True, slots=True, init=False)
class MixedResponse(Randomizer):
    """k-ary randomized response whose users belong to groups, each with a local epsilon of its own.

    Messages do not say which group they come from. Who belongs to which group is taken as known to everybody and is not
    protected; what is protected is each user's value, in whichever group. Of n users at least ``floor(share n)`` belong to
    each group; the few that this leaves over may belong to any.

    Attributes:
        values: the number of values, at least 2; the same for all groups.
        shares: of the groups among the users of each batch; positive, their sum is 1.
        factors: ``e^epsilon0`` of the groups, rising.
    """

    values: int
    shares: tuple[Fraction, ...]
    factors: tuple[Factor, ...]

    def __init__(
        self,
        values: ExactLike,
        shares: Sequence[ExactLike],
        epsilon0: Sequence[ExactLike] | None = None,
        *,
        keep: Sequence[ExactLike] | None = None,
    ) -> None:
        """Describe the groups, one entry each.

        Args:
            values: the number of values, at least 2.
            shares: of the groups; positive, at least 2 and at most 8 of them, their sum is 1.
            epsilon0: local epsilons of the groups, in nats; positive, at most 30, all different.
            keep: P(report = value) of the groups; above 1/values and below 1. Give one of the two.

        Raises:
            ParameterError: a value breaks its rule.
        """
        count = whole("values", values, least=2, remedy="One value has nothing to hide")
        if not _is_list(shares):
            raise ParameterError("shares", "must be a list of numbers", shares)
        if not 2 <= len(shares) <= LARGEST_GROUPS:
            remedy = "One group is what KaryRandomizedResponse describes"
            raise ParameterError("shares", f"must have 2 to {LARGEST_GROUPS} entries", len(shares), remedy)
        parts = tuple(exact(f"shares[{i}]", share) for i, share in enumerate(shares))
        for i, share in enumerate(parts):
            if share <= 0:
                raise ParameterError(f"shares[{i}]", "must be positive", str(share), "Leave the group out")
        if sum(parts) != 1:
            raise ParameterError("shares", "must sum to 1 exactly", str(sum(parts)), "Write ratios, like 1/3")
        if (epsilon0 is None) == (keep is None):
            given = f"epsilon0={epsilon0}, keep={keep}"
            raise ParameterError("epsilon0", "or keep must be given, one of the two", given)
        name, entries = ("epsilon0", epsilon0) if keep is None else ("keep", keep)
        if entries is None or not _is_list(entries) or len(entries) != len(parts):
            raise ParameterError(name, f"must be a list of {len(parts)} numbers, one a group", entries)
        groups = [
            (_read(name, i, count, entry), share)
            for i, (entry, share) in enumerate(zip(entries, parts, strict=True))
        ]
        ranked = _ranked(name, groups)
        object.__setattr__(self, "values", count)
        object.__setattr__(self, "shares", tuple(share for _, share in ranked))
        object.__setattr__(self, "factors", tuple(factor for factor, _ in ranked))

    @property
    def kind(self) -> str:
        return "mixed-randomized-response"

    @property
    def assumes(self) -> tuple[str, ...]:
        return (
            "Groups with different epsilon0: of the present and honest users of each batch each group has at least its share, "
            "rounded down; no message shows the group, and who is in which group is not protected.",
        )

    def local_factor(self) -> Factor:
        """The largest of the groups'."""
        return self.factors[-1]

    def describe(self) -> str:
        groups = ", ".join(
            f"{share} with {shown_factor(factor)}"
            for share, factor in zip(self.shares, self.factors, strict=True)
        )
        return f"{self.values}-ary randomized response in groups: {groups}"

    def sizes(self, users: int) -> tuple[int, ...]:
        """The least number of users of each group among this many."""
        return tuple(floor(share * users) for share in self.shares)

    def masses(self, group: int) -> tuple[arb, arb]:
        """P(the true value) and P(each other value) of a group, at the working precision."""
        w = self.factors[group].ball()
        lie = 1 / (w + (self.values - 1))
        return w * lie, lie


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _read(name: str, i: int, values: int, entry: ExactLike) -> Factor:
    try:
        factor = read_factor(values, entry, None) if name == "epsilon0" else read_factor(values, None, entry)
    except ParameterError as error:
        raise error.renamed(f"{error.name}[{i}]") from None
    if not _LARGEST.at_least(factor):
        rule = "must mean an epsilon0 of at most 30"
        raise ParameterError(f"{name}[{i}]", rule, entry, "Treat the messages of these users as known")
    return factor


def _ranked(name: str, groups: Sequence[tuple[Factor, Fraction]]) -> list[tuple[Factor, Fraction]]:
    """Sort by factors, exactly, and refuse equal ones."""
    ranked: list[tuple[Factor, Fraction]] = []
    for factor, share in groups:
        place = sum(not other.at_least(factor) for other, _ in ranked)
        if place < len(ranked) and factor.at_least(ranked[place][0]):
            raise ParameterError(name, "must differ between groups", "two equal ones", "Add up their shares")
        ranked.insert(place, (factor, share))
    return ranked
