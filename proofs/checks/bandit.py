"""The bandit's transcripts at toy size, by running its code on all of its randomness."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import accounting as csa
from proofs.exhaustive import bandit as exhaustive

from .check import CheckFailedError, Evidence, checks

__all__ = ["transcripts_lose_what_is_certified"]

F = Fraction
ALPHAS = tuple(map(F, ("1/2", "1", "3/2", "3", "10")))
TARGETS = (((1.0, 1.0), (-1.0, 1.0)), ((1.0, 0.5), (0.0, 0.0)))


def _best(
    first: dict[exhaustive.Transcript, Fraction],
    second: dict[exhaustive.Transcript, Fraction],
    alpha: Fraction,
) -> Fraction:
    return sum((max(chance - alpha * second.get(key, F(0)), F(0)) for key, chance in first.items()), F(0))


@checks("bandit-privacy", evidence=Evidence.EXHAUSTIVE, units=((10, 0, 0),))
@checks(
    "bandit-privacy",
    evidence=Evidence.EXHAUSTIVE,
    units=tuple(
        (bits, pair, place)
        for bits, pair, place in product((10, 12), (0, 1), (0, 1))
        if (bits, pair, place) != (10, 0, 0)
    ),
    deep=True,
)
def transcripts_lose_what_is_certified(bits: int, pair: int, place: int) -> int:
    """Two users, one level, all outcomes: arms shown to others add nothing to the counts, and both orders are below the certificate."""
    plan = exhaustive.toy_plan(bits)
    shuffle = csa.Shuffle(plan.levels[0].randomizer, users=2)
    other = (0.5, 1.0)
    laws = []
    for target in TARGETS[pair]:
        users = [other, other]
        users[place] = target
        laws.append(exhaustive.transcript_law(plan, users, place))
    if exhaustive.arms_and_releases(laws[0]) < 2:
        raise CheckFailedError("the arms shown do not depend on the releases: nothing is checked")
    seen = 0
    for alpha, order in product(ALPHAS, (1, -1)):
        first, second = laws[::order]
        joint = _best(first, second, alpha)
        released = _best(exhaustive.releases_only(first), exhaustive.releases_only(second), alpha)
        most = shuffle.delta(alpha=alpha).upper
        if joint != released:
            raise CheckFailedError(
                f"alpha = {alpha}: arms and releases lose {float(joint)}, releases alone {float(released)}"
            )
        if joint > most:
            raise CheckFailedError(f"alpha = {alpha}: {float(joint)} is lost, {most} is certified")
        seen += 1
    return seen
