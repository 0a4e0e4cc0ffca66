from __future__ import annotations
from collections.abc import Sequence
from ..numerics.enclosure import Enclosure
from ..numerics.factor import Factor

def envelopes(users: int, odds: Factor, alphas: Sequence[Factor]) -> dict[Factor, Enclosure]:
    return {}
