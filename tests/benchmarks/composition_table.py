"""Compositions beside dp_accounting's, from the same losses: ``python -m tests.benchmarks.composition_table``.

Both compose the same masses on the same grid: ours in integers, theirs by Fourier transforms in floats. "least" is the smallest
delta of a decade at which an epsilon is still returned.
"""

import math
import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import accounting as csa
from accounting.curves.pld import from_dp_accounting

__all__ = ["CASES", "rows"]

Case = tuple[str, Sequence[tuple[csa.Shuffle, int]], float]

_COMMON = csa.KaryRandomizedResponse(16, epsilon0="4")
CASES: tuple[Case, ...] = (
    ("three cadences", [(csa.Shuffle(_COMMON, users), 1) for users in (2_000, 20_000, 200_000)], 1e-3),
    ("20 unequal", [(csa.Shuffle(_COMMON, 5_000 + 500 * i), 1) for i in range(20)], 1e-3),
    ("10^4 equal", [(csa.Shuffle(_COMMON, 10**6), 10_000)], 2e-4),
)
DELTAS = [f"1e-{k}" for k in (6, 8, 10, 12, 14, 16, 20, 24, 28, 32)]


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    """Return a result and the seconds that it took."""
    start = time.perf_counter()
    found = run()
    return found, time.perf_counter() - start


def least(epsilon_of: Callable[[str], float]) -> str:
    """Return the smallest delta with a finite epsilon."""
    finite = [delta for delta in DELTAS if math.isfinite(epsilon_of(delta))]
    return finite[-1] if finite else "none"


def rows(cases: Sequence[Case]) -> list[tuple[str, ...]]:
    """Compose, and return the lines of the table."""
    lines: list[tuple[str, ...]] = [("case", "by", "seconds", "epsilon at 1e-6", "at 1e-12", "least delta")]
    for name, shuffles, interval in cases:
        losses = [
            (shuffle.to_dp_accounting(interval=interval, tail="1e-40"), count) for shuffle, count in shuffles
        ]
        curves = [(from_dp_accounting(loss), count) for loss, count in losses]

        def ours(curves: Any = curves, interval: float = interval) -> csa.PrivacyCurve:
            listed = [curve for curve, count in curves for _ in range(count)]
            return csa.composed_on_grid(listed, interval=Fraction(interval), tail="1e-36")

        def theirs(losses: Any = losses) -> Any:
            composed = [loss.self_compose(count) if count > 1 else loss for loss, count in losses]
            whole = composed[0]
            for each in composed[1:]:
                whole = whole.compose(each)
            return whole

        own, taken = timed(ours)

        def own_epsilon(delta: str, own: csa.PrivacyCurve = own) -> float:
            return own.epsilon(delta=delta).upper

        other, other_taken = timed(theirs)

        def other_epsilon(delta: str, other: Any = other) -> float:
            return float(other.get_epsilon_for_delta(float(delta)))

        for by, seconds, epsilon_of in (
            ("this toolkit", taken, own_epsilon),
            ("dp_accounting", other_taken, other_epsilon),
        ):
            shown = [f"{epsilon_of(delta):.9g}" for delta in ("1e-6", "1e-12")]
            lines.append((name, by, f"{seconds:.3f}", *shown, least(epsilon_of)))
    return lines


def main() -> None:
    """Print the table."""
    for line in rows(CASES):
        sys.stdout.write("  ".join(f"{cell:<18}" for cell in line).rstrip() + "\n")


if __name__ == "__main__":
    main()
