"""Closing that reads the closing batch's own messages: what survives of the lower bound, in exact numbers.

A rule may then see the reports in the batch that it closes, besides the releases. That a batch is still open says something
about its users, so the first bad step can be one at which much is known: `error_at_bad_step_of_blocks` gives a mechanism
whose error there is below the theorem's value. What is true instead is proved in the statement own-closing; its two
inequalities are gone through here for all rules, and all ways of surviving, of a small size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, lcm

from .hard_inputs import Construction
from .transcripts import error_of_node

__all__ = [
    "BlockGame",
    "SurvivalGame",
    "block_games",
    "error_at_bad_step_of_blocks",
    "survival_games",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockGame:
    """One whole block in one batch, under one closing rule.

    Attributes:
        closing: the probability that the batch is closed by the end of the block.
        error: the mean error of the best estimator at the end of the block, where the batch is still open; 0 elsewhere.
        known: the mean error given that the batch is open, or None when it never is.
        hidden: m - g, the error of a wrong guess of the block's bit.
    """

    closing: Fraction
    error: Fraction
    known: Fraction | None
    hidden: int

    @property
    def bound(self) -> Fraction:
        """What the statement says that the error is at least: ``(m - g) (1/2 - closing)``."""
        return self.hidden * (Fraction(1, 2) - self.closing)


def block_games(construction: Construction, odds: Fraction) -> Iterator[BlockGame]:
    """Go through every closing rule on one block of binary reports.

    A deterministic rule that sees the ordered reports leaves some set of complete report sequences open, and every set is
    that of some rule (close at the last user unless the reports are in the set): 2^(2^m) sets.

    Args:
        construction: the block; groups are not used.
        odds: e^epsilon0 of the reports.
    """
    size = construction.block
    inputs = construction.inputs(size)
    keep, flip = odds.numerator, odds.denominator
    sequences = list(product((0, 1), repeat=size))
    likelihood = [[_power(keep, flip, x, reports) for x in inputs] for reports in sequences]
    norm = (keep + flip) ** size
    sums = [sum(x) for x in inputs]
    everything = norm * len(inputs)
    for chosen in range(2 ** len(sequences)):
        weights = [0] * len(inputs)
        for index in range(len(sequences)):
            if chosen >> index & 1:
                weights = [a + b for a, b in zip(weights, likelihood[index], strict=True)]
        staying = sum(weights)
        error = error_of_node(weights, sums)
        yield BlockGame(
            closing=1 - Fraction(staying, everything),
            error=Fraction(error, everything),
            known=Fraction(error, staying) if staying else None,
            hidden=construction.block - construction.group,
        )


def _power(keep: int, flip: int, values: Sequence[int], reports: Sequence[int]) -> int:
    same = sum(value == report for value, report in zip(values, reports, strict=True))
    return int(keep**same * flip ** (len(reports) - same))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalGame:
    """Bits known up to independent odds, and a batch that stays open on some of their values.

    Attributes:
        staying: the probability that it stays open.
        error: ``min_e E[|e - sum|; it stays open]``.
        capped: ``min_e E[min(|e - sum|, cap)]`` without the batch.
        cap: D of the statement.
    """

    staying: Fraction
    error: Fraction
    capped: Fraction
    cap: Fraction

    @property
    def bound(self) -> Fraction:
        """What the statement says that the error is at least: ``capped - cap * P(it closes)``."""
        return self.capped - self.cap * (1 - self.staying)


def survival_games(odds: Sequence[Fraction], cap: Fraction) -> Iterator[SurvivalGame]:
    """Go through every set of values on which the batch stays open.

    Args:
        odds: of a one, for each bit.
        cap: where the error is cut.
    """
    values = list(product((0, 1), repeat=len(odds)))
    chances = []
    for bits in values:
        chance = Fraction(1)
        for bit, ratio in zip(bits, odds, strict=True):
            chance *= (ratio if bit else Fraction(1)) / (1 + ratio)
        chances.append(chance)
    sums = [sum(bits) for bits in values]
    # a piecewise linear function of e has its minimum at a kink: a sum, or a sum plus or minus the cap
    kinks = {Fraction(total) + shift for total in sums for shift in (Fraction(0), cap, -cap)}
    capped = min(
        sum((p * min(abs(e - total), cap) for p, total in zip(chances, sums, strict=True)), Fraction(0))
        for e in kinks
    )
    scale = lcm(*(chance.denominator for chance in chances))
    whole = [int(chance * scale) for chance in chances]
    for chosen in range(2 ** len(values)):
        weights = [weight if chosen >> index & 1 else 0 for index, weight in enumerate(whole)]
        yield SurvivalGame(
            staying=Fraction(sum(weights), scale),
            error=Fraction(error_of_node(weights, sums), scale),
            capped=capped,
            cap=cap,
        )


def error_at_bad_step_of_blocks(*, block: int, odds: Fraction) -> tuple[Fraction, Fraction]:
    r"""Return the error at the first bad step of a closer that reads its batch, and the theorem's value.

    One shuffler, g = 1, N = 2. Reports are labelled with their user and binary, so that every rule keeps the mechanism
    epsilon0-DP. A batch is a block. It stays open at the block's end if most of the first m - 1 reports, and the last
    one, are zeros; otherwise it is closed and its labelled reports are released. A block that stays open makes its last
    step bad; two that close make the second one's last step bad.

    Args:
        block: m, even, so that m - 1 reports have a majority.
        odds: e^epsilon0 = e^epsilon.
    """
    if block % 2 or block < 2:
        raise ValueError(f"the block must be even; got {block}")
    voters = block - 1
    keep, flip = odds.numerator, odds.denominator
    bits = list(product((0, 1), repeat=2))  # the bit of the first m - 1 users, that of the last

    def voted(bit: int, count: int) -> int:
        ones, zeros = (keep, flip) if bit else (flip, keep)
        return int(comb(voters, count) * ones**count * zeros ** (voters - count))

    def last(bit: int, report: int) -> int:
        return keep if bit == report else flip

    def stays(count: int, report: int) -> bool:
        return 2 * count < voters and report == 0

    outcomes = list(product(range(block), (0, 1)))
    laws = {o: [voted(b, o[0]) * last(d, o[1]) for b, d in bits] for o in outcomes}
    sums = [voters * b + d for b, d in bits]
    still = [sum(laws[o][i] for o in outcomes if stays(*o)) for i in range(4)]
    norm = (keep + flip) ** block
    pairs = [a + b for a in sums for b in sums]
    total = Fraction(error_of_node(still, sums), 4 * norm)
    second = [still, *(laws[o] for o in outcomes if not stays(*o))]
    for first in second[1:]:
        for law in second:
            total += Fraction(error_of_node([p * q for p in first for q in law], pairs), 16 * norm**2)
    return total, Construction(block=block, group=1, groups=2).value(users=2 * block, alpha=odds)
