"""The conditions of concurrent composition: complete checks of what they promise, and what happens without them.

``python -m proofs.exhaustive.conditions`` prints the tables of ``docs/conditions.md``.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import accounting as csa
from accounting.numerics.rounding import print_at_least, print_at_most

from . import broken
from .policies import Scope, count_policies, worst_delta
from .process import Matrix, Policy, Sees, divergence, transcript_laws

__all__ = ["ALPHA", "CASES", "CONFIRMATIONS", "Case", "Confirmation", "bound_of", "main", "tables"]

ALPHA = Fraction(2)
BELOW_LOG_2 = "0.693147180559945"
"""Below log 2 by less than 1e-15. A delta falls in epsilon, so a bound here is one at alpha = 2 too."""


def binary(keep: str) -> Matrix:
    """Return the channel of binary response that reports its value with a probability."""
    right = Fraction(keep)
    return ((right, 1 - right), (1 - right, right))


BINARY = binary("3/4")

TWO_RANDOMIZERS: Matrix = tuple(
    tuple(Fraction(entry, 4) for entry in row)
    for row in ((3, 1, 0, 0), (1, 3, 0, 0), (0, 0, 3, 1), (0, 0, 1, 3))
)
"""Binary response with messages 0 and 1 for values 0 and 1, and with messages 2 and 3 for values 2 and 3."""

ABOVE_LOG_3 = "1.09861228866811"
"""The epsilon0 of each of them is log 3, less than this by less than 1e-14."""


def bound_of(keeps: Sequence[str], users: Sequence[int], epsilon: str = BELOW_LOG_2) -> Fraction:
    """Return the certified upper end of delta for one batch of each shuffler, at alpha = 2; 0 without a batch."""
    shuffles = [
        csa.Shuffle(csa.BinaryRandomizedResponse(keep=keep), users=size)
        for keep, size in zip(keeps, users, strict=True)
    ]
    if not shuffles:
        return Fraction(0)
    return Fraction(csa.ConcurrentShuffles(shuffles).delta(epsilon=epsilon).upper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """All policies of a scope that keep the conditions, against the bound at the minimum sizes.

    Attributes:
        keeps: of the binary response of each shuffler.
        least: the minimum sizes.
        messages: how many are sent at most.
        joined: how many shufflers, the first ones, have the target in a batch; the others are for others only.
    """

    keeps: tuple[str, ...]
    least: tuple[int, ...]
    messages: int
    joined: int

    @property
    def scope(self) -> Scope:
        """What the policies may do."""
        channels = tuple(binary(keep) for keep in self.keeps)
        joined = frozenset(range(self.joined))
        return Scope(channels=channels, least=self.least, messages=self.messages, joined=joined)

    @property
    def policies(self) -> int:
        """How many policies there are."""
        return count_policies(self.scope)

    @property
    def worst(self) -> Fraction:
        """The largest delta of all of them, exactly."""
        return worst_delta(self.scope, ALPHA)

    @property
    def bound(self) -> Fraction:
        """The certified upper end for batches of the minimum sizes."""
        return bound_of(self.keeps[: self.joined], self.least[: self.joined])

    @property
    def bound_with_one_more(self) -> Fraction:
        """The certified upper end if one batch had a user more than its minimum: too small a number."""
        return bound_of(self.keeps[: self.joined], (self.least[0] + 1, *self.least[1 : self.joined]))


CONFIRMATIONS = (
    Confirmation(keeps=("3/4",), least=(2,), messages=6, joined=1),
    Confirmation(keeps=("3/4",), least=(3,), messages=7, joined=1),
    Confirmation(keeps=("9/10",), least=(4,), messages=8, joined=1),
    Confirmation(keeps=("3/4", "3/4"), least=(3, 2), messages=6, joined=1),
    Confirmation(keeps=("3/4", "9/10"), least=(2, 3), messages=6, joined=2),
    Confirmation(keeps=("3/4", "3/4"), least=(3, 3), messages=7, joined=2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A policy that drops one condition.

    Attributes:
        condition: what is dropped.
        policy: the policy.
        story: what happens.
        shufflers: how many.
        sees: "everything" if the policy looks into open batches.
        declared: sizes of the target's batches as one would declare them.
        channel: what the values mean; binary response with keep = 3/4, unless the policy needs two randomizers.
    """

    condition: str
    policy: Policy
    story: str
    shufflers: int = 1
    sees: Sees = "released"
    declared: tuple[int, ...] = (broken.LEAST,)
    channel: Matrix = BINARY

    @property
    def delta(self) -> Fraction:
        """The exact delta at alpha = 2 of the worse order of the two worlds."""
        first, second = transcript_laws(self.policy, [self.channel] * self.shufflers, sees=self.sees)
        return max(divergence(first, second, ALPHA), divergence(second, first, ALPHA))

    @property
    def bound(self) -> Fraction:
        """The certified upper end for what is declared; for two randomizers, that of any one with their epsilon0."""
        if self.channel is TWO_RANDOMIZERS:
            shuffle = csa.Shuffle(csa.PureLocal(epsilon0=ABOVE_LOG_3), users=self.declared[0])
            return Fraction(shuffle.delta(epsilon=BELOW_LOG_2).upper)
        return bound_of(["3/4"] * len(self.declared), self.declared)


