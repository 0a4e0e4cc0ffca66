"""Pairs of laws for one shuffle, as their definitions state them: homogeneous, blanket, clones."""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

from .shuffle_enumeration import Law, Matrix, hockey_stick, released_law
from .walk import Atom, by_counts


def binomial(trials: int, chance: Fraction) -> list[Fraction]:
    """Return the probabilities of 0, 1, .., ``trials`` successes."""
    return [comb(trials, j) * chance**j * (1 - chance) ** (trials - j) for j in range(trials + 1)]


def homogeneous_delta(
    channel: Matrix, pair: tuple[int, int], companion: int, users: int, alpha: Fraction
) -> Fraction:
    """Return the divergence where everybody but the target holds ``companion``."""
    first, second = (released_law(channel, (value, *[companion] * (users - 1))) for value in pair)
    return hockey_stick(first, second, alpha)


def homogeneous_walk(
    channel: Matrix, pair: tuple[int, int], companion: int, users: int, alpha: Fraction
) -> Fraction:
    """Return the same as ``E[(L_1 + .. + L_n)_+] / n``; the companion's row must be positive."""
    return by_counts(_steps(channel, pair, channel[companion], alpha), users) / users


def blanket(channel: Matrix) -> tuple[Fraction, list[Fraction]]:
    """Return gamma and the masses ``inf_x R_x(y)``, which sum to gamma."""
    masses = [min(column) for column in zip(*channel, strict=True)]
    return sum(masses, Fraction(0)), masses


def blanket_delta(channel: Matrix, pair: tuple[int, int], users: int, alpha: Fraction) -> Fraction:
    """Return the divergence where each other user, with probability gamma, sends a blanket message.

    Who sends one is hidden, but how many do is seen, and so are their messages shuffled with the target's.
    The others' remaining messages are seen apart, and have the same law under both data sets.
    """
    gamma, masses = blanket(channel)
    if gamma == 0:
        return hockey_stick(released_law(channel, pair[:1]), released_law(channel, pair[1:]), alpha)
    rows = [*channel, [mass / gamma for mass in masses]]
    total = Fraction(0)
    for senders, chance in enumerate(binomial(users - 1, gamma)):
        first, second = (released_law(rows, (value, *[len(channel)] * senders)) for value in pair)
        total += chance * hockey_stick(first, second, alpha)
    return total


def blanket_walk(channel: Matrix, pair: tuple[int, int], users: int, alpha: Fraction) -> Fraction:
    """Return the same as ``E[(L_1 + .. + L_M)_+] / (n gamma)``, M ~ Bin(n, gamma); all columns positive."""
    gamma, masses = blanket(channel)
    steps = _steps(channel, pair, [mass / gamma for mass in masses], alpha)
    chances = binomial(users, gamma)
    return sum((chances[m] * by_counts(steps, m) for m in range(1, users + 1)), Fraction(0)) / (users * gamma)


def clones_pair(factor: Fraction, users: int) -> tuple[Law, Law]:
    """Return the laws of (A + D, C - A + 1 - D) and (A + 1 - D, C - A + D), ``factor = e^epsilon0``.

    C ~ Bin(n - 1, 1/factor), A ~ Bin(C, 1/2), D ~ Bernoulli(factor/(1 + factor)).
    """
    first: Law = {}
    second: Law = {}
    for clones, chance in enumerate(binomial(users - 1, 1 / factor)):
        for zeros, half in enumerate(binomial(clones, Fraction(1, 2))):
            for d, drawn in ((1, factor / (1 + factor)), (0, 1 / (1 + factor))):
                mass = chance * half * drawn
                for law, sent in ((first, d), (second, 1 - d)):
                    seen = (zeros + sent, clones - zeros + 1 - sent)
                    law[seen] = law.get(seen, Fraction(0)) + mass
    return first, second


def clones_delta(factor: Fraction, users: int, alpha: Fraction) -> Fraction:
    """Return the divergence of the clones pair."""
    return hockey_stick(*clones_pair(factor, users), alpha)


def clones_walk(factor: Fraction, users: int, alpha: Fraction) -> Fraction:
    """Return the same as ``(2 / (n q)) E[(G_1 + .. + G_n)_+]``, q = 1/factor."""
    q, p = 1 / factor, factor / (1 + factor)
    steps = [(p - alpha * (1 - p), q / 2), ((1 - p) - alpha * p, q / 2), (Fraction(0), 1 - q)]
    return 2 * by_counts(steps, users) / (users * q)


def variation_ratio_delta(factor: Fraction, values: int, users: int, alpha: Fraction) -> Fraction:
    """Return the published, refuted bound for k-ary response (arXiv 2304.05007), at ``factor = e^epsilon0``.

    C ~ Bin(n - 1, 2r), A ~ Bin(C, 1/2) with r = 1/(factor + values - 1), and the target adds (1, 0), (0, 1) or
    nothing with probabilities (factor r, r, rest) or (r, factor r, rest).
    """
    r = 1 / (factor + values - 1)
    first: Law = {}
    second: Law = {}
    for clones, chance in enumerate(binomial(users - 1, 2 * r)):
        for zeros, half in enumerate(binomial(clones, Fraction(1, 2))):
            for law, masses in ((first, (factor * r, r)), (second, (r, factor * r))):
                sent = (((1, 0), masses[0]), ((0, 1), masses[1]), ((0, 0), 1 - sum(masses)))
                for (a, b), drawn in sent:
                    seen = (zeros + a, clones - zeros + b)
                    law[seen] = law.get(seen, Fraction(0)) + chance * half * drawn
    return hockey_stick(first, second, alpha)


def _steps(channel: Matrix, pair: tuple[int, int], law: Sequence[Fraction], alpha: Fraction) -> list[Atom]:
    first, second = (channel[value] for value in pair)
    return [((p - alpha * q) / w, w) for p, q, w in zip(first, second, law, strict=True) if w]
