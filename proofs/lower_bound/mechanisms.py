"""End to end: real mechanisms on the hard inputs, the error of the best estimator beside the value of the theorem.

Each mechanism's (epsilon, delta) is exact: the local ratio for delta = 0, else `csa.exact_delta` over all neighbouring data,
with adaptive inputs for two shufflers. Three errors are given, each the minimum over all estimators:

- at the first bad step, exactly: this is what the proof bounds;
- ``max_t E|error_t|``, exactly;
- ``E[max_t |error_t|]``, which the theorem bounds: enclosed by a linear programme where it is small enough.

``python -m proofs.lower_bound.mechanisms`` prints the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor, log

import accounting as csa
from accounting.numerics.enclosure import Enclosure

from .estimators import best_largest_error
from .games import Game, best_policy_error
from .hard_inputs import Construction
from .transcripts import (
    BinaryReports,
    BinomialCounts,
    History,
    Mechanism,
    Randomizer,
    error_at_bad_step,
    largest_mean_error,
    transcripts,
)

__all__ = ["CASES", "GAMES", "Case", "Row", "best_value", "exact_delta_of", "main", "rows", "run"]

PATHS = 6_000
"""Pairs of input and transcript up to which the linear programme is solved."""

RATIOS = tuple(Fraction(step, 8) for step in range(9, 33)) + tuple(
    Fraction(step) for step in (5, 6, 8, 12, 16)
)
"""Multiples of alpha^g that are tried for e^eps'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A mechanism, the hard inputs that it is run on, and the privacy that it is valued at.

    Attributes:
        mechanism: what is run.
        construction: the hard inputs.
        alpha: e^epsilon.
        least: the smallest batch that the rules ever close.
    """

    mechanism: Mechanism
    construction: Construction
    alpha: Fraction
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; errors are those of the best estimator.

    Attributes:
        case: what was run.
        delta: exactly, at the case's alpha.
        at_bad_step: the mean error at the first bad step.
        mean: the largest mean error of a step.
        largest: the mean of the largest error, where it was computed.
        value: of the theorem, a bound on ``at_bad_step``.
        sharper: of the sharper theorem, a bound on ``largest``.
    """

    case: Case
    delta: Fraction
    at_bad_step: Fraction
    mean: Fraction
    largest: Enclosure | None
    value: Fraction
    sharper: Fraction


def every_step(history: History, step: int, shuffler: int) -> bool:  # noqa: ARG001
    """Close every batch with its first user."""
    return True


def nested(history: History, step: int, shuffler: int) -> bool:
    """Close fixed batches of 2, 4, .. users."""
    return step - (history.open_since[shuffler] or 0) + 1 >= 2 << shuffler


def by_last_count(history: History, step: int, shuffler: int) -> bool:
    """Close at two users, or at three when the last release of all was an even count."""
    wait = bool(history.releases) and history.releases[-1].count % 2 == 0
    return step - (history.open_since[shuffler] or 0) + 1 >= 2 + wait


def by_total(history: History, step: int, shuffler: int) -> bool:
    """Close at two users while the released counts run high, at four when they run low; later shufflers wait one more."""
    counted = sum(release.last - release.first + 1 for release in history.releases)
    low = 2 * sum(release.count for release in history.releases) < counted
    return step - (history.open_since[shuffler] or 0) + 1 >= (4 if low else 2) + shuffler


