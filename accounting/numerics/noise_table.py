"""All tails of one log-concave law of noise at once: neighbouring masses have a rational quotient, and far masses fall geometrically.

Statement: noise-tails.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from ..claims import relies_on
from .ball import arb, ball, precision
from .noise import NoiseLaw

__all__ = ["NoiseTable", "noise_table"]

_LARGEST = 24_000  # masses
_BITS = 256
_DEPTH = 800  # a table ends where masses are below e^-this


@dataclass(frozen=True, slots=True)
class NoiseTable:
    """``P(Z >= z)`` and ``P(Z < z)`` in a window.

    Attributes:
        first: the first z of the window.
        tails: P(Z >= z) for z = first, first + 1, ..; balls that contain them.
        heads: P(Z < z) for the same z.
    """

    first: int
    tails: tuple[arb, ...]
    heads: tuple[arb, ...]

    def tail(self, z: int) -> arb | None:
        """Enclose ``P(Z >= z)``; None when z lies outside the window."""
        place = z - self.first
        return self.tails[place] if 0 <= place < len(self.tails) else None

    def head(self, z: int) -> arb | None:
        """Enclose ``P(Z < z)``; None when z lies outside the window."""
        place = z - self.first
        return self.heads[place] if 0 <= place < len(self.heads) else None


@lru_cache(maxsize=64)
@relies_on("noise-tails")
def noise_table(law: NoiseLaw) -> NoiseTable | None:
    """Tabulate the tails of a law; None where it is not log-concave or too many of its masses matter.

    Guarantee:
        noise-tails.
    """
    if not law.is_log_concave or 2.0 * math.sqrt(2.0 * _DEPTH) * law.spread(0.0) > _LARGEST:
        return None
    mode = math.floor(law.mean)
    with precision(_BITS + mode.bit_length()):
        peak = law.log_mass(mode).exp()
        end = arb(-_DEPTH).exp()
        above: list[arb] = []
        mass, z = peak, mode
        while True:
            share = 1 / ball(law.quotient(z + 1))  # P(z + 1)/P(z), not rising in z
            if mass < end and share < 0.99:
                break
            mass, z = mass * share, z + 1
            above.append(mass)
            if len(above) > _LARGEST:
                return None
        beyond = arb(0).union(mass * share / (1 - share))
        below: list[arb] = []
        under = arb(0)
        mass, z = peak, mode
        while z > 0:
            share = ball(law.quotient(z))  # P(z - 1)/P(z), not rising as z falls
            if mass < end and share < 0.99:
                under = arb(0).union(mass * share / (1 - share))
                break
            mass, z = mass * share, z - 1
            below.append(mass)
        masses = [*reversed(below), peak, *above]
        tails, total = [], beyond
        for mass in reversed(masses):
            total += mass
            tails.append(total)
        heads, total = [], under
        for mass in masses:
            heads.append(total)
            total += mass
    return NoiseTable(mode - len(below), tuple(reversed(tails)), tuple(heads))
