"""Upper over lower: the mean largest error of our counter beside what every mechanism errs at least.

    python -m proofs.summation.ratio                 # n = 10^4 .. 10^12, k = 1 .. 8, epsilon = 1, delta = 1e-14: some minutes

Both sides are certified and are about the same number, ``E max_t |estimate_t - sum_t|`` for the worst input: above, the counter of a plan that keeps
(epsilon, delta), by `ErrorLaw.mean_bound`; below, `csa.lower_bound` for any mechanism of as many shufflers that keeps it. The exponents of both
agree (`proofs.symbolic.exponents`), so that the ratio grows with n by logarithms only; it also holds what delta costs, about ``sqrt(log(1/delta))``, which the
lower bound does not see, and a factor of order sqrt(k) for each side's splitting of the budget.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context

from accounting.tables.sums import summation_error

__all__ = ["Ratio", "main", "ratio", "ratios", "table"]

POWERS = (4, 6, 8, 10, 12)
SHUFFLERS = tuple(range(1, 9))


@dataclass(frozen=True, slots=True)
class Ratio:
    """One number of users and of shufflers.

    Attributes:
        users: n.
        shufflers: k.
        upper: the counter's mean largest error is at most this.
        lower: every mechanism's is at least this, for some input.
    """

    users: int
    shufflers: int
    upper: float
    lower: float

    @property
    def ratio(self) -> float:
        """Upper over lower."""
        return self.upper / self.lower


def ratio(cell: tuple[int, int], *, epsilon: str = "1", delta: str = "1e-14") -> Ratio:
    """Plan a counter, and bound all mechanisms.

    Args:
        cell: users and shufflers.
        epsilon: in nats.
        delta: a probability.
    """
    users, shufflers = cell
    found = summation_error(users, shufflers, epsilon=epsilon, delta=delta)
    return Ratio(users, shufflers, found.upper, found.lower)


def ratios(
    powers: Sequence[int] = POWERS,
    shufflers: Sequence[int] = SHUFFLERS,
    *,
    epsilon: str = "1",
    delta: str = "1e-14",
    executor: Executor | None = None,
) -> list[Ratio]:
    """Return a ratio for each power of ten and each number of shufflers."""
    cells = [(10**power, count) for power, count in product(powers, shufflers)]
    each = partial(ratio, epsilon=epsilon, delta=delta)
    return list(map(each, cells) if executor is None else executor.map(each, cells))


def table(found: Sequence[Ratio]) -> Iterator[str]:
    """Yield the lines of a Markdown table: upper / lower = ratio for each n and k."""
    counts = sorted({one.shufflers for one in found})
    cells = {(one.users, one.shufflers): one for one in found}
    yield "| n | " + " | ".join(f"k = {count}" for count in counts) + " |"
    yield "|---" * (len(counts) + 1) + "|"
    for users in sorted({one.users for one in found}):
        row = (cells[users, count] for count in counts)
        entries = " | ".join(f"{one.upper:.4g} / {one.lower:.4g} = {one.ratio:.1f}" for one in row)
        yield f"| 10^{len(str(users)) - 1} | {entries} |"


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m proofs.summation.ratio", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "--powers", type=int, nargs="+", default=list(POWERS), help="powers of ten of the users"
    )
    parser.add_argument("--shufflers", type=int, nargs="+", default=list(SHUFFLERS))
    parser.add_argument("--epsilon", default="1")
    parser.add_argument("--delta", default="1e-14")
    given = parser.parse_args(argv)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as executor:
        found = ratios(
            given.powers, given.shufflers, epsilon=given.epsilon, delta=given.delta, executor=executor
        )
    for line in table(found):
        print(line)


if __name__ == "__main__":
    main()
