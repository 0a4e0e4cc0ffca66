"""The bandit's code on all of its randomness: the exact law of what is released and of the arms that others are shown."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

import accounting as csa
from accounting.bandits import Bandit, BanditLevel, BanditPlan, Learner
from accounting.counter import Source
from accounting.randomizers import gram_dimension, gram_sensitivity
from proofs.reference.counts import convolved

from .outcomes import EnumeratingBits, outcomes

__all__ = [
    "ARMS",
    "ENDS",
    "Transcript",
    "arms_and_releases",
    "loss_of_batches",
    "nested_plan",
    "reacting_law",
    "releases_only",
    "toy_plan",
    "transcript_law",
]

Transcript = tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]
"""Arms shown to the other users, and the counts of each release, in order."""

_State = tuple[Transcript, tuple[tuple[int, ...], ...]]
"""What was seen, and what the open batches hold."""

User = tuple[float, float]
"""A context of one feature, and a reward."""

ARMS = ((1.0,), (-0.5,), (0.25,))
"""What every other user may be shown."""


ENDS = ((1.0,), (-1.0,))
"""What users who act are shown; nothing is rounded there."""


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
    return _law(
        make(Learner(plan, exploration=0.0), EnumeratingBits()),  # greedy, so that arms depend on releases
        len(users),
        target,
        ARMS,
        lambda number, _: users[number],
    )


def _law(
    start: Bandit, users: int, target: int, arms: Sequence[tuple[float]], holds: Callable[[int, int], User]
) -> dict[Transcript, Fraction]:
    """Return the law of the transcript; runs with the same transcript and the same open batches are one after each user.

    Args:
        start: a bandit without users.
        users: how many come. One more looks at what is published at the end.
        target: whose arm is left out.
        arms: what everybody is shown.
        holds: the context and the reward of a user, given which arm was chosen.
    """
    running: dict[_State, tuple[Bandit, Fraction]] = {(((), ()), ()): (start, Fraction(1))}
    for number in range(users):
        following: dict[_State, tuple[Bandit, Fraction]] = {}
        for ((shown, releases), _), (bandit, chance) in running.items():
            arm = bandit.choose(arms)
            seen = shown if number == target else (*shown, arm)
            observed = partial(_observed, bandit=bandit, user=holds(number, arm))
            for after, share in outcomes(EnumeratingBits(), observed):
                new = tuple(release.ones for release in after.releases[len(bandit.releases) :])
                key = ((seen, releases + new), tuple(map(tuple, after._open)))
                _, so_far = following.get(key, (after, Fraction(0)))
                following[key] = (after, so_far + chance * share)
        running = following
    law: dict[Transcript, Fraction] = {}
    for ((shown, releases), _), (bandit, chance) in running.items():
        last = ((*shown, bandit.choose(arms)), releases)
        law[last] = law.get(last, Fraction(0)) + chance
    return law


def _observed(source: EnumeratingBits, *, bandit: Bandit, user: User) -> Bandit:
    """Let a user report to a copy of a bandit."""
    after = copy.copy(bandit)
    after.source = source
    after._open = [list(held) for held in bandit._open]
    after._closed = copy.deepcopy(bandit._closed)
    after.releases = list(bandit.releases)
    context, reward = user
    after.observe([context], reward)
    return after


class _Uncertified(BanditPlan):
    """A plan with so few bits that no certificate covers it: its loss is what is enumerated."""

    __slots__ = ()

    def certified(self) -> csa.Bounds:
        return csa.Shuffle(self.levels[0].randomizer, 1000).epsilon(delta=self.budget.delta)


def nested_plan(bits: int) -> BanditPlan:
    """One feature, batches of two and of four users, steps of 1."""
    randomizer = csa.VectorCount(gram_dimension(1), 1, gram_sensitivity(), bits)
    return _Uncertified(
        [BanditLevel(2, randomizer), BanditLevel(4, randomizer)],
        features=1,
        users=4,
        epsilon=100,
        delta="99/100",
    )


def reacting_law(
    plan: BanditPlan,
    user: User,
    target: int,
    users: int,
    make: Callable[[Learner, Source], Bandit] = lambda learner, source: Bandit(learner, source=source),
) -> dict[Transcript, Fraction]:
    """Run the bandit for every outcome of its random draws, with users who act: what they report depends on what was published.

    Args:
        plan: of the bandit.
        user: the target's context and reward, whatever is shown.
        target: who that is, from 0.
        users: how many come; each but the target takes the arm that is chosen of `ENDS`, and is rewarded for the second one.
        make: the bandit, so that a broken one can be run.
    """
    return _law(
        make(Learner(plan, exploration=0.0), EnumeratingBits()),
        users,
        target,
        ENDS,
        lambda number, arm: user if number == target else (ENDS[arm][0], float(arm)),
    )


def loss_of_batches(plan: BanditPlan, first: User, second: User, alpha: Fraction) -> Fraction:
    """Return what one batch of each level loses, by convolution: noisy counts beside the same, shifted by how far two users are apart.

    Both users' vectors are made of whole steps, so that nothing is rounded.
    """
    law = {(Fraction(1), Fraction(1)): 1}
    for level in plan.levels:
        coins = [level.randomizer.p] * (level.batch * level.randomizer.bits)
        noise = {heads: mass for (heads,), mass in convolved(coins).items()}
        for one, two in (
            (first[0] ** 2, second[0] ** 2),
            (first[0] * first[1], second[0] * second[1]),
        ):
            shift = int((one - two) * level.randomizer.levels)
            following: dict[tuple[Fraction, Fraction], int] = {}
            for (p, q), times in law.items():
                for at in range(min(0, shift), max(noise) + max(0, shift) + 1):
                    pair = (p * noise.get(at - shift, Fraction(0)), q * noise.get(at, Fraction(0)))
                    if any(pair):
                        following[pair] = following.get(pair, 0) + times
            law = following
    return sum((times * max(Fraction(0), p - alpha * q) for (p, q), times in law.items()), Fraction(0))


def releases_only(law: dict[Transcript, Fraction]) -> dict[Transcript, Fraction]:
    """Forget the arms."""
    found: dict[Transcript, Fraction] = {}
    for (_, releases), chance in law.items():
        found[(), releases] = found.get(((), releases), Fraction(0)) + chance
    return found


def arms_and_releases(law: dict[Transcript, Fraction]) -> int:
    """Count the different sequences of arms."""
    return len({shown for shown, _ in law})