CASES = (
    Case(
        condition="a batch holds the minimum",
        policy=broken.below_the_minimum,
        story="a batch of two is released",
    ),
    Case(
        condition="closing looks at releases only",
        policy=broken.stopped_at_a_one,
        story="a batch of three or more closes as soon as it holds a one; the target comes fourth",
        sees="everything",
    ),
    Case(
        condition="closing looks at releases only",
        policy=broken.spelled_out,
        story="a batch of others has three or four reports, as the target's first report in the other batch says",
        shufflers=2,
        sees="everything",
    ),
    Case(
        condition="closing looks at releases only",
        policy=broken.never_released,
        story="the target's batch is never released; the other shuffler spells out its reports",
        shufflers=2,
        sees="everything",
        declared=(),
    ),
    Case(
        condition="joining looks at releases only",
        policy=broken.placed(2),
        story="the target joins the one of two open batches that hides least",
        shufflers=2,
        sees="everything",
    ),
    Case(
        condition="joining looks at releases only",
        policy=broken.placed(3),
        story="the same with three open batches",
        shufflers=3,
        sees="everything",
    ),
    Case(
        condition="values react to releases only",
        policy=broken.copied,
        story="two others copy the report that the target has just sent to the open batch",
        sees="everything",
    ),
    Case(
        condition="one randomizer in a batch",
        policy=broken.other_randomizer,
        story="two others use another randomizer with the declared epsilon0, whose messages are different",
        channel=TWO_RANDOMIZERS,
    ),
    Case(
        condition="taking part does not depend on the value",
        policy=broken.by_value,
        story="the target sends only if it holds 0; three others are there in any case",
    ),
    Case(
        condition="one report to a batch",
        policy=broken.twice_in_a_batch,
        story="the target sends two fresh reports to a batch with two others",
    ),
    Case(
        condition="one batch of a shuffler",
        policy=broken.two_batches,
        story="the target is in two batches of the same shuffler, three users each",
    ),
    Case(
        condition="fresh randomness",
        policy=broken.stored_reports,
        story="two others send one stored report to two batches, the second without the target",
        shufflers=2,
    ),
)


def _shown(value: Fraction) -> str:
    return f"{value} ≈ {print_at_most(value)}"


def _power(count: int) -> str:
    digits = len(str(count)) - 1
    return f"{count:,}" if digits < 9 else f"more than 10^{digits}"


def tables() -> Iterator[str]:
    """Yield the lines of both tables, in Markdown.

    Fractions are exact; decimals of a delta that is reached are rounded down, those of a bound up.
    """
    yield "| keep | minimum | batches with the target | messages | policies | worst delta | certified bound | with one user more |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in CONFIRMATIONS:
        yield (
            f"| {', '.join(each.keeps)} | {', '.join(map(str, each.least))} | {each.joined} | {each.messages} | {_power(each.policies)} "
            f"| {_shown(each.worst)} | {print_at_least(each.bound)} | {print_at_least(each.bound_with_one_more)} |"
        )
    yield ""
    yield "| dropped | what happens | exact delta | bound as declared |"
    yield "|---|---|---|---|"
    for case in CASES:
        yield f"| {case.condition} | {case.story} | {_shown(case.delta)} | {print_at_least(case.bound)} |"


def main() -> None:
    """Print the tables."""
    for line in tables():
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
