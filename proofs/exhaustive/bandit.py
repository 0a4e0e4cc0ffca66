"""The bandit's code on all of its randomness: the exact law of what is released and of the arms that others are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import accounting as csa
from accounting.bandits import Bandit, BanditLevel, BanditPlan, Learner
from accounting.counter import Source
from accounting.randomizers import gram_dimension, gram_sensitivity

from .outcomes import EnumeratingBits, outcomes

__all__ = ["ARMS", "Transcript", "arms_and_releases", "releases_only", "toy_plan", "transcript_law"]

Transcript = tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]
"""Arms shown to the other users, and the counts of each release, in order."""

User = tuple[float, float]
"""A context of one feature, and a reward."""

ARMS = ((1.0,), (-0.5,), (0.25,))
"""What every other user may be shown."""


def toy_plan(bits: int) -> BanditPlan:
    """One feature, one level, batches of two users, steps of 1."""
    randomizer = csa.VectorCount(gram_dimension(1), 1, gram_sensitivity(), bits)
    return BanditPlan([BanditLevel(2, randomizer)], features=1, users=2, epsilon=100, delta="99/100")


def transcript_law(
    plan: BanditPlan,
    users: Sequence[User],
    target: int,
    make: Callable[[Learner, Source], Bandit] = lambda learner, source: Bandit(learner, source=source),
) -> dict[Transcript, Fraction]:
    """Run the bandit for every outcome of its random draws.

    Args:
        plan: of the bandit.
        users: their contexts and rewards; the arms they are shown are noted for all but the target.
        target: whose arm is left out.
        make: the bandit, so that a broken one can be run.
    """

    def program(source: EnumeratingBits) -> Transcript:
        bandit = make(Learner(plan, exploration=0.0), source)  # greedy, so that arms depend on releases
        shown = []
        for number, (context, reward) in enumerate(users):
            if number != target:
                shown.append(bandit.choose(ARMS))
            bandit.observe([context], reward)
        shown.append(bandit.choose(ARMS))  # one more user, who sees what is published at the end
        return tuple(shown), tuple(release.ones for release in bandit.releases)

    law: dict[Transcript, Fraction] = {}
    for transcript, chance in outcomes(EnumeratingBits(), program):
        law[transcript] = law.get(transcript, Fraction(0)) + chance
    return law


def releases_only(law: dict[Transcript, Fraction]) -> dict[Transcript, Fraction]:
    """Forget the arms."""
    found: dict[Transcript, Fraction] = {}
    for (_, releases), chance in law.items():
        found[(), releases] = found.get(((), releases), Fraction(0)) + chance
    return found


def arms_and_releases(law: dict[Transcript, Fraction]) -> int:
    """Count the different sequences of arms."""
    return len({shown for shown, _ in law})
