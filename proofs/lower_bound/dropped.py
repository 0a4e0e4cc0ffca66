"""The lower bound without one of its assumptions: mechanisms with exact or certified numbers below the theorem's value.

A closer that peeks, small: `peeking_block`. Two shufflers; the first one's batch never closes, the second one's closing of
empty batches spells two noisy bits about it. At the first bad step the error is below the value.

Randomness shared by the batches of a user, small: `shared_masks`. Two shufflers, batches of two users, each user in a batch
with the one before and in one with the one after. It adds a uniform mask in the first and subtracts it in the second, so
that all that the releases say is their total, which carries one noise. At the first bad step the error is below the value.

Large: `tree_error` and `value_at_least`. Both roads, followed at all scales at once, give the noisy partial sums of a tree, with
a certified mean largest error that is polylogarithmic in n, below the theorem's value from a finite n on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import comb, isqrt, prod

from accounting.numerics.ball import arb, ball, exact_lower, exact_upper, precision

from .hard_inputs import Construction
from .transcripts import error_of_node

__all__ = [
    "Dropped",
    "TreeCounter",
    "mask_failure",
    "mask_transcripts",
    "peeking_block",
    "shared_masks",
    "tree_error",
    "value_at_least",
    "window",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A small mechanism without one assumption.

    Attributes:
        ratio: the largest likelihood ratio of a transcript between neighbouring inputs: e^epsilon, with delta = 0.
        error: of the best estimator at the first bad step, exactly.
        value: of the theorem at this epsilon, were it to hold.
    """

    ratio: Fraction
    error: Fraction
    value: Fraction


def _largest_ratio(inputs: Sequence[tuple[int, ...]], laws: Sequence[Sequence[int]]) -> Fraction:
    """Largest ratio of two laws whose inputs differ in one user; refuses a ratio that is infinite."""
    index = {x: position for position, x in enumerate(inputs)}
    largest = Fraction(1)
    for x, law in zip(inputs, laws, strict=True):
        for user in range(len(x)):
            other = laws[index[(*x[:user], 1 - x[user], *x[user + 1 :])]]
            for p, q in zip(law, other, strict=True):
                if p and not q:
                    raise ValueError(f"{x} has a transcript that a neighbour has not")
                if p:
                    largest = max(largest, Fraction(p, q))
    return largest


def peeking_block(root: int = 3) -> Dropped:
    """A closer that peeks: k = 2, (m, g, N) = (4, 1, 3), e^epsilon = root^2, by going through all inputs.

    Shuffler 1 has an open batch from step 1 on and never closes it. Shuffler 2 has an empty batch, and closes it at step 3
    with odds ``root^(2 s - 3)`` when s of the first three users hold a one, at step 4 with odds root^2 or root^-2 after
    the fourth user's bit. The first block is in no closed batch, so step 4 is the first bad one.

    Args:
        root: e^(epsilon/2), at least 2.
    """
    construction = Construction(block=4, group=1, groups=3)

    def law(x: tuple[int, ...]) -> list[int]:
        up, down = root ** (2 * sum(x[:3])), root**3  # odds of the first closing: up / down
        first = [Fraction(down, up + down), Fraction(up, up + down)]
        second = [1, root**2] if x[3] else [root**2, 1]
        return [(p * common).numerator * q for p in first for q in second]

    common = prod(root ** (2 * ones) + root**3 for ones in range(4))  # makes all weights whole
    everything = list(product((0, 1), repeat=4))
    ratio = _largest_ratio(everything, [law(x) for x in everything])
    hard = construction.inputs(4)
    laws = [law(x) for x in hard]
    sums = [sum(x) for x in hard]
    error = sum(error_of_node([law[y] for law in laws], sums) for y in range(4))
    total = Fraction(error, sum(sum(law) for law in laws))
    return Dropped(ratio=ratio, error=total, value=construction.value(users=4, alpha=ratio))


def _wrapped(odds: int, modulus: int) -> list[int]:
    """Weights of a noise on the integers modulo an odd number that falls by the factor odds with each step from 0."""
    most = modulus // 2
    return [odds ** (most - min(z, modulus - z)) for z in range(modulus)]


def mask_transcripts(x: Sequence[int], *, modulus: int, odds: int) -> dict[tuple[int, ...], int]:
    """Weights of what the batches {1}, {1, 2}, {2, 3}, .. of users with shared masks release, by going through masks.

    User t sends ``x_t - u_t`` to its batch with user t - 1 and ``u_t`` to that with user t + 1; the last user has no second
    batch and adds its noise instead. A batch releases its sum modulo the modulus (`mask_failure` says how a shuffler does it).
    """
    found: dict[tuple[int, ...], int] = {}
    noise = _wrapped(odds, modulus)
    for masks in product(range(modulus), repeat=len(x) - 1):
        before = (0, *masks)
        for z, weight in enumerate(noise):
            own = (*masks, -z)
            sums = tuple((value + u - v) % modulus for value, u, v in zip(x, before, own, strict=True))
            found[sums] = found.get(sums, 0) + weight
    return found