def _cases() -> Iterator[Case]:
    few = BinomialCounts(6)
    two, wide = Construction(block=2, group=1, groups=2), Construction(block=3, group=2, groups=1)
    one = Construction(block=2, group=1, groups=1)
    rules = (
        ("fixed", nested),
        ("reacting to the last count", by_last_count),
        ("reacting to the total", by_total),
    )
    for odds in (Fraction(9, 7), Fraction(3), Fraction(9)):
        local = BinaryReports(odds)
        each = Mechanism(name="local, binary", shufflers=1, users=6, randomizer=local, closes=every_step)
        yield Case(mechanism=each, construction=two, alpha=odds, least=1)
        for name, rule in rules:
            mechanism = Mechanism(name=f"{name}, binary", shufflers=1, users=6, randomizer=local, closes=rule)
            yield Case(mechanism=mechanism, construction=two, alpha=odds, least=2)
    for name, rule in rules:
        mechanism = Mechanism(
            name=f"{name}, binary", shufflers=1, users=6, randomizer=BinaryReports(Fraction(2)), closes=rule
        )
        yield Case(mechanism=mechanism, construction=two, alpha=Fraction(19, 10), least=2)
    for name, rule in rules:
        mechanism = Mechanism(
            name=f"{name}, counts", shufflers=1, users=6, randomizer=BinomialCounts(8), closes=rule
        )
        for alpha in (Fraction(2), Fraction(4)):
            yield Case(mechanism=mechanism, construction=two, alpha=alpha, least=2)
    for name, rule in rules:
        mechanism = Mechanism(name=f"{name}, counts", shufflers=1, users=4, randomizer=few, closes=rule)
        yield Case(mechanism=mechanism, construction=one, alpha=Fraction(4), least=2)
    for users, construction in ((4, one), (6, wide), (8, two)):
        for name, rule in rules:
            mechanism = Mechanism(
                name=f"{name}, binary",
                shufflers=2,
                users=users,
                randomizer=BinaryReports(Fraction(9, 7)),
                closes=rule,
            )
            yield Case(mechanism=mechanism, construction=construction, alpha=Fraction(9, 7) ** 2, least=2)
    for name, rule in rules:
        mechanism = Mechanism(
            name=f"{name}, counts", shufflers=2, users=4, randomizer=BinomialCounts(8), closes=rule
        )
        yield Case(mechanism=mechanism, construction=one, alpha=Fraction(6), least=2)


CASES: tuple[Case, ...] = tuple(_cases())
"""The mechanisms of the table."""


def _games() -> Iterator[tuple[Game, Fraction]]:
    near = Fraction(1284, 1000)  # a little below e^0.25
    sizes = (
        (4, 2, 1, 1),
        (5, 2, 1, 1),
        (6, 2, 1, 2),
        (6, 3, 1, 1),
        (7, 3, 2, 1),
        (8, 4, 1, 1),
        (8, 4, 2, 1),
        (8, 4, 3, 1),
    )
    for users, block, group, groups in sizes:
        construction = Construction(block=block, group=group, groups=groups)
        for odds in (near, Fraction(3), Fraction(9)):
            yield (
                Game(construction=construction, shufflers=1, users=users, randomizer=BinaryReports(odds)),
                odds,
            )
    small = Construction(block=2, group=1, groups=1)
    yield Game(construction=small, shufflers=2, users=4, randomizer=BinaryReports(near)), near**2


GAMES: tuple[tuple[Game, Fraction], ...] = tuple(_games())
"""Games over all policies, each with the alpha of every one of its mechanisms (delta = 0)."""


def exact_delta_of(randomizer: Randomizer, *, shufflers: int, least: int, alpha: Fraction) -> Fraction:
    """Return the delta of a mechanism all of whose batches have at least ``least`` users; 0 at the local ratio.

    Args:
        randomizer: of every batch.
        shufflers: k; the same user is in a batch of each, with values of others that may react to releases.
        least: the smallest batch; larger ones lose no more (monotone-users).
        alpha: e^epsilon.
    """
    if isinstance(randomizer, BinaryReports):
        if alpha >= randomizer.odds**shufflers:
            return Fraction(0)
        kernel: csa.Randomizer = csa.BinaryRandomizedResponse(keep=randomizer.odds / (1 + randomizer.odds))
    elif isinstance(randomizer, BinomialCounts):
        kernel = csa.BinomialCount(bits=randomizer.noise)
    else:
        raise TypeError(f"no exact delta of {randomizer}")
    shuffles = [csa.Shuffle(kernel, users=least)] * shufflers
    delta = csa.exact_delta(shuffles, alpha=alpha, inputs="adaptive").delta
    if not isinstance(delta, Fraction):
        raise TypeError(f"{delta} is not exact")
    return delta


