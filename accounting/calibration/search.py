"""Where a loss crosses its budget: the least candidate certified to be safe and the largest certified not to be.

Secants on a scale on which the curves are nearly straight guess the next candidate. What is returned rests on the
evaluations of the two candidates themselves, never on the guesses.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ..curves.bounds import Bounds
from .grid import Grid

__all__ = ["Found", "Question", "certainly_above", "certainly_within", "find"]

_NEAR = 0.03  # a relative distance of heights at which a coarse value is no guide any more
_SLOPE = 0.5
_SLOPES = (0.001, 20.0)
_LEAP = 3.0
_STEPS = 200  # far more than any search has needed
_PLENTY = 1000
_SEVERAL = 24
_PATIENCE = 4  # how much more may be spent where the end that is asked for has not been found
_WIDE = 10.0
_WIDE_COST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A family of losses with one candidate a number, and the level that they should not exceed.

    Attributes:
        grid: the candidates.
        evaluate: bounds the loss of a candidate, at an effort counted from 0, coarse.
        level: the most that may be lost.
        is_delta: the losses are deltas; else they are epsilons, and the search only halves.
        safe_efforts: efforts at which an upper end is worth looking at, coarsest first.
        unsafe_efforts: the same for a lower end; empty when no lower end is wanted.
        widths: the relative widths that the efforts aim at; far wider bounds are as good as they get.
        closeness: the search stops when two candidates are this close on the grid's scale.
        start: a candidate near the answer.
        most: what the evaluations for one end may cost: nothing at effort 0, one at others, several where the bounds stay
            wide. Until the end is found they may cost a few times as much.
        enough: the same, once the end that is asked for has been found.
        seconds: time after which the search stops; the answer is then certified as always, but less close.
        is_monotone: no candidate that is certified to be safe is below one that is certified not to be: losses are proved to be
            monotone. Else that may happen, and the unsafe one is then looked for among those that were evaluated.
    """

    grid: Grid
    evaluate: Callable[[int, int], Bounds]
    level: Fraction
    is_delta: bool = True
    safe_efforts: tuple[int, ...]
    unsafe_efforts: tuple[int, ...]
    widths: tuple[float, ...]
    closeness: float
    start: int
    most: int = _SEVERAL
    enough: int = _PLENTY
    seconds: float = math.inf
    is_monotone: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What a search certifies.

    Attributes:
        safe: the least number that was certified to be safe, with its bounds; None when none was.
        unsafe: the largest number that was certified not to be safe, with its bounds; None when none was.
    """

    safe: tuple[int, Bounds] | None
    unsafe: tuple[int, Bounds] | None


def certainly_within(bounds: Bounds, level: Fraction) -> bool:
    """Say whether the upper end is at most the level: at the mechanism itself nothing more is lost."""
    if bounds.upper_value is not None:
        return bounds.upper_value.upper <= level
    return bounds.upper <= level


def certainly_above(bounds: Bounds, level: Fraction) -> bool:
    """Say whether the lower end is above the level: an explicit pair of data sets loses more."""
    if bounds.lower_value is not None:
        return bounds.lower_value.lower > level
    return bounds.lower > level


def find(question: Question) -> Found:
    """Search for the two candidates.

    Raises:
        ArithmeticError: a candidate that loses more than the level is more private than one that loses less.
    """
    run = _Run(question)
    safe = run.boundary(run.is_safe, question.safe_efforts, question.start, 1)[1]
    unsafe = None
    if question.unsafe_efforts:
        start = question.start if safe is None else max(safe - 1, question.grid.first)
        unsafe = run.boundary(run.is_not_unsafe, question.unsafe_efforts, start, 0)[0]
    if safe is not None and unsafe is not None and safe <= unsafe:
        if question.is_monotone:
            raise ArithmeticError(f"a safe candidate, {safe}, below an unsafe one, {unsafe}")
        unsafe = run.nearest_unsafe(safe)
    return Found(
        safe if safe is None else (safe, run.finest(safe, certainly_within)),
        unsafe if unsafe is None else (unsafe, run.finest(unsafe, certainly_above)),
    )


@dataclass(slots=True)
class _Seen:
    """What is known of a candidate: bounds by effort."""

    bounds: dict[int, Bounds] = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """One search: what was evaluated so far."""

    question: Question
    seen: dict[int, _Seen] = field(default_factory=dict)
    spent: int = 0
    ends_at: float = 0.0

    def __post_init__(self) -> None:
        self.ends_at = time.monotonic() + self.question.seconds

    def bounds(self, number: int, effort: int) -> Bounds:
        """Evaluate a candidate, once for each effort."""
        known = self.seen.setdefault(number, _Seen()).bounds
        if effort not in known:
            known[effort] = self.question.evaluate(number, effort)
            self.spent += _WIDE_COST if self._stays_wide(known[effort], effort) else int(effort > 0)
        return known[effort]

    def _stays_wide(self, bounds: Bounds, effort: int) -> bool:
        """Say whether bounds are so much wider than was aimed at that more effort will not narrow them."""
        value = bounds.upper_value
        return value is not None and value.relative_width > _WIDE * self.question.widths[effort]

    def finest(self, number: int, certain: Callable[[Bounds, Fraction], bool]) -> Bounds:
        """Return the finest bounds of a candidate that certify what was found.

        Raises:
            ArithmeticError: none of them does.
        """
        known = self.seen[number].bounds
        for effort in sorted(known, reverse=True):
            if certain(known[effort], self.question.level):
                return known[effort]
        raise ArithmeticError(f"candidate {number} is not certified: {known}")

    def nearest_unsafe(self, safe: int) -> int | None:
        """Return the largest candidate below a safe one that was certified not to be safe, if there is one."""
        level = self.question.level
        return max(
            (
                number
                for number, seen in self.seen.items()
                if number < safe and any(certainly_above(bounds, level) for bounds in seen.bounds.values())
            ),
            default=None,
        )

    def _may_narrow(self, bounds: Bounds) -> bool:
        """Say whether the next effort may make coarse bounds narrower."""
        value, widths = bounds.upper_value, self.question.widths
        if value is None or len(widths) < 2:
            return True
        return widths[1] < value.relative_width and not self._stays_wide(bounds, 0)

    def is_safe(self, number: int, effort: int) -> tuple[bool, float, bool]:
        """Say whether a candidate is certified to be safe, how far off it is, and whether more effort may tell more."""
        bounds = self.bounds(number, effort)
        upper = Fraction(bounds.upper) if bounds.upper_value is None and bounds.upper < math.inf else None
        if bounds.upper_value is not None:
            upper = bounds.upper_value.upper
        within = certainly_within(bounds, self.question.level)
        numeric = bounds.upper_value is None or bounds.upper_value.lower <= self.question.level
        return within, self._gap(upper), not within and numeric and not self._stays_wide(bounds, effort)

    def is_not_unsafe(self, number: int, effort: int) -> tuple[bool, float, bool]:
        """Say whether a candidate is not certified to be unsafe, how far off it is, and whether effort may help."""
        bounds = self.bounds(number, effort)
        lower = Fraction(bounds.lower) if bounds.lower < math.inf else None
        if bounds.lower_value is not None:
            lower = bounds.lower_value.lower
        above = certainly_above(bounds, self.question.level)
        numeric = bounds.lower_value is None or bounds.lower_value.upper > self.question.level
        return not above, self._gap(lower), not above and numeric and not self._stays_wide(bounds, effort)

    def boundary(
        self,
        holds: Callable[[int, int], tuple[bool, float, bool]],
        efforts: tuple[int, ...],
        start: int,
        wanted: int,
    ) -> tuple[int | None, int | None]:
        """Find neighbouring candidates of which only the second one passes; ``wanted`` tells which one is asked for.

        Returns:
            The largest one found that does not pass and the least one that does; None where there is none.
        """
        grid, question = self.question.grid, self.question
        failing: int | None = None
        passing: int | None = None
        points: list[tuple[float, float]] = []
        spent_before, stalled = self.spent, 0
        for number, passes, gap in self._known(holds, efforts):
            if passes:
                passing = number if passing is None else min(passing, number)
            else:
                failing = number if failing is None else max(failing, number)
            if math.isfinite(gap):
                points.append((grid.place(number), gap))
        here = start
        if failing is not None or passing is not None:
            if failing == grid.last or passing == grid.first:
                return failing, passing
            if failing is not None and passing is not None and passing - failing <= 1:
                return failing, passing
            here = self._next(points, failing, passing, halve=False)
        for _ in range(_STEPS):
            passes, gap = self._settled(holds, here, efforts)
            width = math.inf if failing is None or passing is None else passing - failing
            if passes:
                passing = here if passing is None else min(passing, here)
            else:
                failing = here if failing is None else max(failing, here)
            if math.isfinite(gap):
                points.append((grid.place(here), gap))
            if failing == grid.last or passing == grid.first:
                break
            if failing is not None and passing is not None:
                if passing - failing <= 1 or grid.place(passing) - grid.place(failing) <= question.closeness:
                    break
                stalled = stalled + 1 if passing - failing > width / 2 else 0
            cost, reached = self.spent - spent_before, (failing, passing)[wanted] is not None
            if (
                cost >= question.most * (1 if reached else _PATIENCE)
                or (reached and cost >= question.enough)
                or time.monotonic() > self.ends_at
            ):
                break
            here = self._next(points, failing, passing, halve=stalled > 2)
            stalled = 0 if stalled > 2 else stalled
        return failing, passing

    def _known(
        self, holds: Callable[[int, int], tuple[bool, float, bool]], efforts: tuple[int, ...]
    ) -> Iterator[tuple[int, bool, float]]:
        """Yield candidates of which it is settled already on which side they are."""
        for number, seen in self.seen.items():
            finest = max(seen.bounds)
            if finest < efforts[0]:
                continue
            passes, gap, may_change = holds(number, finest)
            if not may_change or (math.isfinite(gap) and (finest > 0 or abs(gap) >= _NEAR)):
                yield number, passes, gap

    def _settled(
        self,
        holds: Callable[[int, int], tuple[bool, float, bool]],
        number: int,
        efforts: tuple[int, ...],
    ) -> tuple[bool, float]:
        """Spend effort until it is clear on which side a candidate is."""
        passes, gap = False, math.nan
        for effort in efforts:
            passes, gap, may_change = holds(number, effort)
            rough = effort == 0 and not abs(gap) >= _NEAR and self._may_narrow(self.bounds(number, effort))
            if not rough and (not may_change or (effort == 0 and math.isfinite(gap))):
                break
        return passes, gap

    def _next(
        self, points: list[tuple[float, float]], failing: int | None, passing: int | None, *, halve: bool
    ) -> int:
        """Guess where the gap vanishes, and go a little further, so that the two sides close in."""
        grid = self.question.grid
        low = grid.first if failing is None else failing + 1
        high = grid.last if passing is None else passing - 1
        if (halve or not points) and failing is not None and passing is not None:
            return self._at((grid.place(failing) + grid.place(passing)) / 2, low, high)
        if not points:  # nothing to go by: leap away from the only side that is known
            known, way = (failing, 1.0) if failing is not None else (passing or grid.last, -1.0)
            return self._at(grid.place(known) + way * _LEAP / 2, low, high, down=way < 0)
        near = sorted(points, key=lambda point: abs(point[1]))
        place, gap = near[0]
        slope = _SLOPE
        if len(near) > 1 and near[1][0] != place:
            slope = min(max((near[1][1] - gap) / (near[1][0] - place), _SLOPES[0]), _SLOPES[1])
        move = min(max(-gap / slope, -_LEAP), _LEAP)
        target = place + move * 1.05
        if failing is not None and passing is not None:
            ends = grid.place(failing), grid.place(passing)
            if not ends[0] < target < ends[1]:  # the curve is no line here
                target = sum(ends) / 2
        elif failing is not None and target <= grid.place(failing):  # a plateau: leap over it
            target = grid.place(failing) + _LEAP
        elif passing is not None and target >= grid.place(passing):
            target, move = grid.place(passing) - _LEAP, -_LEAP
        return self._at(target, low, high, down=move < 0)

    def _at(self, place: float, low: int, high: int, *, down: bool = False) -> int:
        """Return a number whose place is about the given one: just above it, or just below when going down."""
        grid = self.question.grid
        while low < high:
            middle = (low + high) // 2
            if grid.place(middle) < place:
                low = middle + 1
            else:
                high = middle
        floor = low - 1
        return floor if down and grid.place(low) > place and self._is_open(floor) else low

    def _is_open(self, number: int) -> bool:
        return number >= self.question.grid.first and number not in self.seen

    def _gap(self, loss: Fraction | None) -> float:
        """Return about log of the height of a loss over that of the level; positive where the loss is smaller."""
        if not self.question.is_delta:
            return math.nan
        if loss is None:
            return -math.inf
        return math.log(_height(loss) / _height(self.question.level)) if loss > 0 else math.inf


def _height(delta: Fraction) -> float:
    """``sqrt(-2 log delta)``, also where delta is below the range of floats; kept away from 0."""
    log = math.log(delta.numerator) - math.log(delta.denominator)
    return math.sqrt(max(-2.0 * log, 1e-3))
