"""The error of running sums against the number of users: what our counter keeps, and what every mechanism errs at least."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ..counter.planner import MOST_SHUFFLERS
from ..errors import ParameterError
from ..model import Budget
from ..numerics.exact import ExactLike
from ..report.words import shown_fraction
from ..tables.sums import SummationError, summation_error
from ..tables.table import MEANINGS
from .grids import read_counts
from .picture import MOST_SERIES, Axis, Band, Line, Picture, Stroke

__all__ = ["USUAL_SHUFFLERS", "USUAL_USERS", "summation_picture"]

USUAL_USERS = (10**4, 10**6, 10**8)
USUAL_SHUFFLERS = (1, 2, 3, 4)


def summation_picture(
    *,
    epsilon: ExactLike,
    delta: ExactLike,
    users: Sequence[ExactLike] = USUAL_USERS,
    shufflers: Sequence[ExactLike] = USUAL_SHUFFLERS,
    progress: Callable[[int, int], None] | None = None,
) -> Picture:
    """Compute the mean of the largest error over all steps, for the worst input of bits, from both sides.

    The upper end is that of a counter whose plan is certified for the budget; the lower end holds for every mechanism of as many
    shufflers that keeps it.

    Args:
        epsilon: of the budget, in nats, above 0.
        delta: of the budget, a probability above 0.
        users: rising numbers of users, from 2 on; a plan takes seconds.
        shufflers: rising numbers of shufflers, from 1 to 50.
        progress: called with the number of cells that are done and of all.

    Raises:
        ParameterError: a parameter breaks its rule, or there is no room for so many levels of batches.
        NotCoveredError: no noise within reach keeps the budget.
    """
    sizes = read_counts("users", users, least=2)
    counts = read_counts("shufflers", shufflers, least=1, most=MOST_SHUFFLERS)
    if len(counts) > MOST_SERIES:
        rule = f"must be at most {MOST_SERIES} numbers"
        raise ParameterError("shufflers", rule, len(counts), "Ask for several pictures")
    budget = Budget(epsilon=epsilon, delta=delta)
    cells = [(k, n) for k in counts for n in sizes]
    ends: dict[tuple[int, int], SummationError] = {}
    for done, (k, n) in enumerate(cells):
        if progress is not None:
            progress(done, len(cells))
        ends[k, n] = summation_error(n, k, epsilon=budget.epsilon, delta=budget.delta)
    if progress is not None:
        progress(len(cells), len(cells))
    bands = tuple(
        Band(
            name=f"{k} shuffler{'' if k == 1 else 's'}",
            x=sizes,
            lower=tuple(ends[k, n].lower for n in sizes),
            upper=tuple(ends[k, n].upper for n in sizes),
            filled=len(counts) == 1,
        )
        for k in counts
    )
    return Picture(
        title=f"Error of running sums at epsilon = {shown_fraction(budget.epsilon)}, delta = {shown_fraction(budget.delta)}",
        x=Axis(label="users", log=True),
        y=Axis(label=MEANINGS["summation_error"].label, log=True),
        bands=bands,
        lines=_slopes(bands, counts) if len(sizes) > 1 else (),
        lower_means="every mechanism errs at least",
        upper_means="our counter errs at most",
        notes=("For the worst input of bits. The ends hold at the marks.",),
        claims=tuple(dict.fromkeys(claim for cell in ends.values() for claim in cell.claims)),
        assumptions=tuple(dict.fromkeys(owed for cell in ends.values() for owed in cell.assumptions)),
    )


def _slopes(bands: tuple[Band, ...], counts: tuple[int, ...]) -> tuple[Line, ...]:
    """Return, through each first upper end, the straight line of slope 1/(2k + 1)."""
    lines = []
    for band, k in zip(bands, counts, strict=True):
        last, base = float(band.x[-1]), float(band.upper[0])
        heights = (base, base * math.pow(last / float(band.x[0]), 1.0 / (2 * k + 1)))
        lines.append(
            Line(
                name="slopes 1/(2k + 1) for k shufflers" if k == counts[-1] else "",
                x=(band.x[0], band.x[-1]),
                y=heights,
                stroke=Stroke.GUIDE,
            )
        )
    return tuple(lines)
