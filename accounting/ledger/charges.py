"""What a batch costs: the Renyi divergence of its shuffle, at few sizes, each computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from ..claims import relies_on
from ..curves.renyi import renyi_upper
from ..numerics.exact import LARGEST_COUNT
from ..randomizers import Randomizer
from ..shuffle import Shuffle
from .units import units_at_least

__all__ = ["Charges", "smaller_size"]

_LEADING = 5


def smaller_size(users: int) -> int:
    """Return the size at which a batch is charged: the number with only its five leading binary digits.

    It is at most 1/16 smaller, and sizes up to 31 are their own.
    """
    dropped = max(users.bit_length() - _LEADING, 0)
    return users >> dropped << dropped


@lru_cache(maxsize=10_000)
def _computed(randomizer: Randomizer, size: int, order: Fraction) -> int | None:
    """The divergence at one size; ledgers of one process share what they have computed."""
    divergence = renyi_upper(Shuffle(randomizer, size).curve(), order)
    return None if divergence is None else units_at_least(divergence)


@dataclass(frozen=True, slots=True)
class Charges:
    """The charges of some shufflers at one order.

    Attributes:
        randomizers: what the users of each shuffler apply.
        order: the Renyi order.
    """

    randomizers: Mapping[str, Randomizer]
    order: Fraction
    _known: dict[tuple[Randomizer, int], int | None] = field(default_factory=dict, compare=False, repr=False)

    @relies_on("renyi-of-curve", "monotone-users", "outward-rounding")
    def of(self, shuffler: str, users: int) -> int | None:
        """Bound the Renyi divergence of a batch from above, in units of 2^-52 nats.

        Args:
            shuffler: one of the names.
            users: present and honest members, the target included; at least 2.

        Returns:
            At least the divergence of each pair of neighbouring data sets, in both orders of the two; computed for
            up to 1/16 fewer users, so it may be as much too large. None where nothing finite is certified.

        Raises:
            NotCoveredError: no proved claim covers the randomizer.
        """
        key = (self.randomizers[shuffler], smaller_size(users))
        if key not in self._known:
            self._known[key] = _computed(*key, self.order)
        return self._known[key]

    def remember(self, shuffler: str, users: int, charge: int) -> None:
        """Use a charge that was computed before for a batch of this size."""
        self._known.setdefault((self.randomizers[shuffler], smaller_size(users)), charge)

    def enough_users(self, shuffler: str, least: int, most: int) -> int | None:
        """Find a size at which a batch costs no more than ``most`` units.

        Args:
            shuffler: one of the names.
            least: a size to start from, at least 2.
            most: in units of 2^-52 nats.

        Returns:
            ``least`` or a size at which charges are computed, the smallest one that a bisection finds; None
            when even the largest size costs more.
        """
        if self._fits(shuffler, least, most):
            return least
        if not self._fits(shuffler, LARGEST_COUNT, most):
            return None
        low, high = least, smaller_size(least)
        while not self._fits(shuffler, high, most):
            low, high = high, min(2 * high, LARGEST_COUNT)
        while (middle := smaller_size((low + high) // 2)) > low:
            low, high = (low, middle) if self._fits(shuffler, middle, most) else (middle, high)
        return high

    def _fits(self, shuffler: str, users: int, most: int) -> bool:
        charge = self.of(shuffler, users)
        return charge is not None and charge <= most
