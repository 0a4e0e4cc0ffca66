"""What to change so that a deployment fits its budget, each change certified by its own evaluation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..composition import total
from ..errors import NotCoveredError, UndecidedError
from ..model import Deployment
from ..model.kinds import KINDS
from ..numerics.exact import LARGEST_COUNT
from ..randomizers import FiniteKernel, Randomizer
from ..shuffle import Shuffle
from .words import shown_fraction

__all__ = ["Advice", "advise"]

_SECONDS = 0.6
_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Advice:
    """One change, or why there is none.

    Attributes:
        change: ``users``, ``users-factor``, ``epsilon0``, ``fresh`` or ``none``.
        value: the new value, certified to fit; None for ``fresh`` and ``none``, which have no value.
        sentence: the same in words.
    """

    change: str
    value: int | Fraction | None
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-able values."""
        value = float(self.value) if isinstance(self.value, Fraction) else self.value
        return {"change": self.change, "value": value, "sentence": self.sentence}


def advise(deployment: Deployment, *, seconds: float = _SECONDS) -> tuple[Advice, ...]:
    """Search for changes with which the deployment is certified to stay within its budget.

    Searches that would take longer than a moment are left out.

    Args:
        deployment: one that is not certified to fit.
        seconds: the time after which a search gives up.
    """
    try:
        return _advice(deployment, seconds)
    except (NotCoveredError, UndecidedError):  # a candidate that has no number is no candidate
        return ()


def _advice(deployment: Deployment, seconds: float) -> tuple[Advice, ...]:
    shuffles = [named.shuffle for named in deployment.shufflers]
    if deployment.reused:
        return _fresh(deployment, shuffles)
    impossible = [named.name for named in deployment.shufflers if _betrays(named.shuffle.randomizer)]
    if impossible:
        return (
            Advice(
                "none",
                None,
                f"More users do not help: some message of shuffler {impossible[0]} is impossible for some values"
                " and gives its sender away, however many others report.",
            ),
        )
    if len(shuffles) > 1:
        return _scaled(deployment, shuffles, seconds)
    return (
        *_more_users(deployment, shuffles[0], seconds),
        *_smaller_epsilon0(deployment, shuffles[0], seconds),
    )


def _fresh(deployment: Deployment, shuffles: list[Shuffle]) -> tuple[Advice, ...]:
    if not _fits(deployment, shuffles):
        return ()
    return (Advice("fresh", None, "With fresh randomness for every shuffler it is certified to fit."),)


def _betrays(randomizer: Randomizer) -> bool:
    return isinstance(randomizer, FiniteKernel) and randomizer.local_factor() is None


def _fits(deployment: Deployment, shuffles: list[Shuffle]) -> bool:
    budget = deployment.budget
    return bool(total(shuffles).delta(epsilon=budget.epsilon).upper <= budget.delta)


def _more_users(deployment: Deployment, shuffle: Shuffle, seconds: float) -> tuple[Advice, ...]:
    def fits(users: int) -> bool:
        return _fits(deployment, [Shuffle(shuffle.randomizer, users=users)])

    found = _least(fits, shuffle.users, seconds)
    if found is None:
        return ()
    return (
        Advice("users", found, f"With {found:,} users instead of {shuffle.users:,} it is certified to fit."),
    )


def _scaled(deployment: Deployment, shuffles: list[Shuffle], seconds: float) -> tuple[Advice, ...]:
    grain = 100

    def fits(hundredths: int) -> bool:
        sizes = [min(-(-shuffle.users * hundredths // grain), LARGEST_COUNT) for shuffle in shuffles]
        larger = [
            Shuffle(shuffle.randomizer, users=size) for shuffle, size in zip(shuffles, sizes, strict=True)
        ]
        return _fits(deployment, larger)

    found = _least(fits, grain, seconds, most=10**9 * grain)
    if found is None:
        return ()
    factor = Fraction(found, grain)
    sentence = f"With {shown_fraction(factor)} times as many users in every shuffler it is certified to fit."
    return (Advice("users-factor", factor, sentence),)


def _smaller_epsilon0(deployment: Deployment, shuffle: Shuffle, seconds: float) -> tuple[Advice, ...]:
    randomizer = shuffle.randomizer
    kind, factor = KINDS.get(randomizer.kind), randomizer.local_factor()
    if kind is None or factor is None or "epsilon0" not in (*kind.needed, *kind.either):
        return ()
    rest = {key: value for key, value in kind.written(randomizer).items() if key not in ("epsilon0", "keep")}
    exponent = factor.exponent if factor.exponent is not None else Fraction(math.log(factor.rational or 1))
    grain = 100

    def fits(hundredths: int) -> bool:
        smaller = kind.build(**rest, epsilon0=Fraction(hundredths, grain))
        return _fits(deployment, [Shuffle(smaller, users=shuffle.users)])

    found = _largest(fits, math.ceil(exponent * grain), seconds)
    if found is None:
        return ()
    value = Fraction(found, grain)
    sentence = (
        f"With epsilon0 = {shown_fraction(value)} it is certified to fit, with {shuffle.users:,} users."
    )
    return (Advice("epsilon0", value, sentence),)


def _least(
    fits: Callable[[int], bool], start: int, seconds: float, *, most: int = LARGEST_COUNT
) -> int | None:
    """Find a number above ``start`` that fits, near the least one, of two or three digits."""
    clock = _Clock(seconds)
    low, high = start, min(_round_up(2 * start), most)
    while not fits(high):
        if high >= most or clock.is_over(steps=8):
            return None
        low, high = high, min(_round_up(high * 4), most)
    while high - low > max(1, high // 50) and not clock.is_over(steps=2):
        middle = _round_up((low + high) // 2)
        if not low < middle < high:
            break
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _largest(fits: Callable[[int], bool], start: int, seconds: float) -> int | None:
    """Find the largest number below ``start`` that fits, or one near it when time is short."""
    clock = _Clock(seconds)
    low, high = 0, start
    while high - low > 1 and not clock.is_over(steps=2):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low or None


def _round_up(value: int) -> int:
    grain: int = 10 ** max(0, len(str(value)) - _DIGITS - 1)
    return -(-value // grain) * grain


class _Clock:
    """Tells when a search should give up: before a step that may take longer than what is left."""

    def __init__(self, seconds: float) -> None:
        self._last = time.monotonic()
        self._end = self._last + seconds

    def is_over(self, *, steps: int) -> bool:
        """Say so when the next step, ``steps`` times as long as the last one, would end too late."""
        now = time.monotonic()
        length, self._last = now - self._last, now
        return now + steps * length > self._end
