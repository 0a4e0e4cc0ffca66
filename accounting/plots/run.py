"""A picture of a run: true sums, estimates with their band, and the error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .canvas import new_figure, styled
from .style import Size

if TYPE_CHECKING:
    from ..counter.runs import Run

__all__ = ["figure_of_run"]

_MOST_POINTS = 2000
_SIZE = Size((7.0, 6.0), 10.0, 150, 90)


def figure_of_run(run: Run) -> Any:
    """Return a matplotlib figure: above, sums and estimates; below, the error and its certified bound.

    Raises:
        NotCoveredError: matplotlib is not installed.
    """
    steps = np.unique(
        np.linspace(0, len(run.values) - 1, min(_MOST_POINTS, len(run.values))).astype(np.int64)
    )
    sums, estimates = run.sums[steps], run.estimates[steps]
    low, high = (side[steps] for side in run.band())
    with styled(_SIZE):
        figure = new_figure(_SIZE)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
        above.fill_between(
            steps + 1, low, high, color="0.85", label=f"band, confidence {float(run.confidence)}"
        )
        above.plot(steps + 1, estimates, color="C0", linewidth=1.0, label="estimate")
        above.plot(steps + 1, sums, color="black", linewidth=0.8, linestyle="--", label="true sum")
        above.set_ylabel("running sum")
        above.legend(loc="upper left", frameon=False)
        below.plot(steps + 1, estimates - sums, color="C0", linewidth=0.7)
        for sign in (-1, 1):
            below.axhline(sign * run.bound, color="black", linewidth=0.8, linestyle=":")
        below.set_ylabel("error")
        below.set_xlabel("users")
    return figure
