"""The exact loss of what the counter's code does, for every pair of neighbouring inputs, beside what the accountant certifies.

``python -m proofs.exhaustive.counter`` goes through a family of small plans and prints, for each: how many ordered pairs of neighbouring inputs there are, the
largest exact delta of the code's transcript, the accountant's exact value and its certified upper end, and how many pairs contradict one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from itertools import product

import accounting as csa
from accounting import BinomialCount
from accounting.counter import Closing, Level, Plan, Public, scheduled
from accounting.numerics.exact import ExactLike

from .process import divergence
from .transcripts import (
    Arrival,
    Law,
    Stream,
    Transcript,
    excess,
    fixed,
    law,
    likelihoods,
    loss_of_batches,
    making,
    of_target,
)

__all__ = [
    "ALPHAS",
    "CLOSINGS",
    "PLANS",
    "STREAMS",
    "Limits",
    "Row",
    "all_neighbours",
    "lost_messages",
    "main",
    "reacting",
    "rows",
    "small_plan",
    "streams",
    "three_levels",
]

ALPHAS = tuple(map(Fraction, ("1", "3/2", "2", "4")))

Value = int | Fraction | None


def small_plan(*levels: tuple[int, int, ExactLike], steps: int = 1) -> Plan:
    """Return a plan of batch size, noise bits a user and their chance, for each level."""
    return Plan(
        [Level(batch, BinomialCount(steps, bits, p)) for batch, bits, p in levels],
        users=100,
        epsilon=9,
        delta="1e-3",
    )


HEADING = """| plan | pairs | transcripts | delta of the code | exact | upper end | wrong |
|---|---|---|---|---|---|---|"""

HALF = Fraction(1, 2)

PLANS: dict[str, tuple[Plan, int, tuple[Value, ...]]] = {
    "k=1, 2 users": (small_plan((2, 1, "1/2")), 5, (0, 1)),
    "k=1, 3 users, p = 1/3": (small_plan((3, 2, "1/3")), 5, (0, 1)),
    "k=1, two steps, p = 1/4": (small_plan((2, 2, "1/4"), steps=2), 3, (0, HALF, 1)),
    "k=2, 2 and 4 users": (small_plan((2, 1, "1/2"), (4, 1, "1/2")), 5, (0, 1)),
    "k=2, absent users": (small_plan((2, 1, "1/2"), (4, 1, "1/2")), 4, (0, 1, None)),
    "k=2, p = 1/2 and 1/3": (small_plan((2, 2, "1/2"), (4, 1, "1/3")), 4, (0, 1)),
    "k=1, values between steps": (
        small_plan((2, 1, "1/2"), steps=2),
        3,
        (0, Fraction(1, 4), Fraction(3, 4), 1),
    ),
    "k=2, two steps": (small_plan((2, 1, "1/2"), (4, 1, "1/2"), steps=2), 4, (0, HALF, 1)),
    "k=3, 2, 4 and 8 users": (small_plan((2, 1, "1/2"), (4, 1, "1/2"), (8, 1, "1/2")), 5, (0, 1)),
}
"""Name: plan, users who come, and the values that they may hold."""


# ---------------------------------------------------------------- what reacts


def _every_third(public: Public) -> int:
    return public.may_close if public.arrivals % 3 == 0 else 0


def _wait_after_many_ones(public: Public) -> int:
    if not public.releases or public.releases[-1].ones < 2:
        return public.may_close
    return public.may_close if public.arrivals - public.releases[-1].last >= 3 else 0


def _lowest_after_even(public: Public) -> int:
    even = not public.releases or public.releases[-1].ones % 2 == 0
    return min(public.may_close, 1) if even else public.may_close


def _stop_after_three(public: Public) -> int:
    return 0 if any(release.ones >= 3 for release in public.releases) else public.may_close


def _by_estimate(public: Public) -> int:
    return public.may_close if public.estimate < 1.0 else min(public.may_close, 1)


CLOSINGS: dict[str, Closing] = {
    "every third arrival": _every_third,
    "waits after many ones": _wait_after_many_ones,
    "lowest level only after an even count": _lowest_after_even,
    "stops after a count of three": _stop_after_three,
    "by the estimate": _by_estimate,
}
"""Closing rules that are functions of what was released."""


def _alternating(user: int, world: int, came: int, _: Transcript) -> Arrival:
    """Nothing reacts."""
    return Arrival(world if came == user - 1 else (came + 1) % 2)


def _copying(user: int, world: int, came: int, released: Transcript) -> Arrival:
    """Others hold what the last count says; the target too, the other way round in the other world."""
    said = int(bool(released) and released[-1].ones >= 2)
    return Arrival((said + world) % 2 if came == user - 1 else said)


def _losing(user: int, world: int, came: int, released: Transcript) -> Arrival:
    """Messages to level 2 get lost after an even count, those of the target, too."""
    lost = (2,) if released and released[-1].ones % 2 == 0 else ()
    return Arrival(world if came == user - 1 else 1, lost)


def _leaving(user: int, world: int, came: int, released: Transcript) -> Arrival:
    """Others are absent once a count was high; the target then is absent in one world."""
    gone = any(release.ones >= 3 for release in released)
    if came == user - 1:
        return Arrival((None, 1)[world] if gone else world)
    return Arrival(None if gone else came % 2)


STREAMS: dict[str, Callable[[int, int, int, Transcript], Arrival]] = {
    "values copy counts": _copying,
    "losses react to counts": _losing,
    "absence reacts to counts": _leaving,
}
"""Inputs that react to what was released: target, world, how many came, releases."""


# ---------------------------------------------------------------- comparisons


class Limits:
    """What the accountant says of one batch of each level, at each factor.

    Attributes:
        exact: over all pairs of values and all directions, one for each level; a rational.
        upper: the certified upper end.
    """

    def __init__(self, plan: Plan, alphas: Sequence[Fraction] = ALPHAS) -> None:
        """Ask the accountant."""
        shuffles = [level.shuffle for level in plan.levels]
        curve = csa.ConcurrentShuffles(shuffles).curve()
        self.upper = {alpha: curve.delta(alpha=alpha).upper for alpha in alphas}
        self.exact: dict[Fraction, Fraction] = {}
        for alpha in alphas:
            found = csa.exact_delta(shuffles, alpha=alpha).delta
            if not isinstance(found, Fraction):
                raise TypeError("rational probabilities have rational answers")
            self.exact[alpha] = found

    def allows(self, loss: Fraction, alpha: Fraction) -> bool:
        """Say whether a loss is within both."""
        return loss <= self.exact[alpha] and loss <= self.upper[alpha]


@dataclass(frozen=True, slots=True)
class Row:
    """What was found for one plan.

    Attributes:
        name: of the plan, and of what reacts.
        pairs: ordered pairs of neighbouring inputs.
        transcripts: the most that one input has.
        worst: the largest exact delta of the code at alpha = 2.
        exact: the accountant's exact value there.
        upper: its certified upper end.
        wrong: pairs and factors where the code loses more than the accountant says, or other than its batches.
    """

    name: str
    pairs: int
    transcripts: int
    worst: Fraction
    exact: Fraction
    upper: float
    wrong: int

    def line(self) -> str:
        """Return the row as a line of the table; ends are rounded outward, exact values to the nearest."""
        upper = math.ceil(self.upper * 10**6) / 10**6
        return (
            f"| {self.name} | {self.pairs} | {self.transcripts} | {float(self.worst):.6f} | {float(self.exact):.6f} "
            f"| {upper:.6f} | {self.wrong} |"
        )


class _Tally:
    def __init__(self, plan: Plan) -> None:
        self.plan, self.limits = plan, Limits(plan)
        self.pairs = self.transcripts = self.wrong = 0
        self.worst = Fraction(0)

    def add(self, first: Law, second: Law, expected: Callable[[Fraction], Fraction] | None = None) -> None:
        """Compare one ordered pair of laws with the limits, and with what it is expected to lose."""
        self.transcripts = max(self.transcripts, len(first))
        self._count(lambda alpha: divergence(first, second, alpha), expected)

    def _count(
        self, loss_at: Callable[[Fraction], Fraction], expected: Callable[[Fraction], Fraction] | None
    ) -> None:
        self.pairs += 1
        for alpha in ALPHAS:
            loss = loss_at(alpha)
            right = self.limits.allows(loss, alpha) and (expected is None or loss == expected(alpha))
            self.wrong += not right
            if alpha == 2:
                self.worst = max(self.worst, loss)

    def add_merged(
        self, pairs: list[tuple[Fraction, Fraction]], expected: Callable[[Fraction], Fraction]
    ) -> None:
        """Compare merged transcripts."""
        self.transcripts = max(self.transcripts, len(pairs))
        self._count(lambda alpha: excess(pairs, alpha), expected)

    def row(self, name: str) -> Row:
        return Row(
            name, self.pairs, self.transcripts, self.worst, self.limits.exact[Fraction(2)],
            self.limits.upper[Fraction(2)], self.wrong,
        )  # fmt: skip


def all_neighbours(name: str, plan: Plan, users: int, values: Sequence[Value]) -> Row:
    """Go through all inputs and all ordered pairs that differ in one user; batches close when the plan says so.

    Each pair has to lose exactly what the batches lose that hold the user: nothing for a user whom no closed batch holds. With values that are rounded at
    random the pair must not lose more than the accountant says.
    """
    inputs = list(product(values, repeat=users))
    laws = {one: law(making(plan), fixed(one), users) for one in inputs}
    tally = _Tally(plan)
    expected = cache(partial(loss_of_batches, plan))
    for one in inputs:
        for user in range(1, users + 1):
            batches = of_target(next(iter(laws[one])), user)
            for value in values:
                if value == one[user - 1]:
                    continue
                two = (*one[: user - 1], value, *one[user:])
                held = (_number(one[user - 1]), _number(value))
                rounds = any((_number(each) * plan.steps).denominator > 1 for each in (*one, value))

                tally.add(laws[one], laws[two], None if rounds else partial(expected, batches, held))
    return tally.row(name)


def reacting(
    name: str, plan: Plan, users: int, closing: Closing, worlds: Callable[[int, int], Stream]
) -> Row:
    """Go through all targets, in both orders, for a closing rule and inputs that react to releases."""
    tally = _Tally(plan)
    for user in range(1, users + 1):
        zero, one = (law(making(plan, closing), worlds(user, world), users) for world in (0, 1))
        tally.add(zero, one)
        tally.add(one, zero)
    return tally.row(name)


def lost_messages(name: str, plan: Plan, users: int) -> Row:
    """Let one user's messages to one level get lost, and replace each user's value, in both orders.

    Whose messages are lost at a level loses nothing there; and a batch that misses a report closes later.
    """
    tally = _Tally(plan)
    for gone, level, user in product(
        range(1, users + 1), range(1, len(plan.levels) + 1), range(1, users + 1)
    ):
        worlds = [
            [
                Arrival(world if came == user else came % 2, (level,) if came == gone else ())
                for came in range(1, users + 1)
            ]
            for world in (0, 1)
        ]
        zero, one = (law(making(plan), fixed(world), users) for world in worlds)
        batches = of_target(next(iter(zero)), user, (level,) if user == gone else ())
        for held, laws in (((0, 1), (zero, one)), ((1, 0), (one, zero))):
            values = (Fraction(held[0]), Fraction(held[1]))
            tally.add(*laws, partial(loss_of_batches, plan, batches, values))
    return tally.row(name)


def three_levels(name: str, targets: Sequence[int]) -> Row:
    """Let three levels all close: eight users, one of whom is replaced."""
    plan, users, _ = PLANS["k=3, 2, 4 and 8 users"]
    users = plan.levels[-1].batch
    tally = _Tally(plan)
    for target in targets:
        first, second = (
            [Arrival(world if came == target else came % 2) for came in range(1, users + 1)]
            for world in (0, 1)
        )
        pairs = likelihoods(plan, first, second)
        whole = tuple((place, level.batch) for place, level in enumerate(plan.levels, 1))
        for held, weights in (((0, 1), pairs), ((1, 0), [(q, p) for p, q in pairs])):
            values = (Fraction(held[0]), Fraction(held[1]))
            tally.add_merged(weights, partial(loss_of_batches, plan, whole, values))
    return tally.row(name)


def _number(value: Value) -> Fraction:
    """Return what a value counts: nothing for a user who is absent."""
    return Fraction(0) if value is None else Fraction(value)


# ---------------------------------------------------------------- the table

BOTH = PLANS["k=2, 2 and 4 users"][0]


def rows(without: Sequence[str] = ()) -> Iterator[Row]:
    """Compute the table, row by row, but for some."""
    for name, (plan, users, values) in PLANS.items():
        yield all_neighbours(name, plan, users, values)
    if "k=3, all levels close" not in without:
        yield three_levels("k=3, all levels close", range(1, 9))
    yield lost_messages("k=2, lost messages", BOTH, 5)
    for name, closing in CLOSINGS.items():
        yield reacting(f"k=1, {name}", PLANS["k=1, 2 users"][0], 6, closing, streams(_alternating))
    for name, closing in CLOSINGS.items():
        yield reacting(f"k=2, {name}", BOTH, 6, closing, streams(_alternating))
    plan, users, _ = PLANS["k=3, 2, 4 and 8 users"]
    yield reacting("k=3, waits after many ones", plan, users, _wait_after_many_ones, streams(_copying))
    for name, react in STREAMS.items():
        for closing in (scheduled, CLOSINGS["waits after many ones"]):
            about = "" if closing is scheduled else ", waits"
            yield reacting(f"k=2, {name}{about}", BOTH, 6, closing, streams(react))


def streams(react: Callable[[int, int, int, Transcript], Arrival]) -> Callable[[int, int], Stream]:
    """Return the streams of both worlds for each target."""
    return lambda user, world: lambda came, released: react(user, world, came, released)


def main() -> int:
    """Print the table; return how many pairs contradict the accountant."""
    print(HEADING)
    wrong = 0
    for row in rows():
        wrong += row.wrong
        print(row.line(), flush=True)
    return wrong


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
