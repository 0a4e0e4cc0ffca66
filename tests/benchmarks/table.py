"""The speed table: measured medians beside their targets, and the ratios that should stay near 1.

Run ``python -m tests.benchmarks.table`` on a quiet machine. Times are warm, on one core.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import accounting as csa

ROOT = Path(__file__).resolve().parents[2]
SIZES = (10**3, 10**12)


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement.

    Attributes:
        work: what was done.
        target: milliseconds that are aimed at.
        run: does it once and returns the largest relative width of the numbers that it enclosed.
    """

    work: str
    target: float
    run: Callable[[], float]


def kary(users: int, values: int = 16) -> csa.Shuffle:
    return csa.Shuffle(csa.KaryRandomizedResponse(values=values, epsilon0="4"), users=users)


def width(bounds: csa.Bounds) -> float:
    known = [value.relative_width for value in (bounds.upper_value, bounds.lower_value) if value is not None]
    return max(known, default=0.0)


def delta_row(users: int, wanted: str, target: float, values: int = 16) -> Row:
    shuffle = kary(users, values)
    epsilon = f"{shuffle.epsilon(delta='1e-8').upper:.3g}"
    name = f"{values}-RR, n = {users:.0e}, delta({epsilon}), width {wanted}"
    return Row(name, target, lambda: width(shuffle.delta(epsilon=epsilon, relative_width=wanted)))


def epsilon_row(users: int, delta: str) -> Row:
    shuffle = kary(users)
    return Row(
        f"16-RR, n = {users:.0e}, epsilon({delta}), width 1e-6",
        50.0,
        lambda: width(shuffle.epsilon(delta=delta)),
    )


def pure_row(users: int, epsilon0: str) -> Row:
    shuffle = csa.Shuffle(csa.PureLocal(epsilon0=epsilon0), users=users)
    name = f"PureLocal, epsilon0 = {epsilon0}, n = {users:.0e}, epsilon(1e-10)"
    return Row(name, 100.0, lambda: width(shuffle.epsilon(delta="1e-10")))


def binary_row(users: int, epsilon: str) -> Row:
    shuffle = csa.Shuffle(csa.BinaryRandomizedResponse(keep="3/4"), users=users)
    name = f"binary, exact, n = {users:.0e}, delta({epsilon}), width 1e-6"
    return Row(name, float("nan"), lambda: width(shuffle.delta(epsilon=epsilon)))


def process_row(work: str, target: float, *command: str) -> Row:
    def run() -> float:
        subprocess.run([sys.executable, *command], cwd=ROOT, check=False, capture_output=True)
        return 0.0

    return Row(work, target, run)


def rows() -> list[Row]:
    return [
        *(delta_row(n, "1e-4", 5.0) for n in SIZES),
        *(delta_row(n, "1e-6", 50.0) for n in SIZES),
        *(epsilon_row(n, delta) for delta in ("1e-6", "1e-30") for n in SIZES),
        *(delta_row(10**6, "1e-6", 50.0, values) for values in (3, 100, 100_000)),
        *(pure_row(n, epsilon0) for epsilon0 in ("1", "10") for n in (10**6, 10**12)),
        *(
            binary_row(n, epsilon)
            for n, epsilon in ((10**3, "0.2"), (10**4, "0.1"), (10**6, "0.01"), (10**12, "0.00001"))
        ),
        process_row("import accounting (process)", 300.0, "-c", "import accounting"),
        process_row(
            "check examples/apple_like.toml (process)",
            1500.0,
            "-m",
            "accounting",
            "check",
            "examples/apple_like.toml",
        ),
    ]


def median_ms(run: Callable[[], float], repeats: int = 7) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def main() -> None:
    print(f"{'work':<62} {'median':>9} {'target':>9} {'width':>8}")
    medians = {}
    for row in rows():
        found = row.run()
        medians[row.work] = median_ms(row.run)
        print(f"{row.work:<62} {medians[row.work]:6.1f} ms {row.target:6.0f} ms {found:8.1e}", flush=True)
    print("\nratios, n = 10^12 over n = 10^3 (at most 2 is aimed at):")
    names = list(medians)
    for small, large in zip(names[0:8:2], names[1:8:2], strict=True):
        print(f"  {large}: {medians[large] / medians[small]:.2f}")
    several = [medians[name] for name in names[8:11]]
    print(f"ratio over the numbers of values 3, 100, 100,000: {max(several) / min(several):.2f}")


if __name__ == "__main__":
    main()
