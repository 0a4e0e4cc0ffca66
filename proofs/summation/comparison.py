"""The counter beside the paper's choice, other models and the lower bound, at one budget.

    python -m proofs.summation.comparison                 # 10^6 users, 1 to 6 shufflers and the best number; 10^4 and 10^5 users, 1 to 4
    python -m proofs.summation.comparison --users 10000 --shufflers 1 2

Prints a table in Markdown. Columns:

- *rms*: the root of the mean over all steps of the mean squared error, by the law, for the worst values;
- *95 %*: a bound that the largest error over all steps exceeds with a probability of at most 5 %; for counters over shufflers certified;
- *mean*: a certified bound on the mean of the largest error, and *lower*, which no mechanism over so many shufflers goes below; *ratio* of both;
- *epsilon*: what a user is certified to lose at the budget's delta (by formula for other models).

Exits with 1 where some plan of ours is not better than the paper's choice for the same users and shufflers, in each of the three errors.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accounting.counter.planner import Planned, equal_plan, plan
from accounting.lower_bound.bound import lower_bound
from accounting.numerics.rounding import print_at_least, print_at_most

from .baselines import Baseline, baselines

__all__ = ["Row", "compared", "main", "table"]

CASES: tuple[tuple[int, tuple[int | str, ...]], ...] = (
    (10**6, (1, 2, 3, 4, 5, 6, "best")),
    (10**5, (1, 2, 3, 4)),
    (10**4, (1, 2, 3, 4)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Our plan for some users and shufflers, beside the paper's choice and the lower bound.

    Attributes:
        ours: the plan for the largest error.
        by_rms: the plan for the root mean squared error.
        equal: the paper's equal ratios, equal noise and plain sums; None where no such plan exists.
        lower: no mechanism over as many shufflers has a smaller mean of the largest error.
    """

    ours: Planned
    by_rms: Planned
    equal: Planned | None
    lower: float

    @property
    def shufflers(self) -> int:
        """How many work at once."""
        return len(self.ours.plan.levels)

    @property
    def ratio(self) -> float:
        """How far our certified bound on the mean of the largest error is above the lower bound."""
        return self.ours.law.mean_bound() / self.lower

    @property
    def better(self) -> bool:
        """Whether our plans beat the paper's choice."""
        if self.equal is None:
            return True
        ours, equal, share = self.ours, self.equal, self.ours.confidence
        return (
            ours.law.bound(share) < equal.law.bound(share)
            and ours.law.mean_bound() < equal.law.mean_bound()
            and self.by_rms.law.rms() < equal.law.rms()
        )


def compared(users: int, shufflers: int | str, *, epsilon: str = "1", delta: str = "1e-8") -> Row:
    """Make the plans for some users and shufflers.

    Args:
        users: the horizon.
        shufflers: how many, or ``"best"``, which has no counterpart in the paper's choice.
        epsilon: of the budget, in nats.
        delta: of the budget.
    """
    ours = plan(users, shufflers, epsilon=epsilon, delta=delta)
    count = len(ours.plan.levels)
    return Row(
        ours=ours,
        by_rms=plan(users, shufflers, epsilon=epsilon, delta=delta, objective="rms"),
        equal=None if shufflers == "best" else equal_plan(users, count, epsilon=epsilon, delta=delta),
        lower=lower_bound(users=users, shufflers=count, epsilon=epsilon, delta=delta).lower,
    )


def table(users: int, rows: Sequence[Row], others: Sequence[Baseline]) -> Iterator[str]:
    """Yield the lines of the table for one number of users."""
    yield f"{users} users"
    yield ""
    yield "| counter | rms | 95 % | mean | lower | ratio | epsilon | batches |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in rows:
        name = f"{row.shufflers} shuffler{'s' if row.shufflers > 1 else ''}"
        yield _line(name, row.ours, f"{print_at_most(row.lower)} | {row.ratio:.1f}")
        yield _line(f"{name}, for rms", row.by_rms, " | ")
        if row.equal is not None:
            yield _line(f"{name}, equal choice", row.equal, " | ")
    for other in others:
        yield f"| {other.name} | {other.rms:.1f} | {other.bound:.1f} | | | | {other.epsilon:g} | |"
    yield ""


def _line(name: str, made: Planned, lower: str) -> str:
    law, share = made.law, made.confidence
    sizes = [level.batch for level in made.plan.levels]
    shown = ", ".join(map(str, sizes if len(sizes) < 8 else sizes[:3])) + (", .." if len(sizes) >= 8 else "")
    numbers = (f"{law.rms():.1f}", f"{law.bound(share):.1f}", f"{law.mean_bound():.1f}")
    return f"| {name} | {' | '.join(numbers)} | {lower} | {print_at_least(made.privacy.upper)} | {shown} |"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m proofs.summation.comparison")
    parser.add_argument("--users", type=int, help="by default 10^6, 10^5 and 10^4")
    parser.add_argument("--shufflers", nargs="+", help="numbers of shufflers, or best")
    parser.add_argument("--epsilon", default="1")
    parser.add_argument("--delta", default="1e-8")
    given = parser.parse_args(argv)
    cases: Sequence[tuple[int, Sequence[int | str]]] = CASES
    if given.users is not None:
        counts = given.shufflers or ["1", "2", "3", "4"]
        cases = [(given.users, [count if count == "best" else int(count) for count in counts])]
    worse = 0
    for users, counts in cases:
        rows = [compared(users, count, epsilon=given.epsilon, delta=given.delta) for count in counts]
        worse += sum(not row.better for row in rows)
        others = baselines(users, float(given.epsilon), float(given.delta))
        sys.stdout.write("\n".join(table(users, rows, others)) + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"Not better than the equal choice: {worse}\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