def shared_masks(*, groups: int = 3, odds: int = 9) -> Dropped:
    """Randomness shared by a user's two batches: k = 2, m = 2, g = 1; the released sums modulo 4N + 1 given by their total.

    Given the total, the released sums are uniform (`mask_transcripts` shows it on small cases), so the total
    stands for the transcript. Pairs of neighbours touch one designated group each and leave no block hidden; the first bad
    step is that of the last of N groups.

    Args:
        groups: N.
        odds: e^epsilon.
    """
    construction = Construction(block=2, group=1, groups=groups)
    users = 2 * groups
    modulus = 2 * users + 1
    noise = _wrapped(odds, modulus)
    by_sum = [[noise[(total - ones) % modulus] for total in range(modulus)] for ones in range(users + 1)]
    ratio = max(
        max(Fraction(p, q), Fraction(q, p)) for a, b in pairwise(by_sum) for p, q in zip(a, b, strict=True)
    )
    weights = [comb(users, ones) for ones in range(users + 1)]  # with g = m - g = 1 all bits are fair
    error = sum(
        error_of_node([weights[ones] * by_sum[ones][total] for ones in range(users + 1)], range(users + 1))
        for total in range(modulus)
    )
    total_error = Fraction(error, 2**users * sum(noise))
    return Dropped(ratio=ratio, error=total_error, value=construction.value(users=users, alpha=ratio))


def mask_failure(*, modulus: int, shares: int) -> Fraction:
    """Bound the distance of two users' shuffled shares from shares of which only the total is known.

    Each of two users splits its number modulo the modulus into ``shares`` uniform numbers with that sum. Given one
    user's number, the shuffled list is uniform among those with the right total up to a total variation of at most
    ``sqrt(modulus / (2 C(2 shares, shares)))``: the number of halves of the list with the right sum has, over such uniform lists, mean
    ``C/modulus`` and a variance of at most twice that, as the sums of two halves, which are no complements, are independent.

    Args:
        modulus: M.
        shares: messages of each user.

    Returns:
        A rational upper bound.
    """
    square = Fraction(modulus, 2 * comb(2 * shares, shares))
    scale = 10**60
    return Fraction(isqrt(square.numerator * scale**2 // square.denominator) + 1, scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeCounter:
    """Noisy sums of the nodes of a tree over batches of arrivals.

    Attributes:
        leaf: users of a leaf, even; those of an unfinished leaf are counted half.
        arity: b, children of a node.
        levels: h; every user is in h nodes, with ``n = leaf * b^h``.
        noises: independent noises of each node's sum; every user is under one of them.
    """

    leaf: int
    arity: int
    levels: int
    noises: int = 1

    @property
    def users(self) -> int:
        """n, how many users there are."""
        return self.leaf * int(self.arity**self.levels)


def tree_error(counter: TreeCounter, epsilon: Fraction) -> Fraction:
    r"""Bound the mean largest error of a tree counter that is (epsilon, 0)-DP, whatever the input.

    Each node's sum carries an integer noise of the law ``proportional to q^|z|``, ``q = e^(-epsilon/h)``. A partial sum has at most
    h (b - 1) nodes, with r noises each, and there are ``b^h`` of them, so for every s > 0 below epsilon/h the mean of the largest noise
    is at most ``(log(2 b^h) + r h (b - 1) log M(s))/s``, ``M(s) = (1-q)^2/((1 - q e^s)(1 - q e^-s))``; half a leaf is added.

    A closer of empty batches that may close one a step follows it without further error: let it close whenever the
    number of closings is below the counter's value. Sums never fall, and rise by at most one a step.

    Returns:
        A certified upper bound, for a rational s near the best one.
    """
    with precision(256):
        step = epsilon / counter.levels
        best: Fraction | None = None
        for part in range(1, 100):
            s = step * part / 100
            q, up = (-ball(step)).exp(), ball(s).exp()
            moment = (1 - q) ** 2 / ((1 - q * up) * (1 - q / up))
            steps = ball(2).log() + counter.levels * ball(counter.arity).log()
            terms = counter.noises * counter.levels * (counter.arity - 1)
            bound = exact_upper((steps + terms * moment.log()) / ball(s))
            best = bound if best is None else min(best, bound)
        return Fraction(counter.leaf, 2) + (best or 0)


def window(construction: Construction, shufflers: int) -> int:
    """Return s_k of the theorem: the users that it needs."""
    size = 2 * construction.block - 1
    for _ in range(shufflers):
        blocks = -(-(size + construction.group - 1) // construction.block)
        size = construction.groups * construction.block * blocks
    return size


def value_at_least(
    construction: Construction, *, users: int, epsilon: Fraction, delta: Fraction = Fraction(0)
) -> Fraction:
    r"""Bound the theorem's value from below where N is too large for exact sums.

    With even M, ``E d(Bin(N, 2c)) >= d(M) P(Bin >= M)``, ``d(M) >= (M/2)/sqrt(pi (M+1)/2)``, and for M below the mean mu the probability is at least
    ``1 - e^(-(mu - M)^2/(2 mu))``; M is near ``mu - 3 sqrt(mu)``. With delta > 0, ``eps' = g epsilon + 1/100``.
    """
    m, g, groups = construction.block, construction.group, construction.groups
    with precision(256):
        slack = Fraction(1, 100) if delta else Fraction(0)
        ratio = ball(g * epsilon + slack).exp()
        mean = 2 * groups / (1 + ratio)
        middle = int(exact_lower(mean))
        coins = middle - 3 * isqrt(middle)
        coins -= coins % 2
        if coins < 2:
            raise ValueError(f"N = {groups} is too small for the estimate; use Construction.value")
        miss = (-((mean - coins) ** 2) / (2 * mean)).exp()
        deviation = ball(coins // 2) / (arb.pi() * ball(Fraction(coins + 1, 2))).sqrt()
        share = ball(1)
        if delta:
            together = ball(delta) * ((ball(g * epsilon).exp() - 1) / (ball(epsilon).exp() - 1))
            share -= ball(Fraction(users, m)) * (1 + 1 / ratio) * together / (1 - (-ball(slack)).exp())
        lower = min(Fraction(m - g, 2), exact_lower(g * deviation * (1 - miss)))
        return exact_lower(share * ball(lower))
