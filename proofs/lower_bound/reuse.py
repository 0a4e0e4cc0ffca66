"""One and the same report in batches of two shufflers: the lower bound's value fails at the first bad step.

The report that is used twice is a number of ones, uniform and independent of the user's value. It hides what it is added to, and
cancels in sums of batches with alternating signs, so that the likelihood of the releases is no product over batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

from .dropped import Dropped
from .hard_inputs import Construction, Span

__all__ = ["reuse_batches", "reuse_transcripts", "reused_reports"]


def reuse_batches(*, block: int, groups: int) -> tuple[tuple[int, Span], ...]:
    """List the batches as (shuffler, (first, last)): consecutive ones share the first user of a block.

    Args:
        block: m.
        groups: N, also the number of blocks.
    """
    ends = [1, *(block * number + 1 for number in range(1, groups)), block * groups]
    return ((1, (1, 1)), *((index % 2, (ends[index], ends[index + 1])) for index in range(groups)))


def reuse_transcripts(
    values: Sequence[int], *, most: int, noise: Mapping[int, int]
) -> dict[tuple[int, ...], int]:
    """Weights of what the batches of `reused_reports` release under one label, by going through all masks.

    Args:
        values: for each batch, the sum of the values that are reported in it.
        most: masks are 0 .. most - 1.
        noise: weight of each noise that the last batch may get.
    """
    found: dict[tuple[int, ...], int] = {}
    for masks in product(range(most), repeat=len(values) - 1):
        line = (0, *masks, 0)
        sums = [line[i] + line[i + 1] + (-1) ** i * value for i, value in enumerate(values)]
        for z, weight in noise.items():
            key = (*sums[:-1], sums[-1] + z)
            found[key] = found.get(key, 0) + weight
    return found


def reused_reports(*, block: int = 8, groups: int = 4, odds: int = 9, most: int = 10**12) -> Dropped:
    r"""Two shufflers and g = 1, by closed forms: an estimator's error, and the value at the mechanism's delta.

    The first user of each block but the first reports u ones, u uniform on 0 .. most - 1, to the open batches of both shufflers, whatever
    its value; the first user of all reports nothing, in a batch of its own. Every other user sends, to the one open batch, one
    more or one less than a constant number of ones for its value 1, the sign changing from batch to batch. The users before
    the designated one have one label, and the designated ones another; masks have both, independent ones. In the last batch a
    last report of each label carries a noise z of law ``proportional to odds^-|z|``.

    Privacy: for another value of one user, move all later masks by one, with alternating signs, and the noise by one: the
    same releases. The noise costs the factor odds, and N masks at most N/most in total variation: delta at most ``odds N/most``.

    Error: the alternating sum of a label is the sum of its values plus the noise. Designated bits are off by
    ``E|z| = 2 q/(1 - q^2)``, q = 1/odds. The others sum to a multiple of m - 2, so rounding is wrong by r multiples or
    more with probability at most ``P(|z| >= (r - 1/2)(m - 2))``; each costs m - 1, as the first user of its block holds the same bit.

    Args:
        block: m, even, at least 4.
        groups: N.
        odds: e^epsilon.
        most: how many masks there are.

    Returns:
        Its error is an upper bound on that of the best estimator.
    """
    if block % 2 or block < 4:
        raise ValueError(f"the block must be even and at least 4; got {block}")
    q = Fraction(1, odds)
    wrong = 2 * q ** ((block - 2) // 2) / ((1 + q) * (1 - q ** (block - 2)))
    error = 2 * q / (1 - q**2) + (block - 1) * wrong
    construction = Construction(block=block, group=1, groups=groups)
    delta = Fraction(odds * groups, most)
    ratio = odds * Fraction(1001, 1000)
    value = construction.value(users=block * groups, alpha=Fraction(odds), delta=delta, ratio=ratio)
    return Dropped(ratio=Fraction(odds), error=error, value=value)