def best_value(construction: Construction, *, users: int, alpha: Fraction, delta: Fraction) -> Fraction:
    """Return the theorem's value at the best e^eps' among `RATIOS` times alpha^g; below 0 it says nothing."""
    if not delta:
        return construction.value(users=users, alpha=alpha)
    limit = alpha**construction.group
    return max(
        construction.value(users=users, alpha=alpha, delta=delta, ratio=limit * ratio) for ratio in RATIOS
    )


def run(case: Case) -> Row:
    """Enumerate one mechanism."""
    mechanism, construction = case.mechanism, case.construction
    tree = transcripts(mechanism, construction.inputs(mechanism.users))
    smallest = min(
        (r.last - r.first + 1 for node in tree.steps[-1] for r in node.history.releases), default=case.least
    )
    if smallest < case.least:
        raise ValueError(f"{mechanism.name} closes a batch of {smallest} users, below {case.least}")
    delta = exact_delta_of(
        mechanism.randomizer, shufflers=mechanism.shufflers, least=case.least, alpha=case.alpha
    )
    return Row(
        case=case,
        delta=delta,
        at_bad_step=error_at_bad_step(tree, construction),
        mean=largest_mean_error(tree),
        largest=best_largest_error(tree) if len(tree.steps[-1]) * len(tree.inputs) <= PATHS else None,
        value=best_value(construction, users=mechanism.users, alpha=case.alpha, delta=delta),
        sharper=construction.sharper_value(shufflers=mechanism.shufflers, alpha=case.alpha, delta=delta),
    )


def rows() -> Iterator[Row]:
    """Run all cases."""
    return map(run, CASES)


def shown(value: Fraction) -> str:
    """Print four decimals, rounded down: errors are not overstated, and a value is compared exactly, not as printed."""
    return f"{floor(value * 10_000) / 10_000:9.4f}"


def line(row: Row) -> str:
    """Write one line of the table of mechanisms."""
    case, sizes = row.case, row.case.construction
    largest = shown(row.largest.lower) if row.largest is not None else f"{'-':>9}"
    return (
        f"{case.mechanism.name:34} {case.mechanism.users:2} {case.mechanism.shufflers}"
        f" {sizes.block} {sizes.group} {sizes.groups} {log(case.alpha):7.4f} {float(row.delta):8.1e}"
        f" {shown(row.at_bad_step)} {shown(row.value)} {shown(row.mean)} {largest} {shown(row.sharper)}"
    )


def game_line(game: Game, alpha: Fraction) -> str:
    """Play a game, and write one line of the table of games."""
    best, sizes = best_policy_error(game), game.construction
    return (
        f"{game.users:2} {game.shufflers} {sizes.block} {sizes.group} {sizes.groups} {log(alpha):7.4f}"
        f" {best.positions:9} {shown(best.error)} {shown(sizes.value(users=game.users, alpha=alpha))}"
    )


def main() -> list[Row]:
    """Print the table of mechanisms, then the games over all policies."""
    found = []
    titles = ("bad step", "theorem", "max E", "E max", "sharper")
    print(
        f"{'mechanism':34} {'n':>2} k m g N {'epsilon':>7} {'delta':>8}", *(f"{title:>9}" for title in titles)
    )
    for row in rows():
        print(line(row))
        found.append(row)
    print("\nall policies that react to releases, binary response, delta = 0")
    print(f"{'n':>2} k m g N {'epsilon':>7} {'positions':>9} {'bad step':>9} {'theorem':>9}")
    for game, alpha in GAMES:
        print(game_line(game, alpha))
    return found


if __name__ == "__main__":
    main()
